-- The nodes that let keys in, and how far each has read the changes of keys.
-- Whoever waits for a change to be felt everywhere looks here. pulse counts
-- how often the node has told; seen is for people, nothing is decided by it.
CREATE TABLE node (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    generation INTEGER NOT NULL,
    place INTEGER NOT NULL,
    pulse INTEGER NOT NULL,
    started INTEGER NOT NULL,
    seen INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
