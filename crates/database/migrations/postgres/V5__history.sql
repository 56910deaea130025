-- The history of calls. No row refers to the shop's: on SQLite they are in
-- another file.

-- A refused call names a key and no organization.
CREATE INDEX api_key_id ON api_key (id);

-- A call by a key.
CREATE TABLE api_call (
    organization_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    -- The customer the call acted for.
    customer_id TEXT COLLATE "C",
    -- The operation's id in the API document.
    operation TEXT COLLATE "C" NOT NULL,
    method TEXT COLLATE "C" NOT NULL,
    -- With the names of its parameters in the place of their values.
    path TEXT COLLATE "C" NOT NULL,
    status BIGINT NOT NULL,
    -- letIn, or why the gate refused.
    outcome TEXT COLLATE "C" NOT NULL,
    micros BIGINT NOT NULL,
    address TEXT COLLATE "C",
    -- Of the bodies.
    request_bytes BIGINT NOT NULL,
    response_bytes BIGINT NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE INDEX api_call_at ON api_call (organization_id, at, id);
CREATE INDEX api_call_key ON api_call (organization_id, key_id, at, id);
CREATE INDEX api_call_status ON api_call (organization_id, status, at, id);
CREATE INDEX api_call_operation ON api_call (organization_id, operation, at, id);
CREATE INDEX api_call_outcome ON api_call (organization_id, outcome, at, id);

-- The calls of a key on a day, kept longer than the calls themselves.
CREATE TABLE api_call_day (
    organization_id TEXT COLLATE "C" NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    -- Its first moment in UTC.
    day BIGINT NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    calls BIGINT NOT NULL,
    -- Those that the gate did not let in.
    refused BIGINT NOT NULL,
    request_bytes BIGINT NOT NULL,
    response_bytes BIGINT NOT NULL,
    micros_sum BIGINT NOT NULL,
    micros_max BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX api_call_day_key ON api_call_day (organization_id, key_id, day);
CREATE INDEX api_call_day_day ON api_call_day (organization_id, day, id);

-- Calls with what is no key of anybody's: a row for each minute and outcome,
-- however many there were.
CREATE TABLE unknown_call (
    -- The minute's first moment.
    minute BIGINT NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    calls BIGINT NOT NULL,
    PRIMARY KEY (minute, outcome)
);

ALTER TABLE api_call ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_call FORCE ROW LEVEL SECURITY;
CREATE POLICY api_call_of_organization ON api_call USING (may_touch(organization_id));

ALTER TABLE api_call_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE api_call_day FORCE ROW LEVEL SECURITY;
CREATE POLICY api_call_day_of_organization ON api_call_day USING (may_touch(organization_id));
