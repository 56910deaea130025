//! What every operation passes through: the path, who calls, the body, the
//! answer, the failure.

mod around;
mod body;
mod caller;
mod check;
mod client;
mod context;
mod cors;
mod envelope;
mod failure;
mod file;
mod file_form;
mod form;
mod key_warning;
mod keys;
mod listed;
mod loose;
mod made_before;
mod operations;
mod parameters;
mod paths;
mod twice;
mod upload;
mod write;

pub(crate) use around::around;
pub(crate) use body::{Body, Input, Raw};
pub(crate) use caller::{
    Anyone, Door, Known, May, MayIn, Person, customer_named, not_valid, send_limit, session_token,
};
pub(crate) use check::Check;
pub(crate) use client::MayAsClient;
pub(crate) use context::{Context, Shown};
pub(crate) use envelope::{Envelope, FailureEnvelope, enveloped};
pub(crate) use failure::{Failure, FailureBody};
pub(crate) use file::{Download, Exporting, FileBody, format};
pub(crate) use file_form::{FileForm, FileFormBody};
pub(crate) use form::Posted;
pub(crate) use key_warning::warn_of_end;
pub(crate) use listed::{Paging, Picking};
pub(crate) use loose::{Country, Flag, Number};
pub(crate) use made_before::MadeBefore;
pub(crate) use operations::{declare, is_enveloped};
pub(crate) use parameters::{Named, NamedWithin, Names, Parameters, Picked};
pub(crate) use paths::{Form, Paths, Template};
pub(crate) use upload::Upload;
pub(crate) use write::{NO_BODY, Reply, Writing, or_current};
