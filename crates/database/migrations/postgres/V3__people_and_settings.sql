-- Whoever is suspended cannot sign in.
ALTER TABLE user_account ADD COLUMN suspended BIGINT NOT NULL DEFAULT 0;
-- When the person first set or used a password; null before.
ALTER TABLE user_account ADD COLUMN confirmed BIGINT;
-- When the last invitation was sent.
ALTER TABLE user_account ADD COLUMN invited BIGINT;
ALTER TABLE user_account ADD COLUMN name_norm TEXT COLLATE "C" NOT NULL DEFAULT '';
-- Until now a user was named by the address and was made with a password.
-- The rows of all organizations are behind the wall.
SELECT set_config('app.system', 'on', true);
UPDATE user_account SET confirmed = created, name_norm = email_norm;

-- The address of a deleted user may be invited again.
DROP INDEX user_account_email;
CREATE UNIQUE INDEX user_account_email ON user_account (organization_id, email_norm) WHERE deleted IS NULL;
CREATE INDEX user_account_by_email ON user_account (organization_id, email_norm, id);
CREATE INDEX user_account_by_name ON user_account (organization_id, name_norm, id);
CREATE INDEX user_account_created ON user_account (organization_id, created, id);

-- Links that were mailed: each sets a password once.
CREATE TABLE user_link (
    organization_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    user_id TEXT COLLATE "C" NOT NULL,
    -- invite or reset.
    purpose TEXT COLLATE "C" NOT NULL,
    -- SHA-256 of the secret part of the link.
    secret_hash BYTEA NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT NOT NULL,
    used BIGINT,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES user_account (organization_id, id)
);
CREATE INDEX user_link_user ON user_link (organization_id, user_id, created);
CREATE INDEX user_link_expires ON user_link (expires);

ALTER TABLE user_link ENABLE ROW LEVEL SECURITY;
ALTER TABLE user_link FORCE ROW LEVEL SECURITY;
CREATE POLICY user_link_of_organization ON user_link USING (may_touch(organization_id));
