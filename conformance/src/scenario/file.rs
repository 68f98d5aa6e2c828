//! The text of a scenario.

use crate::Broken;
use std::time::Duration;

/// A scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// The wait before a daemon is started again.
    pub restart: Duration,
    /// The wait between `SIGTERM` and `SIGKILL`.
    pub grace: Duration,
    /// The script.
    pub script: String,
    /// Other files of the app: their names and texts.
    pub files: Vec<(String, String)>,
    /// What the operator does, in this order.
    pub operator: Vec<Deed>,
    /// What must come of it.
    pub trace: String,
}

/// Something an operator does when something is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deed {
    /// The text to wait for.
    pub on: String,
    /// What is done then.
    pub does: Does,
}

/// What an operator can do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Does {
    /// Ends the app.
    Stop,
    /// Waits for what comes next.
    Nothing,
    /// Puts another host in the place of this one, which goes on with its daemons.
    Replace,
    /// Ends the run.
    Cancel,
    /// Restarts the daemon.
    Restart,
    /// Restarts all daemons of the app.
    RestartApp,
    /// Starts the daemon that has ended.
    Start,
    /// Ends everything.
    Shutdown,
    /// Writes this line to the run.
    Write(String),
}

const TRACE: &str = "--- trace\n";

impl Scenario {
    /// Reads a scenario.
    ///
    /// # Errors
    ///
    /// When a line is none of a scenario's.
    pub fn parse(text: &str) -> Result<Self, Broken> {
        let (before, trace) = text.split_once(TRACE).unwrap_or((text, ""));
        let (before, operator) = before.split_once("--- operator\n").unwrap_or((before, ""));
        let (settings, script) = before
            .split_once("--- script\n")
            .ok_or_else(|| Broken::new("a scenario has a line `--- script`"))?;
        let mut files = script.split("--- file ");
        let script = files.next().unwrap_or_default();
        let setting = |name, default| time(settings, name).unwrap_or(Ok(default));
        Ok(Self {
            restart: setting("restart", Duration::from_millis(50))?,
            grace: setting("grace", Duration::from_secs(3))?,
            script: script.to_owned(),
            files: files.map(named).collect::<Result<_, _>>()?,
            operator: operator
                .lines()
                .filter(|l| !l.is_empty())
                .map(deed)
                .collect::<Result<_, _>>()?,
            trace: trace.to_owned(),
        })
    }
}

/// The name and the text of a file.
fn named(section: &str) -> Result<(String, String), Broken> {
    let (name, text) = section
        .split_once('\n')
        .ok_or_else(|| Broken::new("a file of a scenario has a name and a text"))?;
    Ok((name.to_owned(), text.to_owned()))
}

/// The text of a scenario with another trace.
pub(super) fn with_trace(text: &str, trace: &str) -> String {
    let before = text.split_once(TRACE).map_or(text, |(before, _)| before);
    format!("{before}{TRACE}{trace}")
}

fn time(settings: &str, name: &str) -> Option<Result<Duration, Broken>> {
    let value = settings
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))?;
    let millis = value
        .strip_suffix("ms")
        .and_then(|number| number.parse().ok());
    let broken = || Broken::new(format!("{name} {value}: a time is written like 50ms"));
    Some(millis.map(Duration::from_millis).ok_or_else(broken))
}

fn deed(line: &str) -> Result<Deed, Broken> {
    let broken = || {
        Broken::new(format!(
            "{line}: an operator's line is like: on \"text\" stop"
        ))
    };
    let quoted = line.strip_prefix("on \"").ok_or_else(broken)?;
    let (on, does) = quoted.rsplit_once("\" ").ok_or_else(broken)?;
    let does = match does {
        "stop" => Does::Stop,
        "nothing" => Does::Nothing,
        "replace" => Does::Replace,
        "cancel" => Does::Cancel,
        "restart" => Does::Restart,
        "restart-app" => Does::RestartApp,
        "start" => Does::Start,
        "shutdown" => Does::Shutdown,
        _ => match does.strip_prefix("write ") {
            Some(line) => Does::Write(line.to_owned()),
            None => return Err(broken()),
        },
    };
    Ok(Deed {
        on: on.to_owned(),
        does,
    })
}
