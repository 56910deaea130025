-- Of all organizations, the keys that end next.
CREATE INDEX api_key_end ON api_key (expires) WHERE expires IS NOT NULL AND deleted IS NULL;
