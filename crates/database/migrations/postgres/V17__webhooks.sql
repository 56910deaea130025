-- A kind of record is named as in the types of events.
UPDATE audit SET record_kind = 'apiKey' WHERE record_kind = 'API key';

-- What the audit record is searched by.
CREATE INDEX audit_record_id ON audit (organization_id, record_id, at);
CREATE INDEX audit_subject ON audit (organization_id, subject, at);
CREATE INDEX audit_action ON audit (organization_id, action, at);

CREATE TABLE webhook (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    description TEXT COLLATE "C" NOT NULL,
    -- JSON: the patterns of the events it is told of.
    events TEXT COLLATE "C" NOT NULL,
    active BIGINT NOT NULL,
    -- Why it is not active, where it was not a person who said so.
    disabled_reason TEXT COLLATE "C",
    -- Since when nothing arrives; null where the last did.
    failing_since BIGINT,
    -- Sealed under the encryption key.
    secret BYTEA NOT NULL,
    -- The one before it, which signs too until its time is over.
    old_secret BYTEA,
    old_secret_until BIGINT,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX webhook_created ON webhook (organization_id, created, id);

CREATE TABLE webhook_delivery (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    webhook_id TEXT COLLATE "C" NOT NULL,
    -- The same for every webhook that is told of it.
    event_id TEXT COLLATE "C" NOT NULL,
    event_type TEXT COLLATE "C" NOT NULL,
    -- The body as it is sent, byte for byte.
    payload TEXT COLLATE "C" NOT NULL,
    -- pending, delivered or failed.
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    created BIGINT NOT NULL,
    last_attempt BIGINT,
    next_attempt BIGINT,
    -- Of the last attempt: the status, what was answered, or why nothing was.
    status BIGINT,
    answer TEXT COLLATE "C",
    error TEXT COLLATE "C",
    duration_ms BIGINT,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, webhook_id) REFERENCES webhook (organization_id, id)
);
CREATE INDEX webhook_delivery_created ON webhook_delivery (organization_id, created, id);
CREATE INDEX webhook_delivery_webhook ON webhook_delivery (organization_id, webhook_id, created, id);
CREATE INDEX webhook_delivery_age ON webhook_delivery (created);

ALTER TABLE webhook ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_of_organization ON webhook USING (may_touch(organization_id));

ALTER TABLE webhook_delivery ENABLE ROW LEVEL SECURITY;
ALTER TABLE webhook_delivery FORCE ROW LEVEL SECURITY;
CREATE POLICY webhook_delivery_of_organization ON webhook_delivery USING (may_touch(organization_id));
