//! The program as a process of its own.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    fs,
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
        let mut command = Command::new(env!("CARGO_BIN_EXE_swage"));
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("SWAGE_"))
        {
            command.env_remove(name);
        }
        command.args(arguments).current_dir(self.0.path());
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
        let file = self.path("ready.json");
        let _ = fs::remove_file(&file);
        let mut command = self.swage(arguments);
        command.args(["--listen", "127.0.0.1:0", "--credentials-file"]).arg(&file);
        let mut process = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        for _ in 0..600 {
            if let Ok(text) = fs::read_to_string(&file) {
                return Server { process, ready: serde_json::from_str(&text).unwrap() };
            }
            if process.try_wait().unwrap().is_some() {
                break;
            }
            sleep(Duration::from_millis(50));
        }
        let _ = process.kill();
        panic!("the server did not start: {}", words(&process.wait_with_output().unwrap().stderr));
    }
}

pub fn words(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

pub fn failed(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(1), "{}", words(&output.stdout));
    words(&output.stderr)
}

pub struct Server {
    process: Child,
    /// What `--credentials-file` was given.
    pub ready: Json,
}

impl Server {
    pub fn address(&self) -> String {
        address(&self.ready["url"])
    }

    pub fn get(&self, path: &str, headers: &str) -> String {
        get(&self.address(), path, headers)
    }

    pub fn terminate(&self) {
        kill_process(Pid::from_child(&self.process), Signal::TERM).unwrap();
    }

    /// Its end, which must be in good order; answers what it printed.
    pub fn finish(self) -> (String, String) {
        let output = self.process.wait_with_output().unwrap();
        let log = words(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{log}");
        (words(&output.stdout), log)
    }

    pub fn stop(self) -> (String, String) {
        self.terminate();
        self.finish()
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
