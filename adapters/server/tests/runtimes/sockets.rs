//! A socket that the program is given, as service managers do it.

use super::stage::{self, Running, Stage};
use rustix::{
    fd::{AsFd, AsRawFd as _, BorrowedFd},
    io::{FdFlags, fcntl_setfd},
    net::{AddressFamily, SocketType, bind, socket},
};
use std::net::{SocketAddr, TcpListener, UdpSocket};

on_each_runtime! {
    a_socket_that_is_given_is_served
    a_socket_that_is_given_survives_a_handover
    a_socket_for_another_process_is_not_taken
    what_cannot_be_served_is_refused
}

const HERE: &str = "127.0.0.1:0";

/// Starts a server with a socket, by variables of which `$$` is its process.
fn serve_at(stage: &Stage, socket: BorrowedFd<'_>, variables: &str) -> Running {
    fcntl_setfd(socket, FdFlags::empty()).unwrap();
    let line = format!(
        "{variables} LISTEN_FDS_FIRST_FD={} exec {} {} 2>&1",
        socket.as_raw_fd(),
        env!("CARGO_BIN_EXE_collodi"),
        stage.serving().join(" "),
    );
    let running = Running::of(stage.command_of("sh").args(["-c", &line]));
    fcntl_setfd(socket, FdFlags::CLOEXEC).unwrap();
    running
}

const ONE: &str = "LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=api";

/// Its address is the socket's, whatever `--listen` says.
fn a_socket_that_is_given_is_served(stage: Stage) {
    let listener = TcpListener::bind(HERE).unwrap();
    let mut serving = serve_at(&stage, listener.as_fd(), ONE);
    serving.until("listening");
    let address = listener.local_addr().unwrap().to_string();
    assert_eq!(stage.state("address"), address);
    assert_eq!(stage.get("/python/status").status, 200);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn a_socket_that_is_given_survives_a_handover(stage: Stage) {
    let listener = TcpListener::bind(HERE).unwrap();
    let mut serving = serve_at(&stage, listener.as_fd(), ONE);
    drop(listener);
    serving.until("listening");
    serving.signal("-HUP");
    serving.until("listening");
    assert_eq!(stage.get("/python/status").status, 200);
    assert_eq!(stage::listeners(serving.id()), 2);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn a_socket_for_another_process_is_not_taken(stage: Stage) {
    let listener = TcpListener::bind(HERE).unwrap();
    let mut serving = serve_at(&stage, listener.as_fd(), "LISTEN_FDS=1 LISTEN_PID=1");
    serving.until("listening");
    let address: SocketAddr = stage.state("address").parse().unwrap();
    assert_ne!(address, listener.local_addr().unwrap());
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

fn what_cannot_be_served_is_refused(stage: Stage) {
    let open = TcpListener::bind("0.0.0.0:0").unwrap();
    let datagrams = UdpSocket::bind(HERE).unwrap();
    let deaf = socket(AddressFamily::INET, SocketType::STREAM, None).unwrap();
    bind(&deaf, &HERE.parse::<SocketAddr>().unwrap()).unwrap();
    let file = tempfile::tempfile().unwrap();
    let listener = TcpListener::bind(HERE).unwrap();
    let cases = [
        (open.as_fd(), ONE, "can be reached from other machines"),
        (datagrams.as_fd(), ONE, "is not a valid tcp socket"),
        (deaf.as_fd(), ONE, "does not listen"),
        (file.as_fd(), ONE, "is not a socket"),
        (
            listener.as_fd(),
            "LISTEN_FDS=2 LISTEN_PID=$$",
            "LISTEN_FDS is 2",
        ),
        (
            listener.as_fd(),
            "LISTEN_FDS=0 LISTEN_PID=$$",
            "LISTEN_FDS is 0",
        ),
        (
            listener.as_fd(),
            "LISTEN_FDS=2000000000 LISTEN_PID=$$",
            "LISTEN_FDS is 2000000000",
        ),
    ];
    for (socket, variables, told) in cases {
        let mut refused = serve_at(&stage, socket, variables);
        refused.until(told);
        assert_eq!(refused.code(), Some(1), "{told}");
    }
}
