-- Which fittings a row of crimp data means is found here alone.
DROP INDEX part_series;
CREATE INDEX part_series ON part
    (organization_id, item_type, status, series_norm, hose_dash, part_norm, id, brand_id);
DROP INDEX part_by_end;
CREATE INDEX part_by_end ON part (organization_id, item_type, status, end_dash, style, gender, part_norm, id)
WHERE end_dash IS NOT NULL;
