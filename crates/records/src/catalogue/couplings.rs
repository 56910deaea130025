//! Couplings: what the fittings of a brand, a series and a hose size have in common.

use base::{Id, Organization, Result};
use database::{Statement, Tx, list::Condition, params};

use super::SHARED_CATALOGUE;

/// The first fitting of an owner in the order of couplings, of those that meet a condition.
macro_rules! first {
    ($condition:literal) => {
        concat!(
            "(SELECT p.id FROM part AS p
              WHERE p.organization_id = $2 AND p.item_type = 'crimpFitting' AND p.status = 'approved'
                AND p.hose_dash IS NOT NULL",
            $condition,
            " ORDER BY p.series_norm, p.hose_dash, p.brand_id LIMIT 1)"
        )
    };
}

/// The couplings of an owner, each found in an index behind the one before it, that no crimp data names. SQLite would
/// not begin with them of its own accord.
static UNCRIMPED: Statement = Statement::tenant(
    "coupling.uncrimped",
    concat!(
        "WITH RECURSIVE coupling (id) AS (
             SELECT ",
        first!(""),
        "UNION ALL
             SELECT coalesce(",
        first!(
            " AND p.series_norm = f.series_norm AND p.hose_dash = f.hose_dash AND p.brand_id > f.brand_id"
        ),
        ", ",
        first!(" AND p.series_norm = f.series_norm AND p.hose_dash > f.hose_dash"),
        ", ",
        first!(" AND p.series_norm > f.series_norm"),
        ") FROM coupling CROSS JOIN part AS f WHERE f.organization_id = $2 AND f.id = coupling.id
         )
         SELECT f.brand_id, f.series_norm, f.hose_dash FROM coupling CROSS JOIN part AS f
         WHERE f.organization_id = $2 AND $2 IN ($1, '000000000000000000000000') AND f.id = coupling.id
           AND NOT EXISTS (
             SELECT 1 FROM brand AS b, crimped_coupling AS c
             WHERE b.organization_id IN ($1, '000000000000000000000000') AND b.id = f.brand_id
               AND c.organization_id IN ($1, '000000000000000000000000') AND c.coupling_brand_norm = b.name_norm
               AND c.coupling_series_norm = f.series_norm AND c.hose_dash = f.hose_dash)
         LIMIT $3"
    ),
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&UNCRIMPED];

/// The conditions of which the fittings without crimp data meet one each; `None` where their couplings are more
/// than `most`.
pub fn uncrimped(tx: &mut Tx<'_>, most: usize) -> Result<Option<Vec<Condition>>> {
    let mut lacking = vec![Condition::new("p.hose_dash IS NULL", Vec::new())];
    let mut owners = vec![tx.organization()?, SHARED_CATALOGUE];
    owners.dedup();
    for owner in owners {
        for coupling in of_owner(tx, owner, most + 1)? {
            if !lacking.contains(&coupling) {
                lacking.push(coupling);
            }
        }
    }
    Ok((lacking.len() <= most + 1).then_some(lacking))
}

fn of_owner(tx: &mut Tx<'_>, owner: Id<Organization>, most: usize) -> Result<Vec<Condition>> {
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    tx.fetch_all(&UNCRIMPED, params![owner, most], |row| {
        let (brand, series, dash): (String, String, i64) =
            (row.get("brand_id")?, row.get("series_norm")?, row.get("hose_dash")?);
        // Values of alternatives are texts.
        Ok(Condition::new(
            "p.brand_id = $? AND p.series_norm = $? AND p.hose_dash = CAST(CAST($? AS TEXT) AS BIGINT)",
            vec![brand.into(), series.into(), dash.to_string().into()],
        ))
    })
}
