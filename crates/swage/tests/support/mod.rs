//! The program as a process of its own.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "tests")]

pub mod client;
pub mod rows;

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
    thread::sleep,
    time::Duration,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value as Json;
use tempfile::TempDir;

/// A directory of its own with a data directory in it.
pub struct Place(TempDir);

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, content: &str) -> PathBuf {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, content).unwrap();
        path
    }

    /// The program with these arguments, run within the directory.
    pub fn swage(&self, arguments: &[&str]) -> Command {
        self.swage_under(&[], arguments)
    }

    /// The same, started by another program.
    pub fn swage_under(&self, starter: &[&str], arguments: &[&str]) -> Command {
        let words = [starter, &[env!("CARGO_BIN_EXE_swage")], arguments].concat();
        let mut command = Command::new(words[0]);
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SWAGE_"))
        {
            command.env_remove(name);
        }
        command.args(&words[1..]).current_dir(self.0.path());
        command
    }

    /// What it prints; it must succeed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.swage(arguments).output().unwrap();
        assert!(output.status.success(), "swage {arguments:?}: {}", words(&output.stderr));
        words(&output.stdout)
    }

    /// What it says on the standard error output; it must fail.
    pub fn fail(&self, arguments: &[&str]) -> String {
        failed(&self.swage(arguments).output().unwrap())
    }

    /// A server, once it answers requests.
    pub fn start(&self, arguments: &[&str]) -> Server {
        self.launch(self.swage(arguments))
    }

    /// The server that this command starts, once it answers requests.
    pub fn launch(&self, mut command: Command) -> Server {
        let file = self.path("ready.json");
        let _ = fs::remove_file(&file);
        command.args(["--listen", "127.0.0.1:0", "--credentials-file"]).arg(&file);
        let mut server = self.spawn(command);
        for _ in 0..600 {
            if let Ok(text) = fs::read_to_string(&file) {
                server.ready = serde_json::from_str(&text).unwrap();
                return server;
            }
            if server.process.try_wait().unwrap().is_some() {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        panic!("the server did not start: {}", server.log());
    }

    /// The server that this command starts, whether or not it answers yet.
    pub fn spawn(&self, mut command: Command) -> Server {
        let log = self.path("server.log");
        // Not a pipe, which would have to be read for the server to go on.
        command.stdout(Stdio::piped()).stderr(File::create(&log).unwrap());
        Server { process: command.spawn().unwrap(), log, ready: Json::Null }
    }
}

/// Whether tests named `proof_` are to run with their full counts.
#[expect(clippy::disallowed_methods, reason = "tests are told by the command that started them")]
pub fn is_proof() -> bool {
    std::env::var("SWAGE_PROOF").is_ok()
}

pub fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn failed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", words(&output.stdout));
    words(&output.stderr)
}

/// A server; it is killed where a test drops it.
pub struct Server {
    process: Child,
    log: PathBuf,
    /// What `--credentials-file` was given.
    pub ready: Json,
}

impl Server {
    pub fn address(&self) -> String {
        address(&self.ready["url"])
    }

    pub fn url(&self) -> &str {
        self.ready["url"].as_str().unwrap()
    }

    pub fn process_id(&self) -> u32 {
        self.process.id()
    }

    /// What it has logged so far.
    pub fn log(&self) -> String {
        words(&fs::read(&self.log).unwrap())
    }

    pub fn get(&self, path: &str, headers: &str) -> String {
        get(&self.address(), path, headers)
    }

    /// Whether it has not ended yet.
    pub fn is_running(&self) -> bool {
        let state = fs::read_to_string(format!("/proc/{}/stat", self.process.id())).unwrap_or_default();
        !state.is_empty() && !state.contains(") Z ")
    }

    pub fn terminate(&self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
    }

    /// Its end, which must be in good order; answers what it printed.
    pub fn finish(mut self) -> (String, String) {
        let mut printed = String::new();
        self.process.stdout.take().unwrap().read_to_string(&mut printed).unwrap();
        let status = self.process.wait().unwrap();
        let log = self.log();
        assert_eq!(status.code(), Some(0), "{log}");
        (printed, log)
    }

    /// Ends it as a power cut would end it: at once, and without a word to it.
    pub fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    pub fn stop(self) -> (String, String) {
        self.terminate();
        self.finish()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Over already where the test has ended it.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Host and port of an address that begins with `http://`.
pub fn address(url: &Json) -> String {
    let host = url.as_str().unwrap().strip_prefix("http://").unwrap();
    host.split('/').next().unwrap().to_owned()
}

/// The whole answer, status line and headers too.
pub fn get(address: &str, path: &str, headers: &str) -> String {
    let mut connection = TcpStream::connect(address).unwrap();
    write!(connection, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n{headers}\r\n")
        .unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    answer
}

pub fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

pub fn set_mode(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}
