-- What became of a row of an import stands apart: the row, which is wide, is written once.
SELECT set_config('app.system', 'on', true);
CREATE TABLE catalogue_import_done (
    organization_id TEXT COLLATE "C" NOT NULL,
    import_id TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    -- What it is about.
    record_id TEXT COLLATE "C",
    -- The revision it was given; null where that was taken back.
    rev BIGINT,
    PRIMARY KEY (organization_id, import_id, position),
    FOREIGN KEY (organization_id, import_id) REFERENCES catalogue_import (organization_id, id)
);
INSERT INTO catalogue_import_done (organization_id, import_id, position, record_id, rev)
SELECT organization_id, import_id, position, record_id, done_rev FROM catalogue_import_row
WHERE done_rev IS NOT NULL;
ALTER TABLE catalogue_import_row DROP COLUMN done_rev;

-- What new parts are found by is written for all of a statement's rows at once.
DROP TRIGGER part_added ON part;
CREATE TRIGGER part_removed AFTER DELETE ON part FOR EACH ROW EXECUTE FUNCTION part_told();

CREATE FUNCTION parts_told() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT organization_id, organization_id, id, source, norm, part_norm, item_type, brand_id, status
    FROM added
    CROSS JOIN LATERAL (VALUES ('number', part_norm), ('description', description_norm)) AS text (source, norm)
    WHERE norm IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER part_added AFTER INSERT ON part REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION parts_told();

DROP TRIGGER item_added ON item;
CREATE TRIGGER item_removed AFTER DELETE ON item FOR EACH ROW EXECUTE FUNCTION item_told();

CREATE FUNCTION items_told() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO part_text (organization_id, owner_id, id, source, norm, part_norm, item_type, brand_id, status)
    SELECT a.organization_id, p.organization_id, a.id, 'own', a.org_norm,
           p.part_norm, p.item_type, p.brand_id, p.status
    FROM added AS a
    CROSS JOIN LATERAL (SELECT * FROM part AS one WHERE one.id = a.id
                        AND one.organization_id IN (a.organization_id, '000000000000000000000000') OFFSET 0) AS p
    WHERE a.org_norm IS NOT NULL;
    RETURN NULL;
END
$$;
CREATE TRIGGER item_added AFTER INSERT ON item REFERENCING NEW TABLE AS added
FOR EACH STATEMENT EXECUTE FUNCTION items_told();

-- Whoever's texts they are, those of a part are found by its id.
DROP INDEX part_text_of_part;
DROP INDEX part_text_of_others;
CREATE UNIQUE INDEX part_text_of_part ON part_text (id, source, organization_id);

-- Which ends an adaptor has that are asked for is told by the index alone.
DROP INDEX part_end_style;
CREATE INDEX part_end_style ON part_end (organization_id, style, dash, gender, part_id, position, swivel);

-- The second wall again, with what the transaction says of itself read once for a statement and not
-- for each row. Every table of an organization's rows is put behind it so.
CREATE FUNCTION wall_in(walled TEXT, whose TEXT DEFAULT 'organization_id') RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
    EXECUTE format('DROP POLICY IF EXISTS %I ON %I', walled || '_of_organization', walled);
    EXECUTE format(
        'CREATE POLICY %I ON %I USING (%I = (SELECT current_setting(''app.organization'', true))
             OR (SELECT current_setting(''app.system'', true)) = ''on'')',
        walled || '_of_organization', walled, whose
    );
END
$$;
DO $$
DECLARE
    walled TEXT;
BEGIN
    FOR walled IN
        SELECT tablename FROM pg_policies WHERE schemaname = current_schema() AND qual = 'may_touch(organization_id)'
    LOOP
        PERFORM wall_in(walled);
    END LOOP;
END
$$;
SELECT wall_in('organization', 'id');
SELECT wall_in('catalogue_import_done');
DROP FUNCTION may_touch;
