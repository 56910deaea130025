use std::collections::HashMap;

use base::{Id, Result};
use database::Tx;
use hose::{ItemType, part_number};
use records::catalogue::{
    Item,
    parts::{self, NumberKey, PartSeen},
};

use super::{
    cells::{Said, text_of},
    headers::Target,
    read::{Content, ParsedCell, ParsedRow},
};
use crate::catalogue::{Brand, known::Known, sheets::Kind};

/// The parts that rows name, looked up together.
pub(super) struct LookedUp {
    by_id: HashMap<Id<Item>, PartSeen>,
    by_number: HashMap<NumberKey, PartSeen>,
}

impl LookedUp {
    /// Looks up what these rows name, each with what its cells say.
    pub fn read<'a>(
        tx: &mut Tx<'_>,
        known: &mut Known,
        rows: impl Iterator<Item = (&'a ParsedRow, &'a [Said<'a>])>,
    ) -> Result<Self> {
        let brands = known.brands(tx)?;
        let (mut ids, mut numbers) = (Vec::new(), Vec::new());
        for (row, said) in rows {
            let Content::Record { kind: Kind::Part(item_type), cells, .. } = &row.content else { continue };
            if let Some(cell) = id_cell(cells) {
                ids.extend(named_id(cell));
            } else if let Some(number) = text_of(said, "partNumber") {
                let brand = text_of(said, "brand");
                let named = brand.as_deref().and_then(|name| brands.named(name));
                if named.is_some() || brand.is_none() {
                    numbers.push(key(*item_type, named.map(|brand| brand.row.id), &number));
                }
            }
        }
        Ok(Self {
            by_id: parts::with_ids(tx, ids.into_iter())?,
            by_number: parts::with_numbers(tx, numbers.iter())?,
        })
    }

    /// The part of a type that a cell names by its id.
    pub fn with_id(&self, item_type: ItemType, cell: &ParsedCell) -> Option<&PartSeen> {
        let found = self.by_id.get(&named_id(cell)?);
        found.filter(|seen| seen.row.part.item_type() == item_type)
    }

    /// The part of a brand with this number, however it is typed.
    pub fn with_number(
        &self,
        item_type: ItemType,
        brand: Option<Id<Brand>>,
        number: &str,
    ) -> Option<&PartSeen> {
        self.by_number.get(&key(item_type, brand, number))
    }
}

fn key(item_type: ItemType, brand: Option<Id<Brand>>, number: &str) -> NumberKey {
    (brand, item_type, part_number::normalized(number))
}

/// The cell with the id of the part.
pub(super) fn id_cell(cells: &[ParsedCell]) -> Option<&ParsedCell> {
    cells.iter().find(|cell| matches!(cell.target, Target::Id))
}

fn named_id(cell: &ParsedCell) -> Option<Id<Item>> {
    cell.text.as_ref().ok().and_then(|text| text.trim().parse().ok())
}
