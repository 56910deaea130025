-- A search is narrowed by style, gender and sizes before any part is read, too.
SELECT set_config('app.system', 'on', true);
ALTER TABLE part_text ADD COLUMN style TEXT COLLATE "C";
ALTER TABLE part_text ADD COLUMN gender TEXT COLLATE "C";
ALTER TABLE part_text ADD COLUMN hose_dash BIGINT;
ALTER TABLE part_text ADD COLUMN end_dash BIGINT;
UPDATE part_text SET style = p.style, gender = p.gender, hose_dash = p.hose_dash, end_dash = p.end_dash
FROM part AS p WHERE p.organization_id = part_text.owner_id AND p.id = part_text.id;
CREATE OR REPLACE VIEW told_text AS
SELECT organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash
FROM part_text;

CREATE OR REPLACE FUNCTION part_told() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM part_text
        WHERE organization_id = old.organization_id AND id = old.id AND source <> 'own';
    END IF;
    IF TG_OP = 'DELETE' THEN
        DELETE FROM part_text WHERE owner_id = old.organization_id AND id = old.id AND source = 'own';
        RETURN NULL;
    END IF;
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    VALUES (new.organization_id, new.organization_id, new.id, 'number', new.part_norm,
            new.part_norm, new.item_type, new.brand_id, new.status,
           new.style, new.gender, new.hose_dash, new.end_dash);
    IF new.description_norm IS NOT NULL THEN
        INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
        VALUES (new.organization_id, new.organization_id, new.id, 'description', new.description_norm,
                new.part_norm, new.item_type, new.brand_id, new.status,
           new.style, new.gender, new.hose_dash, new.end_dash);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE part_text
        SET part_norm = new.part_norm, item_type = new.item_type, brand_id = new.brand_id, status = new.status,
            style = new.style, gender = new.gender, hose_dash = new.hose_dash, end_dash = new.end_dash
        WHERE owner_id = new.organization_id AND id = new.id AND source = 'own';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER part_changed ON part;
CREATE TRIGGER part_changed AFTER UPDATE ON part FOR EACH ROW
WHEN (new.part_norm <> old.part_norm OR new.description_norm IS DISTINCT FROM old.description_norm
      OR new.item_type <> old.item_type OR new.brand_id <> old.brand_id OR new.status <> old.status
      OR (new.style, new.gender, new.hose_dash, new.end_dash)
         IS DISTINCT FROM (old.style, old.gender, old.hose_dash, old.end_dash))
EXECUTE FUNCTION part_told();

CREATE OR REPLACE FUNCTION item_told() RETURNS TRIGGER LANGUAGE plpgsql AS $$
DECLARE
    found_part RECORD;
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM part_text WHERE organization_id = old.organization_id AND id = old.id AND source = 'own';
    END IF;
    IF TG_OP <> 'DELETE' AND new.org_norm IS NOT NULL THEN
        -- One after the other, so that each is looked up by the key however large the table is taken for.
        SELECT organization_id, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash INTO found_part
        FROM part WHERE organization_id = new.organization_id AND id = new.id;
        IF NOT FOUND THEN
            SELECT organization_id, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash INTO found_part
            FROM part WHERE organization_id = '000000000000000000000000' AND id = new.id;
        END IF;
        IF FOUND THEN
            INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
            VALUES (new.organization_id, found_part.organization_id, new.id, 'own', new.org_norm,
                    found_part.part_norm, found_part.item_type, found_part.brand_id, found_part.status,
           found_part.style, found_part.gender, found_part.hose_dash, found_part.end_dash);
        END IF;
    END IF;
    RETURN NULL;
END
$$;


CREATE OR REPLACE FUNCTION parts_told() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    SELECT organization_id, organization_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash
    FROM added
    CROSS JOIN LATERAL (VALUES ('number', part_norm), ('description', description_norm)) AS text (source, norm)
    WHERE norm IS NOT NULL;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION items_told() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status, style, gender, hose_dash, end_dash)
    SELECT a.organization_id, p.organization_id, a.id, 'own', a.org_norm,
           p.part_norm, p.item_type, p.brand_id, p.status,
           p.style, p.gender, p.hose_dash, p.end_dash
    FROM added AS a
    CROSS JOIN LATERAL (SELECT * FROM part AS one WHERE one.id = a.id
                        AND one.organization_id IN (a.organization_id, '000000000000000000000000') OFFSET 0) AS p
    WHERE a.org_norm IS NOT NULL;
    RETURN NULL;
END
$$;
ANALYZE part_text;
