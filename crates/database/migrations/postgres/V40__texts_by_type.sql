-- A text is sought among those of the parts of one type alone: what the other types have costs nothing.
DROP INDEX part_search;
CREATE INDEX part_search_hose ON part_text USING gin (norm gin_trgm_ops) WHERE item_type = 'hose';
CREATE INDEX part_search_crimp_fitting ON part_text USING gin (norm gin_trgm_ops) WHERE item_type = 'crimpFitting';
CREATE INDEX part_search_ferrule ON part_text USING gin (norm gin_trgm_ops) WHERE item_type = 'ferrule';
CREATE INDEX part_search_adaptor ON part_text USING gin (norm gin_trgm_ops) WHERE item_type = 'adaptor';
CREATE INDEX part_search_wrap ON part_text USING gin (norm gin_trgm_ops) WHERE item_type = 'wrap';
CREATE INDEX part_search_other_item ON part_text USING gin (norm gin_trgm_ops) WHERE item_type = 'otherItem';

-- What a text is put in by, on either engine.
CREATE VIEW told_text AS
SELECT organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status FROM part_text;
