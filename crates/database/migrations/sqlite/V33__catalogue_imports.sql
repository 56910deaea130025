-- Imports of the catalogue: each file that came, what it says row by row, and how it is undone.
CREATE TABLE catalogue_import (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_bytes INTEGER NOT NULL,
    -- What the sheets hold that do not say it themselves.
    kind TEXT,
    -- JSON: the field that each header stands for, where they differ.
    mapping TEXT NOT NULL,
    dry_run INTEGER NOT NULL,
    -- The permissions of who sent it, with commas between them: the rows are applied with these.
    permissions TEXT NOT NULL,
    caller_name TEXT NOT NULL,
    -- receiving, reading, checked, refused, applying, done, rollingBack, cancelled, failed, undoing, undone.
    state TEXT NOT NULL,
    -- Why it was refused, failed or was not wholly undone.
    failure TEXT,
    -- How many rows were read, and how many of them are applied.
    total INTEGER NOT NULL,
    applied INTEGER NOT NULL,
    creates INTEGER NOT NULL,
    updates INTEGER NOT NULL,
    sames INTEGER NOT NULL,
    wrongs INTEGER NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX catalogue_import_created ON catalogue_import (organization_id, created, id);
-- One at a time: meanwhile nobody else writes the organization's catalogue.
CREATE UNIQUE INDEX catalogue_import_at_work ON catalogue_import (organization_id)
    WHERE state IN ('applying', 'rollingBack', 'undoing');

-- The file, in pieces.
CREATE TABLE catalogue_import_piece (
    organization_id TEXT NOT NULL,
    import_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (organization_id, import_id, position),
    FOREIGN KEY (organization_id, import_id) REFERENCES catalogue_import (organization_id, id)
) STRICT;

-- Its rows, in their order.
CREATE TABLE catalogue_import_row (
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
) STRICT, WITHOUT ROWID;
CREATE INDEX catalogue_import_row_action ON catalogue_import_row (organization_id, import_id, action, position);

-- Which header of a supplier's sheet stands for which field, under a name.
CREATE TABLE catalogue_mapping (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_norm TEXT NOT NULL,
    kind TEXT,
    -- JSON: field by header.
    headers TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX catalogue_mapping_name ON catalogue_mapping (organization_id, name_norm);
