//! A thousand listeners, of whom a hundred do not read.

use crate::{
    Result,
    caller::{age, request, stamps, topic},
    median,
    program::Server,
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc, time::Duration};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpSocket, TcpStream},
    task::LocalSet,
};

const READERS: usize = 900;
const STALLED: usize = 100;
/// How many lines are waited for, of which one is written a second.
const LINES: usize = 15;

/// What who does not read has room for, and how long it takes until that is full.
const SMALL: u32 = 4096;
const FILLED: Duration = Duration::from_secs(3);

/// How old each line was where it came, in seconds.
type Ages = Rc<RefCell<BTreeMap<String, Vec<f64>>>>;

/// Prints how soon lines are at all who read, and what all take of memory while the others do
/// not read what floods them.
pub(crate) fn measure(server: &Server) -> Result<()> {
    // Each listener has a descriptor.
    collodi_spawn::raise_open_files();
    let before = server.memory()?;
    server.daemon("slow", "while :; do echo at $EPOCHREALTIME; sleep 1; done")?;
    server.daemon("flood", "while :; do seq 1 2000; sleep 0.1; done")?;
    let (slow, flood) = (server.process("slow")?, server.process("flood")?);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let told = LocalSet::new().block_on(&runtime, told(server, &slow, &flood))?;
    let (median, most) = (
        median(told.clone()),
        told.iter().copied().fold(0.0, f64::max),
    );
    let after = server.memory()?;
    println!(
        "  a line at {READERS} listeners {median:8.1} ms, the slowest {most:.1}, while {STALLED} do not read"
    );
    println!("  memory                   {before:8.1} MiB, with the thousand {after:.1}");
    Ok(())
}

/// After how long the last of the readers had each line, in milliseconds.
async fn told(server: &Server, slow: &str, flood: &str) -> Result<Vec<f64>> {
    let mut stalled = Vec::new();
    for _ in 0..STALLED {
        let socket = TcpSocket::new_v4()?;
        socket.set_recv_buffer_size(SMALL)?;
        stalled.push(listen(socket, server, flood).await?);
    }
    tokio::time::sleep(FILLED).await;
    let ages = Ages::default();
    for _ in 0..READERS {
        let socket = listen(TcpSocket::new_v4()?, server, slow).await?;
        tokio::task::spawn_local(read(socket, Rc::clone(&ages)));
    }
    let all = |ages: &Ages| -> Vec<f64> {
        let ages = ages.borrow();
        let full = ages.values().filter(|ages| ages.len() == READERS);
        full.map(|ages| ages.iter().copied().fold(0.0, f64::max) * 1e3)
            .collect()
    };
    while all(&ages).len() < LINES {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(all(&ages))
}

async fn listen(socket: TcpSocket, server: &Server, process: &str) -> Result<TcpStream> {
    let mut socket = socket.connect(server.address).await?;
    let request = request("GET", &topic(process), server.address, &server.token);
    socket.write_all(request.as_bytes()).await?;
    Ok(socket)
}

async fn read(socket: TcpStream, ages: Ages) {
    let mut lines = BufReader::new(socket).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut ages = ages.borrow_mut();
        for stamp in stamps(&line) {
            ages.entry(stamp.to_string()).or_default().push(age(stamp));
        }
    }
}
