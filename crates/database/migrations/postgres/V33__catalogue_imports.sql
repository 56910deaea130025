-- Imports of the catalogue: each file that came, what it says row by row, and how it is undone.
CREATE TABLE catalogue_import (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    file_name TEXT COLLATE "C" NOT NULL,
    file_bytes BIGINT NOT NULL,
    -- What the sheets hold that do not say it themselves.
    kind TEXT COLLATE "C",
    -- JSON: the field that each header stands for, where they differ.
    mapping TEXT COLLATE "C" NOT NULL,
    dry_run BIGINT NOT NULL,
    -- The permissions of who sent it, with commas between them: the rows are applied with these.
    permissions TEXT COLLATE "C" NOT NULL,
    caller_name TEXT COLLATE "C" NOT NULL,
    -- receiving, reading, checked, refused, applying, done, rollingBack, cancelled, failed, undoing, undone.
    state TEXT COLLATE "C" NOT NULL,
    -- Why it was refused, failed or was not wholly undone.
    failure TEXT COLLATE "C",
    -- How many rows were read, and how many of them are applied.
    total BIGINT NOT NULL,
    applied BIGINT NOT NULL,
    creates BIGINT NOT NULL,
    updates BIGINT NOT NULL,
    sames BIGINT NOT NULL,
    wrongs BIGINT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX catalogue_import_created ON catalogue_import (organization_id, created, id);
-- One at a time: meanwhile nobody else writes the organization's catalogue.
CREATE UNIQUE INDEX catalogue_import_at_work ON catalogue_import (organization_id)
    WHERE state IN ('applying', 'rollingBack', 'undoing');

-- The file, in pieces.
CREATE TABLE catalogue_import_piece (
    organization_id TEXT COLLATE "C" NOT NULL,
    import_id TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (organization_id, import_id, position),
    FOREIGN KEY (organization_id, import_id) REFERENCES catalogue_import (organization_id, id)
);

-- Its rows, in their order.
CREATE TABLE catalogue_import_row (
    organization_id TEXT COLLATE "C" NOT NULL,
    import_id TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    sheet TEXT COLLATE "C" NOT NULL,
    -- As the sheet counts, from 1.
    row_number BIGINT NOT NULL,
    -- A type of part.
    kind TEXT COLLATE "C" NOT NULL,
    -- create, update, same or wrong.
    action TEXT COLLATE "C" NOT NULL,
    -- What it is about, once that is there.
    record_id TEXT COLLATE "C",
    -- JSON: cells with old and new values, and what is wrong.
    report TEXT COLLATE "C" NOT NULL,
    -- JSON: the fields to be set, and the same as they were.
    change TEXT COLLATE "C" NOT NULL,
    reverse TEXT COLLATE "C" NOT NULL,
    -- The revision it was read at, and the one it was given.
    seen_rev BIGINT,
    done_rev BIGINT,
    PRIMARY KEY (organization_id, import_id, position),
    FOREIGN KEY (organization_id, import_id) REFERENCES catalogue_import (organization_id, id)
);
CREATE INDEX catalogue_import_row_action ON catalogue_import_row (organization_id, import_id, action, position);

-- Which header of a supplier's sheet stands for which field, under a name.
CREATE TABLE catalogue_mapping (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_norm TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C",
    -- JSON: field by header.
    headers TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX catalogue_mapping_name ON catalogue_mapping (organization_id, name_norm);

ALTER TABLE catalogue_import ENABLE ROW LEVEL SECURITY;
ALTER TABLE catalogue_import FORCE ROW LEVEL SECURITY;
CREATE POLICY catalogue_import_of_organization ON catalogue_import USING (may_touch(organization_id));

ALTER TABLE catalogue_import_piece ENABLE ROW LEVEL SECURITY;
ALTER TABLE catalogue_import_piece FORCE ROW LEVEL SECURITY;
CREATE POLICY catalogue_import_piece_of_organization ON catalogue_import_piece USING (may_touch(organization_id));

ALTER TABLE catalogue_import_row ENABLE ROW LEVEL SECURITY;
ALTER TABLE catalogue_import_row FORCE ROW LEVEL SECURITY;
CREATE POLICY catalogue_import_row_of_organization ON catalogue_import_row USING (may_touch(organization_id));

ALTER TABLE catalogue_mapping ENABLE ROW LEVEL SECURITY;
ALTER TABLE catalogue_mapping FORCE ROW LEVEL SECURITY;
CREATE POLICY catalogue_mapping_of_organization ON catalogue_mapping USING (may_touch(organization_id));
