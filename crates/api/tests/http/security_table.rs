//! Every operation with every kind of credential: what each is answered with
//! stands in a golden file, and follows rules that are checked here.

use std::collections::{HashMap, hash_map::Entry};

use base::{Id, Random};
use futures_util::future::join_all;
use keys::KeyText;
use rstest::rstest;
use serde_json::{Value as Json, json};
use testkit::{Call, Document, Engine, Postgres, Sqlite, TestApp, TestOrganization};

use crate::{golden, request::Request};

/// What a caller may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Nothing,
    Garbage,
    /// A key in the right form that was never made.
    Unknown,
    Expired,
    NotStarted,
    Revoked,
    /// A bearer token of a key that was revoked since.
    EndedToken,
    /// An admin key of another organization than the records are of.
    OtherOrganization,
    /// An admin key without the scope that is needed.
    OtherScope,
    ReadOnly,
    Customer,
    FullAccess,
    Admin,
    /// The administrator, signed in.
    Session,
}

impl Shown {
    const ALL: [(Self, &'static str); 14] = [
        (Self::Nothing, "none"),
        (Self::Garbage, "garbage"),
        (Self::Unknown, "unknown"),
        (Self::Expired, "expired"),
        (Self::NotStarted, "not-started"),
        (Self::Revoked, "revoked"),
        (Self::EndedToken, "ended-token"),
        (Self::OtherOrganization, "other-organization"),
        (Self::OtherScope, "other-scope"),
        (Self::ReadOnly, "read-only"),
        (Self::Customer, "customer"),
        (Self::FullAccess, "full-access"),
        (Self::Admin, "admin"),
        (Self::Session, "session"),
    ];

    /// Whether it lets nobody in.
    fn is_bad(self) -> bool {
        use Shown::{EndedToken, Expired, Garbage, NotStarted, Nothing, Revoked, Unknown};
        matches!(self, Nothing | Garbage | Unknown | Expired | NotStarted | Revoked | EndedToken)
    }

    /// A new credential of this kind.
    async fn make(
        self,
        app: &TestApp,
        shop: &TestOrganization<'_>,
        other: &TestOrganization<'_>,
        needed: Option<&str>,
    ) -> Option<String> {
        Some(match self {
            Self::Nothing => return None,
            Self::Garbage => "garbage".to_owned(),
            Self::Unknown => {
                let mut random = Random::seeded(99);
                let id = Id::new(app.clock.now(), &mut random);
                KeyText::mint("test".parse().unwrap(), id, &mut random).expose().to_string()
            }
            Self::Expired => shop.key_with(json!({ "expires": "2025-12-31T23:59:59Z" })).await.text,
            Self::NotStarted => shop.key_with(json!({ "startDate": "2026-01-01T00:00:01Z" })).await.text,
            Self::Revoked | Self::EndedToken => {
                let key = shop.key("admin").await;
                let token = app.token(&key).await;
                let delete = format!("/api/v1/organization/apikeys/{}/delete", key.id);
                app.post(delete).credential(&shop.admin.text).expect(200).await;
                if self == Self::Revoked { key.text } else { token }
            }
            Self::OtherOrganization => other.key("admin").await.text,
            Self::OtherScope => {
                let scopes = if needed == Some("hose:read") { "brand:read" } else { "hose:read" };
                shop.key_with(json!({ "keyType": "admin", "scopes": scopes })).await.text
            }
            Self::ReadOnly => shop.key("read-only").await.text,
            Self::Customer => shop.key("customer").await.text,
            Self::FullAccess => shop.key("full-access").await.text,
            Self::Admin => shop.key("admin").await.text,
            Self::Session => shop.sign_in().await,
        })
    }
}

/// Credentials that are shown again and again: making one costs more than a call.
#[derive(Default)]
struct Wallet(HashMap<(usize, bool), Option<String>>);

impl Wallet {
    /// The place of a credential that an operation with this permission is to be shown.
    fn place(shown: Shown, needed: Option<&str>) -> (usize, bool) {
        (shown as usize, shown == Shown::OtherScope && needed == Some("hose:read"))
    }

    async fn credential(
        &mut self,
        shown: Shown,
        (app, shop, other): (&TestApp, &TestOrganization<'_>, &TestOrganization<'_>),
        needed: Option<&str>,
    ) -> Option<String> {
        match self.0.entry(Self::place(shown, needed)) {
            Entry::Occupied(kept) => kept.get().clone(),
            Entry::Vacant(place) => place.insert(shown.make(app, shop, other, needed).await).clone(),
        }
    }

    /// To be called when a call with it may have changed or ended it.
    fn throw_away(&mut self, shown: Shown, needed: Option<&str>) {
        self.0.remove(&Self::place(shown, needed));
    }
}

/// Operations that an administrator's key may not do, and what they are for.
const NOT_FOR_KEYS: &[(&str, &str)] = &[
    ("postSecurityLogout", "ends the session that is shown"),
    ("postOrganizationApiKeysIdReadback", "a key would give away another"),
];

/// Operations whose body names the record, though their path names none.
const NAME_IN_BODY: &[&str] = &["putApiRoles"];

/// Every operation, in the order of paths: method, path, and what the document says of it.
fn operations() -> Vec<(String, String, &'static Json)> {
    let mut operations = Document::get().operations();
    operations.sort_by(|(m1, p1, _), (m2, p2, _)| (p1, m1).cmp(&(p2, m2)));
    operations
}

/// Cells under each other, as wide as the widest.
fn table(rows: &[Vec<String>]) -> String {
    let width = |column: usize| rows.iter().map(|row| row[column].len()).max().unwrap();
    let line = |row: &Vec<String>| {
        let cells = row.iter().enumerate().map(|(n, cell)| format!("{cell:<0$}", width(n)));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// What a status may be, whatever the operation; what is wrong with it, if anything.
fn judged(operation: &Json, path: &str, shown: Shown, status: u16, open: u16) -> Result<(), &'static str> {
    let is_public = operation["x-swage-public"] == true;
    let is_write = operation["x-swage-access"] == "write";
    let is_for_any = operation["x-swage-permission"].is_null();
    let id = operation["operationId"].as_str().unwrap();
    let is_for_keys =
        operation["x-swage-person"] == false && !NOT_FOR_KEYS.iter().any(|(operation, _)| *operation == id);
    let is_success = (200..300).contains(&status);
    let (right, rule) = match shown {
        _ if status >= 500 => (false, "no operation fails on our side"),
        _ if operation["x-swage-signed"] == true => {
            (!is_success && status == open, "what is signed asks for a signature, whatever else is shown")
        }
        _ if is_public => (is_success && status == open, "what is public asks for no credential"),
        shown if shown.is_bad() => (status == 401, "a bad credential is answered with 401"),
        Shown::Session => (is_success, "an administrator who has signed in may do everything"),
        Shown::OtherOrganization if path.contains('{') || NAME_IN_BODY.contains(&id) => {
            (status == 404, "another organization's record is not found")
        }
        _ if !is_for_keys => (status == 403, "an operation that is not for keys answers 403"),
        Shown::Admin | Shown::OtherOrganization => (is_success, "an administrator's key may do everything"),
        _ if is_for_any => (is_success, "whoever is known may do what needs no permission"),
        Shown::OtherScope => (status == 403, "a key lacks what its scopes do not name"),
        Shown::ReadOnly if is_write => (status == 403, "a read-only key never writes"),
        _ => (is_success || status == 403, "a key may, or may not"),
    };
    if right { Ok(()) } else { Err(rule) }
}

fn show<'a>(call: Call<'a>, credential: Option<&str>) -> Call<'a> {
    match credential {
        Some(credential) => call.credential(credential),
        None => call,
    }
}

/// What the operations that are not for anyone answer to bad credentials: the status by the operation's number and
/// what was shown. All are asked at once, since a gate waits a moment for news of whom it does not know, and no longer
/// for many than for one.
async fn refused(
    requests: &[Request],
    wallet: &mut Wallet,
    (app, shop, other): (&TestApp, &TestOrganization<'_>, &TestOrganization<'_>),
) -> HashMap<(usize, usize), u16> {
    let operations = operations();
    let is_for_anyone = |n: usize| {
        let operation = operations[n].2;
        operation["x-swage-public"] == true || operation["x-swage-signed"] == true
    };
    let mut refused = HashMap::new();
    for (shown, _) in Shown::ALL.into_iter().filter(|(shown, _)| shown.is_bad()) {
        let credential = wallet.credential(shown, (app, shop, other), None).await;
        let guarded = requests.iter().enumerate().filter(|(n, _)| !is_for_anyone(*n));
        let calls = guarded.map(async |(n, request)| {
            let answer = show(request.call(app), credential.as_deref()).send().await;
            ((n, shown as usize), answer.status)
        });
        refused.extend(join_all(calls).await);
    }
    refused
}

#[rstest]
#[tokio::test]
async fn every_operation_answers_every_credential_as_the_table_says(
    #[values(Sqlite, Postgres)] engine: Engine,
) {
    let app = TestApp::start(engine).await;
    let shop = app.organization("Shop").await;
    let other = app.organization("Other").await;
    let head = Shown::ALL.iter().map(|(_, name)| (*name).to_owned());
    let mut rows = vec![std::iter::once("operation".to_owned()).chain(head).collect::<Vec<_>>()];
    let mut wrong = Vec::new();
    let mut wallet = Wallet::default();
    let mut requests = Vec::new();
    for (method, path, operation) in operations() {
        requests.push(Request::of_document(&shop, &method, &path, operation).await);
    }
    let refused = refused(&requests, &mut wallet, (&app, &shop, &other)).await;
    for (n, (mut request, (method, path, operation))) in requests.into_iter().zip(operations()).enumerate() {
        let mut row = vec![format!("{method} {path}")];
        let mut open = 0;
        let needed = operation["x-swage-permission"].as_str();
        for (shown, name) in Shown::ALL {
            let status = if let Some(status) = refused.get(&(n, shown as usize)) {
                *status
            } else {
                let credential = wallet.credential(shown, (&app, &shop, &other), needed).await;
                let mut call = show(request.call(&app), credential.as_deref());
                if operation["operationId"] == "postOrganizationApiKeysIdReadback" {
                    call = call.shows_secret();
                }
                call.send().await.status
            };
            if shown == Shown::Nothing {
                open = status;
            }
            if let Err(rule) = judged(operation, &path, shown, status, open) {
                wrong.push(format!("{method} {path} with {name}: {status}, but {rule}"));
            }
            row.push(status.to_string());
            // What succeeded may be impossible a second time; what was refused changed nothing.
            if (200..300).contains(&status) && operation["x-swage-access"] != "read" {
                wallet.throw_away(shown, needed);
                request = Request::of_document(&shop, &method, &path, operation).await;
            }
        }
        rows.push(row);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    golden::check("security-table.txt", &table(&rows));
}

#[test]
fn every_operation_has_the_permission_that_is_listed() {
    let head = ["operation", "method", "path", "permission", "access", "for"];
    let mut rows = vec![head.map(ToOwned::to_owned).to_vec()];
    for (method, path, operation) in operations() {
        let text = |name: &str| operation[name].as_str().unwrap_or("-").to_owned();
        let is_public = operation["x-swage-public"].as_bool().unwrap();
        let (permission, access) = (text("x-swage-permission"), text("x-swage-access"));
        assert!(permission == "-" || permission.ends_with(&format!(":{access}")), "{method} {path}");
        let whom = match (is_public, permission.as_str()) {
            (true, "-") => "anybody",
            (false, "-") if operation["x-swage-person"] == true => "a person who has signed in",
            (false, "-") => "any known caller",
            (false, _) => "callers with the permission",
            (true, _) => panic!("{method} {path} is public and asks for {permission}"),
        };
        rows.push(vec![text("operationId"), method, path, permission, access, whom.to_owned()]);
    }
    golden::check("permissions.txt", &table(&rows));
}
