-- How an organization works, as one JSON document with its version; null is all as usual.
ALTER TABLE organization ADD COLUMN settings TEXT;
-- The web pages that may call with its credentials, as a JSON list; null is as the server says.
ALTER TABLE organization ADD COLUMN allowed_origins TEXT;

-- Every time the terms were accepted or declined.
CREATE TABLE terms_decision (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    version INTEGER NOT NULL,
    accepted INTEGER NOT NULL,
    decided INTEGER NOT NULL,
    decided_by TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX terms_decision_latest ON terms_decision (organization_id, decided, id);

CREATE TABLE currency (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    code TEXT NOT NULL,
    -- How many of it one of the default currency is worth, in millionths.
    rate INTEGER NOT NULL,
    available INTEGER NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    deleted INTEGER,
    deleted_by TEXT,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX currency_code ON currency (organization_id, code);

CREATE TABLE product_group (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_norm TEXT NOT NULL,
    -- JSON with its version.
    details TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    deleted INTEGER,
    deleted_by TEXT,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX product_group_name ON product_group (organization_id, name_norm) WHERE deleted IS NULL;

CREATE TABLE supplier (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_norm TEXT NOT NULL,
    -- JSON with its version.
    details TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    deleted INTEGER,
    deleted_by TEXT,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX supplier_name ON supplier (organization_id, name_norm) WHERE deleted IS NULL;

CREATE TABLE location (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_norm TEXT NOT NULL,
    -- JSON with its version.
    details TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    deleted INTEGER,
    deleted_by TEXT,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX location_name ON location (organization_id, name_norm) WHERE deleted IS NULL;
