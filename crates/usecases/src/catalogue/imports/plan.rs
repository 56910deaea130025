//! What a row would do: decided without doing it.

use base::{Error, Id, Result};
use database::Tx;
use hose::{
    ItemType, Part,
    fields::{Field, Value},
};
use records::catalogue::{import_rows::StagedRow, parts::PartSeen};
use serde_json::{Map, Value as Json};

use super::{
    cells::{Said, differences, read, text_of},
    crimp,
    headers::Columns,
    lookup::{LookedUp, id_cell},
    read::{Content, ParsedCell, ParsedRow},
    report::{RowReport, WrongReport},
};
use crate::{
    Caller,
    catalogue::{
        Item, change, changes, create,
        document::rev,
        known::Known,
        said,
        sheets::Kind,
        stamp,
        store::{self, Step},
    },
};

/// A row as it is to be stored, and what tells it from the others.
pub(super) struct Planned {
    pub row: StagedRow,
    pub report: RowReport,
    /// The part it is about: of two rows with the same, one is wrong.
    pub key: Option<String>,
}

impl Planned {
    fn new(position: u32, parsed: &ParsedRow) -> Self {
        let row = StagedRow {
            position,
            sheet: parsed.sheet.to_string(),
            row_number: parsed.number,
            kind: String::new(),
            action: "wrong".to_owned(),
            record: None,
            report: String::new(),
            change: "{}".to_owned(),
            reverse: "{}".to_owned(),
            seen_rev: None,
            done_rev: None,
        };
        Self { row, report: RowReport::default(), key: None }
    }

    /// Nothing is wrong: the row makes a record, changes the one with this id and revision, or says nothing new.
    pub fn decide(
        &mut self,
        found: Option<(Id<Item>, i64)>,
        change: Map<String, Json>,
        reverse: Map<String, Json>,
    ) {
        let action = match (&found, change.is_empty()) {
            (None, _) => "create",
            (Some(_), true) => "same",
            (Some(_), false) => "update",
        };
        action.clone_into(&mut self.row.action);
        self.row.change = Json::Object(change).to_string();
        // What was not there has nothing to be put back.
        if found.is_some() {
            self.row.reverse = Json::Object(reverse).to_string();
        }
        (self.row.record, self.row.seen_rev) = found.unzip();
    }
}

/// Decides what rows do, whose first has this position.
pub(super) fn plan(
    tx: &mut Tx<'_>,
    caller: &Caller,
    from: u32,
    parsed: &[ParsedRow],
) -> Result<Vec<Planned>> {
    let mut known = Known::default();
    let read: Vec<_> = parsed.iter().map(|row| row.content.cells()).map(read).collect();
    let rows = parsed.iter().zip(read.iter().map(|(said, _)| said.as_slice()));
    let looked_up = LookedUp::read(tx, &mut known, rows)?;
    let mut planned = Vec::with_capacity(parsed.len());
    for ((position, parsed), (said, wrong)) in (from..).zip(parsed).zip(read) {
        let mut row = Planned::new(position, parsed);
        row.report.errors = wrong;
        match &parsed.content {
            Content::Wrong(wrong) => row.report.errors.clone_from(wrong),
            Content::Record { kind: Kind::CrimpData, columns, cells } => {
                crimp::plan(tx, caller, &mut known, columns, cells, said, &mut row)?;
            }
            Content::Record { kind: Kind::Part(item_type), columns, cells } => {
                let (known, looked_up, item_type) = (&mut known, &looked_up, *item_type);
                Row { tx, caller, known, looked_up, item_type, columns }.plan(cells, said, &mut row)?;
            }
        }
        planned.push(row);
    }
    Ok(planned)
}

struct Row<'a, 'b> {
    tx: &'a mut Tx<'b>,
    caller: &'a Caller,
    known: &'a mut Known,
    looked_up: &'a LookedUp,
    item_type: ItemType,
    columns: &'a Columns,
}

impl<'a> Row<'a, '_> {
    fn plan(&mut self, cells: &[ParsedCell], said: Vec<Said<'_>>, planned: &mut Planned) -> Result<()> {
        self.item_type.word().clone_into(&mut planned.row.kind);
        if let Some(needed) =
            changes(self.item_type).filter(|needed| !self.caller.permissions.contains(*needed))
        {
            let message = format!("needs the permission {needed}, which {} does not have", self.caller.name);
            planned.report = RowReport::wrong(message);
            return Ok(());
        }
        let by_id = id_cell(cells);
        let found = match by_id {
            Some(cell) => self.with_id(cell, &said, planned),
            None => self.of_number(&said, planned)?,
        };
        if !planned.report.errors.is_empty() {
            return Ok(());
        }
        let current = match found {
            Some(seen) => Some(said::values(self.tx, seen.said.as_ref(), self.known)?),
            None => None,
        };
        let old = |name: &str| {
            found.and_then(|seen| match name {
                "imageName" => image(seen),
                name => seen.row.part.values.get(name).or_else(|| current.as_ref()?.get(name)).cloned(),
            })
        };
        let (change, reverse) = differences(said, old, by_id.is_some(), &mut planned.report);
        let problems = self.problems(found, &change)?;
        planned.report.errors.extend(problems);
        if !planned.report.errors.is_empty() {
            return Ok(());
        }
        planned.decide(found.map(|seen| (seen.row.id, rev(seen))), change, reverse);
        Ok(())
    }

    /// The part with the id that a cell has.
    fn with_id(&self, cell: &ParsedCell, said: &[Said<'_>], planned: &mut Planned) -> Option<&'a PartSeen> {
        let found = self.looked_up.with_id(self.item_type, cell);
        if let Some(seen) = found {
            planned.key = Some(seen.row.id.to_string());
            named(seen).clone_into(&mut planned.report.name);
        } else {
            planned.report.name = name(said);
            planned.report.errors.push(cell.wrong(format!("is not the id of {}", create::a(self.item_type))));
        }
        found
    }

    /// The part of the brand and with the number that are said; none if it is new.
    fn of_number(&mut self, said: &[Said<'_>], planned: &mut Planned) -> Result<Option<&'a PartSeen>> {
        let (number, brand) = (text_of(said, "partNumber"), text_of(said, "brand"));
        planned.report.name = name(said);
        let Some(number) = number else {
            planned.report.errors.push(self.columns.lacks("partNumber"));
            return Ok(None);
        };
        let needs_brand = Field::named(self.item_type.fields(), "brand").is_some_and(|field| field.required);
        if brand.is_none() && needs_brand {
            planned.report.errors.push(self.columns.lacks("brand"));
            return Ok(None);
        }
        let brands = self.known.brands(self.tx)?;
        let known = brand.as_deref().and_then(|name| brands.named(name)).map(|brand| brand.row.id);
        let is_new_brand = known.is_none() && brand.is_some();
        let found = self.looked_up.with_number(self.item_type, known, &number).filter(|_| !is_new_brand);
        planned.key = Some(match found {
            Some(seen) => seen.row.id.to_string(),
            None => self.key(brand.as_deref(), &number),
        });
        planned.report.new_brand = brand.filter(|_| is_new_brand);
        Ok(found)
    }

    fn key(&self, brand: Option<&str>, number: &str) -> String {
        let brand = brand.map(base::normalized).unwrap_or_default();
        format!("{} {brand} {}", self.item_type, hose::part_number::normalized(number))
    }

    /// What would be wrong with the part.
    fn problems(&mut self, found: Option<&PartSeen>, change: &Map<String, Json>) -> Result<Vec<WrongReport>> {
        let mut wrong = Vec::new();
        let is_shared = found.is_some_and(|seen| seen.row.owner != self.caller.organization);
        if let (true, Some(seen)) = (is_shared, found) {
            self.told(change::refuse_shared(seen, change), &mut wrong)?;
        } else {
            let part = found.map_or_else(|| Part::new(self.item_type), |seen| seen.row.part.clone());
            let (part, problems) = part.revised(change);
            wrong.extend(
                problems.iter().map(|problem| self.columns.place(&problem.path, problem.message.clone())),
            );
            if wrong.is_empty() {
                self.told(create::check(&part), &mut wrong)?;
            }
            let is_renumbered = change.contains_key("partNumber") || change.contains_key("brand");
            if let Some(seen) = found.filter(|_| is_renumbered) {
                let taken = self.refuse_taken(seen, part);
                self.told(taken, &mut wrong)?;
            }
        }
        if said::is_said_in(change) {
            let row = found.and_then(|seen| seen.said.clone());
            let id = self.tx.new_id();
            let stamp = stamp(self.tx, self.caller);
            let mut row = row.unwrap_or_else(|| change::nothing_said(id, self.item_type.word(), stamp));
            let revised = said::revise(self.tx, self.caller, self.known, &mut row, change);
            self.told(revised, &mut wrong)?;
        }
        Ok(wrong)
    }

    /// Refuses a number that another part of the brand has.
    fn refuse_taken(&mut self, seen: &PartSeen, part: Part) -> Result<()> {
        let brands = self.known.brands(self.tx)?;
        let brand = part.brand().and_then(|name| brands.named(name)).map(|brand| brand.row.id);
        // Of a brand that is new nothing is taken.
        if brand.is_none() && part.brand().is_some() {
            return Ok(());
        }
        let mut now = seen.clone();
        (now.row.part, now.row.brand) = (part, brand);
        match store::taken(self.tx, std::iter::once(&Step { former: Some(seen.clone()), now }))? {
            None => Ok(()),
            Some((_, refusal)) => Err(refusal),
        }
    }

    /// A refusal in the words of the report; what is our own fault stays that.
    fn told(&self, outcome: Result<()>, wrong: &mut Vec<WrongReport>) -> Result<()> {
        match outcome {
            Ok(()) => {}
            Err(Error::Invalid(fields)) => {
                wrong.extend(fields.into_iter().map(|field| self.columns.place(&field.path, field.message)));
            }
            Err(Error::Forbidden(message) | Error::Conflict(message) | Error::NotFound(message)) => {
                wrong.push(WrongReport { column: None, header: None, message });
            }
            Err(other) => return Err(other),
        }
        Ok(())
    }
}

/// What a row calls its part.
fn name(said: &[Said<'_>]) -> String {
    ["brand", "partNumber"].into_iter().filter_map(|name| text_of(said, name)).collect::<Vec<_>>().join(" ")
}

/// The name of the picture: the organization's own before the part's.
fn image(seen: &PartSeen) -> Option<Value> {
    let own = seen.said.as_ref().and_then(|said| said.image_name.clone());
    own.map(Value::Text).or_else(|| seen.row.part.values.get("imageName").cloned())
}

fn named(seen: &PartSeen) -> String {
    let part = &seen.row.part;
    part.brand().into_iter().chain([part.part_number()]).collect::<Vec<_>>().join(" ")
}
