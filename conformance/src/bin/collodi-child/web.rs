//! A web server that answers as `collodi_sim::site` says.

use collodi_sim::site::{self, Reply, Request, Then};
use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

/// How often a body was asked for, by target.
type Seen = Arc<Mutex<BTreeMap<String, u32>>>;

/// Answers on a port from now on.
pub(crate) fn serve(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    let seen = Seen::default();
    thread::spawn(move || {
        for connection in listener.incoming().flatten() {
            let seen = Arc::clone(&seen);
            // Whoever asked may have gone.
            thread::spawn(move || drop(answer(connection, &seen)));
        }
    });
    Ok(())
}

fn answer(connection: TcpStream, seen: &Seen) -> io::Result<()> {
    let mut reader = BufReader::new(connection);
    let Some(request) = read(&mut reader)? else {
        return Ok(());
    };
    let before = count(seen, &request);
    let reply = site::answer(site::words(&request.target), &request, before);
    write(reader.get_mut(), &reply)?;
    match reply.then {
        Then::End => Ok(()),
        Then::Nothing => loop {
            thread::park();
        },
    }
}

fn count(seen: &Seen, request: &Request) -> u32 {
    let mut seen = seen.lock().unwrap_or_else(PoisonError::into_inner);
    let times = seen.entry(request.target.clone()).or_default();
    let before = *times;
    *times += u32::from(request.method != "HEAD");
    before
}

fn read(reader: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let first = line(reader)?;
    let mut words = first.split(' ');
    let (Some(method), Some(target)) = (words.next(), words.next()) else {
        return Ok(None);
    };
    let mut request = Request {
        method: method.to_owned(),
        target: target.to_owned(),
        ..Request::default()
    };
    loop {
        let line = line(reader)?;
        let Some((name, value)) = line.split_once(':') else {
            break;
        };
        let (name, value) = (name.to_ascii_lowercase(), value.trim().to_owned());
        request.headers.push((name, value));
    }
    let length = request
        .header("content-length")
        .and_then(|text| text.parse().ok());
    reader
        .take(length.unwrap_or(0))
        .read_to_end(&mut request.body)?;
    Ok(Some(request))
}

fn line(reader: &mut BufReader<TcpStream>) -> io::Result<String> {
    let mut line = String::new();
    reader.read_line(&mut line)?;
    Ok(line.trim_end().to_owned())
}

fn write(connection: &mut TcpStream, reply: &Reply) -> io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Said\r\nConnection: close\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(length) = reply.length {
        head.push_str(&format!("Content-Length: {length}\r\n"));
    }
    connection.write_all(head.as_bytes())?;
    connection.write_all(b"\r\n")?;
    connection.write_all(&reply.body)?;
    connection.flush()
}
