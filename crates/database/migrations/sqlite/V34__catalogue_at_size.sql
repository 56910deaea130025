-- Tables of long rows get row numbers: without them the rows stand in the inner
-- pages of the tree too, of which a look-up then reads many more.
CREATE TABLE part_end_kept AS SELECT * FROM part_end;
DROP TABLE part_end;

CREATE TABLE part_numbered (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    item_type TEXT NOT NULL,
    -- Of the owner or of the shared catalogue; empty for an other item without a brand.
    brand_id TEXT NOT NULL,
    part_number TEXT NOT NULL,
    part_norm TEXT NOT NULL,
    description_norm TEXT,
    series_norm TEXT,
    -- Sixteenths of an inch.
    hose_dash INTEGER,
    end_dash INTEGER,
    style TEXT,
    gender TEXT,
    shape TEXT,
    -- The wrap type of a wrap, the item type of an other item, folded.
    kind_norm TEXT,
    colour_norm TEXT,
    spec_norm TEXT,
    material_norm TEXT,
    cross_reference TEXT,
    family_reference TEXT,
    -- The ends of an adaptor: style, gender, size and swivel, written one after the other.
    ends_norm TEXT,
    -- Millipascal.
    working_pressure INTEGER,
    -- JSON: every field, by its name.
    data TEXT NOT NULL,
    -- approved, pending or deleted.
    status TEXT NOT NULL,
    -- Why it waits, or why it was refused.
    status_reason TEXT,
    deleted INTEGER,
    deleted_by TEXT,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT;
INSERT INTO part_numbered SELECT * FROM part;
DROP TABLE part;
ALTER TABLE part_numbered RENAME TO part;
CREATE UNIQUE INDEX part_of_brand ON part (organization_id, brand_id, item_type, part_norm) WHERE deleted IS NULL;
CREATE INDEX part_number ON part (organization_id, status, part_norm, id, brand_id, item_type);
CREATE INDEX part_type ON part (organization_id, item_type, status, part_norm, id, brand_id);
CREATE INDEX part_brand ON part (organization_id, item_type, status, brand_id, part_norm, id);
-- Which fittings a row of crimp data means is found here alone.
CREATE INDEX part_series ON part
    (organization_id, item_type, status, series_norm, hose_dash, part_norm, id, brand_id);
CREATE INDEX part_hose_dash ON part (organization_id, item_type, status, hose_dash, part_norm, id);
CREATE INDEX part_by_end ON part (organization_id, item_type, status, end_dash, style, gender, part_norm, id)
WHERE end_dash IS NOT NULL;
CREATE INDEX part_modified ON part (organization_id, item_type, status, last_modified, id);
CREATE INDEX part_kind ON part (organization_id, item_type, status, shape, material_norm, ends_norm, brand_id)
WHERE ends_norm IS NOT NULL;
CREATE INDEX part_cross_reference ON part (organization_id, cross_reference, id) WHERE cross_reference IS NOT NULL;
CREATE INDEX part_family ON part (organization_id, family_reference, id) WHERE family_reference IS NOT NULL;
CREATE INDEX part_pending ON part (organization_id, created, id) WHERE status = 'pending';

CREATE TRIGGER part_added AFTER INSERT ON part BEGIN
    INSERT INTO part_text (organization_id, part_id, source, norm)
    VALUES (new.organization_id, new.id, 'number', new.part_norm);
    INSERT INTO part_text (organization_id, part_id, source, norm)
    SELECT new.organization_id, new.id, 'description', new.description_norm WHERE new.description_norm IS NOT NULL;
END;
CREATE TRIGGER part_renumbered AFTER UPDATE OF part_norm ON part WHEN new.part_norm <> old.part_norm BEGIN
    UPDATE part_text SET norm = new.part_norm
    WHERE organization_id = new.organization_id AND part_id = new.id AND source = 'number';
END;
CREATE TRIGGER part_described AFTER UPDATE OF description_norm ON part
WHEN new.description_norm IS NOT old.description_norm BEGIN
    DELETE FROM part_text
    WHERE organization_id = new.organization_id AND part_id = new.id AND source = 'description';
    INSERT INTO part_text (organization_id, part_id, source, norm)
    SELECT new.organization_id, new.id, 'description', new.description_norm WHERE new.description_norm IS NOT NULL;
END;
CREATE TRIGGER part_removed AFTER DELETE ON part BEGIN
    DELETE FROM part_text
    WHERE organization_id = old.organization_id AND part_id = old.id AND source <> 'own';
END;

-- The ends of adaptors, in the order of the part.
CREATE TABLE part_end (
    organization_id TEXT NOT NULL,
    part_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    style TEXT NOT NULL,
    gender TEXT NOT NULL,
    dash INTEGER,
    swivel INTEGER NOT NULL,
    PRIMARY KEY (organization_id, part_id, position),
    FOREIGN KEY (organization_id, part_id) REFERENCES part (organization_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO part_end SELECT * FROM part_end_kept;
DROP TABLE part_end_kept;
CREATE INDEX part_end_style ON part_end (organization_id, style, dash, gender, part_id);

CREATE TABLE crimp_spec_numbered (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    -- Of the owner or of the shared catalogue.
    hose_id TEXT NOT NULL,
    hose_dash INTEGER,
    coupling_brand_norm TEXT NOT NULL,
    coupling_series_norm TEXT NOT NULL,
    -- Empty for one-piece fittings.
    ferrule_brand_norm TEXT NOT NULL,
    ferrule_norm TEXT NOT NULL,
    -- Empty where the data is for any machine.
    crimper_norm TEXT NOT NULL,
    -- JSON: every field, by its name.
    data TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT;
INSERT INTO crimp_spec_numbered SELECT * FROM crimp_spec;
DROP TABLE crimp_spec;
ALTER TABLE crimp_spec_numbered RENAME TO crimp_spec;
CREATE UNIQUE INDEX crimp_spec_of_hose ON crimp_spec
    (organization_id, hose_id, coupling_brand_norm, coupling_series_norm, ferrule_brand_norm, ferrule_norm, crimper_norm);
CREATE INDEX crimp_spec_series ON crimp_spec
    (organization_id, coupling_brand_norm, coupling_series_norm, hose_dash, hose_id);
CREATE INDEX crimp_spec_ferrule ON crimp_spec (organization_id, ferrule_brand_norm, ferrule_norm, hose_id);

CREATE TABLE catalogue_import_row_numbered (
    organization_id TEXT NOT NULL,
    import_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    sheet TEXT NOT NULL,
    -- As the sheet counts, from 1.
    row_number INTEGER NOT NULL,
    -- A type of part.
    kind TEXT NOT NULL,
    -- create, update, same or wrong.
    action TEXT NOT NULL,
    -- What it is about, once that is there.
    record_id TEXT,
    -- JSON: cells with old and new values, and what is wrong.
    report TEXT NOT NULL,
    -- JSON: the fields to be set, and the same as they were.
    change TEXT NOT NULL,
    reverse TEXT NOT NULL,
    -- The revision it was read at, and the one it was given.
    seen_rev INTEGER,
    done_rev INTEGER,
    PRIMARY KEY (organization_id, import_id, position),
    FOREIGN KEY (organization_id, import_id) REFERENCES catalogue_import (organization_id, id)
) STRICT;
INSERT INTO catalogue_import_row_numbered SELECT * FROM catalogue_import_row;
DROP TABLE catalogue_import_row;
ALTER TABLE catalogue_import_row_numbered RENAME TO catalogue_import_row;
CREATE INDEX catalogue_import_row_action ON catalogue_import_row (organization_id, import_id, action, position);
