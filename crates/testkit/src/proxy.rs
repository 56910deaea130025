//! A line to a server that a test can cut.

use std::{
    io::{Read, Write},
    net::{Shutdown, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex},
    thread,
};

/// What goes over the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// Everything.
    Open,
    /// Nothing: connections end, and new ones are closed at once.
    Cut,
    /// Nothing, and nobody is told: what is sent waits.
    Silent,
}

/// A listener on this machine that passes on what it hears to a server.
pub struct Proxy {
    address: SocketAddr,
    state: Arc<State>,
}

struct State {
    server: SocketAddr,
    line: Mutex<Line>,
    changed: Condvar,
    ends: Mutex<Vec<TcpStream>>,
}

impl Proxy {
    /// An open line to `server`.
    pub fn to(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let state =
            State { server, line: Mutex::new(Line::Open), changed: Condvar::new(), ends: Mutex::default() };
        let state = Arc::new(state);
        let accepting = Arc::clone(&state);
        thread::spawn(move || {
            for client in listener.incoming() {
                accepting.take(client.unwrap());
            }
        });
        Self { address, state }
    }

    /// An open line to the database server that this address names, and the
    /// address by which it is reached over the line.
    pub fn to_database(url: &str) -> (Self, String) {
        let (before, rest) = url.rsplit_once('@').unwrap();
        let (server, after) = rest.split_once('/').unwrap();
        let proxy = Self::to(server.parse().unwrap());
        let url = format!("{before}@{}/{after}", proxy.address);
        (proxy, url)
    }

    /// Lets this go over the line from now on.
    pub fn set(&self, line: Line) {
        *self.state.line.lock().unwrap() = line;
        self.state.changed.notify_all();
        if line == Line::Cut {
            for end in self.state.ends.lock().unwrap().drain(..) {
                let _ = end.shutdown(Shutdown::Both);
            }
        }
    }
}

impl State {
    fn take(self: &Arc<Self>, client: TcpStream) {
        if *self.line.lock().unwrap() == Line::Cut {
            return;
        }
        let Ok(server) = TcpStream::connect(self.server) else { return };
        let copy = |end: &TcpStream| end.try_clone().unwrap();
        self.ends.lock().unwrap().extend([copy(&client), copy(&server)]);
        for (from, to) in [(copy(&client), copy(&server)), (server, client)] {
            let _ = to.set_nodelay(true);
            let state = Arc::clone(self);
            thread::spawn(move || state.pass_on(from, to));
        }
    }

    fn pass_on(&self, mut from: TcpStream, mut to: TcpStream) {
        let mut bytes = vec![0; 65_536];
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            let line = self.line.lock().unwrap();
            drop(self.changed.wait_while(line, |line| *line == Line::Silent).unwrap());
            if to.write_all(&bytes[..count]).is_err() {
                break;
            }
        }
        for end in [from, to] {
            let _ = end.shutdown(Shutdown::Both);
        }
    }
}
