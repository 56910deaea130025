-- Ids are 24 hexadecimal digits, times milliseconds since 1970 in UTC, flags 0 or 1.
-- A column *_norm holds the folded form that look-ups and sorting use.
-- Every table of an organization has organization_id first in every key.

CREATE TABLE organization (
    id TEXT NOT NULL PRIMARY KEY,
    public_id TEXT NOT NULL,
    name TEXT NOT NULL,
    subscription TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX organization_public_id ON organization (public_id);

CREATE TABLE role (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_norm TEXT NOT NULL,
    description TEXT NOT NULL,
    -- admin, regular or customer for a role that every organization has; null for its own.
    system_role TEXT,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX role_name ON role (organization_id, name_norm);

CREATE TABLE role_permission (
    organization_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    permission TEXT NOT NULL,
    PRIMARY KEY (organization_id, role_id, permission),
    FOREIGN KEY (organization_id, role_id) REFERENCES role (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE customer (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_norm TEXT NOT NULL,
    domain TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    deleted INTEGER,
    deleted_by TEXT,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX customer_name ON customer (organization_id, name_norm, id);

CREATE TABLE user_account (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    email TEXT NOT NULL,
    email_norm TEXT NOT NULL,
    name TEXT NOT NULL,
    -- argon2id in PHC form; null until a password is set.
    password_hash TEXT,
    customer_id TEXT,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    deleted INTEGER,
    deleted_by TEXT,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customer (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX user_account_email ON user_account (organization_id, email_norm);
-- A login names no organization.
CREATE INDEX user_account_login ON user_account (email_norm);

CREATE TABLE user_role (
    organization_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    PRIMARY KEY (organization_id, user_id, role_id),
    FOREIGN KEY (organization_id, user_id) REFERENCES user_account (organization_id, id),
    FOREIGN KEY (organization_id, role_id) REFERENCES role (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    organization_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- SHA-256 of the token's secret part.
    secret_hash BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    address TEXT,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES user_account (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX session_expires ON session (expires);

CREATE TABLE api_key (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_norm TEXT NOT NULL,
    key_type TEXT NOT NULL,
    -- As the caller wrote them, in canonical order, separated by commas.
    scopes TEXT NOT NULL,
    role_id TEXT NOT NULL,
    customer_id TEXT,
    rate_requests INTEGER,
    rate_seconds INTEGER,
    starts INTEGER,
    expires INTEGER,
    suspended INTEGER NOT NULL,
    -- The masked form, for lists.
    masked TEXT NOT NULL,
    -- Rises with every change that ends the bearer tokens made so far.
    epoch INTEGER NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    deleted INTEGER,
    deleted_by TEXT,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, role_id) REFERENCES role (organization_id, id),
    FOREIGN KEY (organization_id, customer_id) REFERENCES customer (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_created ON api_key (organization_id, created, id);
CREATE INDEX api_key_name ON api_key (organization_id, name_norm, id);
CREATE INDEX api_key_type ON api_key (organization_id, key_type, id);

CREATE TABLE api_key_secret (
    organization_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    slot INTEGER NOT NULL,
    pepper_version INTEGER NOT NULL,
    -- HMAC-SHA-256 of the secret under that pepper.
    mac BLOB NOT NULL,
    created INTEGER NOT NULL,
    PRIMARY KEY (organization_id, key_id, slot),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE api_key_address (
    organization_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    network TEXT NOT NULL,
    description TEXT NOT NULL,
    PRIMARY KEY (organization_id, key_id, position),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id)
) STRICT, WITHOUT ROWID;

-- Apart from api_key, since it is written often and changes nothing else.
CREATE TABLE api_key_use (
    organization_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    last_used INTEGER NOT NULL,
    last_used_address TEXT,
    PRIMARY KEY (organization_id, key_id),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id)
) STRICT, WITHOUT ROWID;

-- What every node reads to keep its live key set: the order of seq is the
-- order of the commits.
CREATE TABLE key_change (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    organization_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Other names of a record: the number that the Gjirafa dialect knows it by, a uuid, a foreign system's id.
CREATE TABLE external_id (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    record_kind TEXT NOT NULL,
    form TEXT NOT NULL,
    value TEXT NOT NULL,
    record_id TEXT NOT NULL,
    PRIMARY KEY (organization_id, record_kind, form, value)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX external_id_record ON external_id (organization_id, record_kind, record_id, form);

CREATE TABLE counter (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    name TEXT NOT NULL,
    last INTEGER NOT NULL,
    PRIMARY KEY (organization_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    -- user:ID, key:ID or system:WORD.
    subject TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    request_id TEXT,
    address TEXT,
    action TEXT NOT NULL,
    record_kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    -- JSON without secrets; null where there was or is nothing.
    before TEXT,
    after TEXT,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX audit_at ON audit (organization_id, at, id);
CREATE INDEX audit_record ON audit (organization_id, record_kind, record_id, at);

CREATE TABLE idempotency (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    subject TEXT NOT NULL,
    operation TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    body_hash BLOB NOT NULL,
    status INTEGER NOT NULL,
    -- JSON; null where the answer held a secret.
    answer TEXT,
    record_id TEXT,
    created INTEGER NOT NULL,
    PRIMARY KEY (organization_id, subject, operation, idempotency_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_created ON idempotency (created);

CREATE TABLE job (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    -- At most one job of a kind with the same key waits.
    job_key TEXT NOT NULL,
    payload TEXT NOT NULL,
    run_at INTEGER NOT NULL,
    leased_until INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    last_error TEXT,
    -- Set when it has failed for good.
    dead INTEGER NOT NULL,
    created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX job_kind_key ON job (kind, job_key);
CREATE INDEX job_due ON job (dead, run_at);

-- Facts about this store as a whole: the generation of its tokens.
CREATE TABLE store_state (
    name TEXT NOT NULL PRIMARY KEY,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO store_state (name, value) VALUES ('generation', 1);
