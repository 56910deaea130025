//! Couplings: what the fittings of a brand, a series and a hose size have in common.

use base::Result;
use database::{
    Statement, Tx,
    list::{Condition, Reached},
    params,
};

/// Finds a row where crimp data names the coupling of what has this alias.
macro_rules! crimped {
    ($of:literal) => {
        concat!(
            "SELECT 1 FROM brand AS b, crimped_coupling AS c
             WHERE b.organization_id IN ($1, '000000000000000000000000') AND b.id = ",
            $of,
            ".brand_id AND c.organization_id IN ($1, '000000000000000000000000')
               AND c.coupling_brand_norm = b.name_norm AND c.coupling_series_norm = ",
            $of,
            ".series_norm AND c.hose_dash = ",
            $of,
            ".hose_dash"
        )
    };
}

/// The couplings that no crimp data names.
static UNCRIMPED: Statement = Statement::tenant(
    "coupling.uncrimped",
    concat!(
        "SELECT DISTINCT f.brand_id, f.series_norm, f.hose_dash FROM coupling AS f
         WHERE f.organization_id IN ($1, '000000000000000000000000') AND NOT EXISTS (",
        crimped!("f"),
        ") LIMIT $2"
    ),
);

/// Every statement of this module.
pub static STATEMENTS: &[&Statement] = &[&UNCRIMPED];

/// The conditions of which the fittings without crimp data meet one each; `None` where their couplings are more
/// than `most`.
pub fn uncrimped(tx: &mut Tx<'_>, most: usize) -> Result<Option<Vec<Condition>>> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX).saturating_add(1);
    let lacking = tx.fetch_all(&UNCRIMPED, params![limit], |row| {
        let (brand, series, dash): (String, String, i64) =
            (row.get("brand_id")?, row.get("series_norm")?, row.get("hose_dash")?);
        // Values of alternatives are texts.
        Ok(Condition::new(
            "p.brand_id = $? AND p.series_norm = $? AND p.hose_dash = CAST(CAST($? AS TEXT) AS BIGINT)",
            vec![brand.into(), series.into(), dash.to_string().into()],
        ))
    })?;
    // As the index has it.
    let uncoupled = Condition::new("p.hose_dash IS NULL OR p.series_norm IS NULL", Vec::new());
    Ok((lacking.len() <= most).then(|| [vec![uncoupled], lacking].concat()))
}

/// There is no crimp data for the coupling of the fitting.
pub fn uncrimped_fitting() -> Condition {
    Condition {
        reached: Reached::ByWalking,
        ..Condition::new(concat!("(", crimped!("p"), " LIMIT 1) IS NULL"), Vec::new())
    }
}
