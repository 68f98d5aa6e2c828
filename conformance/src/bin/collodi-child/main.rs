//! The child that the conformance cases play with: it does what its arguments
//! say, in the words of `collodi_sim::words`.

#![forbid(unsafe_code)]

mod play;
mod web;

use collodi_sim::words;
use std::process::exit;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match words::parse(&args) {
        Ok(steps) => exit(play::steps(&steps).unwrap_or(0)),
        Err(error) => {
            eprintln!("{error}");
            exit(words::USAGE)
        }
    }
}
