-- What names a picture is found by the picture's name, folded as `image.name_norm` is.
ALTER TABLE part ADD COLUMN image_norm TEXT;
ALTER TABLE item ADD COLUMN image_norm TEXT;
ALTER TABLE brand ADD COLUMN image_norm TEXT;
CREATE INDEX part_image ON part (organization_id, image_norm) WHERE image_norm IS NOT NULL;
CREATE INDEX item_image ON item (organization_id, image_norm) WHERE image_norm IS NOT NULL;
CREATE INDEX brand_image ON brand (organization_id, image_norm) WHERE image_norm IS NOT NULL;

-- This folds the letters of ASCII; the job folds all others as soon as it is run.
UPDATE part SET image_norm = lower(json_extract(data, '$.imageName'))
WHERE json_extract(data, '$.imageName') IS NOT NULL;
UPDATE item SET image_norm = lower(image_name) WHERE image_name IS NOT NULL;
UPDATE brand SET image_norm = lower(image_name) WHERE image_name IS NOT NULL;
INSERT INTO job (id, kind, job_key, lane, payload, run_at, leased_until, attempts, last_error, dead, created, asked)
SELECT '000000000000000000000036', 'foldImageNames', '', 'foldImageNames', '{}', 0, 0, 0, NULL, 0, 0, 1
WHERE EXISTS (SELECT 1 FROM part WHERE image_norm GLOB '*[^ -~]*')
   OR EXISTS (SELECT 1 FROM item WHERE image_norm GLOB '*[^ -~]*')
   OR EXISTS (SELECT 1 FROM brand WHERE image_norm GLOB '*[^ -~]*');
