use base::{Error, Id, Page, Result};
use database::{
    Database, Scope, Tx,
    list::{ListQuery, MAX_LIMIT},
};
use hose::ItemType;
use tokio::task::spawn_blocking;
use workbook::{Format, Writer};

use super::{FileOut, Kind, columns, crimp::crimp_sheet};
use crate::{
    Allowed, Caller,
    access::ReadComponents,
    catalogue::{self, Item, PartDocument, Whose, reads},
};

/// Which parts of a type are exported.
#[derive(Debug, Clone)]
pub enum Selection {
    /// These, in this order.
    Ids(Vec<Id<Item>>),
    /// All that the organization sees, narrowed by the filters of their lists.
    All(Vec<(String, Vec<String>)>),
}

/// A workbook without parts: a sheet for each kind, with the hints under the headers.
pub async fn template(caller: Allowed<ReadComponents>, kinds: Vec<Kind>, format: Format) -> Result<FileOut> {
    let name = match kinds[..] {
        [only] => format!("{}-template", only.plural()),
        _ => "components-template".to_owned(),
    };
    let sheet = |kind: &Kind| match kind {
        Kind::Part(item_type) => columns::sheet(&caller, *item_type, true),
        Kind::CrimpData => crimp_sheet(true),
    };
    let sheets = kinds.iter().map(sheet).collect();
    let write = move || Ok(FileOut::new(&name, Writer::new(format, sheets)?.finish()?));
    blocking(write).await
}

/// The parts of a type as a sheet. They are read a thousand at a time, each thousand as it is at that moment.
pub async fn export(
    database: &Database,
    caller: Allowed<ReadComponents>,
    item_type: ItemType,
    selection: Selection,
    format: Format,
) -> Result<FileOut> {
    refuse_unseen(&caller, item_type)?;
    let fields = columns::shown_fields(&caller, item_type);
    let mut writer = Writer::new(format, vec![columns::sheet(&caller, item_type, false)])?;
    let mut pages = Pages::of(selection, item_type);
    while let Some(documents) = pages.next(database, &caller).await? {
        let fields = fields.clone();
        writer = blocking(move || {
            for document in &documents {
                let cells = columns::cells(document, &fields);
                writer.row(0, &cells.iter().map(columns::Cell::value).collect::<Vec<_>>())?;
            }
            Ok(writer)
        })
        .await?;
    }
    blocking(move || Ok(FileOut::new(item_type.plural(), writer.finish()?))).await
}

/// Refuses a caller who may not see parts of this type.
pub(super) fn refuse_unseen(caller: &Caller, item_type: ItemType) -> Result<()> {
    match reads(item_type) {
        Some(needed) if !caller.permissions.contains(needed) => {
            Err(Error::Forbidden(format!("Exporting {} needs the permission {needed}.", item_type.plural())))
        }
        _ => Ok(()),
    }
}

/// Runs what reads or writes files.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    spawn_blocking(work).await.map_err(|error| Error::internal("a file", error))?
}

/// The parts to be written, piece by piece.
struct Pages {
    item_type: ItemType,
    rest: Rest,
}

enum Rest {
    Ids { ids: Vec<Id<Item>>, from: usize },
    List(ListQuery),
    Nothing,
}

impl Pages {
    fn of(selection: Selection, item_type: ItemType) -> Self {
        let rest = match selection {
            Selection::Ids(ids) => Rest::Ids { ids, from: 0 },
            Selection::All(filters) => {
                Rest::List(ListQuery { limit: MAX_LIMIT, filters, ..ListQuery::default() })
            }
        };
        Self { item_type, rest }
    }

    /// The next piece; none after the last.
    async fn next(
        &mut self,
        database: &Database,
        caller: &Allowed<ReadComponents>,
    ) -> Result<Option<Vec<PartDocument>>> {
        let (scope, item_type, caller) =
            (Scope::Organization(caller.organization), self.item_type, caller.clone());
        match &mut self.rest {
            Rest::Nothing => Ok(None),
            Rest::Ids { ids, from } => {
                let (start, wanted) = (*from, ids.clone());
                let end = wanted.len().min(start + usize::try_from(MAX_LIMIT).unwrap_or(usize::MAX));
                if start == end {
                    return Ok(None);
                }
                *from = end;
                let unit = move |tx: &mut Tx<'_>| named(tx, &caller, item_type, &wanted, start..end);
                database.read(scope, unit).await.map(Some)
            }
            Rest::List(query) => {
                let asked = query.clone();
                let unit = move |tx: &mut Tx<'_>| {
                    catalogue::list(tx, &caller, Whose::Visible, Some(item_type), &asked)
                };
                let Page { items, cursor, .. } = database.read(scope, unit).await?;
                match cursor {
                    Some(cursor) => query.cursor = Some(cursor),
                    None => self.rest = Rest::Nothing,
                }
                Ok(Some(items))
            }
        }
    }
}

/// The parts with these ids.
fn named(
    tx: &mut Tx<'_>,
    caller: &Caller,
    item_type: ItemType,
    ids: &[Id<Item>],
    places: std::ops::Range<usize>,
) -> Result<Vec<PartDocument>> {
    let mut documents = Vec::with_capacity(places.len());
    for n in places {
        let found = catalogue::find::seen(tx, caller, Some(item_type), &ids[n].to_string());
        let seen = found.map_err(|error| match error {
            Error::NotFound(_) => Error::invalid(
                format!("components[{n}]"),
                format!("is not the id of {}", catalogue::create::a(item_type)),
            ),
            other => other,
        })?;
        documents.push(PartDocument::new(tx, caller, seen)?);
    }
    Ok(documents)
}
