use utoipa::ToSchema;

/// What is answered in the place of a secret, which is shown only once.
#[derive(ToSchema)]
#[expect(dead_code, reason = "for the document: the kept answer is made of it in `usecases`")]
pub(crate) struct MadeBefore {
    /// The id of what was made before.
    #[schema(rename = "_id")]
    id: String,
    /// Says that it was.
    message: String,
}
