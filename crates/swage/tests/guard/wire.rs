//! Requests byte by byte, from an address of one's choice: what no HTTP library would send.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddrV4, TcpStream},
    time::Duration,
};

use rustix::net::{AddressFamily, SocketType, bind, connect, socket};

use crate::support::words;

/// A request as it goes over the wire.
#[derive(Clone)]
pub struct Wire {
    head: Vec<u8>,
    body: Vec<u8>,
    from: Ipv4Addr,
}

/// What came back.
pub struct Heard {
    pub status: u16,
    head: String,
    pub body: String,
}

impl Wire {
    pub fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub fn new(method: &str, path: &str) -> Self {
        let head = format!("{method} {path} HTTP/1.1\r\nHost: service.example\r\n").into_bytes();
        Self { head, body: Vec::new(), from: Ipv4Addr::LOCALHOST }
    }

    pub fn header(self, name: &str, value: &str) -> Self {
        self.raw(format!("{name}: {value}\r\n").as_bytes())
    }

    pub fn key(self, key: &str) -> Self {
        self.header("x-api-key", key)
    }

    /// These bytes among the headers, whatever they are.
    pub fn raw(mut self, bytes: &[u8]) -> Self {
        self.head.extend_from_slice(bytes);
        self
    }

    pub fn body(self, body: &[u8]) -> Self {
        let length = body.len().to_string();
        Self { body: body.to_vec(), ..self.header("Content-Length", &length) }
    }

    /// The body in pieces, its length not said beforehand.
    pub fn chunked(self, pieces: &[&[u8]]) -> Self {
        let mut body = Vec::new();
        for piece in pieces {
            body.extend_from_slice(format!("{:x}\r\n", piece.len()).as_bytes());
            body.extend_from_slice(piece);
            body.extend_from_slice(b"\r\n");
        }
        body.extend_from_slice(b"0\r\n\r\n");
        Self { body, ..self.header("Transfer-Encoding", "chunked") }
    }

    /// From this address of the machine itself; else from 127.0.0.1.
    pub fn from(self, address: [u8; 4]) -> Self {
        Self { from: address.into(), ..self }
    }

    /// Sends it to a port of this machine; `None` if the connection is closed without an answer.
    pub fn send(&self, port: u16) -> Option<Heard> {
        let mut connection = self.connect(port);
        let is_closing = words(&self.head).to_ascii_lowercase().contains("\r\nconnection:");
        let end: &[u8] = if is_closing { b"\r\n" } else { b"Connection: close\r\n\r\n" };
        let whole = [&self.head, end, &self.body].concat();
        // Who refuses early may not read all of it.
        let _ = connection.write_all(&whole);
        let mut answer = Vec::new();
        let _ = connection.read_to_end(&mut answer);
        Heard::of(&words(&answer))
    }

    fn connect(&self, port: u16) -> TcpStream {
        let socket = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
        bind(&socket, &SocketAddrV4::new(self.from, 0)).unwrap();
        connect(&socket, &SocketAddrV4::new(Ipv4Addr::LOCALHOST, port)).unwrap();
        let connection = TcpStream::from(socket);
        connection.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        connection
    }
}

impl Heard {
    fn of(answer: &str) -> Option<Self> {
        let (head, body) = answer.split_once("\r\n\r\n")?;
        let status = head.split(' ').nth(1)?.parse().ok()?;
        Some(Self { status, head: head.to_owned(), body: body.to_owned() })
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }
}
