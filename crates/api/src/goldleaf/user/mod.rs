//! The group User.

mod account;
mod invitation;
mod oneself;
mod roles;
mod users;

use utoipa_axum::router::OpenApiRouter;

use crate::{App, operations};

pub(crate) fn router() -> OpenApiRouter<App> {
    operations![
        oneself::get_user,
        oneself::post_users_update,
        oneself::post_user_resetpassword,
        users::get_organization_users,
        users::post_organization_users_invite,
        users::post_organization_user_id_remind,
        users::post_organization_user_id_update,
        users::post_organization_user_id_suspend,
        users::post_organization_user_id_resume,
        users::post_organization_user_id_delete,
        roles::get_organization_roles,
        roles::get_organization_userroles,
        roles::get_organization_userrolesandsubscription,
    ]
}
