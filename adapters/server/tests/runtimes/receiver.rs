//! Somebody who is told of things over HTTP.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
};

/// A receiver of webhooks, with what it was sent.
pub(crate) struct Receiving {
    pub(crate) url: String,
    told: Receiver<Told>,
}

/// A request.
pub(crate) struct Told {
    pub(crate) head: String,
    pub(crate) body: serde_json::Value,
}

impl Receiving {
    /// Answers with these lines, one after the other, and with the last of them for ever; with
    /// none, it takes requests and never answers.
    pub(crate) fn answers(lines: &'static [&'static str]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}/hook", listener.local_addr().unwrap());
        let (sender, told) = channel();
        thread::spawn(move || receive(&listener, lines, &sender));
        Self { url, told }
    }

    /// The next request, which is waited for.
    pub(crate) fn next(&self) -> Told {
        self.told.recv().unwrap()
    }

    /// Whether nothing more was sent so far.
    pub(crate) fn is_silent(&self) -> bool {
        self.told.try_recv().is_err()
    }
}

fn receive(listener: &TcpListener, lines: &[&str], sender: &Sender<Told>) {
    let mut open = Vec::new();
    let mut lines = lines.iter();
    let mut line = None;
    while let Ok((mut stream, _)) = listener.accept() {
        let told = read(&stream);
        line = lines.next().or(line);
        match line {
            Some(line) => {
                let answer = format!("HTTP/1.1 {line}\r\nconnection: close\r\n\r\n");
                stream.write_all(answer.as_bytes()).unwrap();
            }
            None => open.push(stream),
        }
        if sender.send(told).is_err() {
            return;
        }
    }
}

fn read(stream: &TcpStream) -> Told {
    let mut reader = BufReader::new(stream);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).unwrap(), 0, "{head}");
    }
    let head = head.to_lowercase();
    let length = head.split("content-length: ").nth(1).unwrap();
    let length: u64 = length.split("\r\n").next().unwrap().parse().unwrap();
    let mut body = Vec::new();
    reader.take(length).read_to_end(&mut body).unwrap();
    let body = serde_json::from_slice(&body).unwrap();
    Told { head, body }
}
