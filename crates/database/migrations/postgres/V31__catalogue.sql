-- The catalogue. Rows of the organization 000000000000000000000000 are the shared
-- catalogue: every organization sees them, the platform's operator alone changes them.
SELECT set_config('app.system', 'on', true);
INSERT INTO organization (id, public_id, number, name, subscription, created, created_by,
                          last_modified, last_modified_by, rev)
VALUES ('000000000000000000000000', 'catalogs', 0, 'Shared catalogue', 'enterprise',
        0, 'system:migration', 0, 'system:migration', 1);

CREATE TABLE brand (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    name_norm TEXT COLLATE "C" NOT NULL,
    website TEXT COLLATE "C",
    image_name TEXT COLLATE "C",
    deleted BIGINT,
    deleted_by TEXT COLLATE "C",
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX brand_name ON brand (organization_id, name_norm) WHERE deleted IS NULL;

-- What an organization says of a brand, its own or a shared one. A brand without a row is switched on.
CREATE TABLE brand_setting (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    brand_id TEXT COLLATE "C" NOT NULL,
    enabled BIGINT NOT NULL,
    is_default BIGINT NOT NULL,
    is_default_adaptor BIGINT NOT NULL,
    -- In millionths of a percent; null is the organization's usual margin.
    margin_percent BIGINT,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, brand_id)
);
CREATE UNIQUE INDEX brand_setting_default ON brand_setting (organization_id) WHERE is_default = 1;
CREATE UNIQUE INDEX brand_setting_default_adaptor ON brand_setting (organization_id) WHERE is_default_adaptor = 1;

-- Hoses, fittings, ferrules, adaptors, wraps and other items. What is looked up is a column; the whole is `data`.
CREATE TABLE part (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    item_type TEXT COLLATE "C" NOT NULL,
    -- Of the owner or of the shared catalogue; empty for an other item without a brand.
    brand_id TEXT COLLATE "C" NOT NULL,
    part_number TEXT COLLATE "C" NOT NULL,
    part_norm TEXT COLLATE "C" NOT NULL,
    description_norm TEXT COLLATE "C",
    series_norm TEXT COLLATE "C",
    -- Sixteenths of an inch.
    hose_dash BIGINT,
    end_dash BIGINT,
    style TEXT COLLATE "C",
    gender TEXT COLLATE "C",
    shape TEXT COLLATE "C",
    -- The wrap type of a wrap, the item type of an other item, folded.
    kind_norm TEXT COLLATE "C",
    colour_norm TEXT COLLATE "C",
    spec_norm TEXT COLLATE "C",
    material_norm TEXT COLLATE "C",
    cross_reference TEXT COLLATE "C",
    family_reference TEXT COLLATE "C",
    -- The ends of an adaptor: style, gender, size and swivel, written one after the other.
    ends_norm TEXT COLLATE "C",
    -- Millipascal.
    working_pressure BIGINT,
    -- JSON: every field, by its name.
    data TEXT COLLATE "C" NOT NULL,
    -- approved, pending or deleted.
    status TEXT COLLATE "C" NOT NULL,
    -- Why it waits, or why it was refused.
    status_reason TEXT COLLATE "C",
    deleted BIGINT,
    deleted_by TEXT COLLATE "C",
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX part_of_brand ON part (organization_id, brand_id, item_type, part_norm) WHERE deleted IS NULL;
CREATE INDEX part_number ON part (organization_id, status, part_norm, id, brand_id, item_type);
CREATE INDEX part_type ON part (organization_id, item_type, status, part_norm, id, brand_id);
CREATE INDEX part_brand ON part (organization_id, item_type, status, brand_id, part_norm, id);
CREATE INDEX part_series ON part (organization_id, item_type, status, series_norm, hose_dash, part_norm, id);
CREATE INDEX part_hose_dash ON part (organization_id, item_type, status, hose_dash, part_norm, id);
CREATE INDEX part_by_end ON part (organization_id, item_type, status, end_dash, style, gender, part_norm, id);
CREATE INDEX part_modified ON part (organization_id, item_type, status, last_modified, id);
CREATE INDEX part_kind ON part (organization_id, item_type, status, shape, material_norm, ends_norm, brand_id)
WHERE ends_norm IS NOT NULL;
CREATE INDEX part_cross_reference ON part (organization_id, cross_reference, id) WHERE cross_reference IS NOT NULL;
CREATE INDEX part_family ON part (organization_id, family_reference, id) WHERE family_reference IS NOT NULL;
CREATE INDEX part_pending ON part (organization_id, created, id) WHERE status = 'pending';

-- The ends of adaptors, in the order of the part.
CREATE TABLE part_end (
    organization_id TEXT COLLATE "C" NOT NULL,
    part_id TEXT COLLATE "C" NOT NULL,
    position BIGINT NOT NULL,
    style TEXT COLLATE "C" NOT NULL,
    gender TEXT COLLATE "C" NOT NULL,
    dash BIGINT,
    swivel BIGINT NOT NULL,
    PRIMARY KEY (organization_id, part_id, position),
    FOREIGN KEY (organization_id, part_id) REFERENCES part (organization_id, id)
);
CREATE INDEX part_end_style ON part_end (organization_id, style, dash, gender, part_id);

-- What an organization says of an item, its own or a shared part.
CREATE TABLE item (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    item_type TEXT COLLATE "C" NOT NULL,
    org_part_number TEXT COLLATE "C",
    org_norm TEXT COLLATE "C",
    -- Millionths of the currency's unit.
    cost BIGINT,
    cost_currency TEXT COLLATE "C",
    list_price BIGINT,
    list_price_currency TEXT COLLATE "C",
    unit_of_measure TEXT COLLATE "C",
    supplier_id TEXT COLLATE "C",
    product_group_id TEXT COLLATE "C",
    available BIGINT NOT NULL,
    image_name TEXT COLLATE "C",
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, supplier_id) REFERENCES supplier (organization_id, id),
    FOREIGN KEY (organization_id, product_group_id) REFERENCES product_group (organization_id, id)
);
CREATE INDEX item_number ON item (organization_id, org_norm, id) WHERE org_norm IS NOT NULL;
CREATE INDEX item_supplier ON item (organization_id, supplier_id, id) WHERE supplier_id IS NOT NULL;
CREATE INDEX item_product_group ON item (organization_id, product_group_id, id) WHERE product_group_id IS NOT NULL;

-- Crimp data: a hose, a series of fittings, and what makes one of them. A row of an
-- organization's own stands before a shared one for the same.
CREATE TABLE crimp_spec (
    organization_id TEXT COLLATE "C" NOT NULL REFERENCES organization (id),
    id TEXT COLLATE "C" NOT NULL,
    -- Of the owner or of the shared catalogue.
    hose_id TEXT COLLATE "C" NOT NULL,
    hose_dash BIGINT,
    coupling_brand_norm TEXT COLLATE "C" NOT NULL,
    coupling_series_norm TEXT COLLATE "C" NOT NULL,
    -- Empty for one-piece fittings.
    ferrule_brand_norm TEXT COLLATE "C" NOT NULL,
    ferrule_norm TEXT COLLATE "C" NOT NULL,
    -- Empty where the data is for any machine.
    crimper_norm TEXT COLLATE "C" NOT NULL,
    -- JSON: every field, by its name.
    data TEXT COLLATE "C" NOT NULL,
    created BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    last_modified BIGINT NOT NULL,
    last_modified_by TEXT COLLATE "C" NOT NULL,
    rev BIGINT NOT NULL,
    PRIMARY KEY (organization_id, id)
);
CREATE UNIQUE INDEX crimp_spec_of_hose ON crimp_spec
    (organization_id, hose_id, coupling_brand_norm, coupling_series_norm, ferrule_brand_norm, ferrule_norm, crimper_norm);
CREATE INDEX crimp_spec_series ON crimp_spec
    (organization_id, coupling_brand_norm, coupling_series_norm, hose_dash, hose_id);
CREATE INDEX crimp_spec_ferrule ON crimp_spec (organization_id, ferrule_brand_norm, ferrule_norm, hose_id);

-- What parts are found by: the maker's number, the organization's own, the description.
-- The triggers keep it; it is made anew from a backup. It has no row-level security, under
-- which no index serves LIKE: what is found here is read from `part` before it is answered.
CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE TABLE part_text (
    number BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organization_id TEXT COLLATE "C" NOT NULL,
    part_id TEXT COLLATE "C" NOT NULL,
    -- number, own or description.
    source TEXT COLLATE "C" NOT NULL,
    norm TEXT COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX part_text_of_part ON part_text (organization_id, part_id, source);
CREATE INDEX part_text_norm ON part_text (organization_id, norm, part_id) WHERE source <> 'description';
CREATE INDEX part_search ON part_text USING gin (norm gin_trgm_ops);

CREATE FUNCTION part_told() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM part_text
        WHERE organization_id = old.organization_id AND part_id = old.id AND source <> 'own';
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO part_text (organization_id, part_id, source, norm)
        VALUES (new.organization_id, new.id, 'number', new.part_norm);
        IF new.description_norm IS NOT NULL THEN
            INSERT INTO part_text (organization_id, part_id, source, norm)
            VALUES (new.organization_id, new.id, 'description', new.description_norm);
        END IF;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER part_added AFTER INSERT OR DELETE ON part FOR EACH ROW EXECUTE FUNCTION part_told();
CREATE TRIGGER part_changed AFTER UPDATE ON part FOR EACH ROW
WHEN (new.part_norm <> old.part_norm OR new.description_norm IS DISTINCT FROM old.description_norm)
EXECUTE FUNCTION part_told();

CREATE FUNCTION item_told() RETURNS TRIGGER LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM part_text WHERE organization_id = old.organization_id AND part_id = old.id AND source = 'own';
    END IF;
    IF TG_OP <> 'DELETE' AND new.org_norm IS NOT NULL THEN
        INSERT INTO part_text (organization_id, part_id, source, norm)
        VALUES (new.organization_id, new.id, 'own', new.org_norm);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER item_added AFTER INSERT OR DELETE ON item FOR EACH ROW EXECUTE FUNCTION item_told();
CREATE TRIGGER item_changed AFTER UPDATE ON item FOR EACH ROW
WHEN (new.org_norm IS DISTINCT FROM old.org_norm) EXECUTE FUNCTION item_told();

ALTER TABLE brand ENABLE ROW LEVEL SECURITY;
ALTER TABLE brand FORCE ROW LEVEL SECURITY;
CREATE POLICY brand_of_organization ON brand USING (may_touch(organization_id));
CREATE POLICY brand_of_all ON brand FOR SELECT USING (organization_id = '000000000000000000000000');

ALTER TABLE brand_setting ENABLE ROW LEVEL SECURITY;
ALTER TABLE brand_setting FORCE ROW LEVEL SECURITY;
CREATE POLICY brand_setting_of_organization ON brand_setting USING (may_touch(organization_id));

ALTER TABLE part ENABLE ROW LEVEL SECURITY;
ALTER TABLE part FORCE ROW LEVEL SECURITY;
CREATE POLICY part_of_organization ON part USING (may_touch(organization_id));
CREATE POLICY part_of_all ON part FOR SELECT USING (organization_id = '000000000000000000000000');

ALTER TABLE part_end ENABLE ROW LEVEL SECURITY;
ALTER TABLE part_end FORCE ROW LEVEL SECURITY;
CREATE POLICY part_end_of_organization ON part_end USING (may_touch(organization_id));
CREATE POLICY part_end_of_all ON part_end FOR SELECT USING (organization_id = '000000000000000000000000');

ALTER TABLE item ENABLE ROW LEVEL SECURITY;
ALTER TABLE item FORCE ROW LEVEL SECURITY;
CREATE POLICY item_of_organization ON item USING (may_touch(organization_id));

ALTER TABLE crimp_spec ENABLE ROW LEVEL SECURITY;
ALTER TABLE crimp_spec FORCE ROW LEVEL SECURITY;
CREATE POLICY crimp_spec_of_organization ON crimp_spec USING (may_touch(organization_id));
CREATE POLICY crimp_spec_of_all ON crimp_spec FOR SELECT USING (organization_id = '000000000000000000000000');
