//! Signals to processes.

use super::{Answered, Shared};
use crate::{body, names::PathId};
use axum::{Json, body::Bytes, extract::State};
use collodi_api::{Answer, ProcessSignal};
use collodi_command::Signal;
use collodi_host::{Command, ProcessId};

/// All that lives of the process gets the signal.
pub(crate) async fn signal_process(
    State(surface): Shared,
    PathId(id): PathId,
    bytes: Bytes,
) -> Answered<Answer> {
    let signal = meant(body::signal(&bytes)?.signal);
    let process = ProcessId::from_text(&id);
    surface
        .host
        .command(Command::Signal(process, signal))
        .await?;
    Ok(Json(Answer {
        status: "signalled".to_owned(),
        id: Some(id),
    }))
}

const fn meant(signal: ProcessSignal) -> Signal {
    match signal {
        ProcessSignal::Hup => Signal::HUP,
        ProcessSignal::Int => Signal::INT,
        ProcessSignal::Quit => Signal::QUIT,
        ProcessSignal::Kill => Signal::KILL,
        ProcessSignal::Usr1 => Signal::USR1,
        ProcessSignal::Usr2 => Signal::USR2,
        ProcessSignal::Term => Signal::TERM,
        ProcessSignal::Cont => Signal::CONT,
        ProcessSignal::Stop => Signal::STOP,
    }
}
