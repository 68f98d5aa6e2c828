//! `collodi signal`

use crate::complete;
use clap::Args;
use collodi_api::ProcessSignal;

#[derive(Debug, Args)]
pub(crate) struct SignalArgs {
    /// The signal: HUP, INT, QUIT, KILL, USR1, USR2, TERM, CONT or STOP, also as SIGHUP.
    #[arg(value_parser = signal)]
    pub(crate) signal: ProcessSignal,
    /// The process, by its id or as APP/NAME; or the app.
    #[arg(add = complete::processes())]
    pub(crate) name: String,
}

fn signal(text: &str) -> Result<ProcessSignal, String> {
    let name = text.to_ascii_uppercase();
    let name = name.strip_prefix("SIG").unwrap_or(&name);
    let named = ProcessSignal::ALL
        .iter()
        .find(|signal| signal.as_str() == name);
    named.copied().ok_or_else(|| {
        let names = ProcessSignal::ALL.map(ProcessSignal::as_str);
        format!("signals are {}", names.join(", "))
    })
}
