-- The calls themselves are in a file of their own (migrations/sqlite_history).

-- A refused call names a key and no organization.
CREATE INDEX api_key_id ON api_key (id);
