-- A number is sought among the numbers alone: what stands in descriptions costs nothing. The number of a text begins
-- with its source and the type of its part. Own numbers are few, and looked at one by one.
DROP TRIGGER part_text_added;
DROP TRIGGER part_text_removed;
DROP TRIGGER part_text_changed;
DROP TRIGGER text_told;
DROP TABLE part_search;
UPDATE part_text SET number = number + CASE source WHEN 'description' THEN 6 ELSE 12 END * 1099511627776
WHERE source <> 'number';

CREATE VIEW searched_text AS SELECT number, norm FROM part_text WHERE source <> 'own';
CREATE VIRTUAL TABLE part_search USING fts5 (
    norm, content = 'searched_text', content_rowid = 'number', tokenize = 'trigram', columnsize = 0
);
INSERT INTO part_search (part_search) VALUES ('rebuild');
CREATE TRIGGER part_text_added AFTER INSERT ON part_text WHEN new.source <> 'own' BEGIN
    INSERT INTO part_search (rowid, norm) VALUES (new.number, new.norm);
END;
CREATE TRIGGER part_text_removed AFTER DELETE ON part_text WHEN old.source <> 'own' BEGIN
    INSERT INTO part_search (part_search, rowid, norm) VALUES ('delete', old.number, old.norm);
END;
CREATE TRIGGER part_text_changed AFTER UPDATE OF norm ON part_text
WHEN new.norm <> old.norm AND new.source <> 'own' BEGIN
    INSERT INTO part_search (part_search, rowid, norm) VALUES ('delete', old.number, old.norm);
    INSERT INTO part_search (rowid, norm) VALUES (new.number, new.norm);
END;

-- A text that is put in here gets its number.
CREATE TRIGGER text_told INSTEAD OF INSERT ON told_text BEGIN
    INSERT INTO part_text (number, organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    SELECT coalesce((SELECT max(number) FROM part_text WHERE number BETWEEN of_type AND of_type + 1099511627775),
                    of_type) + 1,
           new.organization_id, new.owner_id, new.id, new.source, new.norm,
           new.part_norm, new.item_type, new.brand_id, new.status,
           new.style, new.gender, new.hose_dash, new.end_dash
    FROM (SELECT 1099511627776 * (CASE new.source WHEN 'number' THEN 0 WHEN 'description' THEN 6 ELSE 12 END
                     + CASE new.item_type WHEN 'hose' THEN 1 WHEN 'crimpFitting' THEN 2 WHEN 'ferrule' THEN 3
                         WHEN 'adaptor' THEN 4 WHEN 'wrap' THEN 5 ELSE 6 END) AS of_type);
END;

-- What narrows a list is told by the index that has the parts of a type in the order of their numbers.
DROP INDEX part_type;
CREATE INDEX part_type ON part
    (organization_id, item_type, status, part_norm, id, brand_id, style, gender, hose_dash, end_dash,
     shape, kind_norm, colour_norm, spec_norm, material_norm, working_pressure);
CREATE INDEX part_style ON part
    (organization_id, item_type, status, style, part_norm, id, brand_id, gender, hose_dash, end_dash, shape)
    WHERE style IS NOT NULL;
