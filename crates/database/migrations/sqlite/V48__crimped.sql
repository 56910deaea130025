-- The hoses that have crimp data, and the couplings that have some: fittings of a brand, a series and a hose size.
-- They are few beside the data itself, so those that lack it are soon told. The triggers keep them; they are made
-- anew from a backup.
CREATE TABLE crimped_hose (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    hose_id TEXT NOT NULL,
    PRIMARY KEY (organization_id, hose_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE crimped_coupling (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    coupling_brand_norm TEXT NOT NULL,
    coupling_series_norm TEXT NOT NULL,
    hose_dash INTEGER NOT NULL,
    PRIMARY KEY (organization_id, coupling_brand_norm, coupling_series_norm, hose_dash)
) STRICT, WITHOUT ROWID;
INSERT INTO crimped_hose SELECT DISTINCT organization_id, hose_id FROM crimp_spec;
INSERT INTO crimped_coupling
SELECT DISTINCT organization_id, coupling_brand_norm, coupling_series_norm, hose_dash
FROM crimp_spec WHERE hose_dash IS NOT NULL;

CREATE TRIGGER crimp_spec_added AFTER INSERT ON crimp_spec BEGIN
    INSERT INTO crimped_hose VALUES (new.organization_id, new.hose_id) ON CONFLICT DO NOTHING;
    INSERT INTO crimped_coupling
    SELECT new.organization_id, new.coupling_brand_norm, new.coupling_series_norm, new.hose_dash
    WHERE new.hose_dash IS NOT NULL ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER crimp_spec_removed AFTER DELETE ON crimp_spec BEGIN
    DELETE FROM crimped_hose
    WHERE organization_id = old.organization_id AND hose_id = old.hose_id AND NOT EXISTS (
        SELECT 1 FROM crimp_spec WHERE organization_id = old.organization_id AND hose_id = old.hose_id);
    DELETE FROM crimped_coupling
    WHERE organization_id = old.organization_id AND coupling_brand_norm = old.coupling_brand_norm
      AND coupling_series_norm = old.coupling_series_norm AND hose_dash = old.hose_dash AND NOT EXISTS (
        SELECT 1 FROM crimp_spec
        WHERE organization_id = old.organization_id AND coupling_brand_norm = old.coupling_brand_norm
          AND coupling_series_norm = old.coupling_series_norm AND hose_dash = old.hose_dash);
END;
CREATE TRIGGER crimp_spec_changed AFTER UPDATE ON crimp_spec
WHEN (old.hose_id, old.hose_dash, old.coupling_brand_norm, old.coupling_series_norm)
     IS NOT (new.hose_id, new.hose_dash, new.coupling_brand_norm, new.coupling_series_norm)
BEGIN
    INSERT INTO crimped_hose VALUES (new.organization_id, new.hose_id) ON CONFLICT DO NOTHING;
    INSERT INTO crimped_coupling
    SELECT new.organization_id, new.coupling_brand_norm, new.coupling_series_norm, new.hose_dash
    WHERE new.hose_dash IS NOT NULL ON CONFLICT DO NOTHING;
    DELETE FROM crimped_hose
    WHERE organization_id = old.organization_id AND hose_id = old.hose_id AND NOT EXISTS (
        SELECT 1 FROM crimp_spec WHERE organization_id = old.organization_id AND hose_id = old.hose_id);
    DELETE FROM crimped_coupling
    WHERE organization_id = old.organization_id AND coupling_brand_norm = old.coupling_brand_norm
      AND coupling_series_norm = old.coupling_series_norm AND hose_dash = old.hose_dash AND NOT EXISTS (
        SELECT 1 FROM crimp_spec
        WHERE organization_id = old.organization_id AND coupling_brand_norm = old.coupling_brand_norm
          AND coupling_series_norm = old.coupling_series_norm AND hose_dash = old.hose_dash);
END;

-- The couplings that an owner's fittings have, or once had: of one that is left no fitting is found. Fittings for no
-- size of hose, or of no series, have none, and so no crimp data. PostgreSQL, which knows how many parts have no size
-- but not that these are of other types, would look for them among all fittings.
CREATE TABLE coupling (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    brand_id TEXT NOT NULL,
    series_norm TEXT NOT NULL,
    hose_dash INTEGER NOT NULL,
    PRIMARY KEY (organization_id, brand_id, series_norm, hose_dash)
) STRICT, WITHOUT ROWID;
INSERT INTO coupling
SELECT DISTINCT organization_id, brand_id, series_norm, hose_dash FROM part
WHERE item_type = 'crimpFitting' AND series_norm IS NOT NULL AND hose_dash IS NOT NULL;
CREATE INDEX part_uncoupled ON part (organization_id, item_type, status, part_norm, id)
WHERE item_type = 'crimpFitting' AND (hose_dash IS NULL OR series_norm IS NULL);

CREATE TRIGGER part_coupled AFTER INSERT ON part
WHEN new.item_type = 'crimpFitting' AND new.series_norm IS NOT NULL AND new.hose_dash IS NOT NULL BEGIN
    INSERT INTO coupling VALUES (new.organization_id, new.brand_id, new.series_norm, new.hose_dash)
    ON CONFLICT DO NOTHING;
END;
CREATE TRIGGER part_coupled_anew AFTER UPDATE ON part
WHEN new.item_type = 'crimpFitting' AND new.series_norm IS NOT NULL AND new.hose_dash IS NOT NULL BEGIN
    INSERT INTO coupling VALUES (new.organization_id, new.brand_id, new.series_norm, new.hose_dash)
    ON CONFLICT DO NOTHING;
END;
