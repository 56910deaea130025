//! Lists of this dialect: searched, ordered, and cut into pages.

use base::{Error, Page, Result, Timestamp};
use database::list::{List, ListQuery, MAX_LIMIT};
use serde::Serialize;

use crate::door::Parameters;

/// The rows of a page, unless more or fewer are asked for.
const USUAL_TAKE: u64 = 50;
/// The name of the day on which something was made, and of the order by it.
const INSERTED: &str = "insertedDate";
const DAY: i64 = 24 * 60 * 60 * 1000;

/// What a list is searched and ordered by.
pub(super) trait Listed {
    /// The texts that a search looks in; the first is the name.
    fn texts(&self) -> Vec<&str>;
    /// When it was made.
    fn created(&self) -> Timestamp;
}

/// How a list is paged and ordered: for the document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
#[expect(dead_code, reason = "`Paging` reads them")]
pub(super) struct PagingParameters {
    /// The page, from 1
    page: Option<u64>,
    /// Rows in a page, 1 to 1000; usually 50
    take: Option<u64>,
    /// `asc`, `desc`, `name` or `insertedDate`; after a name may stand `asc` or `desc`
    order: Option<String>,
    /// Only those made on this day, in UTC
    inserted_date: Option<String>,
}

/// What is asked of a list.
#[derive(Debug, Clone)]
pub(super) struct Paging {
    page: u64,
    take: u64,
    search: String,
    order: Order,
    inserted_on: Option<i64>,
}

#[derive(Debug, Clone, Copy)]
struct Order {
    by: By,
    down: bool,
}

#[derive(Debug, Clone, Copy)]
enum By {
    Usual,
    Name,
    Inserted,
}

impl Paging {
    /// Reads `search`, `page`, `take`, `order` and `insertedDate`; names that
    /// are neither these nor in `others` are ignored and told.
    pub(super) fn of(parameters: &Parameters, others: &[&str]) -> Result<Self> {
        let known = ["search", "page", "take", "order", INSERTED, "api-version"];
        parameters.ignore_all_but(&[&known[..], others].concat());
        let inserted = parameters.one(INSERTED).map(str::parse::<Timestamp>).transpose();
        let inserted = inserted.map_err(|error| Error::invalid(INSERTED, error))?;
        Ok(Self {
            page: parameters.page()?,
            take: take(parameters.one("take"))?,
            search: base::normalized(parameters.one("search").unwrap_or_default()),
            order: order(parameters.one("order"))?,
            inserted_on: inserted.map(day),
        })
    }

    /// The same asked of a list of the database.
    pub(super) fn query(&self, list: &List) -> ListQuery {
        let sort = match self.order.by {
            By::Usual => list.sorts.first().map_or("", |sort| sort.name),
            By::Name => "name",
            By::Inserted => INSERTED,
        };
        let mut query = ListQuery {
            page: self.page,
            limit: self.take,
            sort: Some((sort.to_owned(), self.order.down)),
            ..ListQuery::default()
        };
        if !self.search.is_empty() {
            query.filters.push(("search".to_owned(), vec![self.search.clone()]));
        }
        if let Some(day) = self.inserted_on {
            let range = format!("{}..{}", day * DAY, (day + 1) * DAY);
            query.filters.push((INSERTED.to_owned(), vec![range]));
        }
        query
    }

    /// The page of these rows, which come in their usual order.
    pub(super) fn page<T: Listed, Out>(&self, rows: Vec<T>, out: impl Fn(T) -> Out) -> PageOut<Out> {
        let mut rows: Vec<T> = rows.into_iter().filter(|row| self.matches(row)).collect();
        let name = |row: &T| row.texts().first().map(|name| base::normalized(name));
        match self.order.by {
            By::Usual => {}
            By::Name => rows.sort_by_cached_key(name),
            By::Inserted => rows.sort_by_key(Listed::created),
        }
        if self.order.down {
            rows.reverse();
        }
        let total = rows.len() as u64;
        let skip = usize::try_from((self.page - 1).saturating_mul(self.take)).unwrap_or(usize::MAX);
        let take = usize::try_from(self.take).unwrap_or(usize::MAX);
        PageOut {
            current_page: self.page,
            total_pages: total.div_ceil(self.take),
            page_size: self.take,
            total_count: total,
            items: rows.into_iter().skip(skip).take(take).map(out).collect(),
        }
    }

    fn matches(&self, row: &impl Listed) -> bool {
        self.inserted_on.is_none_or(|wanted| day(row.created()) == wanted)
            && row.texts().iter().any(|text| base::normalized(text).contains(&self.search))
    }
}

/// The day in UTC.
fn day(moment: Timestamp) -> i64 {
    moment.as_millis().div_euclid(DAY)
}

fn take(asked: Option<&str>) -> Result<u64> {
    match asked.map(str::parse::<u64>) {
        None => Ok(USUAL_TAKE),
        Some(Ok(rows)) if rows >= 1 => Ok(rows.min(MAX_LIMIT)),
        Some(_) => Err(Error::invalid("take", "must be a whole number from 1")),
    }
}

/// `asc` or `desc` alone is the usual order; else a name, before which `-`,
/// or after which a word, says which way.
fn order(asked: Option<&str>) -> Result<Order> {
    const WRONG: &str = "must be asc, desc, name or insertedDate; after a name may stand asc or desc";
    let asked = asked.unwrap_or_default().trim().to_ascii_lowercase();
    let (asked, minus) = asked.strip_prefix('-').map_or((asked.as_str(), false), |rest| (rest, true));
    let words: Vec<_> = asked.split_whitespace().collect();
    let (name, way) = match words[..] {
        [] => ("", "asc"),
        [way @ ("asc" | "desc")] => ("", way),
        [name] => (name, "asc"),
        [name, way] => (name, way),
        _ => ("?", "?"),
    };
    let by = match name {
        "" => Some(By::Usual),
        "name" => Some(By::Name),
        "inserteddate" => Some(By::Inserted),
        _ => None,
    };
    let by = by.filter(|_| ["asc", "desc"].contains(&way)).ok_or_else(|| Error::invalid("order", WRONG))?;
    Ok(Order { by, down: minus || way == "desc" })
}

/// One page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PageOut<T> {
    current_page: u64,
    total_pages: u64,
    page_size: u64,
    total_count: u64,
    items: Vec<T>,
}

impl<T> From<Page<T>> for PageOut<T> {
    fn from(page: Page<T>) -> Self {
        Self {
            current_page: page.page,
            total_pages: page.total.div_ceil(page.limit),
            page_size: page.limit,
            total_count: page.total,
            items: page.items,
        }
    }
}

/// Declares what the document calls a page of a type.
#[macro_export]
macro_rules! pages {
    ($($(#[$meta:meta])* $name:ident = $item:ty;)*) => {$(
        $(#[$meta])*
        #[derive(utoipa::ToSchema)]
        #[schema(rename_all = "camelCase")]
        #[expect(dead_code, reason = "for the document: the answer itself is a PageOut")]
        pub(super) struct $name {
            /// The number of this page, from 1.
            current_page: u64,
            /// How many pages there are.
            total_pages: u64,
            /// The most rows a page may hold.
            page_size: u64,
            /// How many rows there are in all.
            total_count: u64,
            /// The rows of this page.
            items: Vec<$item>,
        }
    )*};
}
