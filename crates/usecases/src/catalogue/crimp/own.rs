use std::collections::BTreeSet;

use base::{Error, FieldError, Result};
use database::Tx;
use hose::{Dash, ItemType, crimp::CRIMP_SPEC, fields::Values};
use records::catalogue::{
    crimp_specs::{self, CrimpSpecRow},
    parts::PartRow,
};
use serde_json::{Map, Value as Json};

use crate::{
    Caller,
    catalogue::{by, stamp},
};

/// Makes the organization's own crimp data of a hose what `crimpSpecs` says, if
/// a change has it. Rows of the shared catalogue may be among them as they
/// were read; they stay what they are.
pub(in crate::catalogue) fn revise_own(
    tx: &mut Tx<'_>,
    caller: &Caller,
    hose: &PartRow,
    fields: &Map<String, Json>,
) -> Result<()> {
    if hose.part.item_type() != ItemType::Hose {
        return Ok(());
    }
    let wanted = match fields.get("crimpSpecs") {
        None => return Ok(()),
        Some(Json::Null) => Vec::new(),
        Some(Json::Array(rows)) => read_all(rows)?,
        Some(_) => return Err(Error::invalid("crimpSpecs", "must be an array")),
    };
    let now = crimp_specs::of_hose(tx, hose.id)?;
    let dash = hose.part.hose_dash().map(Dash::sixteenths);
    let mut kept = BTreeSet::new();
    let mut keys = BTreeSet::new();
    for (n, values) in wanted.into_iter().enumerate() {
        let probe = CrimpSpecRow {
            owner: caller.organization,
            id: tx.new_id(),
            hose: hose.id,
            hose_dash: dash,
            values,
            stamp: stamp(tx, caller),
        };
        if !keys.insert(probe.key()) {
            return Err(Error::invalid(format!("crimpSpecs[{n}]"), "is for the same as one before it"));
        }
        match now.iter().find(|row| row.key() == probe.key()) {
            Some(same) if same.values == probe.values && same.hose_dash == dash => drop(kept.insert(same.id)),
            Some(own) if own.owner == caller.organization => {
                kept.insert(own.id);
                let stamp = own.stamp.changed(tx.now(), by(caller));
                crimp_specs::update(tx, &CrimpSpecRow { id: own.id, stamp, ..probe })?;
            }
            _ => crimp_specs::insert(tx, &[probe])?,
        }
    }
    let is_gone = |row: &&CrimpSpecRow| row.owner == caller.organization && !kept.contains(&row.id);
    now.iter().filter(is_gone).try_for_each(|row| crimp_specs::delete(tx, row.id))
}

fn read_all(rows: &[Json]) -> Result<Vec<Values>> {
    const MOST: usize = 500;
    if rows.len() > MOST {
        return Err(Error::invalid("crimpSpecs", format!("must not have more than {MOST} rows")));
    }
    let mut all = Vec::with_capacity(rows.len());
    let mut wrong = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        let place = format!("crimpSpecs[{n}]");
        let Some(object) = row.as_object() else {
            wrong.push(FieldError::new(place, "must be an object"));
            continue;
        };
        let (values, problems) = Values::read(CRIMP_SPEC, object);
        wrong.extend(
            problems
                .into_iter()
                .map(|problem| FieldError::new(format!("{place}.{}", problem.path), problem.message)),
        );
        all.push(values);
    }
    if wrong.is_empty() { Ok(all) } else { Err(Error::Invalid(wrong)) }
}
