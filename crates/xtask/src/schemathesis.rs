//! Bad input on every operation: schemathesis makes it up from the OpenAPI document, with a fixed seed, and checks
//! every answer against the document.

mod ids;
mod python;
mod server;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::Command;

pub use python::makes_environments;
use server::{Caller, Server};

use crate::Result;
use crate::shell::{Shell, cargo};

/// The same input each time.
const SEED: u32 = 20_260_101;

/// How much of it.
#[derive(Clone, Copy)]
pub struct Amount {
    /// How many inputs each operation gets of what is made up at random; those that are worked out from the document
    /// come on top.
    pub examples: u32,
    phases: &'static str,
    callers: &'static [Caller],
}

impl Amount {
    /// For every change.
    pub const FEW: Self =
        Self { examples: 3, phases: "examples,coverage,fuzzing", callers: &[Caller::SignedIn] };
    /// For `cargo xtask proof`.
    pub const MANY: Self = Self::of(300);

    /// So many, from every caller.
    pub const fn of(examples: u32) -> Self {
        let callers = &[Caller::SignedIn, Caller::Key];
        Self { examples, phases: "examples,coverage,fuzzing,stateful", callers }
    }
}

/// What is wrong with an answer. Not among them is `negative_data_rejection`: Swage reads what others wrote in several
/// forms, a number as text too, and leaves fields aside that it does not know.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance,\
                      allow_header_conformance,ignored_auth";

/// The paths of the Gjirafa dialect, which documents no 405 and answers 404 to a method it does not have. All others are
/// asked, in a run of its own, for 405 and what it must tell.
const OF_GJIRAFA: &str =
    "^(/api/(accounts|organizations|projects|roles)|/organizations|/api/v1/(organizations|projects))(/|$)";

/// Operations that end the session they are called with.
const ENDS_SESSION: &[&str] = &["postSecurityLogout"];

/// Runs it, for each caller against a server of its own.
pub fn run(shell: &mut Shell, amount: Amount) -> Result {
    let schemathesis = python::ensure(shell)?;
    // The same build of the program as the tests have.
    shell.run(&mut cargo(["test", "--workspace", "--test", "server", "--no-run", "--quiet"]))?;
    for caller in amount.callers {
        run_as(*caller, shell, &schemathesis, amount)?;
    }
    Ok(())
}

fn run_as(caller: Caller, shell: &mut Shell, schemathesis: &Path, amount: Amount) -> Result {
    eprintln!(
        "\nschemathesis calls as {}, with up to {} random inputs an operation",
        caller.words(),
        amount.examples
    );
    let server = Server::start()?;
    let credential = server.credential(caller)?;
    let configuration = server.folder().join("schemathesis.toml");
    fs::write(&configuration, self::configuration(&ids::of_document(&server, &credential)?))?;
    let inputs = [
        format!("--max-examples={}", amount.examples),
        format!("--checks={CHECKS}"),
        format!("--phases={}", amount.phases),
    ];
    let methods = [
        "--checks=unsupported_method".to_owned(),
        "--phases=coverage".to_owned(),
        format!("--exclude-path-regex={OF_GJIRAFA}"),
    ];
    for what in [&inputs, &methods] {
        let mut command = Command::new(schemathesis);
        command.arg("--config-file").arg(&configuration).arg("run").arg(server.document());
        command.args(what).args(options(caller));
        command.arg("--header").arg(format!("Authorization: Bearer {credential}"));
        // What it writes goes with the server's folder.
        command.current_dir(server.folder());
        shell.run(&mut command).map_err(|error| failure(&*error, &server))?;
    }
    server.still_lets_in(&credential, caller)
}

fn options(caller: Caller) -> Vec<String> {
    let mut options = vec![
        format!("--seed={SEED}"),
        "--continue-on-failure".to_owned(),
        "--generation-database=none".to_owned(),
        "--output-sanitize=false".to_owned(),
        "--warnings=off".to_owned(),
        "--no-color".to_owned(),
    ];
    if caller == Caller::SignedIn {
        options.extend(ENDS_SESSION.iter().map(|operation| format!("--exclude-operation-id={operation}")));
    }
    options
}

/// Real ids for the parameters of paths, most of the time; our own credential, and no made-up one beside it.
fn configuration(ids: &ids::Ids) -> String {
    let mut text = "[generation]\nwith-security-parameters = false\n".to_owned();
    for (parameter, values) in ids {
        let _ = writeln!(text, "\n[dictionaries.{parameter}]\nvalues = {values:?}");
    }
    text.push_str("\n[parameters]\n");
    for parameter in ids.keys() {
        let _ =
            writeln!(text, "\"path.{parameter}\" = {{ dictionary = \"{parameter}\", probability = 0.8 }}");
    }
    text
}

fn failure(error: &dyn std::error::Error, server: &Server) -> String {
    format!(
        "{error}\nIt prints a curl line for each finding. To send it, start the same server (swage demo) and put its \
         address and a credential into the line. What the server logged:\n{}",
        tail(&server.log())
    )
}

fn tail(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let wrong: Vec<&str> =
        text.lines().filter(|line| line.contains("ERROR") || line.contains("panicked")).collect();
    wrong[wrong.len().saturating_sub(20)..].join("\n")
}
