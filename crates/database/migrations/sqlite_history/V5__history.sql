-- The history of calls: a file of its own, so that its writes never hold the
-- shop's writer. The conventions are those of the shop's tables.

-- A call by a key.
CREATE TABLE api_call (
    organization_id TEXT NOT NULL,
    id TEXT NOT NULL,
    at INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    -- The customer the call acted for.
    customer_id TEXT,
    -- The operation's id in the API document.
    operation TEXT NOT NULL,
    method TEXT NOT NULL,
    -- With the names of its parameters in the place of their values.
    path TEXT NOT NULL,
    status INTEGER NOT NULL,
    -- letIn, or why the gate refused.
    outcome TEXT NOT NULL,
    micros INTEGER NOT NULL,
    address TEXT,
    -- Of the bodies.
    request_bytes INTEGER NOT NULL,
    response_bytes INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_call_at ON api_call (organization_id, at, id);
CREATE INDEX api_call_key ON api_call (organization_id, key_id, at, id);
CREATE INDEX api_call_status ON api_call (organization_id, status, at, id);
CREATE INDEX api_call_operation ON api_call (organization_id, operation, at, id);
CREATE INDEX api_call_outcome ON api_call (organization_id, outcome, at, id);

-- The calls of a key on a day, kept longer than the calls themselves.
CREATE TABLE api_call_day (
    organization_id TEXT NOT NULL,
    id TEXT NOT NULL,
    -- Its first moment in UTC.
    day INTEGER NOT NULL,
    key_id TEXT NOT NULL,
    calls INTEGER NOT NULL,
    -- Those that the gate did not let in.
    refused INTEGER NOT NULL,
    request_bytes INTEGER NOT NULL,
    response_bytes INTEGER NOT NULL,
    micros_sum INTEGER NOT NULL,
    micros_max INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX api_call_day_key ON api_call_day (organization_id, key_id, day);
CREATE INDEX api_call_day_day ON api_call_day (organization_id, day, id);

-- Calls with what is no key of anybody's: a row for each minute and outcome,
-- however many there were.
CREATE TABLE unknown_call (
    -- The minute's first moment.
    minute INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    calls INTEGER NOT NULL,
    PRIMARY KEY (minute, outcome)
) STRICT, WITHOUT ROWID;
