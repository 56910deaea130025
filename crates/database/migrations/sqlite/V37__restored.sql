-- Parts and rows of crimp data that were put back: at one revision they are again as they were at another. So an
-- import that left one as it was at the former can still be undone.
CREATE TABLE catalogue_restored (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    record_id TEXT NOT NULL,
    was_rev INTEGER NOT NULL,
    now_rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, record_id, was_rev)
) STRICT, WITHOUT ROWID;
