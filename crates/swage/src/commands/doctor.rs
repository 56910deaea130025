use std::{fmt::Write, process::ExitCode, time::Duration};

use base::{Error, Random, Result};
use database::{
    Database, Engine, Scope,
    job::{self, Dead},
};
use records::{
    api_keys::{
        secrets as key_secrets,
        tally::{self, Tally},
    },
    organizations::{self, OrganizationRow},
    store, unknown_calls,
};
use swage::{Settings, Transport, config, files::Draft, open_database, open_history, secrets};

use super::{Context, print};

/// How many organizations are named.
const NAMED: u32 = 20;

/// How long a job may wait where servers run.
const WAITED: Duration = Duration::from_hours(1);

pub async fn run(context: Context) -> Result<ExitCode> {
    let Context { settings, clock, mut random } = context;
    let mut report = Report::default();
    let shown = toml::to_string(&settings).map_err(|error| Error::internal("the configuration", error))?;
    report.text = format!("Configuration\n\n{shown}\nFindings\n\n");

    check_configuration(&settings, &mut report)?;
    check_directory(&settings, &mut random, &mut report);
    let peppers = check_secrets(&settings, &mut report);
    if settings.sqlite_path().is_some_and(|path| !path.is_file()) {
        report.warning("there is no database yet: `swage init` makes it, and the first organization");
    } else {
        match open_database(&settings, clock, &mut random).await {
            Ok(database) => {
                check_database(&database, &peppers, &mut report).await?;
                let history = open_history(&settings, &database, &mut random).await?;
                check_history(&history, &mut report).await?;
            }
            Err(error) => report.error(&format!("the database cannot be opened: {error}")),
        }
    }
    print(&report.text)?;
    Ok(if report.errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is well, what should be looked at, what does not work.
#[derive(Default)]
struct Report {
    text: String,
    errors: u32,
}

impl Report {
    fn fine(&mut self, text: &str) {
        let _ = writeln!(self.text, "✓ {text}");
    }

    fn warning(&mut self, text: &str) {
        let _ = writeln!(self.text, "! {text}");
    }

    fn error(&mut self, text: &str) {
        self.errors += 1;
        let _ = writeln!(self.text, "✗ {text}");
    }

    /// How many of what there had better be none.
    fn none_expected(&mut self, what: &str, count: u64) {
        let text = format!("{what}: {count}");
        if count == 0 { self.fine(&text) } else { self.warning(&text) }
    }
}

fn check_configuration(settings: &Settings, report: &mut Report) -> Result<()> {
    for name in config::unused_variables() {
        report.warning(&format!("the environment variable {name} sets nothing"));
    }
    match settings.mail.transport {
        Transport::None => report.warning("no mail is sent (mail.transport)"),
        Transport::Directory => report.warning("mail is put into a directory and not sent (mail.transport)"),
        Transport::Smtp => {
            report.fine(&format!("mail goes to {} from {}", settings.mail.smtp.host, settings.mail.from));
        }
    }
    match settings.proxies.trusted.as_slice() {
        [] => report.fine("no proxies are trusted: the client's address is the connection's"),
        trusted => report.fine(&format!("{} is taken from {}", settings.proxies.header, trusted.join(", "))),
    }
    if settings.proxies.trusted.iter().any(|network| network.ends_with("/0")) {
        report.warning("every address is trusted as a proxy: anyone can pretend to any address");
    }
    if !settings.listen()?.ip().is_loopback() && !settings.http.secure_cookies {
        report.warning("session cookies also go over plain HTTP (http.secure_cookies)");
    }
    Ok(())
}

fn check_directory(settings: &Settings, random: &mut Random, report: &mut Report) {
    let data = settings.data.display();
    if !settings.data.is_dir() {
        report.warning(&format!("the data directory {data} is not there yet"));
        return;
    }
    match Draft::of(&settings.data.join("doctor"), random) {
        Ok(_) => report.fine(&format!("the data directory {data} can be written")),
        Err(error) => report.error(&format!("the data directory {data} cannot be written: {error}")),
    }
}

/// Answers the versions of the peppers there are.
fn check_secrets(settings: &Settings, report: &mut Report) -> Vec<u16> {
    let path = settings.secrets_path();
    let loaded = secrets::Secrets::load(&path).and_then(|secrets| Ok((secrets, secrets::mode(&path)?)));
    match loaded {
        Ok((Some(secrets), mode)) => {
            report.fine(&format!("the secrets are in {} (mode {:04o})", path.display(), mode.unwrap_or(0)));
            secrets.peppers.iter().map(|pepper| pepper.version).collect()
        }
        Ok((None, _)) => {
            report.warning(&format!("there are no secrets yet in {}", path.display()));
            Vec::new()
        }
        Err(error) => {
            report.error(&error.to_string());
            Vec::new()
        }
    }
}

async fn check_database(database: &Database, peppers: &[u16], report: &mut Report) -> Result<()> {
    let unit = |tx: &mut database::Tx<'_>| {
        Ok((
            store::schema(tx)?,
            organizations::all(tx, NAMED + 1)?,
            tally::count(tx)?,
            key_secrets::pepper_versions(tx)?,
            (job::dead(tx)?, job::overdue(tx, WAITED)?),
        ))
    };
    let (schema, organizations, tally, used, (dead, overdue)) =
        database.patient().read(Scope::System, unit).await?;
    let engine = match database.engine() {
        Engine::Sqlite => "SQLite",
        Engine::Postgres => "PostgreSQL",
    };
    report.fine(&format!("the database is {engine}, its schema is version {schema}"));
    report_organizations(&organizations, report);
    report_keys(tally, report);
    report_jobs(&dead, overdue, report);
    for version in used.iter().filter(|version| !peppers.contains(version)) {
        report.error(&format!(
            "keys are stored under pepper {version}, which is not among the secrets: they do not work"
        ));
    }
    Ok(())
}

async fn check_history(history: &Database, report: &mut Report) -> Result<()> {
    let since = history.clock().now().minus(Duration::from_hours(24));
    let unit = move |tx: &mut database::Tx<'_>| unknown_calls::since(tx, since);
    let unknown = history.patient().read(Scope::System, unit).await?;
    let counts: Vec<_> = unknown.iter().map(|(outcome, calls)| format!("{calls} {outcome}")).collect();
    let words = if counts.is_empty() { "none".to_owned() } else { counts.join(", ") };
    report.fine(&format!("calls with nobody's key in the last 24 hours: {words}"));
    Ok(())
}

fn report_organizations(organizations: &[OrganizationRow], report: &mut Report) {
    if organizations.is_empty() {
        report.warning("there is no organization yet: `swage init` makes the first");
    }
    for organization in organizations.iter().take(NAMED as usize) {
        let OrganizationRow { id, public_id, name, subscription, .. } = organization;
        report.fine(&format!("organization {public_id} ({id}): {name}, {subscription}"));
    }
    if organizations.len() > NAMED as usize {
        report.fine("and more organizations");
    }
}

fn report_jobs(dead: &[Dead], overdue: u64, report: &mut Report) {
    for Dead { kind, count, last_error } in dead {
        report.warning(&format!(
            "jobs of the kind {kind} that failed for good: {count}; the last: {last_error}"
        ));
    }
    if dead.is_empty() {
        report.fine("jobs that failed for good: 0");
    }
    report.none_expected("jobs that have been due for an hour, which no server does", overdue);
}

fn report_keys(tally: Tally, report: &mut Report) {
    report.fine(&format!("live keys: {}", tally.live));
    report.none_expected("customer keys pinned to no customer, which get the default prices", tally.unpinned);
    report.none_expected("keys that never expire", tally.never_expiring);
    report.none_expected("keys that can be used from any address", tally.from_anywhere);
}
