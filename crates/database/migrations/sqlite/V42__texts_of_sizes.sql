-- A search is narrowed by style, gender and sizes before any part is read, too.
DROP TRIGGER part_added;
DROP TRIGGER part_changed;
DROP TRIGGER part_described;
DROP TRIGGER item_added;
DROP TRIGGER item_renumbered;
DROP TRIGGER text_told;
DROP VIEW told_text;
ALTER TABLE part_text ADD COLUMN style TEXT;
ALTER TABLE part_text ADD COLUMN gender TEXT;
ALTER TABLE part_text ADD COLUMN hose_dash INTEGER;
ALTER TABLE part_text ADD COLUMN end_dash INTEGER;
UPDATE part_text SET style = p.style, gender = p.gender, hose_dash = p.hose_dash, end_dash = p.end_dash
FROM part AS p WHERE p.organization_id = part_text.owner_id AND p.id = part_text.id;

-- A text that is put in here gets its number.
CREATE VIEW told_text AS SELECT organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash FROM part_text;
CREATE TRIGGER text_told INSTEAD OF INSERT ON told_text BEGIN
    INSERT INTO part_text (number, organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    SELECT coalesce((SELECT max(number) FROM part_text WHERE number BETWEEN of_type AND of_type + 1099511627775),
                    of_type) + 1,
           new.organization_id, new.owner_id, new.id, new.source, new.norm,
           new.part_norm, new.item_type, new.brand_id, new.status,
           new.style, new.gender, new.hose_dash, new.end_dash
    FROM (SELECT 1099511627776 * CASE new.item_type WHEN 'hose' THEN 1 WHEN 'crimpFitting' THEN 2 WHEN 'ferrule' THEN 3
                         WHEN 'adaptor' THEN 4 WHEN 'wrap' THEN 5 ELSE 6 END AS of_type);
END;

CREATE TRIGGER part_added AFTER INSERT ON part BEGIN
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    VALUES (new.organization_id, new.organization_id, new.id, 'number', new.part_norm,
            new.part_norm, new.item_type, new.brand_id, new.status,
           new.style, new.gender, new.hose_dash, new.end_dash);
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    SELECT new.organization_id, new.organization_id, new.id, 'description', new.description_norm,
           new.part_norm, new.item_type, new.brand_id, new.status,
           new.style, new.gender, new.hose_dash, new.end_dash
    WHERE new.description_norm IS NOT NULL;
END;
-- A part keeps its type.
CREATE TRIGGER part_changed AFTER UPDATE OF part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash ON part
WHEN new.part_norm <> old.part_norm OR new.item_type <> old.item_type OR new.brand_id <> old.brand_id
     OR new.status <> old.status OR new.style IS NOT old.style OR new.gender IS NOT old.gender
     OR new.hose_dash IS NOT old.hose_dash OR new.end_dash IS NOT old.end_dash BEGIN
    SELECT RAISE(ABORT, 'a part keeps its type') WHERE new.item_type <> old.item_type;
    UPDATE part_text SET norm = new.part_norm
    WHERE organization_id = new.organization_id AND id = new.id AND source = 'number';
    UPDATE part_text
    SET part_norm = new.part_norm, brand_id = new.brand_id, status = new.status,
        style = new.style, gender = new.gender, hose_dash = new.hose_dash, end_dash = new.end_dash
    WHERE organization_id = new.organization_id AND id = new.id AND source <> 'own';
    UPDATE part_text
    SET part_norm = new.part_norm, brand_id = new.brand_id, status = new.status,
        style = new.style, gender = new.gender, hose_dash = new.hose_dash, end_dash = new.end_dash
    WHERE owner_id = new.organization_id AND id = new.id AND source = 'own';
END;
CREATE TRIGGER part_described AFTER UPDATE OF description_norm ON part
WHEN new.description_norm IS NOT old.description_norm BEGIN
    DELETE FROM part_text
    WHERE organization_id = new.organization_id AND id = new.id AND source = 'description';
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    SELECT new.organization_id, new.organization_id, new.id, 'description', new.description_norm,
           new.part_norm, new.item_type, new.brand_id, new.status,
           new.style, new.gender, new.hose_dash, new.end_dash
    WHERE new.description_norm IS NOT NULL;
END;
CREATE TRIGGER item_added AFTER INSERT ON item WHEN new.org_norm IS NOT NULL BEGIN
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    SELECT new.organization_id, p.organization_id, new.id, 'own', new.org_norm,
           p.part_norm, p.item_type, p.brand_id, p.status,
           p.style, p.gender, p.hose_dash, p.end_dash
    FROM part AS p WHERE p.organization_id IN (new.organization_id, '000000000000000000000000') AND p.id = new.id;
END;
CREATE TRIGGER item_renumbered AFTER UPDATE OF org_norm ON item WHEN new.org_norm IS NOT old.org_norm BEGIN
    DELETE FROM part_text WHERE organization_id = new.organization_id AND id = new.id AND source = 'own';
    INSERT INTO told_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    SELECT new.organization_id, p.organization_id, new.id, 'own', new.org_norm,
           p.part_norm, p.item_type, p.brand_id, p.status,
           p.style, p.gender, p.hose_dash, p.end_dash
    FROM part AS p WHERE p.organization_id IN (new.organization_id, '000000000000000000000000') AND p.id = new.id
         AND new.org_norm IS NOT NULL;
END;
