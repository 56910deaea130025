use axum::extract::State;
use base::Result;
use usecases::access::{ReadOtherItems, WriteOtherItems};

use crate::{
    App,
    door::{Body, Failure, May, Named, Reply, Writing},
    goldleaf::part::{changed, part_in, part_operations, part_out},
};

part_in! { OtherItemIn as "OtherItemIn", OtherItemUpdateIn as "OtherItemUpdateIn", OtherItem }
part_out! { OtherItemOut as "OtherItem", OtherItemList as OtherItemList, OtherItem }

part_operations! {
    OtherItem, "OtherItem", "an other item" "other item", reads ReadOtherItems, writes WriteOtherItems,
    documents OtherItemIn OtherItemUpdateIn OtherItemOut OtherItemList,
    create post_otheritems_create "/api/v1/otheritems/create" "postOtheritemsCreate",
    one get_otheritem "/api/v1/otheritem/{otherItemId}" "getOtheritem" "otherItemId",
    update post_organization_otheritem_id_update "/api/v1/organization/otheritem/{otherItemId}/update" "postOrganizationOtheritemIdUpdate",
    delete post_otheritems_id_delete "/api/v1/otheritems/{itemId}/delete" "postOtheritemsIdDelete" "itemId",
    own get_organization_customotheritems "/api/v1/organization/customotheritems" "getOrganizationCustomotheritems",
}

/// Changes an other item of the organization's own
///
/// One of the shared catalogue is not the organization's to change, but for what it says of it.
#[utoipa::path(
    post, path = "/api/v1/otheritems/{itemId}/update", tag = "OtherItem", operation_id = "postOtheritemsIdUpdate",
    params(("itemId" = String, Path, description = "Its `_id`, or the organization's own number for it")),
    request_body = OtherItemUpdateIn,
    responses((status = 200, description = "As it is now", body = OtherItemOut)),
)]
pub(super) async fn post_otheritems_id_update(
    May(caller): May<WriteOtherItems>,
    State(app): State<App>,
    Named(name): Named,
    writing: Writing,
    body: Body<OtherItemUpdateIn>,
) -> Result<Reply, Failure> {
    changed::<_, OtherItemOut>(&app, caller, name, writing, body.value.0, body.hash).await
}
