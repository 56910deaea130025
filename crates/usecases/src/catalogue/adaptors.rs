//! Adaptors: found by their ends, and by what they are equivalent to.

use std::collections::{BTreeMap, BTreeSet};

use base::{Error, Page, Result};
use database::{
    Tx, Value,
    list::{Condition, ListQuery, Reached},
};
use hose::{Dash, Gender, ItemType, Style};
use records::catalogue::{
    lists::VISIBLE,
    parts::{self, BETWEEN_ENDS, PartSeen, WITHIN_END},
};

use super::{
    Brands, PartDocument,
    find::{documents, is_open_to, query_of, seen_if_any},
};
use crate::{Allowed, Caller, access::ReadAdaptors};

/// The most ends that can be asked for.
pub const MOST_ENDS: usize = 4;

/// What is asked of one end of an adaptor; what is not said may be anything.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EndWanted {
    /// Its style.
    pub style: Option<Style>,
    /// Its gender.
    pub gender: Option<Gender>,
    /// Its size.
    pub dash: Option<Dash>,
    /// Whether it turns.
    pub swivel: Option<bool>,
}

impl EndWanted {
    /// Whether an end, whose fields are those of a part, is one.
    fn is_met_by(&self, end: &EndSeen) -> bool {
        self.style.is_none_or(|style| end.style == style.code())
            && self.gender.is_none_or(|gender| end.gender == gender.code())
            && self.dash.is_none_or(|dash| end.dash == Some(dash))
            && self.swivel.is_none_or(|swivel| end.swivel == swivel)
    }

    /// What `part_end`, by this alias, must say of an end.
    fn conditions(&self, alias: &str, values: &mut Vec<Value>) -> Vec<String> {
        let said = [
            ("style", self.style.map(|style| style.code().into())),
            ("gender", self.gender.map(|gender| gender.code().into())),
            ("dash", self.dash.map(|dash| dash.sixteenths().into())),
            ("swivel", self.swivel.map(Value::from)),
        ];
        let mut say = |(column, value)| {
            values.push(value);
            format!("{alias}.{column} = $?")
        };
        said.into_iter().filter_map(|(column, value)| Some(say((column, value?)))).collect()
    }
}

/// An end of an adaptor.
struct EndSeen {
    style: String,
    gender: String,
    dash: Option<Dash>,
    swivel: bool,
}

/// Narrows a list to adaptors whose ends meet what is asked, each by another end and in whatever order.
fn narrow(query: &mut ListQuery, wanted: &[EndWanted]) -> Result<()> {
    if wanted.len() > MOST_ENDS {
        return Err(Error::invalid("ends", format!("must not be more than {MOST_ENDS}")));
    }
    if wanted.is_empty() {
        return Ok(());
    }
    let (mut values, mut conditions) = (Vec::new(), Vec::new());
    for (n, end) in wanted.iter().enumerate() {
        let alias = format!("e{n}");
        conditions.push(format!("{alias}.organization_id = $owner"));
        conditions.extend(end.conditions(&alias, &mut values));
        if n > 0 {
            conditions.push(format!("{alias}.part_id = e0.part_id"));
        }
        conditions.extend((0..n).map(|other| format!("{alias}.position <> e{other}.position")));
    }
    let ends: Vec<_> = (0..wanted.len()).map(|n| format!("part_end AS e{n}")).collect();
    let (ends, conditions) = (ends.join(", "), conditions.join(" AND "));
    query.conditions.push(Condition {
        // A value, and no EXISTS, for which PostgreSQL would find the ends of all adaptors.
        sql: format!("(SELECT 1 FROM {ends} WHERE {conditions} AND e0.part_id = p.id LIMIT 1) = 1"),
        values,
        reached: Reached::WhereFew(format!("SELECT e0.part_id AS id FROM {ends} WHERE {conditions}")),
    });
    Ok(())
}

/// One page of the adaptors with such ends.
pub fn adaptors_with_ends(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadAdaptors>,
    wanted: &[EndWanted],
    asked: &ListQuery,
) -> Result<Page<PartDocument>> {
    let (_, mut query) = query_of(tx, caller, Some(ItemType::Adaptor), asked)?;
    narrow(&mut query, wanted)?;
    let page = parts::list(tx, &VISIBLE, &query)?;
    documents(tx, caller, page)
}

/// What can still be chosen of adaptors.
#[derive(Debug, Default)]
pub struct Choices {
    /// Their shapes, by code.
    pub shapes: BTreeSet<String>,
    /// Their materials; an empty one is steel.
    pub materials: BTreeSet<String>,
    /// For each end that is asked for, what it may be; for at least two.
    pub ends: Vec<EndChoices>,
    /// How many adaptors are left.
    pub count: u64,
}

/// What an end may still be.
#[derive(Debug, Default, Clone)]
pub struct EndChoices {
    /// Its styles, by code.
    pub styles: BTreeSet<String>,
    /// Its genders, by code.
    pub genders: BTreeSet<String>,
    /// Its sizes.
    pub dashes: BTreeSet<Dash>,
    /// Whether it may turn, or not.
    pub swivels: BTreeSet<bool>,
}

/// What is left to choose of the adaptors with such ends.
pub fn adaptor_choices(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadAdaptors>,
    wanted: &[EndWanted],
    asked: &ListQuery,
) -> Result<Choices> {
    let (_, mut query) = query_of(tx, caller, Some(ItemType::Adaptor), asked)?;
    narrow(&mut query, wanted)?;
    // All adaptors have them; an index that holds nothing else tells the kinds.
    query.conditions.push(Condition::new("p.ends_norm IS NOT NULL", Vec::new()));
    let mut wanted = wanted.to_vec();
    wanted.resize(wanted.len().max(2), EndWanted::default());
    let mut choices = Choices { ends: vec![EndChoices::default(); wanted.len()], ..Choices::default() };
    // Adaptors of the same kind have the same ends: each kind is looked at once.
    for (kind, count) in VISIBLE.counts(tx, &query, KIND)? {
        let Value::Text(kind) = kind else { continue };
        choices.count += count;
        choices.take(&wanted, &kind);
    }
    Ok(choices)
}

/// What two adaptors of the same kind have in common, as one text.
const KIND: &str = "p.shape || '|' || coalesce(p.material_norm, '') || '|' || p.ends_norm";

impl Choices {
    fn take(&mut self, wanted: &[EndWanted], kind: &str) {
        // A material may have the sign in it; the words of shapes and ends have none.
        let (shape, rest) = kind.split_once('|').unwrap_or((kind, ""));
        let (material, ends) = rest.rsplit_once('|').unwrap_or((rest, ""));
        let ends: Vec<_> = ends.split(BETWEEN_ENDS).filter_map(read_end).collect();
        let mut is_one = false;
        for order in orders(ends.len(), wanted.len()) {
            let pairs = || order.iter().map(|n| &ends[*n]).zip(wanted);
            if pairs().all(|(end, wanted)| wanted.is_met_by(end)) {
                is_one = true;
                for (choices, (end, _)) in self.ends.iter_mut().zip(pairs()) {
                    choices.styles.insert(end.style.clone());
                    choices.genders.insert(end.gender.clone());
                    choices.dashes.extend(end.dash);
                    choices.swivels.insert(end.swivel);
                }
            }
        }
        if is_one || ends.len() < wanted.len() {
            self.shapes.insert(shape.to_owned());
            self.materials.insert(material.to_owned());
        }
    }
}

fn read_end(text: &str) -> Option<EndSeen> {
    let mut fields = text.split(WITHIN_END);
    Some(EndSeen {
        style: fields.next()?.to_owned(),
        gender: fields.next()?.to_owned(),
        dash: fields.next()?.parse().ok().and_then(Dash::new),
        swivel: fields.next()? == "1",
    })
}

/// Every way to take `taken` of `all` in order.
fn orders(all: usize, taken: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for _ in 0..taken {
        let longer = |order: &Vec<usize>| {
            let order = order.clone();
            (0..all).filter(|n| !order.contains(n)).map(|n| [&order[..], &[n]].concat()).collect::<Vec<_>>()
        };
        orders = orders.iter().flat_map(longer).collect();
    }
    orders
}

/// How an adaptor answers to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Match {
    /// It has the same cross reference.
    Exact,
    /// It is of the same family, in whatever size.
    Family,
}

/// An adaptor that answers to another.
#[derive(Debug)]
pub struct Crossed {
    /// The adaptor.
    pub adaptor: PartDocument,
    /// How it answers.
    pub by: Match,
}

/// Which adaptor is asked about.
#[derive(Debug, Clone, Default)]
pub struct CrossFrom {
    /// Its id, or the organization's own number for it.
    pub id: Option<String>,
    /// Or its part number.
    pub part_number: Option<String>,
    /// The brand of that number.
    pub brand: Option<String>,
}

impl CrossFrom {
    fn find(&self, tx: &mut Tx<'_>, caller: &Caller) -> Result<Vec<PartSeen>> {
        if let Some(id) = &self.id {
            return Ok(seen_if_any(tx, caller, Some(ItemType::Adaptor), id)?.into_iter().collect());
        }
        let Some(number) = &self.part_number else { return Ok(Vec::new()) };
        let mut found = parts::numbered(tx, ItemType::Adaptor, number)?;
        found.retain(|seen| is_open_to(caller, seen));
        if let Some(brand) = &self.brand {
            found.retain(|seen| seen.row.part.folded("brand") == Some(base::normalized(brand)));
        }
        Ok(found)
    }
}

/// The adaptors of other brands that answer to this one: those with the same
/// cross reference, and those of its family. None where there is no such one.
pub fn cross(
    tx: &mut Tx<'_>,
    caller: &Allowed<ReadAdaptors>,
    from: &CrossFrom,
    target_brand: Option<&str>,
) -> Result<Vec<Crossed>> {
    let adaptor = from.find(tx, caller)?;
    let brands = Brands::load(tx)?;
    let mut found: BTreeMap<_, Crossed> = BTreeMap::new();
    for from in &adaptor {
        let part = &from.row.part;
        let exact = match part.values.get("crossReference") {
            Some(reference) => parts::referred(tx, &reference.to_text())?,
            None => Vec::new(),
        };
        let family = match part.folded("familyCrossReference") {
            Some(family) => parts::of_family(tx, &family)?,
            None => Vec::new(),
        };
        let exact = exact.into_iter().map(|seen| (seen, Match::Exact));
        for (seen, by) in exact.chain(family.into_iter().map(|seen| (seen, Match::Family))) {
            let is_wanted = match target_brand {
                Some(name) => seen.row.part.folded("brand") == Some(base::normalized(name)),
                None => true,
            };
            let is_other = seen.row.brand != from.row.brand && seen.row.id != from.row.id;
            let is_shown = brands.shows(seen.row.brand) && is_open_to(caller, &seen);
            if is_other && is_wanted && is_shown && !found.contains_key(&seen.row.id) {
                let id = seen.row.id;
                found.insert(id, Crossed { adaptor: PartDocument::new(tx, caller, seen)?, by });
            }
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|crossed| (crossed.by == Match::Family, crossed.adaptor.row.part.part_norm()));
    Ok(found)
}
