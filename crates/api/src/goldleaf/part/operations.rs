use axum::{
    Json,
    http::{HeaderName, HeaderValue, header},
};
use base::Result;
use database::{Priority, Scope, Tx};
use serde::Serialize;
use usecases::{
    Allowed,
    catalogue::{self, Changes, OfType, PartDocument, Whose},
    idempotency::Answer,
};

use super::{PartFields, narrowed};
use crate::{
    App,
    door::{Failure, Parameters, Reply, Writing, or_current},
};

/// A document with the header that names its revision.
pub(crate) type Tagged<D> = ([(HeaderName, HeaderValue); 1], Json<D>);

/// A page of the parts of a type.
pub(crate) async fn page<N: OfType, L: From<base::Page<PartDocument>>>(
    app: &App,
    caller: Allowed<N>,
    parameters: &Parameters,
    whose: Whose,
) -> Result<Json<L>, Failure> {
    let query = narrowed(parameters, &[])?;
    let scope = Scope::Organization(caller.organization);
    let list = move |tx: &mut Tx<'_>| catalogue::list(tx, &caller, whose, Some(N::ITEM_TYPE), &query);
    Ok(Json(app.database.read(scope, list).await?.into()))
}

/// The part of a type that a path names.
pub(crate) async fn by_id<N: OfType, D: From<PartDocument>>(
    app: &App,
    caller: Allowed<N>,
    name: String,
) -> Result<Tagged<D>, Failure> {
    let scope = Scope::Organization(caller.organization);
    let find = move |tx: &mut Tx<'_>| catalogue::find(tx, &caller, &name);
    Ok(tagged(app.database.read(scope, find).await?))
}

pub(crate) fn tagged<D: From<PartDocument>>(document: PartDocument) -> Tagged<D> {
    let etag = HeaderValue::from_str(&format!("\"{}\"", document.rev));
    ([(header::ETAG, etag.unwrap_or(HeaderValue::from_static("")))], Json(document.into()))
}

/// Makes a part.
pub(crate) async fn made<N: Changes, D: From<PartDocument> + Serialize>(
    app: &App,
    caller: Allowed<N>,
    writing: Writing,
    fields: PartFields,
    hash: [u8; 32],
) -> Result<Reply, Failure> {
    let new = fields.new_part()?;
    let work =
        move |tx: &mut Tx<'_>, caller: &Allowed<N>| answer::<D>(201, catalogue::create(tx, caller, &new)?);
    Ok(app.write(Priority::Ordinary, caller, writing, hash, work).await?)
}

/// Changes a part, or what the organization says of it.
pub(crate) async fn changed<N: Changes, D: From<PartDocument> + Serialize>(
    app: &App,
    caller: Allowed<N>,
    name: String,
    writing: Writing,
    fields: PartFields,
    hash: [u8; 32],
) -> Result<Reply, Failure> {
    let change = fields.change(writing.rev)?;
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<N>| {
        let changed = catalogue::update(tx, caller, &name, &change).and_then(|part| answer::<D>(200, part));
        or_current(changed, || catalogue::find(tx, caller, &name).map(D::from))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, hash, work).await?)
}

/// Deletes a part.
pub(crate) async fn deleted<N: Changes, D: From<PartDocument> + Serialize>(
    app: &App,
    caller: Allowed<N>,
    name: String,
    writing: Writing,
) -> Result<Reply, Failure> {
    let rev = writing.rev;
    let work = move |tx: &mut Tx<'_>, caller: &Allowed<N>| {
        let deleted = catalogue::delete(tx, caller, &name, rev).and_then(|part| {
            let row = &part.row.part;
            let words = format!("The {} {} was deleted.", N::ITEM_TYPE.what(), row.part_number());
            Ok(Answer::new(200, &words)?.naming(part.id()))
        });
        or_current(deleted, || catalogue::find(tx, caller, &name).map(D::from))
    };
    Ok(app.write(Priority::Ordinary, caller, writing, crate::door::NO_BODY, work).await?)
}

/// The answer that is a part's document.
pub(crate) fn answer<D: From<PartDocument> + Serialize>(status: u16, part: PartDocument) -> Result<Answer> {
    let (id, rev) = (part.id(), part.rev);
    Ok(Answer::new(status, &D::from(part))?.about(id, rev))
}

/// Declares the operations that every type of part has.
macro_rules! part_operations {
    (
        $item_type:ident, $tag:literal, $a:literal $what:literal, reads $read:ident, writes $write:ident,
        documents $in:ident $change:ident $out:ident $list:ident,
        create $create:ident $create_path:literal $create_id:literal,
        one $one:ident $one_path:literal $one_id:literal $parameter:literal,
        update $update:ident $update_path:literal $update_id:literal,
        delete $delete:ident $delete_path:literal $delete_id:literal $deleted:literal,
        $(visible $visible:ident $visible_path:literal $visible_id:literal,)?
        own $own:ident $own_path:literal $own_id:literal $(,)?
    ) => {
        #[utoipa::path(
            post, path = $create_path, tag = $tag, operation_id = $create_id,
            summary = concat!("Creates ", $a),
            description = "The organization's own. A brand of that name is made if there is none. A part number is unique within its brand, however it is typed.",
 request_body = $in,
            responses((status = 201, description = "What was made", body = $out)),
        )]
        pub(super) async fn $create(
            $crate::door::May(caller): $crate::door::May<$write>,
            axum::extract::State(app): axum::extract::State<$crate::App>,
            writing: $crate::door::Writing,
            body: $crate::door::Body<$in>,
        ) -> base::Result<$crate::door::Reply, $crate::door::Failure> {
            $crate::goldleaf::part::made::<_, $out>(&app, caller, writing, body.value.0, body.hash).await
        }

        #[utoipa::path(
            get, path = $one_path, tag = $tag, operation_id = $one_id,
            summary = concat!("Answers ", $a),
            description = "With what the organization says of it. A shared part is answered also while its brand is switched off.",

            params(($parameter = String, Path, description = "Its `_id`, or the organization's own number for it")),
            responses((status = 200, description = "As the organization sees it", body = $out)),
        )]
        pub(super) async fn $one(
            $crate::door::May(caller): $crate::door::May<$read>,
            axum::extract::State(app): axum::extract::State<$crate::App>,
            $crate::door::Named(name): $crate::door::Named,
        ) -> base::Result<$crate::goldleaf::part::Tagged<$out>, $crate::door::Failure> {
            $crate::goldleaf::part::by_id(&app, caller, name).await
        }

        #[utoipa::path(
            post, path = $update_path, tag = $tag, operation_id = $update_id,
            summary = concat!("Changes what the organization says of ", $a, ", and an own one itself"),
            description = "Its number, cost, list price, supplier, product group and availability are the organization's to say of any part. The part's own fields are those of its owner: of a shared one they may be sent back as they were read.",

            params(($parameter = String, Path, description = "Its `_id`, or the organization's own number for it")),
            request_body = $change,
            responses((status = 200, description = "As it is now", body = $out)),
        )]
        pub(super) async fn $update(
            $crate::door::May(caller): $crate::door::May<$write>,
            axum::extract::State(app): axum::extract::State<$crate::App>,
            $crate::door::Named(name): $crate::door::Named,
            writing: $crate::door::Writing,
            body: $crate::door::Body<$change>,
        ) -> base::Result<$crate::door::Reply, $crate::door::Failure> {
            $crate::goldleaf::part::changed::<_, $out>(&app, caller, name, writing, body.value.0, body.hash).await
        }

        #[utoipa::path(
            post, path = $delete_path, tag = $tag, operation_id = $delete_id,
            summary = concat!("Deletes ", $a, " of the organization's own"),
            description = "One that is in use stays: the answer says where it is used.",

            params(($deleted = String, Path, description = "Its `_id`, or the organization's own number for it")),
            responses((status = 200, description = "What was done, in words", body = String, content_type = "application/json")),
        )]
        pub(super) async fn $delete(
            $crate::door::May(caller): $crate::door::May<$write>,
            axum::extract::State(app): axum::extract::State<$crate::App>,
            $crate::door::Named(name): $crate::door::Named,
            writing: $crate::door::Writing,
        ) -> base::Result<$crate::door::Reply, $crate::door::Failure> {
            $crate::goldleaf::part::deleted::<_, $out>(&app, caller, name, writing).await
        }

        $(
            #[utoipa::path(
                get, path = $visible_path, tag = $tag, operation_id = $visible_id,
                summary = concat!("Lists every ", $what, " that the organization sees"),
                description = "Its own, and those of the shared brands that it has not switched off, with what it says of them.",

                params($crate::door::Paging, $crate::goldleaf::part::Narrowed),
                responses((status = 200, description = "One page", body = $list)),
            )]
            pub(super) async fn $visible(
                $crate::door::May(caller): $crate::door::May<$read>,
                axum::extract::State(app): axum::extract::State<$crate::App>,
                parameters: $crate::door::Parameters,
            ) -> base::Result<axum::Json<$list>, $crate::door::Failure> {
                $crate::goldleaf::part::page(&app, caller, &parameters, usecases::catalogue::Whose::Visible).await
            }
        )?

        #[utoipa::path(
            get, path = $own_path, tag = $tag, operation_id = $own_id,
            summary = concat!("Lists every ", $what, " of the organization's own"),
            description = "Those that it added itself.",

            params($crate::door::Paging, $crate::goldleaf::part::Narrowed),
            responses((status = 200, description = "One page", body = $list)),
        )]
        pub(super) async fn $own(
            $crate::door::May(caller): $crate::door::May<$read>,
            axum::extract::State(app): axum::extract::State<$crate::App>,
            parameters: $crate::door::Parameters,
        ) -> base::Result<axum::Json<$list>, $crate::door::Failure> {
            $crate::goldleaf::part::page(&app, caller, &parameters, usecases::catalogue::Whose::Own).await
        }
    };
}
pub(crate) use part_operations;
