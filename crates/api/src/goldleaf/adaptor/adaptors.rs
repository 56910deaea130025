use usecases::access::{ReadAdaptors, WriteAdaptors};

use crate::goldleaf::part::{part_in, part_operations, part_out};

part_in! { AdaptorIn as "AdaptorIn", AdaptorUpdateIn as "AdaptorUpdateIn", Adaptor }
part_out! { AdaptorOut as "Adaptor", AdaptorList as AdaptorList, Adaptor }

part_operations! {
    Adaptor, "Adaptor", "an adaptor" "adaptor", reads ReadAdaptors, writes WriteAdaptors,
    documents AdaptorIn AdaptorUpdateIn AdaptorOut AdaptorList,
    create post_adaptors_create "/api/v1/adaptors/create" "postAdaptorsCreate",
    one get_adaptor "/api/v1/adaptor/{adaptorId}" "getAdaptor" "adaptorId",
    update post_organization_adaptor_id_update "/api/v1/organization/adaptor/{adaptorId}/update" "postOrganizationAdaptorIdUpdate",
    delete post_adaptors_id_delete "/api/v1/adaptors/{adaptorId}/delete" "postAdaptorsIdDelete" "adaptorId",
    visible get_organization_adaptors "/api/v1/organization/adaptors" "getOrganizationAdaptors",
    own get_organization_customadaptors "/api/v1/organization/customadaptors" "getOrganizationCustomadaptors",
}
