-- Projects: parts of an organization that keys and people may be limited to.

-- The number that the Gjirafa dialect knows an organization by, across the whole store.
ALTER TABLE organization ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE organization
SET number = (SELECT count(*) FROM organization AS earlier WHERE earlier.id <= organization.id);
CREATE UNIQUE INDEX organization_number ON organization (number);
INSERT INTO store_state (name, value)
SELECT 'organization_number', number FROM organization ORDER BY number DESC LIMIT 1;

-- An inactive role permits nothing. A deleted one stays for the keys that had it when they were deleted.
ALTER TABLE role ADD COLUMN is_active INTEGER NOT NULL DEFAULT 1;
ALTER TABLE role ADD COLUMN deleted INTEGER;
ALTER TABLE role ADD COLUMN deleted_by TEXT;
DROP INDEX role_name;
CREATE UNIQUE INDEX role_name ON role (organization_id, name_norm) WHERE deleted IS NULL;
CREATE INDEX user_role_role ON user_role (organization_id, role_id, user_id);

CREATE TABLE project (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    order_number INTEGER NOT NULL,
    -- The one project of an organization that its own data, outside of projects, counts as.
    is_default INTEGER NOT NULL,
    bisko_id TEXT NOT NULL,
    prebid_config_id TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX project_default ON project (organization_id) WHERE is_default = 1;

-- The projects a key is limited to; a key without any may act in all.
CREATE TABLE api_key_project (
    organization_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    PRIMARY KEY (organization_id, key_id, project_id),
    FOREIGN KEY (organization_id, key_id) REFERENCES api_key (organization_id, id),
    FOREIGN KEY (organization_id, project_id) REFERENCES project (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX api_key_project_project ON api_key_project (organization_id, project_id, key_id);

-- Who works in a project, and the role they have there.
CREATE TABLE project_user (
    organization_id TEXT NOT NULL,
    id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    role_id TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, project_id) REFERENCES project (organization_id, id),
    FOREIGN KEY (organization_id, user_id) REFERENCES user_account (organization_id, id),
    FOREIGN KEY (organization_id, role_id) REFERENCES role (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX project_user_member ON project_user (organization_id, project_id, user_id);
CREATE INDEX project_user_user ON project_user (organization_id, user_id, project_id);
CREATE INDEX project_user_role ON project_user (organization_id, role_id, id);

-- Every organization has a default project. Here it gets the organization's own id and letters,
-- as a new organization's does, and is its number 1.
INSERT INTO project (organization_id, id, name, order_number, is_default, bisko_id, prebid_config_id,
                     created, created_by, last_modified, last_modified_by, rev)
SELECT id, id, name, 1, 1, '', '', created, created_by, created, created_by, 1 FROM organization;
INSERT INTO external_id (organization_id, record_kind, form, value, record_id)
SELECT id, 'project', 'number', '1', id FROM organization;
INSERT INTO external_id (organization_id, record_kind, form, value, record_id)
SELECT id, 'project', 'letters', public_id, id FROM organization;
INSERT INTO counter (organization_id, name, last) SELECT id, 'project', 1 FROM organization;
