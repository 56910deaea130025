-- The nodes that let keys in, and how far each has read the changes of keys.
-- Whoever waits for a change to be felt everywhere looks here. pulse counts
-- how often the node has told; seen is for people, nothing is decided by it.
CREATE TABLE node (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    generation BIGINT NOT NULL,
    place BIGINT NOT NULL,
    pulse BIGINT NOT NULL,
    started BIGINT NOT NULL,
    seen BIGINT NOT NULL
) WITH (fillfactor = 50);
