//! The group Component.

mod components;
mod exports;
mod import_history;
mod import_out;
mod imports;
mod mappings;
mod worklist;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        components::get_organization_components,
        exports::post_components_export,
        exports::post_components_exceltemplate,
        exports::get_components_crimpdata_export,
        imports::post_components_import,
        import_history::get_components_imports,
        import_history::get_components_imports_id,
        import_history::get_components_imports_id_rows,
        import_history::get_components_imports_id_file,
        import_history::post_components_imports_id_cancel,
        import_history::post_components_imports_id_undo,
        worklist::get_components_withoutcrimpdata,
        mappings::get_components_mappings,
        mappings::post_components_mappings_update,
        mappings::post_components_mappings_id_delete,
    ]
}
