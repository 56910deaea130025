-- Texts that many parts share are looked at once each, and the parts of those that are sought are looked up.
CREATE INDEX part_colour ON part (organization_id, item_type, colour_norm, status, part_norm, id)
    WHERE colour_norm IS NOT NULL;
CREATE INDEX part_spec ON part (organization_id, item_type, spec_norm, status, part_norm, id)
    WHERE spec_norm IS NOT NULL;
CREATE INDEX part_material ON part (organization_id, item_type, material_norm, status, part_norm, id)
    WHERE material_norm IS NOT NULL;
