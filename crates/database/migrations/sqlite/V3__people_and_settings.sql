-- Whoever is suspended cannot sign in.
ALTER TABLE user_account ADD COLUMN suspended INTEGER NOT NULL DEFAULT 0;
-- When the person first set or used a password; null before.
ALTER TABLE user_account ADD COLUMN confirmed INTEGER;
-- When the last invitation was sent.
ALTER TABLE user_account ADD COLUMN invited INTEGER;
ALTER TABLE user_account ADD COLUMN name_norm TEXT NOT NULL DEFAULT '';
-- Until now a user was named by the address and was made with a password.
UPDATE user_account SET confirmed = created, name_norm = email_norm;

-- The address of a deleted user may be invited again.
DROP INDEX user_account_email;
CREATE UNIQUE INDEX user_account_email ON user_account (organization_id, email_norm) WHERE deleted IS NULL;
CREATE INDEX user_account_by_email ON user_account (organization_id, email_norm, id);
CREATE INDEX user_account_by_name ON user_account (organization_id, name_norm, id);
CREATE INDEX user_account_created ON user_account (organization_id, created, id);

-- Links that were mailed: each sets a password once.
CREATE TABLE user_link (
    organization_id TEXT NOT NULL,
    id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    -- invite or reset.
    purpose TEXT NOT NULL,
    -- SHA-256 of the secret part of the link.
    secret_hash BLOB NOT NULL,
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used INTEGER,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES user_account (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_link_user ON user_link (organization_id, user_id, created);
CREATE INDEX user_link_expires ON user_link (expires);
