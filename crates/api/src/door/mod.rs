//! What every operation passes through: the path, who calls, the body, the
//! answer, the failure.

mod around;
mod body;
mod caller;
mod check;
mod context;
mod cors;
mod failure;
mod key_warning;
mod keys;
mod listed;
mod made_before;
mod operations;
mod parameters;
mod paths;
mod twice;
mod write;

pub(crate) use around::around;
pub(crate) use body::{Body, Input};
pub(crate) use caller::{
    Anyone, Door, Known, May, Person, customer_named, refused, send_limit, send_over_limit, session_token,
};
pub(crate) use check::Check;
pub(crate) use context::{Context, Shown};
pub(crate) use failure::{Failure, FailureBody};
pub(crate) use key_warning::warn_of_end;
pub(crate) use made_before::MadeBefore;
pub(crate) use operations::declare;
pub(crate) use parameters::{Named, NamedWithin, Parameters};
pub(crate) use paths::{Paths, Template};
pub(crate) use write::{NO_BODY, Reply, Writing, or_current};
