use std::convert::Infallible;

use serde::Serialize;

/// One page of a list, as every list of ours answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Page<T> {
    /// The rows of this page.
    pub items: Vec<T>,
    /// How many rows match in all.
    pub total: u64,
    /// The number of this page, from 1.
    pub page: u64,
    /// The most rows a page may hold, as asked for or as clamped.
    pub limit: u64,
    /// There may be more than `total`; absent where `total` is exact.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub total_is_lower_bound: bool,
    /// Pass it as `cursor` for the rows that follow; absent on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
}

impl<T> Page<T> {
    /// The same page with every row turned into another.
    pub fn map<U>(self, mut f: impl FnMut(T) -> U) -> Page<U> {
        let Ok(page) = self.try_map(|row| Ok::<_, Infallible>(f(row)));
        page
    }

    /// The same where a row may fail to be turned: the first failure ends it.
    pub fn try_map<U, E>(self, f: impl FnMut(T) -> Result<U, E>) -> Result<Page<U>, E> {
        let Self { items, total, page, limit, total_is_lower_bound, cursor } = self;
        let items = items.into_iter().map(f).collect::<Result<_, _>>()?;
        Ok(Page { items, total, page, limit, total_is_lower_bound, cursor })
    }
}
