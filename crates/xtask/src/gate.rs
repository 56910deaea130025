//! Everything that must pass before a change is taken.

use std::time::{Duration, Instant};

use crate::cluster::Cluster;
use crate::commands::told_of;
use crate::schemathesis::{self, Amount};
use crate::setup::{self, Needs};
use crate::shell::{Shell, cargo};
use crate::{Result, arch, licences};

/// One check: its name, and what to run.
type Step = (&'static str, fn(&mut Shell) -> Result);

const STEPS: &[Step] = &[
    ("setup", |shell| setup::ensure(shell, Needs::Test)),
    ("format", |shell| shell.run(&mut cargo(["fmt", "--all", "--check"]))),
    ("clippy", |shell| {
        shell.run(&mut cargo(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]))
    }),
    ("arch", |_| arch::check()),
    ("licences", |_| licences::check()),
    ("build tests", |shell| shell.run(&mut cargo(["nextest", "run", "--workspace", "--no-run"]))),
    ("tests", |shell| {
        let cluster = Cluster::start(false)?;
        shell.run(cargo(["nextest", "run", "--workspace"]).envs(told_of(&cluster)))
    }),
    ("bad input", |shell| schemathesis::run(shell, Amount::FEW)),
    ("doc tests", |shell| shell.run(&mut cargo(["test", "--doc", "--workspace"]))),
];

/// Runs the checks in order up to the first that fails, and ends with a table of them.
pub fn run(shell: &mut Shell) -> Result {
    let begin = now();
    let mut rows = Vec::new();
    let mut outcome = Ok(());
    for (name, step) in STEPS {
        eprintln!("\n=== {name}");
        let step_begin = now();
        let result = step(shell);
        rows.push(row(name, Some(step_begin.elapsed()), if result.is_ok() { "passed" } else { "FAILED" }));
        if let Err(error) = result {
            outcome = Err(format!("the gate failed at `{name}`: {error}").into());
            break;
        }
    }
    rows.extend(STEPS[rows.len()..].iter().map(|(name, _)| row(name, None, "not run")));
    println!("\n{}\n", rows.join("\n"));
    if outcome.is_ok() {
        println!("All checks passed in {:.0} s.", begin.elapsed().as_secs_f64());
    }
    outcome
}

fn row(name: &str, duration: Option<Duration>, outcome: &str) -> String {
    let seconds = duration.map_or_else(|| "-".into(), |duration| format!("{:.1} s", duration.as_secs_f64()));
    format!("{name:<12} {seconds:>9}  {outcome}")
}

#[expect(clippy::disallowed_methods, reason = "xtask depends on no crate of ours, so not on base::Stopwatch")]
fn now() -> Instant {
    Instant::now()
}
