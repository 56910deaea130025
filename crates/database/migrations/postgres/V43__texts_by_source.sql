-- A number is sought among the numbers alone: what stands in descriptions costs nothing. Own numbers are few, and
-- looked at one by one.
DROP INDEX part_search_hose;
DROP INDEX part_search_crimp_fitting;
DROP INDEX part_search_ferrule;
DROP INDEX part_search_adaptor;
DROP INDEX part_search_wrap;
DROP INDEX part_search_other_item;
CREATE INDEX part_search_hose_number ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'hose' AND source = 'number';
CREATE INDEX part_search_hose_description ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'hose' AND source = 'description';
CREATE INDEX part_search_crimp_fitting_number ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'crimpFitting' AND source = 'number';
CREATE INDEX part_search_crimp_fitting_description ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'crimpFitting' AND source = 'description';
CREATE INDEX part_search_ferrule_number ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'ferrule' AND source = 'number';
CREATE INDEX part_search_ferrule_description ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'ferrule' AND source = 'description';
CREATE INDEX part_search_adaptor_number ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'adaptor' AND source = 'number';
CREATE INDEX part_search_adaptor_description ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'adaptor' AND source = 'description';
CREATE INDEX part_search_wrap_number ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'wrap' AND source = 'number';
CREATE INDEX part_search_wrap_description ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'wrap' AND source = 'description';
CREATE INDEX part_search_other_item_number ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'otherItem' AND source = 'number';
CREATE INDEX part_search_other_item_description ON part_text USING gin (norm gin_trgm_ops)
    WHERE item_type = 'otherItem' AND source = 'description';

-- What narrows a list is told by the index that has the parts of a type in the order of their numbers.
DROP INDEX part_type;
CREATE INDEX part_type ON part
    (organization_id, item_type, status, part_norm, id, brand_id, style, gender, hose_dash, end_dash,
     shape, kind_norm, colour_norm, spec_norm, material_norm, working_pressure);
CREATE INDEX part_style ON part
    (organization_id, item_type, status, style, part_norm, id, brand_id, gender, hose_dash, end_dash, shape)
    WHERE style IS NOT NULL;
