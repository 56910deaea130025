//! The statements that a text makes: how many rows there are, a page of them.

use base::Result;

use super::{
    EXACT_TOTAL, List, MOST_FOUND, MOST_WALKED, Sort,
    alternative::{ALL, Alternative, Arm, joined, matching},
    text::Text,
    texts::InTexts,
};
use crate::Tx;

impl Text {
    /// How many rows there are, and whether there may be more: exact up to
    /// [`EXACT_TOTAL`], but in a search up to [`MOST_FOUND`].
    pub(super) fn total(&mut self, list: &List, tx: &mut Tx<'_>) -> Result<(u64, bool)> {
        let sql = joined(self.arms(list).map(|Arm { rows, walked, each, alternative, most, .. }| {
            let matching = matching(walked);
            let arm = format!(
                "SELECT {alternative} AS alternative, count(*) AS looked_at, {matching} AS matching, {most} AS most \
                 FROM (SELECT CASE WHEN {walked} THEN 1 ELSE 0 END AS matching {rows} LIMIT {most}) AS seen"
            );
            (arm, each)
        }));
        let (mut matching, mut often) = (0, Vec::new());
        self.query(tx, list.name, &sql, |row| {
            matching += row.get::<u64>("matching")?;
            if row.get::<u64>("looked_at")? == row.get::<u64>("most")? {
                often.push(row.get::<u32>("alternative")?);
            }
            Ok(())
        })?;
        for (n, alternative) in (0..).zip(&mut self.alternatives) {
            if let Some(texts) = &mut alternative.texts {
                texts.often = often.contains(&n);
            }
        }
        Ok((matching.min(EXACT_TOTAL), !often.is_empty() || matching > EXACT_TOTAL))
    }

    /// The statement for how many rows there are of each value of an expression.
    pub(super) fn counts(&self, list: &List, expression: &str) -> String {
        let counted = joined(self.arms(list).map(|Arm { rows, walked, each, .. }| {
            let values = format!("SELECT {expression} AS value, count(*) AS n");
            (format!("{values} {rows} AND {walked} GROUP BY {expression}"), each)
        }));
        format!(
            "SELECT value, CAST(sum(n) AS BIGINT) AS n FROM ({counted}) AS counted GROUP BY value ORDER BY value"
        )
    }

    /// The statement for a page. Which rows are in it is found first, in the
    /// order of an index and with no more of each owner's than the page may
    /// need; only these are then read whole.
    pub(super) fn page(&self, list: &List, sort: &Sort, down: bool, limit: u64, offset: u64) -> String {
        let direction = if down { "DESC" } else { "ASC" };
        let (column, alias) = (sort.column, list.alias);
        let most = limit.saturating_add(offset);
        let arms = joined(self.arms(list).map(|Arm { owner, rows, walked, each, .. }| {
            let arm = format!(
                "SELECT {owner} AS owner, {column} AS cursor_value, {alias}.id AS cursor_id {rows} \
                 AND {walked} ORDER BY {column} {direction}, {alias}.id {direction} LIMIT {most}"
            );
            (arm, each)
        }));
        let order = format!("ORDER BY cursor_value {direction}, cursor_id {direction}");
        let (columns, from) = (list.columns, list.whole());
        format!(
            "SELECT {columns}, cursor_value, cursor_id FROM ({arms} {order} LIMIT {limit} OFFSET {offset}) AS in_page \
             CROSS JOIN {from} WHERE {alias}.organization_id = owner AND {alias}.id = cursor_id {order}"
        )
    }

    /// For each owner and alternative where its rows are.
    fn arms<'a>(&'a self, list: &'a List) -> impl Iterator<Item = Arm<'a>> {
        self.alternatives.iter().enumerate().flat_map(move |(n, one)| self.arms_of(list, n, one))
    }

    fn arms_of<'a>(&'a self, list: &List, alternative: usize, one: &'a Alternative) -> Vec<Arm<'a>> {
        let conditions = &self.sql;
        if let Some(InTexts { from, sql, .. }) = &one.texts {
            let rows = format!("FROM {from} WHERE {sql}{conditions}");
            let owner = "p.owner_id".to_owned();
            return vec![Arm { owner, rows, walked: ALL, each: None, alternative, most: MOST_FOUND + 1 }];
        }
        let (looked_up, alias) = (&one.sql, list.alias);
        let from = list.naming(&[conditions, looked_up, &one.walked]);
        let most = if one.is_walked() { MOST_WALKED } else { EXACT_TOTAL + 1 };
        let arm = |owner: &String| {
            let rows =
                format!("FROM {from} WHERE {alias}.organization_id = {owner} AND {looked_up}{conditions}");
            let rows = rows.replace("$owner", owner);
            let (owner, each) = (format!("{alias}.organization_id"), one.each.as_deref());
            Arm { owner, rows, walked: &one.walked, each, alternative, most }
        };
        self.owners.iter().map(arm).collect()
    }

    /// Where so many texts were found that not all were counted: whether walking
    /// along the list soon meets as many rows as are needed. They are then met
    /// so; else what is found is put in order.
    pub(super) fn choose(
        &mut self,
        list: &List,
        tx: &mut Tx<'_>,
        sort: &Sort,
        down: bool,
        needed: u64,
    ) -> Result<()> {
        for n in 0..self.alternatives.len() {
            let Some(texts) = &self.alternatives[n].texts else { continue };
            let glance = texts.glance(&self.sql);
            if texts.often && glance > 0 {
                let walked = Alternative { texts: None, ..self.alternatives[n].clone() };
                if self.soon_meets(list, tx, &walked, (sort, down), glance, needed)? {
                    self.alternatives[n] = walked;
                }
            }
        }
        Ok(())
    }

    fn soon_meets(
        &self,
        list: &List,
        tx: &mut Tx<'_>,
        walked: &Alternative,
        (sort, down): (&Sort, bool),
        glance: u64,
        needed: u64,
    ) -> Result<bool> {
        let direction = if down { "DESC" } else { "ASC" };
        let (column, alias) = (sort.column, list.alias);
        let sql =
            joined(self.arms_of(list, 0, walked).into_iter().map(|Arm { rows, walked, each, .. }| {
                let matching = matching(walked);
                let arm = format!(
                    "SELECT count(*) AS looked_at, {matching} AS matching \
                 FROM (SELECT CASE WHEN {walked} THEN 1 ELSE 0 END AS matching {rows} \
                       ORDER BY {column} {direction}, {alias}.id {direction} LIMIT {glance}) AS seen"
                );
                (arm, each)
            }));
        let mut soon = true;
        self.query(tx, list.name, &sql, |row| {
            soon &= row.get::<u64>("matching")? >= needed || row.get::<u64>("looked_at")? < glance;
            Ok(())
        })?;
        Ok(soon)
    }
}
