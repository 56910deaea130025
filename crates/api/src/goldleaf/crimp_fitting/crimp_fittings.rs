use usecases::access::{ReadCrimpFittings, WriteCrimpFittings};

use crate::goldleaf::part::{part_in, part_operations, part_out};

part_in! { CrimpFittingIn as "CrimpFittingIn", CrimpFittingUpdateIn as "CrimpFittingUpdateIn", CrimpFitting }
part_out! { CrimpFittingOut as "CrimpFitting", CrimpFittingList as CrimpFittingList, CrimpFitting }

part_operations! {
    CrimpFitting, "CrimpFitting", "a crimp fitting" "crimp fitting", reads ReadCrimpFittings, writes WriteCrimpFittings,
    documents CrimpFittingIn CrimpFittingUpdateIn CrimpFittingOut CrimpFittingList,
    create post_crimpfittings_create "/api/v1/crimpfittings/create" "postCrimpfittingsCreate",
    one get_crimpfitting "/api/v1/crimpfitting/{crimpfittingId}" "getCrimpfitting" "crimpfittingId",
    update post_organization_crimpfitting_id_update "/api/v1/organization/crimpfitting/{crimpfittingId}/update" "postOrganizationCrimpfittingIdUpdate",
    delete post_crimpfittings_id_delete "/api/v1/crimpfittings/{crimpfittingId}/delete" "postCrimpfittingsIdDelete" "crimpfittingId",
    visible get_organization_crimpfittings "/api/v1/organization/crimpfittings" "getOrganizationCrimpfittings",
    own get_organization_customcrimpfittings "/api/v1/organization/customcrimpfittings" "getOrganizationCustomcrimpfittings",
}
