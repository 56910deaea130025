-- Parts and rows of crimp data that were put back: at one revision they are again as they were at another. So an
-- import that left one as it was at the former can still be undone.
CREATE TABLE catalogue_restored (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    record_id TEXT COLLATE "C" NOT NULL,
    was_rev BIGINT NOT NULL,
    now_rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, record_id, was_rev)
);

ALTER TABLE catalogue_restored ENABLE ROW LEVEL SECURITY;
ALTER TABLE catalogue_restored FORCE ROW LEVEL SECURITY;
CREATE POLICY catalogue_restored_of_organization ON catalogue_restored USING (may_touch(organization_id));
