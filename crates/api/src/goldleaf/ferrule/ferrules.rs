use usecases::access::{ReadFerrules, WriteFerrules};

use crate::goldleaf::part::{part_in, part_operations, part_out};

part_in! { FerruleIn as "FerruleIn", FerruleUpdateIn as "FerruleUpdateIn", Ferrule }
part_out! { FerruleOut as "Ferrule", FerruleList as FerruleList, Ferrule }

part_operations! {
    Ferrule, "Ferrule", "a ferrule" "ferrule", reads ReadFerrules, writes WriteFerrules,
    documents FerruleIn FerruleUpdateIn FerruleOut FerruleList,
    create post_ferrules_create "/api/v1/ferrules/create" "postFerrulesCreate",
    one get_ferrule "/api/v1/ferrule/{ferruleId}" "getFerrule" "ferruleId",
    update post_organization_ferrule_id_update "/api/v1/organization/ferrule/{ferruleId}/update" "postOrganizationFerruleIdUpdate",
    delete post_ferrules_id_delete "/api/v1/ferrules/{ferruleId}/delete" "postFerrulesIdDelete" "ferruleId",
    visible get_organization_ferrules "/api/v1/organization/ferrules" "getOrganizationFerrules",
    own get_organization_customferrules "/api/v1/organization/customferrules" "getOrganizationCustomferrules",
}
