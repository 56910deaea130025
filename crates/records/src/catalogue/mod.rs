//! The catalogue: brands, parts, what an organization says of them, and crimp
//! data. Rows of the organization [`SHARED_CATALOGUE`] are seen by every one.

/// The columns of a part `p` and of what the organization says of it, `i`.
macro_rules! seen_columns {
    () => {
        "p.organization_id, p.id, p.item_type, p.brand_id, p.data, p.status, p.status_reason, p.deleted, \
         p.deleted_by, p.created, p.created_by, p.last_modified, p.last_modified_by, p.rev, \
         i.id AS said_id, i.org_part_number AS said_number, i.cost AS said_cost, \
         i.cost_currency AS said_cost_currency, i.list_price AS said_list_price, \
         i.list_price_currency AS said_list_price_currency, i.unit_of_measure AS said_unit_of_measure, \
         i.supplier_id AS said_supplier, i.product_group_id AS said_product_group, \
         i.available AS said_available, i.image_name AS said_image_name, i.created AS said_created, \
         i.created_by AS said_created_by, i.last_modified AS said_last_modified, \
         i.last_modified_by AS said_last_modified_by, i.rev AS said_rev"
    };
}

pub mod brands;
pub mod couplings;
pub mod crimp_specs;
pub mod import_rows;
pub mod imports;
pub mod items;
pub mod lists;
pub mod mappings;
pub mod parts;
pub mod restored;
pub mod stock;

use base::kinds;

pub use database::list::SHARED_CATALOGUE;

kinds! {
    /// Whatever can be sold: a part, an assembly, a kit.
    Item => "item",
    /// A brand of parts.
    Brand => "brand",
    /// A row of crimp data.
    CrimpSpec => "crimp data",
}

/// The tables of the catalogue, and of what fills it, hold many times what they held.
pub fn grew(tx: &mut database::Tx<'_>) -> base::Result<()> {
    tx.count_again(&[
        "brand",
        "part",
        "part_end",
        "part_text",
        "item",
        "crimp_spec",
        "catalogue_import_row",
        "catalogue_import_done",
    ])
}
