-- The number of a text begins with the type of its part: so a text is sought among those of one
-- type alone, and what the other types have costs nothing.
DROP TRIGGER part_added;
DROP TRIGGER part_changed;
DROP TRIGGER part_described;
DROP TRIGGER part_removed;
DROP TRIGGER item_added;
DROP TRIGGER item_renumbered;
DROP TRIGGER item_removed;
DROP TABLE part_search;

CREATE TABLE part_text_by_type (
    number INTEGER PRIMARY KEY,
    -- Who says it.
    organization_id TEXT NOT NULL,
    -- Whose the part is.
    owner_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- number, own or description.
    source TEXT NOT NULL,
    norm TEXT NOT NULL,
    -- Of the part.
    part_norm TEXT NOT NULL,
    item_type TEXT NOT NULL,
    brand_id TEXT NOT NULL,
    status TEXT NOT NULL
) STRICT;
INSERT INTO part_text_by_type (number, organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
SELECT 1099511627776 * CASE item_type WHEN 'hose' THEN 1 WHEN 'crimpFitting' THEN 2 WHEN 'ferrule' THEN 3
                         WHEN 'adaptor' THEN 4 WHEN 'wrap' THEN 5 ELSE 6 END
       + row_number() OVER (PARTITION BY item_type ORDER BY number),
       organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status
FROM part_text ORDER BY item_type, number;
DROP TABLE part_text;
ALTER TABLE part_text_by_type RENAME TO part_text;
CREATE UNIQUE INDEX part_text_of_part ON part_text (id, source, organization_id);
CREATE INDEX part_text_own ON part_text (organization_id, norm) WHERE source = 'own';

CREATE VIRTUAL TABLE part_search USING fts5 (
    norm, content = 'part_text', content_rowid = 'number', tokenize = 'trigram', columnsize = 0
);
INSERT INTO part_search (part_search) VALUES ('rebuild');
CREATE TRIGGER part_text_added AFTER INSERT ON part_text BEGIN
    INSERT INTO part_search (rowid, norm) VALUES (new.number, new.norm);
END;
CREATE TRIGGER part_text_removed AFTER DELETE ON part_text BEGIN
    INSERT INTO part_search (part_search, rowid, norm) VALUES ('delete', old.number, old.norm);
END;
CREATE TRIGGER part_text_changed AFTER UPDATE OF norm ON part_text WHEN new.norm <> old.norm BEGIN
    INSERT INTO part_search (part_search, rowid, norm) VALUES ('delete', old.number, old.norm);
    INSERT INTO part_search (rowid, norm) VALUES (new.number, new.norm);
END;

-- A text that is put in here gets its number.
CREATE VIEW told_text AS SELECT organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status FROM part_text;
CREATE TRIGGER text_told INSTEAD OF INSERT ON told_text BEGIN
    INSERT INTO part_text (number, organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT coalesce((SELECT max(number) FROM part_text WHERE number BETWEEN of_type AND of_type + 1099511627775),
                    of_type) + 1,
           new.organization_id, new.owner_id, new.id, new.source, new.norm,
           new.part_norm, new.item_type, new.brand_id, new.status
    FROM (SELECT 1099511627776 * CASE new.item_type WHEN 'hose' THEN 1 WHEN 'crimpFitting' THEN 2 WHEN 'ferrule' THEN 3
                         WHEN 'adaptor' THEN 4 WHEN 'wrap' THEN 5 ELSE 6 END AS of_type);
END;

CREATE TRIGGER part_added AFTER INSERT ON part BEGIN
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    VALUES (new.organization_id, new.organization_id, new.id, 'number', new.part_norm,
            new.part_norm, new.item_type, new.brand_id, new.status);
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT new.organization_id, new.organization_id, new.id, 'description', new.description_norm,
           new.part_norm, new.item_type, new.brand_id, new.status
    WHERE new.description_norm IS NOT NULL;
END;
-- A part keeps its type.
CREATE TRIGGER part_changed AFTER UPDATE OF part_norm, item_type, brand_id, status ON part
WHEN new.part_norm <> old.part_norm OR new.item_type <> old.item_type OR new.brand_id <> old.brand_id
     OR new.status <> old.status BEGIN
    SELECT RAISE(ABORT, 'a part keeps its type') WHERE new.item_type <> old.item_type;
    UPDATE part_text SET norm = new.part_norm
    WHERE organization_id = new.organization_id AND id = new.id AND source = 'number';
    UPDATE part_text
    SET part_norm = new.part_norm, brand_id = new.brand_id, status = new.status
    WHERE organization_id = new.organization_id AND id = new.id AND source <> 'own';
    UPDATE part_text
    SET part_norm = new.part_norm, brand_id = new.brand_id, status = new.status
    WHERE owner_id = new.organization_id AND id = new.id AND source = 'own';
END;
CREATE TRIGGER part_described AFTER UPDATE OF description_norm ON part
WHEN new.description_norm IS NOT old.description_norm BEGIN
    DELETE FROM part_text
    WHERE organization_id = new.organization_id AND id = new.id AND source = 'description';
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT new.organization_id, new.organization_id, new.id, 'description', new.description_norm,
           new.part_norm, new.item_type, new.brand_id, new.status
    WHERE new.description_norm IS NOT NULL;
END;
CREATE TRIGGER part_removed AFTER DELETE ON part BEGIN
    DELETE FROM part_text WHERE organization_id = old.organization_id AND id = old.id AND source <> 'own';
    DELETE FROM part_text WHERE owner_id = old.organization_id AND id = old.id AND source = 'own';
END;
CREATE TRIGGER item_added AFTER INSERT ON item WHEN new.org_norm IS NOT NULL BEGIN
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT new.organization_id, p.organization_id, new.id, 'own', new.org_norm,
           p.part_norm, p.item_type, p.brand_id, p.status
    FROM part AS p WHERE p.organization_id IN (new.organization_id, '000000000000000000000000') AND p.id = new.id;
END;
CREATE TRIGGER item_renumbered AFTER UPDATE OF org_norm ON item WHEN new.org_norm IS NOT old.org_norm BEGIN
    DELETE FROM part_text WHERE organization_id = new.organization_id AND id = new.id AND source = 'own';
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT new.organization_id, p.organization_id, new.id, 'own', new.org_norm,
           p.part_norm, p.item_type, p.brand_id, p.status
    FROM part AS p WHERE p.organization_id IN (new.organization_id, '000000000000000000000000') AND p.id = new.id
         AND new.org_norm IS NOT NULL;
END;
CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
    DELETE FROM part_text WHERE organization_id = old.organization_id AND id = old.id AND source = 'own';
END;
