//! What the groups of all types of parts have in common: their documents, made
//! from the fields that `hose` declares, and the operations that are the same.

mod body;
mod document;
mod list;
mod operations;
pub(crate) mod schema;

pub(super) use body::{ItemAsked, ItemUpdateIn};
pub(crate) use body::{PartFields, part_in};
pub(crate) use document::part_out;
pub(super) use document::{ItemList, ItemOut};
pub(super) use list::{Narrowed, narrowed};
pub(crate) use operations::{Tagged, answer, by_id, changed, deleted, made, page, part_operations, tagged};
