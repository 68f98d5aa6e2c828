//! Histories as text.
//!
//! ```text
//! t+0.000s < start
//!          > #1 spawn
//! t+0.005s < #1 spawned pid 100
//!          > event running
//!          > wait t+3.005s (backoff)
//! ```
//!
//! Lines with `<` are inputs, lines with `>` are outputs. The instant is written
//! once an input; outputs happen at the instant of the input above them.

use crate::{Machine, Output, OutputOf, Stale};
use alloc::{format, string::String};
use collodi_time::Instant;
use core::fmt::{self, Display, Write};

/// Drains of a law-abiding machine end; this many outputs after one input is a fault.
pub const DRAIN_LIMIT: usize = 100_000;

/// A machine and the text of everything that went in and out of it.
#[derive(Clone, Debug)]
pub struct Traced<M> {
    /// The machine.
    pub machine: M,
    text: String,
}

impl<M> Traced<M>
where
    M: Machine,
    M::Input: Display,
    M::Action: Display,
    M::Event: Display,
    M::Outcome: Display,
{
    /// Starts a trace of `machine`.
    pub const fn new(machine: M) -> Self {
        Self {
            machine,
            text: String::new(),
        }
    }

    /// Gives the machine one input, drains it, and writes both down. Returns
    /// what was drained, the final `Wait` or `Done` last.
    pub fn input(&mut self, now: Instant, input: M::Input) -> alloc::vec::Vec<OutputOf<M>> {
        self.line(format_args!("{now} < {input}"));
        if let Err(Stale(id)) = self.machine.handle_input(now, input) {
            self.line(format_args!("{:w$} ! stale {id}", "", w = width(now)));
        }
        self.drain(now)
    }

    /// Drains the machine without an input, as at its start.
    pub fn drain(&mut self, now: Instant) -> alloc::vec::Vec<OutputOf<M>> {
        let mut drained = alloc::vec::Vec::new();
        while drained.len() < DRAIN_LIMIT {
            let output = self.machine.poll_output();
            self.line(format_args!(
                "{:w$} > {}",
                "",
                describe(&output),
                w = width(now)
            ));
            let last = matches!(output, Output::Wait(_) | Output::Done(_));
            drained.push(output);
            if last {
                break;
            }
        }
        drained
    }

    /// Adds a remark to the trace.
    pub fn note(&mut self, note: impl Display) {
        self.line(format_args!("({note})"));
    }

    /// The history so far.
    pub fn text(&self) -> &str {
        &self.text
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.text, "{line}");
    }
}

/// One output as the text after `>`.
pub fn describe<A: Display, E: Display, D: Display>(output: &Output<A, E, D>) -> String {
    match output {
        Output::Action(id, action) => format!("{id} {action}"),
        Output::Event(event) => format!("event {event}"),
        Output::Wait(None) => String::from("wait"),
        Output::Wait(Some(deadline)) => format!("wait {deadline}"),
        Output::Done(outcome) => format!("done {outcome}"),
    }
}

fn width(now: Instant) -> usize {
    format!("{now}").len()
}
