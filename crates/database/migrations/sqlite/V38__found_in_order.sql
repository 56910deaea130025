-- Beside what a part is found by stands enough of the part to narrow what is found and to put
-- it in order, before any part is read.
DROP TRIGGER part_added;
DROP TRIGGER part_renumbered;
DROP TRIGGER part_described;
DROP TRIGGER part_removed;
DROP TRIGGER item_added;
DROP TRIGGER item_renumbered;
DROP TRIGGER item_removed;
DROP TABLE part_search;
DROP TABLE part_text;

CREATE TABLE part_text (
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
INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
SELECT organization_id, organization_id, id, 'number', part_norm, part_norm, item_type, brand_id, status
FROM part;
INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
SELECT organization_id, organization_id, id, 'description', description_norm, part_norm, item_type, brand_id, status
FROM part WHERE description_norm IS NOT NULL;
INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
SELECT i.organization_id, p.organization_id, i.id, 'own', i.org_norm, p.part_norm, p.item_type, p.brand_id, p.status
FROM item AS i
JOIN part AS p ON p.organization_id IN (i.organization_id, '000000000000000000000000') AND p.id = i.id
WHERE i.org_norm IS NOT NULL;
CREATE UNIQUE INDEX part_text_of_part ON part_text (organization_id, id, source);
CREATE INDEX part_text_own ON part_text (organization_id, norm) WHERE source = 'own';
CREATE INDEX part_text_of_others ON part_text (owner_id, id) WHERE source = 'own';

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

CREATE TRIGGER part_added AFTER INSERT ON part BEGIN
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    VALUES (new.organization_id, new.organization_id, new.id, 'number', new.part_norm,
            new.part_norm, new.item_type, new.brand_id, new.status);
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT new.organization_id, new.organization_id, new.id, 'description', new.description_norm,
           new.part_norm, new.item_type, new.brand_id, new.status
    WHERE new.description_norm IS NOT NULL;
END;
CREATE TRIGGER part_changed AFTER UPDATE OF part_norm, item_type, brand_id, status ON part
WHEN new.part_norm <> old.part_norm OR new.item_type <> old.item_type OR new.brand_id <> old.brand_id
     OR new.status <> old.status BEGIN
    UPDATE part_text SET norm = new.part_norm
    WHERE organization_id = new.organization_id AND id = new.id AND source = 'number';
    UPDATE part_text
    SET part_norm = new.part_norm, item_type = new.item_type, brand_id = new.brand_id, status = new.status
    WHERE organization_id = new.organization_id AND id = new.id AND source <> 'own';
    UPDATE part_text
    SET part_norm = new.part_norm, item_type = new.item_type, brand_id = new.brand_id, status = new.status
    WHERE owner_id = new.organization_id AND id = new.id AND source = 'own';
END;
CREATE TRIGGER part_described AFTER UPDATE OF description_norm ON part
WHEN new.description_norm IS NOT old.description_norm BEGIN
    DELETE FROM part_text
    WHERE organization_id = new.organization_id AND id = new.id AND source = 'description';
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT new.organization_id, new.organization_id, new.id, 'description', new.description_norm,
           new.part_norm, new.item_type, new.brand_id, new.status
    WHERE new.description_norm IS NOT NULL;
END;
CREATE TRIGGER part_removed AFTER DELETE ON part BEGIN
    DELETE FROM part_text WHERE organization_id = old.organization_id AND id = old.id AND source <> 'own';
    DELETE FROM part_text WHERE owner_id = old.organization_id AND id = old.id AND source = 'own';
END;
CREATE TRIGGER item_added AFTER INSERT ON item WHEN new.org_norm IS NOT NULL BEGIN
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT new.organization_id, p.organization_id, new.id, 'own', new.org_norm,
           p.part_norm, p.item_type, p.brand_id, p.status
    FROM part AS p WHERE p.organization_id IN (new.organization_id, '000000000000000000000000') AND p.id = new.id;
END;
CREATE TRIGGER item_renumbered AFTER UPDATE OF org_norm ON item WHEN new.org_norm IS NOT old.org_norm BEGIN
    DELETE FROM part_text WHERE organization_id = new.organization_id AND id = new.id AND source = 'own';
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT new.organization_id, p.organization_id, new.id, 'own', new.org_norm,
           p.part_norm, p.item_type, p.brand_id, p.status
    FROM part AS p WHERE p.organization_id IN (new.organization_id, '000000000000000000000000') AND p.id = new.id
         AND new.org_norm IS NOT NULL;
END;
CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
    DELETE FROM part_text WHERE organization_id = old.organization_id AND id = old.id AND source = 'own';
END;

-- What fittings of a size are narrowed by most is told by the index alone.
DROP INDEX part_hose_dash;
CREATE INDEX part_hose_dash ON part
    (organization_id, item_type, status, hose_dash, part_norm, id, brand_id, style, gender);
