-- Ids are 24 hexadecimal digits, times milliseconds since 1970 in UTC, flags 0 or 1.
-- A column *_norm holds the folded form that look-ups and sorting use.
-- Every table of an organization has organization_id first in every key.

CREATE TABLE organization (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    public_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    subscription TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL
);
CREATE UNIQUE INDEX organization_public_id ON organization (public_id);

CREATE TABLE role (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_norm TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    -- admin, regular or customer for a role that every organization has; null for its own.
    system_role TEXT COLLATE "C",
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX role_name ON role (organization_id, name_norm);

CREATE TABLE role_permission (
    organization_id TEXT COLLATE "C" NOT NULL,
    role_id TEXT COLLATE "C" NOT NULL,
    permission TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, role_id, permission),
    FOREIGN KEY (organization_id, role_id) REFERENCES role (organization_id, id)
);

CREATE TABLE customer (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_norm TEXT COLLATE "C" NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    deleted BIGINT,
    deleted_by TEXT COLLATE "C",
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX customer_name ON customer (organization_id, name_norm, id);

CREATE TABLE user_account (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    email_norm TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    -- argon2id in PHC form; null until a password is set.
    password_hash TEXT COLLATE "C",
    customer_id TEXT COLLATE "C",
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    deleted BIGINT,
    deleted_by TEXT COLLATE "C",
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customer (organization_id, id)
);
CREATE UNIQUE INDEX user_account_email ON user_account (organization_id, email_norm);
-- A login names no organization.
CREATE INDEX user_account_login ON user_account (email_norm);

CREATE TABLE user_role (
    organization_id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    role_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, user_id, role_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES user_account (organization_id, id),
    FOREIGN KEY (organization_id, role_id) REFERENCES role (organization_id, id)
);

CREATE TABLE session (
    organization_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the token's secret part.
    secret_hash BYTEA NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    address TEXT COLLATE "C",
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES user_account (organization_id, id)
);
CREATE INDEX session_expires ON session (expires);

CREATE TABLE api_key (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_norm TEXT COLLATE "C" NOT NULL,
    key_type TEXT COLLATE "C" NOT NULL,
    -- As the caller wrote them, in canonical order, separated by commas.
    scopes TEXT COLLATE "C" NOT NULL,
    role_id TEXT COLLATE "C" NOT NULL,
    customer_id TEXT COLLATE "C",
    rate_requests BIGINT,
    rate_seconds BIGINT,
    starts BIGINT,
    expires BIGINT,
    suspended BIGINT NOT NULL,
    -- The masked form, for lists.
    masked TEXT COLLATE "C" NOT NULL,
    -- Rises with every change that ends the bearer tokens made so far.
    epoch BIGINT NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    deleted BIGINT,
    deleted_by TEXT COLLATE "C",
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, role_id) REFERENCES role (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customer (organization_id, id)
);
CREATE INDEX api_key_created ON api_key (organization_id, created, id);
CREATE INDEX api_key_name ON api_key (organization_id, name_norm, id);
CREATE INDEX api_key_type ON api_key (organization_id, key_type, id);

CREATE TABLE api_key_secret (
    organization_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    slot BIGINT NOT NULL,
    pepper_version BIGINT NOT NULL,
    -- HMAC-SHA-256 of the secret under that pepper.
    mac BYTEA NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (organization_id, key_id, slot),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id)
);

CREATE TABLE api_key_address (
    organization_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    network TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, key_id, position),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id)
);

-- Apart from api_key, since it is written often and changes nothing else.
CREATE TABLE api_key_use (
    organization_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    last_used BIGINT NOT NULL,
    last_used_address TEXT COLLATE "C",
    PRIMARY KEY (organization_id, key_id),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id)
);

-- What every node reads to keep its live key set: the order of seq is the
-- order of the commits.
CREATE TABLE key_change (
    seq BIGINT GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL
);

-- Other names of a record: the number that the Gjirafa dialect knows it by, a uuid, a foreign system's id.
CREATE TABLE external_id (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    record_kind TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    record_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, record_kind, form, value)
);
CREATE UNIQUE INDEX external_id_record ON external_id (organization_id, record_kind, record_id, form);

CREATE TABLE counter (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    name TEXT COLLATE "C" NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (organization_id, name)
);

CREATE TABLE audit (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    -- user:ID, key:ID or system:WORD.
    subject TEXT COLLATE "C" NOT NULL,
    subject_name TEXT COLLATE "C" NOT NULL,
    request_id TEXT COLLATE "C",
    address TEXT COLLATE "C",
    action TEXT COLLATE "C" NOT NULL,
    record_kind TEXT COLLATE "C" NOT NULL,
    record_id TEXT COLLATE "C" NOT NULL,
    -- JSON without secrets; null where there was or is nothing.
    before TEXT COLLATE "C",
    after TEXT COLLATE "C",
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX audit_at ON audit (organization_id, at, id);
CREATE INDEX audit_record ON audit (organization_id, record_kind, record_id, at);

CREATE TABLE idempotency (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    subject TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    idempotency_key TEXT COLLATE "C" NOT NULL,
    body_hash BYTEA NOT NULL,
    status BIGINT NOT NULL,
    -- JSON; null where the answer held a secret.
    answer TEXT COLLATE "C",
    record_id TEXT COLLATE "C",
    created BIGINT NOT NULL,
    PRIMARY KEY (organization_id, subject, operation, idempotency_key)
);
CREATE INDEX idempotency_created ON idempotency (created);

CREATE TABLE job (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    kind TEXT COLLATE "C" NOT NULL,
    -- At most one job of a kind with the same key waits.
    job_key TEXT COLLATE "C" NOT NULL,
    payload TEXT COLLATE "C" NOT NULL,
    run_at BIGINT NOT NULL,
    leased_until BIGINT NOT NULL,
    attempts BIGINT NOT NULL,
    last_error TEXT COLLATE "C",
    -- Set when it has failed for good.
    dead BIGINT NOT NULL,
    created BIGINT NOT NULL
);
CREATE UNIQUE INDEX job_kind_key ON job (kind, job_key);
CREATE INDEX job_due ON job (dead, run_at);

-- Facts about this store as a whole: the generation of its tokens.
CREATE TABLE store_state (
    name TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);
INSERT INTO store_state (name, value) VALUES ('generation', 1);

-- The second wall around an organization's rows. A transaction says whose rows
-- it may touch (app.organization), or that it is the system's own (app.system).
CREATE FUNCTION may_touch(organization TEXT) RETURNS BOOLEAN LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT organization = current_setting('app.organization', true)
        OR current_setting('app.system', true) = 'on'
$$;

ALTER TABLE organization ENABLE ROW LEVEL SECURITY;
ALTER TABLE organization FORCE ROW LEVEL SECURITY;
CREATE POLICY organization_of_organization ON organization USING (may_touch(id));

ALTER TABLE role ENABLE ROW LEVEL SECURITY;
ALTER TABLE role FORCE ROW LEVEL SECURITY;
CREATE POLICY role_of_organization ON role USING (may_touch(organization_id));

ALTER TABLE role_permission ENABLE ROW LEVEL SECURITY;
ALTER TABLE role_permission FORCE ROW LEVEL SECURITY;
CREATE POLICY role_permission_of_organization ON role_permission USING (may_touch(organization_id));

ALTER TABLE customer ENABLE ROW LEVEL SECURITY;
ALTER TABLE customer FORCE ROW LEVEL SECURITY;
CREATE POLICY customer_of_organization ON customer USING (may_touch(organization_id));

ALTER TABLE user_account ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_account FORCE ROW LEVEL SECURITY;
CREATE POLICY user_account_of_organization ON user_account USING (may_touch(organization_id));

ALTER TABLE user_role ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_role FORCE ROW LEVEL SECURITY;
CREATE POLICY user_role_of_organization ON user_role USING (may_touch(organization_id));

ALTER TABLE session ENABLE ROW LEVEL SECURITY;
ALTER TABLE session FORCE ROW LEVEL SECURITY;
CREATE POLICY session_of_organization ON session USING (may_touch(organization_id));

ALTER TABLE api_key ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key FORCE ROW LEVEL SECURITY;
CREATE POLICY api_key_of_organization ON api_key USING (may_touch(organization_id));

ALTER TABLE api_key_secret ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key_secret FORCE ROW LEVEL SECURITY;
CREATE POLICY api_key_secret_of_organization ON api_key_secret USING (may_touch(organization_id));

ALTER TABLE api_key_address ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key_address FORCE ROW LEVEL SECURITY;
CREATE POLICY api_key_address_of_organization ON api_key_address USING (may_touch(organization_id));

ALTER TABLE api_key_use ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key_use FORCE ROW LEVEL SECURITY;
CREATE POLICY api_key_use_of_organization ON api_key_use USING (may_touch(organization_id));

ALTER TABLE external_id ENABLE ROW LEVEL SECURITY;
ALTER TABLE external_id FORCE ROW LEVEL SECURITY;
CREATE POLICY external_id_of_organization ON external_id USING (may_touch(organization_id));

ALTER TABLE counter ENABLE ROW LEVEL SECURITY;
ALTER TABLE counter FORCE ROW LEVEL SECURITY;
CREATE POLICY counter_of_organization ON counter USING (may_touch(organization_id));

ALTER TABLE audit ENABLE ROW LEVEL SECURITY;
ALTER TABLE audit FORCE ROW LEVEL SECURITY;
CREATE POLICY audit_of_organization ON audit USING (may_touch(organization_id));

ALTER TABLE idempotency ENABLE ROW LEVEL SECURITY;
ALTER TABLE idempotency FORCE ROW LEVEL SECURITY;
CREATE POLICY idempotency_of_organization ON idempotency USING (may_touch(organization_id));
