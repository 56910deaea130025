use usecases::access::{ReadHoses, WriteHoses};

use crate::goldleaf::part::{part_in, part_operations, part_out};

part_in! { HoseIn as "HoseIn", HoseUpdateIn as "HoseUpdateIn", Hose }
part_out! { HoseOut as "Hose", HoseList as HoseList, Hose }

part_operations! {
    Hose, "Hose", "a hose" "hose", reads ReadHoses, writes WriteHoses,
    documents HoseIn HoseUpdateIn HoseOut HoseList,
    create post_hoses_create "/api/v1/hoses/create" "postHosesCreate",
    one get_hose "/api/v1/hose/{hoseId}" "getHose" "hoseId",
    update post_organization_hose_id_update "/api/v1/organization/hose/{hoseId}/update" "postOrganizationHoseIdUpdate",
    delete post_hoses_id_delete "/api/v1/hoses/{hoseId}/delete" "postHosesIdDelete" "hoseId",
    visible get_organization_hoses "/api/v1/organization/hoses" "getOrganizationHoses",
    own get_organization_customhoses "/api/v1/organization/customhoses" "getOrganizationCustomhoses",
}
