use usecases::access::{ReadWraps, WriteWraps};

use crate::goldleaf::part::{part_in, part_operations, part_out};

part_in! { WrapIn as "WrapIn", WrapUpdateIn as "WrapUpdateIn", Wrap }
part_out! { WrapOut as "Wrap", WrapList as WrapList, Wrap }

part_operations! {
    Wrap, "Wrap", "a wrap" "wrap", reads ReadWraps, writes WriteWraps,
    documents WrapIn WrapUpdateIn WrapOut WrapList,
    create post_wraps_create "/api/v1/wraps/create" "postWrapsCreate",
    one get_wrap "/api/v1/wrap/{wrapId}" "getWrap" "wrapId",
    update post_organization_wrap_id_update "/api/v1/organization/wrap/{wrapId}/update" "postOrganizationWrapIdUpdate",
    delete post_wraps_id_delete "/api/v1/wraps/{wrapId}/delete" "postWrapsIdDelete" "wrapId",
    visible get_organization_wraps "/api/v1/organization/wraps" "getOrganizationWraps",
    own get_organization_customwraps "/api/v1/organization/customwraps" "getOrganizationCustomwraps",
}
