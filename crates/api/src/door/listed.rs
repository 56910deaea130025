/// Declares one page of a list: a schema of its own, whose items refer to theirs.
#[macro_export]
macro_rules! listed {
    ($(#[$meta:meta])* $name:ident as $schema:ident of $item:ty) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        #[serde(rename_all = "camelCase")]
        #[schema(as = $schema)]
        pub(in $crate) struct $name {
            /// The rows of this page.
            items: Vec<$item>,
            /// How many there are in all.
            total: u64,
            /// The number of this page, from 1.
            page: u64,
            /// The most rows a page may hold.
            limit: u64,
            /// There may be more than `total`.
            #[serde(skip_serializing_if = "std::ops::Not::not")]
            #[schema(required = false)]
            total_is_lower_bound: bool,
            /// Pass it as `cursor` for the rows that follow.
            #[serde(skip_serializing_if = "Option::is_none")]
            cursor: Option<String>,
        }

        impl<T: Into<$item>> From<base::Page<T>> for $name {
            fn from(page: base::Page<T>) -> Self {
                let base::Page { items, total, page, limit, total_is_lower_bound, cursor } = page.map(Into::into);
                Self { items, total, page, limit, total_is_lower_bound, cursor }
            }
        }
    };
}

/// Declares a pick-list, which answers all it has where no page is asked for.
#[macro_export]
macro_rules! picked {
    ($(#[$meta:meta])* $name:ident of $item:ty) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        pub(super) struct $name {
            /// The rows, in the order of the trade; of one page, if one was asked for.
            items: Vec<$item>,
            /// How many there are in all.
            total: usize,
            /// The number of this page; 1 if none was asked for.
            page: u64,
        }

        impl From<$crate::door::Picked<$item>> for $name {
            fn from(picked: $crate::door::Picked<$item>) -> Self {
                let $crate::door::Picked { items, total, page } = picked;
                Self { items, total, page }
            }
        }
    };
}

/// How a pick-list is paged: for the document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "`Parameters` reads them")]
pub(crate) struct Picking {
    /// The page, from 1; with no `limit` there is but one
    page: Option<u64>,
    /// Rows in a page, 1 to 1000; -1 for 1000. Usually all
    limit: Option<i64>,
}

/// How a list is paged: for the document.
#[derive(utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "`Parameters` reads them")]
pub(crate) struct Paging {
    /// The page, from 1
    page: Option<u64>,
    /// Rows in a page, 1 to 1000; -1 for 1000. Usually 50
    limit: Option<i64>,
    /// The `cursor` of the page before, in the place of `page`
    cursor: Option<String>,
}
