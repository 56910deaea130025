-- A kind of record is named as in the types of events.
UPDATE audit SET record_kind = 'apiKey' WHERE record_kind = 'API key';

-- What the audit record is searched by.
CREATE INDEX audit_record_id ON audit (organization_id, record_id, at);
CREATE INDEX audit_subject ON audit (organization_id, subject, at);
CREATE INDEX audit_action ON audit (organization_id, action, at);

CREATE TABLE webhook (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    url TEXT NOT NULL,
    description TEXT NOT NULL,
    -- JSON: the patterns of the events it is told of.
    events TEXT NOT NULL,
    active INTEGER NOT NULL,
    -- Why it is not active, where it was not a person who said so.
    disabled_reason TEXT,
    -- Since when nothing arrives; null where the last did.
    failing_since INTEGER,
    -- Sealed under the encryption key.
    secret BLOB NOT NULL,
    -- The one before it, which signs too until its time is over.
    old_secret BLOB,
    old_secret_until INTEGER,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_created ON webhook (organization_id, created, id);

CREATE TABLE webhook_delivery (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    webhook_id TEXT NOT NULL,
    -- The same for every webhook that is told of it.
    event_id TEXT NOT NULL,
    event_type TEXT NOT NULL,
    -- The body as it is sent, byte for byte.
    payload TEXT NOT NULL,
    -- pending, delivered or failed.
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    created INTEGER NOT NULL,
    last_attempt INTEGER,
    next_attempt INTEGER,
    -- Of the last attempt: the status, what was answered, or why nothing was.
    status INTEGER,
    answer TEXT,
    error TEXT,
    duration_ms INTEGER,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, webhook_id) REFERENCES webhook (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_delivery_created ON webhook_delivery (organization_id, created, id);
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (organization_id, webhook_id, created, id);
CREATE INDEX webhook_delivery_age ON webhook_delivery (created);
