//! The example `guarded`, as a process of its own.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::{
    fs,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread::sleep,
    time::Duration,
};

use serde_json::Value as Json;
use ureq::Agent;

/// Cargo builds it beside the tests.
fn example() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples/guarded")
}

fn new_key(file: &Path, scopes: &str) -> String {
    let output = Command::new(example()).arg("new").arg(file).args(["Night shift", scopes]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_example_lets_in_the_keys_in_its_file_and_no_others() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("keys.json");
    let (good, poor) = (new_key(&file, "hose:read"), new_key(&file, "brand:read"));
    let kept = fs::read_to_string(&file).unwrap();
    assert!(!kept.contains(&good[good.len() - 20..]), "the file holds no secret");

    let mut command = Command::new(example());
    command.arg("serve").arg(&file).arg("127.0.0.1:0").stdout(Stdio::piped());
    let mut running = Running(command.spawn().unwrap());
    let mut url = String::new();
    BufReader::new(running.0.stdout.take().unwrap()).read_line(&mut url).unwrap();
    let agent: Agent = Agent::config_builder().http_status_as_error(false).build().into();
    let ask = |key: &str| {
        let mut answer = agent.get(url.trim()).header("x-api-key", key).call().unwrap();
        (answer.status().as_u16(), answer.body_mut().read_to_string().unwrap())
    };

    let (status, said) = ask(&good);
    assert!(status == 200 && said.starts_with("Hello, "), "{said}");
    let (status, said) = ask(&poor);
    let problem: Json = serde_json::from_str(&said).unwrap();
    assert_eq!((status, &problem["detail"]), (403, &"The key lacks the scope hose:read.".into()));
    assert_eq!(ask("garbage").0, 401);

    let later = new_key(&file, "read");
    assert!((0..100).any(|_| {
        sleep(Duration::from_millis(100));
        ask(&later).0 == 200
    }));
    fs::write(&file, "[]").unwrap();
    assert!((0..100).any(|_| {
        sleep(Duration::from_millis(100));
        ask(&good).0 == 401
    }));
    // What cannot be read is not taken for an empty file: the gate loses touch, and lets nobody in.
    fs::write(&file, "[").unwrap();
    assert!((0..100).any(|_| {
        sleep(Duration::from_millis(100));
        ask(&good).0 == 503
    }));
}
