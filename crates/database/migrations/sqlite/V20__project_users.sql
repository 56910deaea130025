-- Those who work in a project are listed in the order in which they came.
CREATE INDEX project_user_created ON project_user (organization_id, created, id);
