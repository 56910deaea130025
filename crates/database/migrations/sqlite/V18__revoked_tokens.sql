-- Bearer tokens that were ended one by one, until they are over anyway.
CREATE TABLE revoked_token (
    organization_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    -- The token's own id, which is random: eight bytes.
    token_id BLOB NOT NULL,
    revoked INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    PRIMARY KEY (organization_id, key_id, token_id),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_token_expires ON revoked_token (expires);
