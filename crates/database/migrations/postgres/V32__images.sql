-- Pictures: a library by name, and those that belong to one record. Those of the
-- organization 000000000000000000000000 are shared.
CREATE TABLE image (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_norm TEXT COLLATE "C" NOT NULL,
    -- The record it was brought for, if it was.
    belongs_to TEXT COLLATE "C",
    -- png, jpeg, webp or svg.
    kind TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the bytes, in hexadecimal.
    content_hash TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    -- A PNG.
    thumbnail BYTEA NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX image_name ON image (organization_id, name_norm);
CREATE INDEX image_by_name ON image (organization_id, name_norm, id);
CREATE UNIQUE INDEX image_of_record ON image (organization_id, belongs_to) WHERE belongs_to IS NOT NULL;

ALTER TABLE image ENABLE ROW LEVEL SECURITY;
ALTER TABLE image FORCE ROW LEVEL SECURITY;
CREATE POLICY image_of_organization ON image USING (may_touch(organization_id));
CREATE POLICY image_of_all ON image FOR SELECT USING (organization_id = '000000000000000000000000');
