//! The statements that a text makes: how many rows there are, a page of them.

use base::Result;

use super::{
    EXACT_TOTAL, List, MOST_FOUND, SHORT, Sort,
    alternative::{ALL, Alternative, Arm, joined},
    text::Text,
    texts::InTexts,
};
use crate::Tx;

impl Text {
    /// How many rows there are, and whether there may be more: exact up to
    /// [`EXACT_TOTAL`], but in a search where no more than [`MOST_FOUND`] texts are found.
    pub(super) fn total(&mut self, list: &List, tx: &mut Tx<'_>) -> Result<(u64, bool)> {
        let (whole, narrowed): (Vec<_>, Vec<_>) = self.arms(list).partition(|arm| arm.walked == ALL);
        let sql = joined(narrowed.iter().map(counted_apart).chain(counted_together(&whole)));
        let (mut matching, mut often) = (0, Vec::new());
        self.query(tx, list.name, &sql, |row| {
            matching += row.get::<u64>("matching")?;
            if row.get::<u64>("looked_at")? == row.get::<u64>("most")? {
                often.push(row.get::<i64>("alternative")?);
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
        if let Some(InTexts { from, sql, .. }) = &one.texts {
            let rows = format!("FROM {from} WHERE {sql}");
            let walked = format!("{ALL}{}{}", self.sql, self.narrowed);
            let owner = "p.owner_id".to_owned();
            return vec![Arm { owner, rows, walked, each: None, alternative, most: MOST_FOUND + 1 }];
        }
        let walked = format!("{}{}", one.walked, self.narrowed);
        let most = if walked == ALL { EXACT_TOTAL + 1 } else { self.most_walked };
        let arm = |owner: &String| {
            let (rows, walked) = (self.rows(list, one, owner), walked.replace("$owner", owner));
            let owner = format!("{}.organization_id", list.alias);
            Arm { owner, rows, walked, each: one.each.as_deref(), alternative, most }
        };
        self.owners.iter().map(arm).collect()
    }

    /// An owner's rows of an alternative: `FROM …` with what an index may serve.
    fn rows(&self, list: &List, one: &Alternative, owner: &str) -> String {
        let (looked_up, conditions, alias) = (&one.sql, &self.sql, list.alias);
        let from = list.naming(&[conditions, &self.narrowed, looked_up, &one.walked]);
        let rows = format!("FROM {from} WHERE {alias}.organization_id = {owner} AND {looked_up}{conditions}");
        rows.replace("$owner", owner)
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
            if texts.often && texts.glance > 0 {
                let walked = Alternative { texts: None, ..self.alternatives[n].clone() };
                if self.soon_meets(list, tx, &walked, (sort, down), texts.glance, needed)? {
                    self.alternatives[n] = walked;
                }
            }
        }
        Ok(())
    }

    /// Whether as many rows as are needed are among the first of each owner's, or these are few.
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
        let order = format!("ORDER BY {} {direction}, {}.id {direction}", sort.column, list.alias);
        let looked_at = joined(self.arms_of(list, 0, walked).into_iter().map(|Arm { rows, walked, each, .. }| {
            let arm = format!(
                "SELECT met, CASE WHEN met < {needed} THEN (SELECT count(*) FROM (SELECT 1 {rows} {order} \
                        LIMIT 1 OFFSET {SHORT}) AS behind) ELSE 0 END AS behind \
                 FROM (SELECT count(*) AS met FROM (SELECT meets FROM (SELECT CASE WHEN {walked} THEN 1 ELSE 0 END \
                        AS meets {rows} {order} LIMIT {glance}) AS seen \
                       WHERE meets = 1 LIMIT {needed}) AS met) AS counted"
            );
            (arm, each)
        }));
        let mut soon = true;
        self.query(tx, list.name, &looked_at, |row| {
            soon &= row.get::<u64>("met")? >= needed || row.get::<u64>("behind")? == 0;
            Ok(())
        })?;
        Ok(soon)
    }
}

/// How many rows of an arm meet what is asked, among the first of them.
fn counted_apart<'a>(arm: &Arm<'a>) -> (String, Option<&'a str>) {
    let Arm { rows, walked, each, alternative, most, .. } = arm;
    let counted = format!(
        "SELECT {alternative} AS alternative, count(*) AS looked_at, coalesce(sum(matching), 0) AS matching, \
                {most} AS most \
         FROM (SELECT CASE WHEN {walked} THEN 1 ELSE 0 END AS matching {rows} LIMIT {most}) AS seen"
    );
    (counted, *each)
}

/// How many rows arms have whose every row is meant: no more than the total needs are counted.
fn counted_together<'a>(arms: &[Arm<'a>]) -> Option<(String, Option<&'a str>)> {
    let most = arms.first()?.most;
    let row = |arm: &Arm<'a>| (format!("SELECT 1 {} LIMIT {most}", arm.rows), arm.each);
    let counted = format!(
        "SELECT -1 AS alternative, count(*) AS looked_at, count(*) AS matching, {most} AS most \
         FROM (SELECT 1 FROM ({}) AS rows LIMIT {most}) AS seen",
        joined(arms.iter().map(row))
    );
    Some((counted, None))
}
