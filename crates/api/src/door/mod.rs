//! What every operation passes through: the path, who calls, the body, the
//! answer, the failure.

mod around;
mod body;
mod caller;
mod check;
mod context;
mod cors;
mod failure;
mod operations;
mod parameters;
mod paths;
mod twice;
mod write;

pub(crate) use around::around;
pub(crate) use body::{Body, Input};
pub(crate) use caller::{Anyone, Door, Known, May, customer_named, send_limit, session_token};
pub(crate) use check::Check;
pub(crate) use context::Context;
pub(crate) use failure::{Failure, FailureBody};
pub(crate) use operations::declare;
pub(crate) use parameters::{Named, Parameters};
pub(crate) use paths::Paths;
pub(crate) use write::{NO_BODY, Reply, Writing, or_current};
