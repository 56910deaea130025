use axum::{Json, extract::State};
use base::{Error, Result};
use database::{Scope, Tx, list::ListQuery};
use hose::{Dash, Gender, Style};
use serde::Serialize;
use serde_json::{Map, Value as Json_};
use usecases::{
    access::ReadAdaptors,
    catalogue::{self, Choices, Crossed, EndWanted, MOST_ENDS, Match},
};
use utoipa::{
    IntoParams, PartialSchema, ToSchema,
    openapi::{
        RefOr, Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Schema, Type},
    },
};

use super::adaptors::AdaptorList;
use crate::{
    App,
    door::{Failure, May, Paging, Parameters},
    goldleaf::part::{Narrowed, narrowed, schema},
    picked,
};

/// What is asked of the ends of adaptors: for the document.
pub(super) struct Ends;

const OF_END: [(&str, &str); 4] = [
    ("style", "The style of an end, as in `JIC`"),
    ("gender", "The gender of an end"),
    ("dashSize", "The size of an end, as in `-08`"),
    ("swivel", "`swivel` or `true` for an end that turns, `false` for one that does not"),
];

impl IntoParams for Ends {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let of_end = (0..MOST_ENDS).flat_map(|n| {
            OF_END.map(|(field, about)| {
                (format!("ends[{n}].{field}"), format!("{about}; the order of the ends does not matter"))
            })
        });
        let others = [
            ("shape", "The shape"),
            ("material", "A part of the material"),
            ("brand", "A part of the brand's name, or its `_id`"),
        ];
        let others = others.map(|(name, about)| (name.to_owned(), about.to_owned()));
        let parameter = |(name, about): (String, String)| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(about))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
                .build()
        };
        others.into_iter().chain(of_end).map(parameter).collect()
    }
}

/// The names of a query about ends, and what the query says of them.
fn ends(parameters: &Parameters) -> Result<(Vec<String>, Vec<EndWanted>)> {
    let (mut names, mut wanted) = (Vec::new(), Vec::new());
    for n in 0..MOST_ENDS {
        let name = |field: &str| format!("ends[{n}].{field}");
        names.extend(OF_END.map(|(field, _)| name(field)));
        let end = EndWanted {
            style: parameters.word(&name("style"), Style::parse, "a style of ends")?,
            gender: parameters.word(&name("gender"), Gender::parse, "a gender")?,
            dash: parameters.word(&name("dashSize"), Dash::parse, "a size such as -08")?,
            swivel: parameters.word(&name("swivel"), swivel, "swivel, true or false")?,
        };
        if end != EndWanted::default() {
            wanted.push(end);
        }
    }
    Ok((names, wanted))
}

fn swivel(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "swivel" | "true" | "1" => Some(true),
        "false" | "0" | "none" => Some(false),
        _ => None,
    }
}

/// What is asked of adaptors: of their ends, and otherwise.
fn asked(parameters: &Parameters) -> Result<(Vec<EndWanted>, ListQuery)> {
    const SHORT: [(&str, &str); 4] = [
        ("shape", "search.shape"),
        ("material", "search.material"),
        ("brand", "search.brand"),
        ("partNumber", "search.partNumber"),
    ];
    let (names, wanted) = ends(parameters)?;
    let others: Vec<_> = names.iter().map(String::as_str).chain(SHORT.map(|(short, _)| short)).collect();
    let mut query = narrowed(parameters, &others)?;
    for (short, long) in SHORT {
        if let Some(value) = parameters.one(short) {
            query.filters.push((long.to_owned(), vec![value.to_owned()]));
        }
    }
    Ok((wanted, query))
}

/// Searches adaptors by their ends
///
/// The ends may be in any order. What is not said of an end may be anything.
#[utoipa::path(
    get, path = "/api/v1/adaptors/search", tag = "Adaptor", operation_id = "getAdaptorsSearch",
    params(
        ("partNumber" = Option<String>, Query, description = "A part of the number, however it is typed"),
        Ends,
        Paging,
        Narrowed,
    ),
    responses((status = 200, description = "One page", body = AdaptorList)),
)]
pub(super) async fn get_adaptors_search(
    May(caller): May<ReadAdaptors>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<AdaptorList>, Failure> {
    let (wanted, query) = asked(&parameters)?;
    let scope = Scope::Organization(caller.organization);
    let search = move |tx: &mut Tx<'_>| catalogue::adaptors_with_ends(tx, &caller, &wanted, &query);
    Ok(Json(app.database.read(scope, search).await?.into()))
}

/// What can still be chosen of adaptors.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct AdaptorConfiguration {
    /// What can still be chosen.
    choices: AdaptorChoices,
    /// How many adaptors are left.
    count: u64,
}

/// What can still be chosen of adaptors.
#[derive(Debug, Serialize, ToSchema)]
struct AdaptorChoices {
    /// Their shapes.
    shape: Vec<String>,
    /// Their materials; an empty one is steel.
    material: Vec<String>,
    /// Their ends: as many as were asked for, and at least two.
    ends: Vec<AdaptorEndChoices>,
}

/// What an end of an adaptor may still be.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct AdaptorEndChoices {
    /// Its styles.
    style: Vec<String>,
    /// Its genders.
    gender: Vec<String>,
    /// Its sizes, in order.
    dash_size: Vec<String>,
    /// `swivel` if it may turn, null if it may not.
    swivel: Vec<Option<&'static str>>,
}

impl From<Choices> for AdaptorConfiguration {
    fn from(choices: Choices) -> Self {
        let end = |end: catalogue::EndChoices| AdaptorEndChoices {
            style: end.styles.into_iter().collect(),
            gender: end.genders.into_iter().collect(),
            dash_size: end.dashes.into_iter().map(|dash| dash.to_string()).collect(),
            swivel: end.swivels.into_iter().map(|swivel| swivel.then_some("swivel")).collect(),
        };
        Self {
            count: choices.count,
            choices: AdaptorChoices {
                shape: choices.shapes.into_iter().collect(),
                material: choices.materials.into_iter().collect(),
                ends: choices.ends.into_iter().map(end).collect(),
            },
        }
    }
}

/// Answers what can still be chosen of adaptors after the choices made
///
/// Nothing given, everything that there is.
#[utoipa::path(
    get, path = "/api/v1/adaptors/configuration", tag = "Adaptor", operation_id = "getAdaptorsConfiguration",
    params(Ends),
    responses((status = 200, description = "The choices that are left", body = AdaptorConfiguration)),
)]
pub(super) async fn get_adaptors_configuration(
    May(caller): May<ReadAdaptors>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<AdaptorConfiguration>, Failure> {
    let (wanted, query) = asked(&parameters)?;
    let scope = Scope::Organization(caller.organization);
    let choices = move |tx: &mut Tx<'_>| catalogue::adaptor_choices(tx, &caller, &wanted, &query);
    Ok(Json(app.database.read(scope, choices).await?.into()))
}

/// An adaptor that answers to another.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(super) struct CrossedOut(Map<String, Json_>);

impl From<Crossed> for CrossedOut {
    fn from(crossed: Crossed) -> Self {
        let mut json = crossed.adaptor.to_json();
        let by = match crossed.by {
            Match::Exact => "exact",
            Match::Family => "familyOnly",
        };
        json.insert("match".into(), by.into());
        Self(json)
    }
}

impl PartialSchema for CrossedOut {
    fn schema() -> RefOr<Schema> {
        let by = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(["exact", "familyOnly"]))
            .description(Some("Whether it has the same cross reference, or only is of the same family"));
        match schema::out(hose::ItemType::Adaptor) {
            RefOr::T(Schema::Object(mut object)) => {
                object.properties.insert("match".into(), RefOr::T(Schema::Object(by.build())));
                object.required.push("match".into());
                RefOr::T(Schema::Object(object))
            }
            other => other,
        }
    }
}

impl ToSchema for CrossedOut {
    fn name() -> std::borrow::Cow<'static, str> {
        "CrossedAdaptor".into()
    }
}

picked! {
    /// Adaptors that answer to another.
    CrossedList of CrossedOut
}

/// Answers the adaptors of other brands that are equivalent to one
///
/// Those with the same cross reference, then those of the same family. Unknown adaptors have none.
#[utoipa::path(
    get, path = "/api/v1/adaptors/cross", tag = "Adaptor", operation_id = "getAdaptorsCross",
    params(
        ("adaptorId" = Option<String>, Query, description = "The adaptor, by its `_id` or the organization's own number"),
        ("partNumber" = Option<String>, Query, description = "Or its part number, however it is typed"),
        ("brand" = Option<String>, Query, description = "The brand of that part number"),
        ("targetBrand" = Option<String>, Query, description = "Only adaptors of this brand"),
        crate::door::Picking,
    ),
    responses((status = 200, description = "The equivalents, exact ones first", body = CrossedList)),
)]
pub(super) async fn get_adaptors_cross(
    May(caller): May<ReadAdaptors>,
    State(app): State<App>,
    parameters: Parameters,
) -> Result<Json<CrossedList>, Failure> {
    let text = |name: &str| parameters.one(name).map(ToOwned::to_owned);
    let from =
        catalogue::CrossFrom { id: text("adaptorId"), part_number: text("partNumber"), brand: text("brand") };
    if from.id.is_none() && from.part_number.is_none() {
        return Err(Error::invalid("adaptorId", "is required, or partNumber").into());
    }
    let target = text("targetBrand");
    let scope = Scope::Organization(caller.organization);
    let cross = move |tx: &mut Tx<'_>| catalogue::cross(tx, &caller, &from, target.as_deref());
    let found = app.database.read(scope, cross).await?;
    let found = found.into_iter().map(CrossedOut::from).collect();
    Ok(Json(parameters.picked(found, &["adaptorId", "partNumber", "brand", "targetBrand"])?.into()))
}
