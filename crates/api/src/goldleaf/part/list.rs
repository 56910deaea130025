use base::Result;
use database::list::ListQuery;
use usecases::catalogue::{Narrowing, VISIBLE};
use utoipa::{
    IntoParams,
    openapi::{
        Required,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::{ObjectBuilder, Type},
    },
};

use crate::door::Parameters;

/// What lists of parts are narrowed and ordered by: for the document.
pub(in crate::goldleaf) struct Narrowed;

impl IntoParams for Narrowed {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let order = [
            ("sortBy[0].key", "`partNumber` (usual) or `lastModified`"),
            ("sortBy[0].order", "`asc` (usual) or `desc`"),
        ];
        let all = Narrowing::ALL.iter().map(|narrowing| (narrowing.name, narrowing.about)).chain(order);
        let parameter = |(name, about)| {
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Query)
                .required(Required::False)
                .description(Some(about))
                .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()))
                .build()
        };
        all.map(parameter).collect()
    }
}

/// What is asked of a list of parts; `others` says what else the query may hold.
pub(in crate::goldleaf) fn narrowed(parameters: &Parameters, others: &[&str]) -> Result<ListQuery> {
    let names = Narrowing::ALL.iter().map(|narrowing| narrowing.name);
    let known: Vec<_> = others.iter().copied().chain(names.clone()).collect();
    let mut query = parameters.page_of(&VISIBLE, &known)?;
    for name in names {
        let values: Vec<_> =
            parameters.all(name).filter(|value| !value.is_empty()).map(ToOwned::to_owned).collect();
        if !values.is_empty() {
            query.filters.push((name.to_owned(), values));
        }
    }
    Ok(query)
}
