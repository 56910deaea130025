//! What a row would do: decided without doing it.

use base::{Error, Id, Result};
use database::Tx;
use hose::{
    ItemType, Part,
    fields::{Field, Value},
};
use records::catalogue::{
    import_rows::StagedRow,
    parts::{self, PartSeen},
};
use serde_json::{Map, Value as Json};

use super::{
    cells::{Said, differences, read},
    crimp,
    headers::{Columns, Target},
    read::{Content, ParsedCell, ParsedRow},
    report::{RowReport, WrongReport},
};
use crate::{
    Caller,
    catalogue::{
        Brands, Item, change, changes, create, document::rev, said, said::Names, sheets::Kind, stamp,
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
        (self.row.record, self.row.seen_rev) = found.unzip();
        self.row.change = Json::Object(change).to_string();
        self.row.reverse = Json::Object(reverse).to_string();
    }
}

/// Decides what a row does.
pub(super) fn plan(
    tx: &mut Tx<'_>,
    caller: &Caller,
    brands: &Brands,
    position: u32,
    parsed: &ParsedRow,
) -> Result<Planned> {
    let mut planned = Planned {
        row: StagedRow {
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
        },
        report: RowReport::default(),
        key: None,
    };
    match &parsed.content {
        Content::Wrong(wrong) => planned.report.errors.clone_from(wrong),
        Content::Record { kind: Kind::CrimpData, columns, cells } => {
            crimp::plan(tx, caller, brands, columns, cells, &mut planned)?;
        }
        Content::Record { kind: Kind::Part(item_type), columns, cells } => {
            let mut row = Row { tx, caller, brands, item_type: *item_type, columns };
            row.plan(cells, &mut planned)?;
        }
    }
    Ok(planned)
}

struct Row<'a, 'b> {
    tx: &'a mut Tx<'b>,
    caller: &'a Caller,
    brands: &'a Brands,
    item_type: ItemType,
    columns: &'a Columns,
}

impl Row<'_, '_> {
    fn plan(&mut self, cells: &[ParsedCell], planned: &mut Planned) -> Result<()> {
        self.item_type.word().clone_into(&mut planned.row.kind);
        if let Some(needed) =
            changes(self.item_type).filter(|needed| !self.caller.permissions.contains(*needed))
        {
            let message = format!("needs the permission {needed}, which {} does not have", self.caller.name);
            planned.report = RowReport::wrong(message);
            return Ok(());
        }
        let (said, wrong) = read(cells);
        planned.report.errors = wrong;
        let found = self.find(cells, &said, planned)?;
        if !planned.report.errors.is_empty() {
            return Ok(());
        }
        let by_id = cells.iter().any(|cell| matches!(cell.target, Target::Id));
        let current = match &found {
            Some(seen) => Some(said::values(self.tx, seen.said.as_ref(), &mut Names::default())?),
            None => None,
        };
        let old = |name: &str| {
            found.as_ref().and_then(|seen| match name {
                "imageName" => image(seen),
                name => seen.row.part.values.get(name).or_else(|| current.as_ref()?.get(name)).cloned(),
            })
        };
        let (change, reverse) = differences(said, old, by_id, &mut planned.report);
        let problems = self.problems(found.as_ref(), &change)?;
        planned.report.errors.extend(problems);
        if !planned.report.errors.is_empty() {
            return Ok(());
        }
        planned.decide(found.as_ref().map(|seen| (seen.row.id, rev(seen))), change, reverse);
        Ok(())
    }

    /// The part that the row is about; none if it is new.
    fn find(
        &mut self,
        cells: &[ParsedCell],
        said: &[Said<'_>],
        planned: &mut Planned,
    ) -> Result<Option<PartSeen>> {
        let text =
            |name: &str| said.iter().find(|said| said.field.name == name)?.value.as_ref().map(Value::to_text);
        let (number, brand) = (text("partNumber"), text("brand"));
        planned.report.name =
            [brand.as_deref(), number.as_deref()].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let id = cells.iter().find(|cell| matches!(cell.target, Target::Id));
        if let Some(cell) = id {
            let found = match cell.text.as_ref().ok().and_then(|text| text.trim().parse().ok()) {
                Some(id) => parts::find(self.tx, id)?,
                None => None,
            };
            let found = found.filter(|seen| seen.row.part.item_type() == self.item_type);
            if let Some(seen) = &found {
                planned.key = Some(seen.row.id.to_string());
                named(seen).clone_into(&mut planned.report.name);
            } else {
                let message = format!("is not the id of {}", create::a(self.item_type));
                planned.report.errors.push(cell.wrong(message));
            }
            return Ok(found);
        }
        let Some(number) = number else {
            planned.report.errors.push(self.columns.lacks("partNumber"));
            return Ok(None);
        };
        let needs_brand = Field::named(self.item_type.fields(), "brand").is_some_and(|field| field.required);
        if brand.is_none() && needs_brand {
            planned.report.errors.push(self.columns.lacks("brand"));
            return Ok(None);
        }
        let known = brand.as_deref().and_then(|name| self.brands.named(name));
        if known.is_none() && brand.is_some() {
            planned.key = Some(self.key(brand.as_deref(), &number));
            planned.report.new_brand = brand;
            return Ok(None);
        }
        let brand_id = known.map(|brand| brand.row.id);
        let found = parts::with_number(self.tx, self.item_type, brand_id, &number)?;
        planned.key = Some(match &found {
            Some(seen) => seen.row.id.to_string(),
            None => self.key(brand.as_deref(), &number),
        });
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
            if change.contains_key("partNumber") || change.contains_key("brand") {
                let brand = part.brand().and_then(|name| self.brands.named(name));
                let is_free = brand.is_none() && part.brand().is_some();
                if !is_free {
                    let taken = create::refuse_taken(
                        self.tx,
                        &part,
                        brand.map(|brand| brand.row.id),
                        found.map(|seen| seen.row.id),
                    );
                    self.told(taken, &mut wrong)?;
                }
            }
        }
        if said::is_said_in(change) {
            let row = found.and_then(|seen| seen.said.clone());
            let id = self.tx.new_id();
            let stamp = stamp(self.tx, self.caller);
            let mut row = row.unwrap_or_else(|| change::nothing_said(id, self.item_type.word(), stamp));
            let revised = said::revise(self.tx, self.caller, &mut row, change);
            self.told(revised, &mut wrong)?;
        }
        Ok(wrong)
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

/// The name of the picture: the organization's own before the part's.
fn image(seen: &PartSeen) -> Option<Value> {
    let own = seen.said.as_ref().and_then(|said| said.image_name.clone());
    own.map(Value::Text).or_else(|| seen.row.part.values.get("imageName").cloned())
}

fn named(seen: &PartSeen) -> String {
    let part = &seen.row.part;
    part.brand().into_iter().chain([part.part_number()]).collect::<Vec<_>>().join(" ")
}
