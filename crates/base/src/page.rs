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
    pub fn map<U>(self, f: impl FnMut(T) -> U) -> Page<U> {
        Page {
            items: self.items.into_iter().map(f).collect(),
            total: self.total,
            page: self.page,
            limit: self.limit,
            total_is_lower_bound: self.total_is_lower_bound,
            cursor: self.cursor,
        }
    }
}
