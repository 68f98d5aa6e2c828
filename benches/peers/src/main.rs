//! Measures Collodi and other process managers side by side, each against a raw floor in
//! the same run.

#![forbid(unsafe_code)]

mod bench;
mod cli;
mod load;
mod measure;
mod peer;
mod programs;
mod site;
mod table;
mod tools;
mod work;

use anyhow::{Context as _, Result};
use bench::Bench;
use clap::Parser as _;
use cli::Cli;
use peer::Peer;
use std::io::Write as _;
use table::{Row, Table};
use tools::Tools;
use work::Work;

fn main() -> Result<()> {
    let cli = Cli::parse();
    let works = work::chosen(&cli.works)?;
    let (peers, missing) = obtain(&cli)?;
    let bench = Bench::new(&cli)?;
    // Some peers need several descriptors a child; with the lower limit, they say so.
    collodi_spawn::raise_open_files();
    for work in works {
        let mut table = measured(&bench, work.as_ref(), &peers)?;
        for (name, reason) in &missing {
            table.rows.push(Row::missing(name, reason));
        }
        writeln!(std::io::stdout(), "{table}")?;
    }
    Ok(())
}

type Missing = Vec<(&'static str, String)>;

/// The peers that are there, and why the others are not.
fn obtain(cli: &Cli) -> Result<(Vec<Box<dyn Peer>>, Missing)> {
    let tools = Tools::new()?;
    let (mut there, mut missing) = (Vec::new(), Vec::new());
    for kind in peer::chosen(&cli.peers)? {
        match kind.obtain(&tools, cli) {
            Ok(peer) => there.push(peer),
            Err(error) => missing.push((kind.name, format!("{error:#}"))),
        }
    }
    Ok((there, missing))
}

/// Every round asks every peer in turn, so that what else the machine does meets all.
fn measured(bench: &Bench, work: &dyn Work, peers: &[Box<dyn Peer>]) -> Result<Table> {
    let mut table = Table::new(work, bench);
    table.rows = peers.iter().map(|peer| Row::new(peer.name())).collect();
    for round in 1..=work.rounds(bench) {
        let rows = table.rows.iter_mut().zip(peers);
        // What failed once costs the patience of every round.
        for (row, peer) in rows.filter(|(row, _)| row.failure.is_none()) {
            bench.tell(&format!("{} {round}: {}", work.name(), peer.name()));
            match work.measure(bench, peer.as_ref()) {
                Ok(figures) => row.rounds.push(figures),
                Err(error) => row.failure = Some(format!("{error:#}")),
            }
            bench.interruption().context("nothing more is measured")?;
        }
    }
    Ok(table)
}
