-- Bearer tokens that were ended one by one, until they are over anyway.
CREATE TABLE revoked_token (
    organization_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    -- The token's own id, which is random: eight bytes.
    token_id BYTEA NOT NULL,
    revoked BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (organization_id, key_id, token_id),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id)
);
CREATE INDEX revoked_token_expires ON revoked_token (expires);

ALTER TABLE revoked_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE revoked_token FORCE ROW LEVEL SECURITY;
CREATE POLICY revoked_token_of_organization ON revoked_token USING (may_touch(organization_id));
