//! How long a start takes, and how much memory the idle server has: `cargo
//! xtask bench -p swage --bench start`.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

#[path = "../tests/support/mod.rs"]
mod support;

use std::{
    fs,
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    thread::sleep,
    time::Duration,
};

use base::Stopwatch;
use support::{Place, Server};

const RUNS: usize = 20;
const KEYS: usize = 10;
const IDLE: Duration = Duration::from_secs(3);

fn main() {
    let place = Place::new();
    place.run(&["init", "--name", "A Shop", "--email", "a@shop.example"]);
    for _ in 0..KEYS {
        place.run(&["keys", "create", "--name", "A key", "--type", "read-only"]);
    }
    println!("SQLite, {KEYS} keys, {RUNS} starts\n");
    let mut times = Vec::new();
    let mut resident = 0;
    for run in 1..=RUNS {
        let (time, server) = start(&place);
        times.push(time);
        if run == RUNS {
            sleep(IDLE);
            resident = resident_kib(&server);
        }
        server.stop();
    }
    times.sort_unstable();
    let at = |hundredths: usize| times[(RUNS - 1) * hundredths / 100].as_secs_f64() * 1000.0;
    println!("start to first answer   {:.1} ms median, {:.1} ms p95, {:.1} ms most", at(50), at(95), at(100));
    println!(
        "idle resident memory    {:.1} MiB, {} s after the start",
        f64::from(resident) / 1024.0,
        IDLE.as_secs()
    );
}

/// The time from the start of the process to its first answer.
fn start(place: &Place) -> (Duration, Server) {
    // Free now, and handed to nobody else so soon.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let command = place.swage(&["serve", "--listen", &address]);
    let clock = Stopwatch::start();
    let server = place.spawn(command);
    while !answers(&address) {
        assert!(clock.elapsed() < Duration::from_mins(1), "the server does not start: {}", server.log());
        sleep(Duration::from_micros(200));
    }
    (clock.elapsed(), server)
}

fn answers(address: &str) -> bool {
    let Ok(mut connection) = TcpStream::connect(address) else { return false };
    let request = format!("GET /healthz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = String::new();
    let heard =
        connection.write_all(request.as_bytes()).and_then(|()| connection.read_to_string(&mut answer));
    heard.is_ok() && answer.starts_with("HTTP/1.1 200")
}

fn resident_kib(server: &Server) -> u32 {
    let status = fs::read_to_string(format!("/proc/{}/status", server.process_id())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}
