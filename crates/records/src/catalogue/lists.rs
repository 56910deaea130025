//! The lists of parts: how they are narrowed and ordered.

use database::list::{Compare, Condition, Filter, List, PART_TYPES, Reached, Searched, Sort};

/// What the organization and the maker call a part.
static NUMBERS: Searched = Searched {
    fold: hose::part_number::normalized,
    sources: &["number", "own"],
    columns: &["p.part_norm", "i.org_norm"],
    glance: 4000,
};

/// What the organization calls a part.
static OWN_NUMBERS: Searched =
    Searched { fold: hose::part_number::normalized, sources: &["own"], columns: &["i.org_norm"], glance: 0 };

/// What a part is described by. A glance reads each part: no index has it.
static DESCRIPTIONS: Searched = Searched {
    fold: base::normalized,
    sources: &["description"],
    columns: &["p.description_norm"],
    glance: 1000,
};

const fn filter(name: &'static str, column: &'static str, compare: Compare, index: &'static str) -> Filter {
    Filter { name, column, compare, index }
}

static FILTERS: &[Filter] = &[
    filter("itemType", "p.item_type", Compare::Equal, "part_type"),
    filter("notItemType", "p.item_type", Compare::NoneOf, ""),
    filter("brand", "p.brand_id", Compare::Equal, "part_brand"),
    filter("notBrand", "p.brand_id", Compare::NoneOf, ""),
    filter("search.partNumber", "p.part_norm", Compare::Found(&NUMBERS), "part_search"),
    filter("search.orgPartNumber", "i.org_norm", Compare::Found(&OWN_NUMBERS), "part_search"),
    filter("search.description", "p.description_norm", Compare::Found(&DESCRIPTIONS), "part_search"),
    filter("search.series", "p.series_norm", Compare::Equal, "part_series"),
    filter("hoseDash", "p.hose_dash", Compare::Range, "part_hose_dash"),
    filter("endDash", "p.end_dash", Compare::Range, "part_by_end"),
    filter("search.style", "p.style", Compare::Equal, "part_style"),
    filter("search.gender", "p.gender", Compare::OfFew(&Compare::Equal), "part_gender"),
    filter("search.shape", "p.shape", Compare::OfFew(&Compare::Equal), "part_shape"),
    filter("kind", "p.kind_norm", Compare::OfFew(&Compare::Equal), "part_of_kind"),
    filter("search.colour", "p.colour_norm", Compare::Contains, "part_colour"),
    filter("search.spec", "p.spec_norm", Compare::Contains, "part_spec"),
    filter("search.material", "p.material_norm", Compare::Contains, "part_material"),
    filter("workingPressure", "p.working_pressure", Compare::OfFew(&Compare::Range), "part_pressure"),
    filter("lastModified", "p.last_modified", Compare::Range, "part_modified"),
    filter("available", "coalesce(i.available, 1)", Compare::Range, ""),
];

static SORTS: &[Sort] = &[
    Sort { name: "partNumber", column: "p.part_norm", text: true, index: "part_type" },
    Sort { name: "lastModified", column: "p.last_modified", text: false, index: "part_modified" },
];

const fn parts(
    name: &'static str,
    shared_too: bool,
    types: &'static [&'static str],
    condition: &'static str,
) -> List {
    List {
        name,
        from: "part AS p",
        beside: Some(("i", "LEFT JOIN item AS i ON i.organization_id = $1 AND i.id = p.id")),
        alias: "p",
        columns: seen_columns!(),
        condition,
        shared_too,
        types,
        filters: FILTERS,
        sorts: SORTS,
    }
}

/// The parts that an organization sees.
pub static VISIBLE: List = parts("part.visible", true, &PART_TYPES, "p.status = 'approved'");

/// The parts of the organization's own.
pub static OWN: List = parts("part.own", false, &PART_TYPES, "p.status = 'approved'");

/// The parts that wait for approval, the oldest first.
pub static PENDING: List = List {
    filters: &[],
    sorts: &[Sort { name: "created", column: "p.created", text: false, index: "part_pending" }],
    ..parts("part.pending", false, &[], "p.status = 'pending'")
};

/// What the organization does not offer.
pub fn unavailable() -> Condition {
    Condition {
        reached: Reached::WhereFew(
            "SELECT u.id FROM item AS u WHERE u.organization_id = $1 AND u.available = 0".to_owned(),
        ),
        ..Condition::new("coalesce(i.available, 1) = 0", Vec::new())
    }
}

/// There is no crimp data for the hose.
pub fn uncrimped_hose() -> Condition {
    const CRIMPED: &str = "SELECT 1 FROM crimped_hose AS c
        WHERE c.organization_id IN ($1, '000000000000000000000000') AND c.hose_id";
    let found = format!(
        "SELECT h.id FROM part AS h
         WHERE h.organization_id = $owner AND h.item_type = 'hose' AND h.status = 'approved'
           AND NOT EXISTS ({CRIMPED} = h.id)"
    );
    Condition {
        reached: Reached::WhereFew(found),
        // A value, and no EXISTS, for which PostgreSQL would look at all that is crimped before the first hose.
        ..Condition::new(format!("({CRIMPED} = p.id LIMIT 1) IS NULL"), Vec::new())
    }
}
