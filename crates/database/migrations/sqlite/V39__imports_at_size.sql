-- What became of a row of an import stands apart: the row, which is wide, is written once.
CREATE TABLE catalogue_import_done (
    organization_id TEXT NOT NULL,
    import_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    -- What it is about.
    record_id TEXT,
    -- The revision it was given; null where that was taken back.
    rev INTEGER,
    PRIMARY KEY (organization_id, import_id, position),
    FOREIGN KEY (organization_id, import_id) REFERENCES catalogue_import (organization_id, id)
) STRICT, WITHOUT ROWID;
INSERT INTO catalogue_import_done (organization_id, import_id, position, record_id, rev)
SELECT organization_id, import_id, position, record_id, done_rev FROM catalogue_import_row
WHERE done_rev IS NOT NULL;
ALTER TABLE catalogue_import_row DROP COLUMN done_rev;

-- Whoever's texts they are, those of a part are found by its id.
DROP INDEX part_text_of_part;
DROP INDEX part_text_of_others;
CREATE UNIQUE INDEX part_text_of_part ON part_text (id, source, organization_id);

-- Which ends an adaptor has that are asked for is told by the index alone.
DROP INDEX part_end_style;
CREATE INDEX part_end_style ON part_end (organization_id, style, dash, gender, part_id, position, swivel);
