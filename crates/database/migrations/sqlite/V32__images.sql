-- Pictures: a library by name, and those that belong to one record. Those of the
-- organization 000000000000000000000000 are shared.
CREATE TABLE image (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_norm TEXT NOT NULL,
    -- The record it was brought for, if it was.
    belongs_to TEXT,
    -- png, jpeg, webp or svg.
    kind TEXT NOT NULL,
    -- SHA-256 of the bytes, in hexadecimal.
    content_hash TEXT NOT NULL,
    size INTEGER NOT NULL,
    width INTEGER NOT NULL,
    height INTEGER NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    -- A PNG.
    thumbnail BLOB NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT;
CREATE UNIQUE INDEX image_name ON image (organization_id, name_norm);
CREATE INDEX image_by_name ON image (organization_id, name_norm, id);
CREATE UNIQUE INDEX image_of_record ON image (organization_id, belongs_to) WHERE belongs_to IS NOT NULL;
