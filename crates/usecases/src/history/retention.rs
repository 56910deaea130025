use std::time::Duration;

use base::{Id, Organization, Result, Timestamp};
use database::{Scope, Tx};
use records::{api_call_days, api_calls, organizations, unknown_calls};
use tracing::info;

use super::{History, batch::day_of};
use crate::jobs::Kinds;

/// How many rows are forgotten in one unit: few enough for its 50 ms.
const PIECE: u32 = 500;

/// How long the history is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keep {
    /// The calls.
    pub calls: Duration,
    /// What they add up to for each day.
    pub totals: Duration,
}

type Delete = fn(&mut Tx<'_>, Timestamp, u32) -> Result<u64>;

impl History {
    /// These kinds of jobs, and one that forgets each hour what is too old.
    #[must_use]
    pub fn and_forget(&self, kinds: Kinds) -> Kinds {
        let history = self.clone();
        kinds.every(Duration::from_hours(1), "history", move |_| {
            let history = history.clone();
            async move { Ok(history.forget_old().await?) }
        })
    }

    /// Forgets what is older than it is to be kept.
    pub async fn forget_old(&self) -> Result<()> {
        let (now, keep) = (self.database().clock().now(), self.keep());
        let oldest = now.minus(keep.calls);
        let oldest_day = Timestamp::from_millis(day_of(now.minus(keep.totals)));
        let (mut calls, mut days) = (0, 0);
        for organization in self.shop().read(Scope::System, organizations::ids).await? {
            calls += self.forget(organization, oldest, api_calls::delete_before).await?;
            days += self.forget(organization, oldest_day, api_call_days::delete_before).await?;
        }
        let forget = move |tx: &mut Tx<'_>| unknown_calls::delete_before(tx, oldest);
        let minutes = self.database().write(Scope::System, forget).await?;
        info!(calls, days, minutes, "forgot what is too old of the history");
        Ok(())
    }

    async fn forget(&self, whose: Id<Organization>, before: Timestamp, delete: Delete) -> Result<u64> {
        let mut forgotten = 0;
        loop {
            let unit = move |tx: &mut Tx<'_>| delete(tx, before, PIECE);
            let piece = self.database().write(Scope::Organization(whose), unit).await?;
            forgotten += piece;
            if piece < u64::from(PIECE) {
                return Ok(forgotten);
            }
        }
    }
}
