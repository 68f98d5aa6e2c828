//! The floor: a bare axum route.

use crate::Result;
use axum::{Router, http::header, routing::get};
use std::{
    net::{SocketAddr, TcpListener},
    thread,
};

/// Answers these bytes at this path, on a thread of its own as the program has one.
pub(crate) fn serve(path: &'static str, body: String) -> Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    thread::spawn(move || {
        runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            let answer = ([(header::CONTENT_TYPE, "application/json")], body);
            let route = get(move || std::future::ready(answer.clone()));
            axum::serve(listener, Router::new().route(path, route)).await
        })
    });
    Ok(address)
}
