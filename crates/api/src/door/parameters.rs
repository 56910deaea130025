use axum::{
    extract::{FromRequestParts, Path, RawPathParams},
    http::{StatusCode, request::Parts},
};
use base::{Error, Result, Timestamp};
use database::list::{List, ListQuery, MAX_LIMIT};

use super::{Check, Context, Failure};

/// The query of a request in one form, however its names were written:
/// `search[x]` is `search.x`, `status[]` and `status[0]` are `status`, and
/// `sortBy[0][key]` is `sortBy[0].key`.
#[derive(Debug, Clone)]
pub(crate) struct Parameters {
    pairs: Vec<(String, String)>,
    context: Context,
}

impl<S: Sync> FromRequestParts<S> for Parameters {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Ok(context) = Context::from_request_parts(parts, state).await;
        Self::read(parts.uri.query().unwrap_or_default(), context).map_err(Failure::from)
    }
}

/// What a pick-list answers of all its rows.
pub(crate) struct Picked<T> {
    pub(crate) items: Vec<T>,
    pub(crate) total: usize,
    pub(crate) page: u64,
}

/// The name in the path by which a record is meant: its id, its number.
#[derive(Debug, Clone)]
pub(crate) struct Named(pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        // Bytes that are no text name nothing.
        let Ok(Path(name)) = Path::from_request_parts(parts, state).await else {
            return Err(Failure::of_status(StatusCode::NOT_FOUND));
        };
        Ok(Self(name))
    }
}

/// The names in the path of a record and of one that belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct NamedWithin(pub(crate) String, pub(crate) String);

impl<S: Send + Sync> FromRequestParts<S> for NamedWithin {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Ok(Path((outer, inner))) = Path::from_request_parts(parts, state).await else {
            return Err(Failure::of_status(StatusCode::NOT_FOUND));
        };
        Ok(Self(outer, inner))
    }
}

/// Every name in the path, by its parameter.
#[derive(Debug, Clone)]
pub(crate) struct Names(Vec<(String, String)>);

impl Names {
    /// The name that stands for this parameter; empty, which names nothing, if
    /// the path has none.
    pub(crate) fn get(&self, parameter: &str) -> &str {
        self.find(parameter).unwrap_or_default()
    }

    /// The same where some paths of an operation have no such parameter.
    pub(crate) fn find(&self, parameter: &str) -> Option<&str> {
        self.0.iter().find(|(name, _)| name == parameter).map(|(_, value)| value.as_str())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Names {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
        let Ok(params) = RawPathParams::from_request_parts(parts, state).await else {
            return Err(Failure::of_status(StatusCode::NOT_FOUND));
        };
        Ok(Self(params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()))
    }
}

impl Parameters {
    fn read(query: &str, context: Context) -> Result<Self> {
        let mut pairs = Vec::new();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            if pairs.len() >= 200 {
                return Err(Error::invalid("", "has more than 200 parameters"));
            }
            let name = normalized(&name);
            if name.contains('\0') || value.contains('\0') || value.len() > 1000 {
                return Err(Error::invalid(
                    name.replace('\0', "?"),
                    "must be at most 1000 bytes without U+0000",
                ));
            }
            pairs.push((name, value.into_owned()));
        }
        Ok(Self { pairs, context })
    }

    /// The values given for a name.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = move |(candidate, _): &&(String, String)| candidate.eq_ignore_ascii_case(name);
        self.pairs.iter().filter(named).map(|(_, value)| value.as_str())
    }

    /// The last value given for a name; an empty one counts as none.
    pub(crate) fn one<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        self.all(name).last().filter(|value| !value.is_empty())
    }

    /// The same of a name that must be given.
    pub(crate) fn needed<'a>(&'a self, name: &'a str) -> Result<&'a str> {
        self.one(name).ok_or_else(|| Error::invalid(name, Check::REQUIRED))
    }

    /// A flag: `true`, `1`, or the bare name.
    pub(crate) fn flag(&self, name: &str) -> Result<bool> {
        match self.all(name).last().map(str::to_ascii_lowercase).as_deref() {
            None | Some("false" | "0") => Ok(false),
            Some("" | "true" | "1") => Ok(true),
            Some(_) => Err(Error::invalid(name, "must be true or false")),
        }
    }

    /// What is asked of a list. Names that neither it nor `others` know are
    /// ignored, and the answer says so.
    pub(crate) fn list(&self, list: &List, others: &[&str]) -> Result<ListQuery> {
        let filters = list.filters.iter().map(|filter| filter.name);
        let known: Vec<_> = others.iter().copied().chain(filters.clone()).collect();
        let mut query = self.page_of(list, &known)?;
        for name in filters {
            let values: Vec<_> =
                self.all(name).filter(|value| !value.is_empty()).map(ToOwned::to_owned).collect();
            if !values.is_empty() {
                query.filters.push((name.to_owned(), values));
            }
        }
        Ok(query)
    }

    /// The same without the list's own filters: `others` says what narrows it.
    pub(crate) fn page_of(&self, list: &List, others: &[&str]) -> Result<ListQuery> {
        const OWN: &[&str] = &[
            "page",
            "limit",
            "itemsPerPage",
            "locationsPerPage",
            "cursor",
            "sortBy[0].key",
            "sortBy[0].order",
        ];
        let mut query = ListQuery {
            page: self.page()?,
            cursor: self.one("cursor").map(ToOwned::to_owned),
            ..ListQuery::default()
        };
        if let Some(limit) = self.limit()? {
            query.limit = limit;
        }
        let down = match self.one("sortBy[0].order").map(str::to_ascii_lowercase).as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(Error::invalid("sortBy[0].order", "must be asc or desc")),
        };
        query.sort = match self.one("sortBy[0].key") {
            Some(key) if list.sorts.iter().any(|sort| sort.name.eq_ignore_ascii_case(key)) => {
                Some((key.to_owned(), down))
            }
            Some(_) => {
                let known: Vec<_> = list.sorts.iter().map(|sort| sort.name).collect();
                let message = format!("must be one of {}", known.join(", "));
                return Err(Error::invalid("sortBy[0].key", message));
            }
            None => list.sorts.first().filter(|_| down).map(|sort| (sort.name.to_owned(), true)),
        };
        let known: Vec<_> = OWN.iter().chain(others).copied().collect();
        self.ignore_all_but(&known);
        Ok(query)
    }

    /// The same of a list whose newest rows come first unless it is asked for otherwise.
    pub(crate) fn newest_first(&self, list: &List, others: &[&str]) -> Result<ListQuery> {
        let mut query = self.list(list, others)?;
        if query.sort.is_none() && self.one("sortBy[0].order").is_none() {
            query.sort = list.sorts.first().map(|sort| (sort.name.to_owned(), true));
        }
        Ok(query)
    }

    /// The moments from `from` up to `to` as the value of a range; `None` where neither is given.
    pub(crate) fn span(&self) -> Result<Option<String>> {
        let end = |name: &str| match self.one(name).map(str::parse::<Timestamp>) {
            None => Ok(String::new()),
            Some(Ok(moment)) => Ok(moment.as_millis().to_string()),
            Some(Err(error)) => Err(Error::invalid(name, error)),
        };
        let (from, to) = (end("from")?, end("to")?);
        Ok((!from.is_empty() || !to.is_empty()).then(|| format!("{from}..{to}")))
    }

    /// Names that are not among these are ignored, and the answer says so.
    pub(crate) fn ignore_all_but(&self, known: &[&str]) {
        let unknown =
            self.pairs.iter().filter(|(name, _)| !known.iter().any(|k| k.eq_ignore_ascii_case(name)));
        unknown.for_each(|(name, _)| self.context.ignore(format!("?{name}")));
    }

    /// The page of a pick-list: all of it where none is asked for. Names
    /// that are not among `others` are ignored, and the answer says so.
    pub(crate) fn picked<T>(&self, all: Vec<T>, others: &[&str]) -> Result<Picked<T>> {
        let known: Vec<_> = ["page", "limit", "itemsPerPage"].iter().chain(others).copied().collect();
        self.ignore_all_but(&known);
        let (total, page) = (all.len(), self.page()?);
        let limit = self.limit()?.map_or(total, |limit| usize::try_from(limit).unwrap_or(total));
        let before = usize::try_from(page - 1).unwrap_or(usize::MAX).saturating_mul(limit);
        Ok(Picked { items: all.into_iter().skip(before).take(limit).collect(), total, page })
    }

    /// What was given for a name, where `parse` knows but some texts; else it must be `what`.
    pub(crate) fn word<W>(&self, name: &str, parse: fn(&str) -> Option<W>, what: &str) -> Result<Option<W>> {
        let read = |text| parse(text).ok_or_else(|| Error::invalid(name, format!("must be {what}")));
        self.one(name).map(read).transpose()
    }

    pub(crate) fn page(&self) -> Result<u64> {
        match self.one("page").map(str::parse) {
            None => Ok(1),
            // So far that no list is as long, and near enough that counting to it does not overflow.
            Some(Ok(page)) if (1..=1_000_000_000).contains(&page) => Ok(page),
            Some(_) => Err(Error::invalid("page", "must be a whole number from 1")),
        }
    }

    fn limit(&self) -> Result<Option<u64>> {
        for name in ["limit", "itemsPerPage", "locationsPerPage"] {
            match self.one(name).map(str::parse::<i64>) {
                None => {}
                Some(Ok(-1)) => return Ok(Some(MAX_LIMIT)),
                Some(Ok(limit)) if limit >= 1 => {
                    return Ok(Some(u64::try_from(limit).unwrap_or(1).min(MAX_LIMIT)));
                }
                Some(_) => {
                    return Err(Error::invalid(
                        name,
                        "must be a whole number from 1, or -1 for as many as a page may hold",
                    ));
                }
            }
        }
        Ok(None)
    }
}

fn normalized(name: &str) -> String {
    if let Some(rest) = name.strip_prefix("search[") {
        return format!("search.{}", rest.trim_end_matches(']'));
    }
    if let Some((sort, rest)) = name.split_once("][") {
        return format!("{sort}].{}", rest.trim_end_matches(']'));
    }
    match name.split_once('[') {
        Some((plain, index))
            if index.trim_end_matches(']').bytes().all(|byte| byte.is_ascii_digit())
                && index.ends_with(']') =>
        {
            plain.to_owned()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_one_form() {
        for (written, meant) in [
            ("search.name", "search.name"),
            ("search[name]", "search.name"),
            ("sortBy[0].key", "sortBy[0].key"),
            ("sortBy[0][key]", "sortBy[0].key"),
            ("status", "status"),
            ("status[]", "status"),
            ("status[12]", "status"),
            ("status[x]", "status[x]"),
        ] {
            assert_eq!(normalized(written), meant);
        }
    }
}
