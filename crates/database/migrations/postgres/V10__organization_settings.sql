-- How an organization works, as one JSON document with its version; null is all as usual.
ALTER TABLE organization ADD COLUMN settings TEXT COLLATE "C";
-- The web pages that may call with its credentials, as a JSON list; null is as the server says.
ALTER TABLE organization ADD COLUMN allowed_origins TEXT COLLATE "C";

-- Every time the terms were accepted or declined.
CREATE TABLE terms_decision (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    decided BIGINT NOT NULL,
    decided_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX terms_decision_latest ON terms_decision (organization_id, decided, id);

CREATE TABLE currency (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    -- How many of it one of the default currency is worth, in millionths.
    rate BIGINT NOT NULL,
    available BIGINT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    deleted BIGINT,
    deleted_by TEXT COLLATE "C",
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX currency_code ON currency (organization_id, code);

CREATE TABLE product_group (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_norm TEXT COLLATE "C" NOT NULL,
    -- JSON with its version.
    details TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    deleted BIGINT,
    deleted_by TEXT COLLATE "C",
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX product_group_name ON product_group (organization_id, name_norm) WHERE deleted IS NULL;

CREATE TABLE supplier (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_norm TEXT COLLATE "C" NOT NULL,
    -- JSON with its version.
    details TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    deleted BIGINT,
    deleted_by TEXT COLLATE "C",
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX supplier_name ON supplier (organization_id, name_norm) WHERE deleted IS NULL;

CREATE TABLE location (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_norm TEXT COLLATE "C" NOT NULL,
    -- JSON with its version.
    details TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    deleted BIGINT,
    deleted_by TEXT COLLATE "C",
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX location_name ON location (organization_id, name_norm) WHERE deleted IS NULL;

ALTER TABLE terms_decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE terms_decision FORCE ROW LEVEL SECURITY;
CREATE POLICY terms_decision_of_organization ON terms_decision USING (may_touch(organization_id));

ALTER TABLE currency ENABLE ROW LEVEL SECURITY;
ALTER TABLE currency FORCE ROW LEVEL SECURITY;
CREATE POLICY currency_of_organization ON currency USING (may_touch(organization_id));

ALTER TABLE product_group ENABLE ROW LEVEL SECURITY;
ALTER TABLE product_group FORCE ROW LEVEL SECURITY;
CREATE POLICY product_group_of_organization ON product_group USING (may_touch(organization_id));

ALTER TABLE supplier ENABLE ROW LEVEL SECURITY;
ALTER TABLE supplier FORCE ROW LEVEL SECURITY;
CREATE POLICY supplier_of_organization ON supplier USING (may_touch(organization_id));

ALTER TABLE location ENABLE ROW LEVEL SECURITY;
ALTER TABLE location FORCE ROW LEVEL SECURITY;
CREATE POLICY location_of_organization ON location USING (may_touch(organization_id));
