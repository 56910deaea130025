-- Which series there are, in which sizes, is seen by skipping along.
DROP INDEX part_series;
CREATE INDEX part_series ON part
    (organization_id, item_type, status, series_norm, hose_dash, brand_id, part_norm, id);
