-- The catalogue. Rows of the organization 000000000000000000000000 are the shared
-- catalogue: every organization sees them, the platform's operator alone changes them.
INSERT INTO organization (id, public_id, number, name, subscription, created, created_by,
                          last_modified, last_modified_by, rev)
VALUES ('000000000000000000000000', 'catalogs', 0, 'Shared catalogue', 'enterprise',
        0, 'system:migration', 0, 'system:migration', 1);

CREATE TABLE brand (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    name_norm TEXT NOT NULL,
    website TEXT,
    image_name TEXT,
    deleted INTEGER,
    deleted_by TEXT,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX brand_name ON brand (organization_id, name_norm) WHERE deleted IS NULL;

-- What an organization says of a brand, its own or a shared one. A brand without a row is switched on.
CREATE TABLE brand_setting (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    brand_id TEXT NOT NULL,
    enabled INTEGER NOT NULL,
    is_default INTEGER NOT NULL,
    is_default_adaptor INTEGER NOT NULL,
    -- In millionths of a percent; null is the organization's usual margin.
    margin_percent INTEGER,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, brand_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX brand_setting_default ON brand_setting (organization_id) WHERE is_default = 1;
CREATE UNIQUE INDEX brand_setting_default_adaptor ON brand_setting (organization_id) WHERE is_default_adaptor = 1;

-- Hoses, fittings, ferrules, adaptors, wraps and other items. What is looked up is a column; the whole is `data`.
CREATE TABLE part (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    item_type TEXT NOT NULL,
    -- Of the owner or of the shared catalogue; empty for an other item without a brand.
    brand_id TEXT NOT NULL,
    part_number TEXT NOT NULL,
    part_norm TEXT NOT NULL,
    description_norm TEXT,
    series_norm TEXT,
    -- Sixteenths of an inch.
    hose_dash INTEGER,
    end_dash INTEGER,
    style TEXT,
    gender TEXT,
    shape TEXT,
    -- The wrap type of a wrap, the item type of an other item, folded.
    kind_norm TEXT,
    colour_norm TEXT,
    spec_norm TEXT,
    material_norm TEXT,
    cross_reference TEXT,
    family_reference TEXT,
    -- The ends of an adaptor: style, gender, size and swivel, written one after the other.
    ends_norm TEXT,
    -- Millipascal.
    working_pressure INTEGER,
    -- JSON: every field, by its name.
    data TEXT NOT NULL,
    -- approved, pending or deleted.
    status TEXT NOT NULL,
    -- Why it waits, or why it was refused.
    status_reason TEXT,
    deleted INTEGER,
    deleted_by TEXT,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
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
    organization_id TEXT NOT NULL,
    part_id TEXT NOT NULL,
    position INTEGER NOT NULL,
    style TEXT NOT NULL,
    gender TEXT NOT NULL,
    dash INTEGER,
    swivel INTEGER NOT NULL,
    PRIMARY KEY (organization_id, part_id, position),
    FOREIGN KEY (organization_id, part_id) REFERENCES part (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX part_end_style ON part_end (organization_id, style, dash, gender, part_id);

-- What an organization says of an item, its own or a shared part.
CREATE TABLE item (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    item_type TEXT NOT NULL,
    org_part_number TEXT,
    org_norm TEXT,
    -- Millionths of the currency's unit.
    cost INTEGER,
    cost_currency TEXT,
    list_price INTEGER,
    list_price_currency TEXT,
    unit_of_measure TEXT,
    supplier_id TEXT,
    product_group_id TEXT,
    available INTEGER NOT NULL,
    image_name TEXT,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id),
    FOREIGN KEY (organization_id, supplier_id) REFERENCES supplier (organization_id, id),
    FOREIGN KEY (organization_id, product_group_id) REFERENCES product_group (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX item_number ON item (organization_id, org_norm, id) WHERE org_norm IS NOT NULL;
CREATE INDEX item_supplier ON item (organization_id, supplier_id, id) WHERE supplier_id IS NOT NULL;
CREATE INDEX item_product_group ON item (organization_id, product_group_id, id) WHERE product_group_id IS NOT NULL;

-- Crimp data: a hose, a series of fittings, and what makes one of them. A row of an
-- organization's own stands before a shared one for the same.
CREATE TABLE crimp_spec (
    organization_id TEXT NOT NULL REFERENCES organization (id),
    id TEXT NOT NULL,
    -- Of the owner or of the shared catalogue.
    hose_id TEXT NOT NULL,
    hose_dash INTEGER,
    coupling_brand_norm TEXT NOT NULL,
    coupling_series_norm TEXT NOT NULL,
    -- Empty for one-piece fittings.
    ferrule_brand_norm TEXT NOT NULL,
    ferrule_norm TEXT NOT NULL,
    -- Empty where the data is for any machine.
    crimper_norm TEXT NOT NULL,
    -- JSON: every field, by its name.
    data TEXT NOT NULL,
    created INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    last_modified INTEGER NOT NULL,
    last_modified_by TEXT NOT NULL,
    rev INTEGER NOT NULL,
    PRIMARY KEY (organization_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX crimp_spec_of_hose ON crimp_spec
    (organization_id, hose_id, coupling_brand_norm, coupling_series_norm, ferrule_brand_norm, ferrule_norm, crimper_norm);
CREATE INDEX crimp_spec_series ON crimp_spec
    (organization_id, coupling_brand_norm, coupling_series_norm, hose_dash, hose_id);
CREATE INDEX crimp_spec_ferrule ON crimp_spec (organization_id, ferrule_brand_norm, ferrule_norm, hose_id);

-- What parts are found by: the maker's number, the organization's own, the description.
-- The triggers keep it; it is made anew from a backup.
CREATE TABLE part_text (
    number INTEGER PRIMARY KEY,
    organization_id TEXT NOT NULL,
    part_id TEXT NOT NULL,
    -- number, own or description.
    source TEXT NOT NULL,
    norm TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX part_text_of_part ON part_text (organization_id, part_id, source);
CREATE INDEX part_text_norm ON part_text (organization_id, norm, part_id) WHERE source <> 'description';

CREATE VIRTUAL TABLE part_search USING fts5 (
    norm, content = 'part_text', content_rowid = 'number', tokenize = 'trigram', columnsize = 0
);
CREATE TRIGGER part_text_added AFTER INSERT ON part_text BEGIN
    INSERT INTO part_search (rowid, norm) VALUES (new.number, new.norm);
END;
CREATE TRIGGER part_text_removed AFTER DELETE ON part_text BEGIN
    INSERT INTO part_search (part_search, rowid, norm) VALUES ('delete', old.number, old.norm);
END;
CREATE TRIGGER part_text_changed AFTER UPDATE OF norm ON part_text BEGIN
    INSERT INTO part_search (part_search, rowid, norm) VALUES ('delete', old.number, old.norm);
    INSERT INTO part_search (rowid, norm) VALUES (new.number, new.norm);
END;

CREATE TRIGGER part_added AFTER INSERT ON part BEGIN
    INSERT INTO part_text (organization_id, part_id, source, norm)
    VALUES (new.organization_id, new.id, 'number', new.part_norm);
    INSERT INTO part_text (organization_id, part_id, source, norm)
    SELECT new.organization_id, new.id, 'description', new.description_norm WHERE new.description_norm IS NOT NULL;
END;
CREATE TRIGGER part_renumbered AFTER UPDATE OF part_norm ON part WHEN new.part_norm <> old.part_norm BEGIN
    UPDATE part_text SET norm = new.part_norm
    WHERE organization_id = new.organization_id AND part_id = new.id AND source = 'number';
END;
CREATE TRIGGER part_described AFTER UPDATE OF description_norm ON part
WHEN new.description_norm IS NOT old.description_norm BEGIN
    DELETE FROM part_text
    WHERE organization_id = new.organization_id AND part_id = new.id AND source = 'description';
    INSERT INTO part_text (organization_id, part_id, source, norm)
    SELECT new.organization_id, new.id, 'description', new.description_norm WHERE new.description_norm IS NOT NULL;
END;
CREATE TRIGGER part_removed AFTER DELETE ON part BEGIN
    DELETE FROM part_text
    WHERE organization_id = old.organization_id AND part_id = old.id AND source <> 'own';
END;
CREATE TRIGGER item_added AFTER INSERT ON item WHEN new.org_norm IS NOT NULL BEGIN
    INSERT INTO part_text (organization_id, part_id, source, norm)
    VALUES (new.organization_id, new.id, 'own', new.org_norm);
END;
CREATE TRIGGER item_renumbered AFTER UPDATE OF org_norm ON item WHEN new.org_norm IS NOT old.org_norm BEGIN
    DELETE FROM part_text WHERE organization_id = new.organization_id AND part_id = new.id AND source = 'own';
    INSERT INTO part_text (organization_id, part_id, source, norm)
    SELECT new.organization_id, new.id, 'own', new.org_norm WHERE new.org_norm IS NOT NULL;
END;
CREATE TRIGGER item_removed AFTER DELETE ON item BEGIN
    DELETE FROM part_text WHERE organization_id = old.organization_id AND part_id = old.id AND source = 'own';
END;
