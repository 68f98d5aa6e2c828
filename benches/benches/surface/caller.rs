//! A caller who asks one thing after the other, on one connection.

use crate::Result;
use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::{Duration, SystemTime},
};

/// Longer than anything takes that is measured.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Caller {
    address: SocketAddr,
    socket: BufReader<TcpStream>,
    line: String,
}

impl Caller {
    pub(crate) fn of(address: SocketAddr) -> Result<Self> {
        let socket = TcpStream::connect(address)?;
        socket.set_nodelay(true)?;
        socket.set_read_timeout(Some(PATIENCE))?;
        let socket = BufReader::new(socket);
        let line = String::new();
        Ok(Self {
            address,
            socket,
            line,
        })
    }

    /// The body of what is answered, which is a success.
    pub(crate) fn get(&mut self, path: &str, token: &str) -> Result<String> {
        self.ask("GET", path, token)
    }

    pub(crate) fn ask(&mut self, method: &str, path: &str, token: &str) -> Result<String> {
        let length = self.send(method, path, token)?;
        let mut body = vec![0; length];
        self.socket.read_exact(&mut body)?;
        Ok(String::from_utf8(body)?)
    }

    /// Listens to what a process says.
    pub(crate) fn listen(mut self, process: &str, token: &str) -> Result<Self> {
        self.send("GET", &topic(process), token)?;
        Ok(self)
    }

    /// The next line that is told.
    pub(crate) fn line(&mut self) -> Result<String> {
        self.line.clear();
        self.socket.read_line(&mut self.line)?;
        Ok(self.line.clone())
    }

    /// The length of the answer, whose head is read.
    fn send(&mut self, method: &str, path: &str, token: &str) -> Result<usize> {
        let request = request(method, path, self.address, token);
        self.socket.get_mut().write_all(request.as_bytes())?;
        let status = self.line()?;
        if !status.starts_with("HTTP/1.1 2") {
            return Err(format!("{method} {path}: {status}").into());
        }
        let mut length = 0;
        loop {
            let header = self.line()?;
            if header.trim().is_empty() {
                return Ok(length);
            }
            if let Some(said) = header.strip_prefix("content-length: ") {
                length = said.trim().parse()?;
            }
        }
    }
}

pub(crate) fn topic(process: &str) -> String {
    format!("/python/events?topics=logs:{process}")
}

pub(crate) fn request(method: &str, path: &str, host: SocketAddr, token: &str) -> String {
    format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {token}\r\n\r\n")
}

/// The times that lines which were told have in them.
pub(crate) fn stamps(told: &str) -> impl Iterator<Item = f64> {
    let lines = told.split("\"text\":\"at ").skip(1);
    lines.filter_map(|rest| rest.split('"').next()?.parse().ok())
}

/// How long ago that was, in seconds.
pub(crate) fn age(stamp: f64) -> f64 {
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    now.unwrap_or_default().as_secs_f64() - stamp
}
