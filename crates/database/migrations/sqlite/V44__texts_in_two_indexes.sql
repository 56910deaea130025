-- Numbers and descriptions each have an index of substrings of their own. In one, whose rows were ordered by source, the
-- two texts of a part lay far apart, and SQLite wrote out what it had collected before each of them.
DROP TRIGGER part_text_added;
DROP TRIGGER part_text_removed;
DROP TRIGGER part_text_changed;
DROP TABLE part_search;
DROP VIEW searched_text;

CREATE VIEW number_text AS SELECT number, norm FROM part_text WHERE source = 'number';
CREATE VIRTUAL TABLE part_search_number USING fts5 (
    norm, content = 'number_text', content_rowid = 'number', tokenize = 'trigram', columnsize = 0
);
INSERT INTO part_search_number (part_search_number) VALUES ('rebuild');
CREATE TRIGGER number_added AFTER INSERT ON part_text WHEN new.source = 'number' BEGIN
    INSERT INTO part_search_number (rowid, norm) VALUES (new.number, new.norm);
END;
CREATE TRIGGER number_removed AFTER DELETE ON part_text WHEN old.source = 'number' BEGIN
    INSERT INTO part_search_number (part_search_number, rowid, norm) VALUES ('delete', old.number, old.norm);
END;
CREATE TRIGGER number_changed AFTER UPDATE OF norm ON part_text
WHEN new.norm <> old.norm AND new.source = 'number' BEGIN
    INSERT INTO part_search_number (part_search_number, rowid, norm) VALUES ('delete', old.number, old.norm);
    INSERT INTO part_search_number (rowid, norm) VALUES (new.number, new.norm);
END;

CREATE VIEW description_text AS SELECT number, norm FROM part_text WHERE source = 'description';
CREATE VIRTUAL TABLE part_search_description USING fts5 (
    norm, content = 'description_text', content_rowid = 'number', tokenize = 'trigram', columnsize = 0
);
INSERT INTO part_search_description (part_search_description) VALUES ('rebuild');
CREATE TRIGGER description_added AFTER INSERT ON part_text WHEN new.source = 'description' BEGIN
    INSERT INTO part_search_description (rowid, norm) VALUES (new.number, new.norm);
END;
CREATE TRIGGER description_removed AFTER DELETE ON part_text WHEN old.source = 'description' BEGIN
    INSERT INTO part_search_description (part_search_description, rowid, norm) VALUES ('delete', old.number, old.norm);
END;
CREATE TRIGGER description_changed AFTER UPDATE OF norm ON part_text
WHEN new.norm <> old.norm AND new.source = 'description' BEGIN
    INSERT INTO part_search_description (part_search_description, rowid, norm) VALUES ('delete', old.number, old.norm);
    INSERT INTO part_search_description (rowid, norm) VALUES (new.number, new.norm);
END;

-- A text gets its number, and a part its texts, without a table in between: SQLite makes one for what is inserted by a
-- SELECT into a table with triggers, for each part anew.
DROP TRIGGER text_told;
CREATE TRIGGER text_told INSTEAD OF INSERT ON told_text BEGIN
    INSERT INTO part_text (number, organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    VALUES ((SELECT coalesce((SELECT max(number) FROM part_text WHERE number BETWEEN of_type AND of_type + 1099511627775),
                             of_type) + 1
             FROM (SELECT 1099511627776 * (CASE new.source WHEN 'number' THEN 0 WHEN 'description' THEN 6 ELSE 12 END
                              + CASE new.item_type WHEN 'hose' THEN 1 WHEN 'crimpFitting' THEN 2 WHEN 'ferrule' THEN 3
                                  WHEN 'adaptor' THEN 4 WHEN 'wrap' THEN 5 ELSE 6 END) AS of_type)),
            new.organization_id, new.owner_id, new.id, new.source, new.norm,
            new.part_norm, new.item_type, new.brand_id, new.status,
            new.style, new.gender, new.hose_dash, new.end_dash);
END;
DROP TRIGGER part_added;
CREATE TRIGGER part_added AFTER INSERT ON part BEGIN
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    VALUES (new.organization_id, new.organization_id, new.id, 'number', new.part_norm,
            new.part_norm, new.item_type, new.brand_id, new.status,
            new.style, new.gender, new.hose_dash, new.end_dash);
END;
CREATE TRIGGER part_added_described AFTER INSERT ON part WHEN new.description_norm IS NOT NULL BEGIN
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    VALUES (new.organization_id, new.organization_id, new.id, 'description', new.description_norm,
            new.part_norm, new.item_type, new.brand_id, new.status,
            new.style, new.gender, new.hose_dash, new.end_dash);
END;
