-- Beside what a part is found by stands enough of the part to narrow what is found and to put
-- it in order, before any part is read.
SELECT set_config('app.system', 'on', true);
DROP TABLE part_text;

CREATE TABLE part_text (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- Who says it.
    organization_id TEXT COLLATE "C" NOT NULL,
    -- Whose the part is.
    owner_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    -- number, own or description.
    source TEXT COLLATE "C" NOT NULL,
    norm TEXT COLLATE "C" NOT NULL,
    -- Of the part.
    part_norm TEXT COLLATE "C" NOT NULL,
    item_type TEXT COLLATE "C" NOT NULL,
    brand_id TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL
);
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
CREATE INDEX part_search ON part_text USING gin (norm gin_trgm_ops);

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
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    VALUES (new.organization_id, new.organization_id, new.id, 'number', new.part_norm,
            new.part_norm, new.item_type, new.brand_id, new.status);
    IF new.description_norm IS NOT NULL THEN
        INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
        VALUES (new.organization_id, new.organization_id, new.id, 'description', new.description_norm,
                new.part_norm, new.item_type, new.brand_id, new.status);
    END IF;
    IF TG_OP = 'UPDATE' THEN
        UPDATE part_text
        SET part_norm = new.part_norm, item_type = new.item_type, brand_id = new.brand_id, status = new.status
        WHERE owner_id = new.organization_id AND id = new.id AND source = 'own';
    END IF;
    RETURN NULL;
END
$$;
DROP TRIGGER part_changed ON part;
CREATE TRIGGER part_changed AFTER UPDATE ON part FOR EACH ROW
WHEN (new.part_norm <> old.part_norm OR new.description_norm IS DISTINCT FROM old.description_norm
      OR new.item_type <> old.item_type OR new.brand_id <> old.brand_id OR new.status <> old.status)
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
        SELECT organization_id, part_norm, item_type, brand_id, status INTO found_part
        FROM part WHERE organization_id = new.organization_id AND id = new.id;
        IF NOT FOUND THEN
            SELECT organization_id, part_norm, item_type, brand_id, status INTO found_part
            FROM part WHERE organization_id = '000000000000000000000000' AND id = new.id;
        END IF;
        IF FOUND THEN
            INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
            VALUES (new.organization_id, found_part.organization_id, new.id, 'own', new.org_norm,
                    found_part.part_norm, found_part.item_type, found_part.brand_id, found_part.status);
        END IF;
    END IF;
    RETURN NULL;
END
$$;

-- What fittings of a size are narrowed by most is told by the index alone.
DROP INDEX part_hose_dash;
CREATE INDEX part_hose_dash ON part
    (organization_id, item_type, status, hose_dash, part_norm, id, brand_id, style, gender);
ANALYZE part_text;
