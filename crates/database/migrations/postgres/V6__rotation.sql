-- A rotated key has two secrets: the former one is good until it ends.
ALTER TABLE api_key_secret ADD COLUMN ends BIGINT;
-- Of a former secret alone: when it was last used.
ALTER TABLE api_key_secret ADD COLUMN last_used BIGINT;
-- How another system hashed the text, sha256 or sha512; null for a text of ours.
ALTER TABLE api_key_secret ADD COLUMN text_hash TEXT COLLATE "C";
CREATE INDEX api_key_secret_ends ON api_key_secret (ends) WHERE ends IS NOT NULL;

-- A text that another system made is the only thing to find its key by: it
-- belongs to one key, of whatever organization.
CREATE TABLE imported_text (
    -- What is stored of the text, as in api_key_secret.
    mac BYTEA NOT NULL PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL
);
CREATE INDEX imported_text_key ON imported_text (organization_id, key_id);

-- The expiry of which it was noted that it is near.
ALTER TABLE api_key ADD COLUMN expiry_noted BIGINT;
-- Why it was revoked, where that was said.
ALTER TABLE api_key ADD COLUMN revoked_reason TEXT COLLATE "C";
-- Whether it has approved addresses, so that those without can be listed.
ALTER TABLE api_key ADD COLUMN has_addresses BIGINT NOT NULL DEFAULT 0;
-- Row-level security lets the system alone see the keys of every organization.
SELECT set_config('app.system', 'on', true);
UPDATE api_key SET has_addresses = 1
WHERE EXISTS (SELECT 1 FROM api_key_address
              WHERE api_key_address.organization_id = api_key.organization_id AND api_key_address.key_id = api_key.id);
CREATE INDEX api_key_expires ON api_key (organization_id, expires, id);
CREATE INDEX api_key_has_addresses ON api_key (organization_id, has_addresses, id);
CREATE INDEX api_key_created_by ON api_key (organization_id, created_by, id);
CREATE INDEX api_key_role ON api_key (organization_id, role_id, id);
CREATE INDEX api_key_customer ON api_key (organization_id, customer_id, id);

-- Texts that may be read back once, encrypted; empty unless operator and organization allow it.
CREATE TABLE api_key_sealed_text (
    organization_id TEXT COLLATE "C" NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    sealed BYTEA NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (organization_id, key_id),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id)
);

ALTER TABLE api_key_sealed_text ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_key_sealed_text FORCE ROW LEVEL SECURITY;
CREATE POLICY api_key_sealed_text_of_organization ON api_key_sealed_text USING (may_touch(organization_id));
