use usecases::access::{ReadOtherItems, WriteOtherItems};

use crate::goldleaf::part::{part_in, part_operations, part_out};

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
