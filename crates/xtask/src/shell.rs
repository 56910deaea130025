//! Runs the programs that do the work, in the foreground, and stops with them when asked to.

use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;

use crate::Result;

const TICK: Duration = Duration::from_millis(50);

/// How long a child may take to stop by itself after Ctrl-C, in ticks.
const PATIENCE: u32 = 40;

/// The signals that ask us to stop. Holding them back lets a child end, and `Drop` tidy up, before we do.
pub struct Shell {
    signals: Signals,
}

impl Shell {
    /// Takes over the signals of this process.
    pub fn new() -> Result<Self> {
        Ok(Self { signals: Signals::new([SIGHUP, SIGINT, SIGTERM])? })
    }

    /// Runs a program to its end; anything but success is an error that names it.
    pub fn run(&mut self, command: &mut Command) -> Result {
        let line = describe(command);
        eprintln!("$ {line}");
        let mut child = command.spawn().map_err(|error| format!("cannot start `{line}`: {error}"))?;
        match self.wait(&mut child)? {
            None => Err("interrupted".into()),
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(format!("`{line}` failed ({status})").into()),
        }
    }

    /// How the child ended, or `None` when we were asked to stop meanwhile.
    fn wait(&mut self, child: &mut Child) -> Result<Option<ExitStatus>> {
        let mut interrupted = false;
        let mut patience = None;
        loop {
            for signal in self.signals.pending() {
                interrupted = true;
                // Ctrl-C at a terminal reaches the child too; any other signal is only ours to pass on.
                patience = Some(if signal == SIGINT { PATIENCE } else { 0 });
            }
            if let Some(status) = child.try_wait()? {
                return Ok((!interrupted).then_some(status));
            }
            match patience {
                Some(0) => {
                    kill_process(Pid::from_child(child), Signal::TERM)?;
                    patience = None;
                }
                Some(ticks) => patience = Some(ticks - 1),
                None => {}
            }
            sleep(TICK);
        }
    }
}

/// A `cargo` command as a person would start it: without what `cargo run` told us about ourselves, which would
/// make some build scripts run again.
pub fn cargo<'a>(arguments: impl IntoIterator<Item = &'a str>) -> Command {
    let mut command = Command::new("cargo");
    command.args(arguments);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(&name);
        }
    }
    command
}

/// The command as one line of text.
pub fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    // One test, since a signal reaches every `Shell` of this process.
    #[test]
    fn a_program_fails_by_name_and_stops_with_us() {
        let mut shell = Shell::new().unwrap();
        shell.run(&mut Command::new("true")).unwrap();
        let error = shell.run(Command::new("sh").args(["-c", "exit 3"])).unwrap_err();
        assert_eq!(error.to_string(), "`sh -c exit 3` failed (exit status: 3)");

        kill_process(rustix::process::getpid(), Signal::TERM).unwrap();
        let error = shell.run(Command::new("sleep").arg("600")).unwrap_err();
        assert_eq!(error.to_string(), "interrupted");
    }
}
