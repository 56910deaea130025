use axum::extract::State;
use base::{Error, FieldError, Id, Result};
use hose::ItemType;
use serde::Deserialize;
use usecases::{
    access::{ReadComponents, ReadHoses},
    catalogue::{
        Item,
        sheets::{self, Kind, Selection},
    },
};
use utoipa::ToSchema;

use crate::{
    App,
    door::{Body, Check, Download, Exporting, Failure, FileBody, Flag, Input, May, Parameters, format},
};

/// The most parts that an export can name.
const MOST: usize = 10_000;

/// Which parts are exported.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({
    "components": [], "componentType": "hose", "selectAll": true, "search": { "brand": "Kestrel", "size": "-08" },
}))]
pub(super) struct ExportIn {
    /// The ids of parts, at most 10,000; nulls among them are passed over.
    #[schema(max_items = 10000)]
    components: Option<Vec<Option<String>>>,
    /// `hose`, `crimpFitting`, `ferrule`, `adaptor`, `wrap` or `otherItem`.
    #[schema(required = true, nullable = false)]
    component_type: Option<String>,
    /// Whether all are exported that `search` leaves; then the ids are not looked at.
    #[schema(value_type = Option<bool>)]
    select_all: Option<Flag>,
    /// What narrows them where all are selected.
    search: Option<SearchIn>,
}

impl Input for ExportIn {}

/// What parts are narrowed by: as in their lists.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ExportSearchIn)]
struct SearchIn {
    /// A part of the number, the maker's or the organization's own.
    part_number: Option<String>,
    /// A part of the organization's own number.
    org_part_number: Option<String>,
    /// A part of the brand's name, or its `_id`.
    brand: Option<String>,
    /// The hose size.
    size: Option<String>,
    /// The size of a fitting's end.
    dash_size: Option<String>,
    /// The hose size.
    hose_size: Option<String>,
    /// The hose size.
    nominal_hose_size: Option<String>,
    /// The series.
    series: Option<String>,
    /// The type of a wrap.
    wrap_type: Option<String>,
    /// A part of the description.
    description: Option<String>,
    /// The item type of an other item.
    item_type: Option<String>,
    /// A part of the colour.
    colour: Option<String>,
}

impl SearchIn {
    fn filters(self) -> Vec<(String, Vec<String>)> {
        let all = [
            ("partNumber", self.part_number),
            ("orgPartNumber", self.org_part_number),
            ("brand", self.brand),
            ("size", self.size),
            ("dashSize", self.dash_size),
            ("hoseSize", self.hose_size),
            ("nominalHoseSize", self.nominal_hose_size),
            ("series", self.series),
            ("wrapType", self.wrap_type),
            ("description", self.description),
            ("itemType", self.item_type),
            ("colour", self.colour),
        ];
        let given =
            all.into_iter().filter_map(|(name, value)| Some((name, value.filter(|v| !v.trim().is_empty())?)));
        given.map(|(name, value)| (format!("search.{name}"), vec![value])).collect()
    }
}

impl ExportIn {
    fn checked(self) -> Result<(ItemType, Selection)> {
        let mut check = Check::default();
        let item_type = check.required("componentType", self.component_type, |word| word.parse::<ItemType>());
        let selection = if self.select_all.is_some_and(|flag| flag.0) {
            Selection::All(self.search.unwrap_or_default().filters())
        } else {
            Selection::Ids(ids(self.components.unwrap_or_default(), &mut check))
        };
        check.finish(item_type.map(|item_type| (item_type, selection)))
    }
}

fn ids(texts: Vec<Option<String>>, check: &mut Check) -> Vec<Id<Item>> {
    if texts.len() > MOST {
        check.wrong("components", format!("must not have more than {MOST} items"));
        return Vec::new();
    }
    let given = texts.into_iter().enumerate().filter_map(|(n, text)| Some((n, text?)));
    given
        .filter_map(|(n, text)| {
            let id = text.parse().ok();
            if id.is_none() {
                check.wrong(format!("components[{n}]"), "is not an id");
            }
            id
        })
        .collect()
}

/// Exports parts of a type as a file
///
/// The file has a sheet with a column for each field; it can be imported again.
/// Text stays text, whatever it looks like. In CSV an apostrophe stands before
/// what a spreadsheet program would calculate.
#[utoipa::path(
    post, path = "/api/v1/components/export", tag = "Component", operation_id = "postComponentsExport",
    params(Exporting),
    request_body = ExportIn,
    responses((status = 200, description = "The file", content(
        (FileBody = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (FileBody = "text/csv"),
    ))),
)]
pub(super) async fn post_components_export(
    May(caller): May<ReadComponents>,
    State(app): State<App>,
    parameters: Parameters,
    body: Body<ExportIn>,
) -> Result<Download, Failure> {
    let format = format(&parameters)?;
    let (item_type, selection) = body.value.checked()?;
    Ok(sheets::export(&app.database, caller, item_type, selection, format).await?.into())
}

/// Which template is asked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "componentType": "hose" }))]
pub(super) struct TemplateIn {
    /// `hose`, `crimpFitting`, `ferrule`, `adaptor`, `wrap`, `otherItem` or `crimpData`; `all`, or nothing, for a sheet of
    /// each.
    component_type: Option<String>,
}

impl Input for TemplateIn {}

/// Answers an empty workbook to be filled in and imported
///
/// It has a sheet for each type, and one for crimp data. Under the headers a row of hints says what may
/// stand in the cells; an import passes it over. Several sheets of CSV are a zip.
#[utoipa::path(
    post, path = "/api/v1/components/exceltemplate", tag = "Component", operation_id = "postComponentsExceltemplate",
    params(Exporting),
    request_body = TemplateIn,
    responses((status = 200, description = "The file", content(
        (FileBody = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (FileBody = "text/csv"),
        (FileBody = "application/zip"),
    ))),
)]
pub(super) async fn post_components_exceltemplate(
    May(caller): May<ReadComponents>,
    parameters: Parameters,
    body: Body<TemplateIn>,
) -> Result<Download, Failure> {
    let format = format(&parameters)?;
    let kinds = match body.value.component_type.as_deref().map(str::trim) {
        None | Some("" | "all") => Kind::all(),
        Some(word) => {
            let wrong = |wrong| Error::Invalid(vec![FieldError::new("componentType", wrong)]);
            vec![word.parse::<Kind>().map_err(wrong)?]
        }
    };
    Ok(sheets::template(caller, kinds, format).await?.into())
}

/// Exports the crimp data as a file
///
/// Every row that the organization sees, its own and shared ones, by the brand
/// and the part number of its hose. It can be imported again. An operation of
/// Swage; GoldLeaf has none like it.
#[utoipa::path(
    get, path = "/api/v1/components/crimpdata/export", tag = "Component", operation_id = "getComponentsCrimpdataExport",
    params(Exporting),
    responses((status = 200, description = "The file", content(
        (FileBody = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        (FileBody = "text/csv"),
    ))),
)]
pub(super) async fn get_components_crimpdata_export(
    May(caller): May<ReadHoses>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Download, Failure> {
    let format = format(&parameters)?;
    Ok(sheets::export_crimp_data(&app.database, caller, format).await?.into())
}
