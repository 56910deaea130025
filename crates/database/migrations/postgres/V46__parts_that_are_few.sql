-- Where few parts have what these tell, they are looked up by it.
CREATE INDEX part_gender ON part (organization_id, item_type, gender, id) WHERE gender IS NOT NULL;
CREATE INDEX part_shape ON part (organization_id, item_type, shape, id) WHERE shape IS NOT NULL;
CREATE INDEX part_of_kind ON part (organization_id, item_type, kind_norm, id) WHERE kind_norm IS NOT NULL;
CREATE INDEX part_pressure ON part (organization_id, item_type, working_pressure, id) WHERE working_pressure IS NOT NULL;
-- What an organization does not offer is seldom much.
CREATE INDEX item_unavailable ON item (organization_id, id) WHERE available = 0;
