//! Signals to processes.

use crate::words::words;
use serde::{Deserialize, Serialize};

/// The body of `POST /python/processes/{id}/signal`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SignalRequest {
    /// Which.
    pub signal: ProcessSignal,
}

words! {
    /// A signal that a process can be sent.
    ProcessSignal {
        /// Read your settings again, or: the terminal is gone.
        Hup = "HUP",
        /// Interrupt, as Ctrl-C.
        Int = "INT",
        /// Quit with a core.
        Quit = "QUIT",
        /// End now; cannot be caught.
        Kill = "KILL",
        /// The program's own.
        Usr1 = "USR1",
        /// The program's own.
        Usr2 = "USR2",
        /// Please end.
        Term = "TERM",
        /// Go on.
        Cont = "CONT",
        /// Pause; cannot be caught.
        Stop = "STOP",
    }
}
