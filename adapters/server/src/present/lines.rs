//! Lines for people that are the same wherever what they say was heard.

use super::style::{DIM, GOOD, STEP, WARN};
use crate::failure::HINT;
use collodi_logs::plain;

/// A line of output, or of a supervisor. What it holds of terminal commands stays out.
pub(crate) fn output(name: &str, is_note: bool, text: &str) {
    let text = plain(text);
    let gap = if name.is_empty() { "" } else { " " };
    match is_note {
        true => say!("      {DIM}{name}{gap}{text}{DIM:#}"),
        false => say!("      {DIM}{name}{gap}|{DIM:#} {text}"),
    }
}

/// What a question is about.
pub(crate) fn question(title: &str, description: &str) {
    for text in [title, description] {
        if !text.is_empty() {
            say!("      {STEP}{}{STEP:#}", plain(text));
        }
    }
}

/// How to answer where nobody is asked.
pub(crate) fn how_to_answer<'a>(run: &str, keys: impl Iterator<Item = &'a str>) {
    let keys: Vec<_> = keys.map(|key| format!("{}=…", plain(key))).collect();
    say!(
        "      {WARN}the run waits for: collodi answer {run} {}{WARN:#}",
        keys.join(" ")
    );
}

/// A process answers.
pub(crate) fn address(process: &str, url: &str) {
    say!("{GOOD}{process} answers at {}{GOOD:#}", plain(url));
}

/// A step begins, in the run of this name, at this place in its list; without a method it is
/// left out.
pub(crate) fn step(name: &str, place: &str, method: Option<&str>) {
    match method {
        Some(method) => say!("{STEP}{name}{place}{STEP:#} {}", plain(method)),
        None => say!("{STEP}{name}{place}{STEP:#} {DIM}left out{DIM:#}"),
    }
}

/// A step among those of its list.
pub(crate) fn place(list: Option<&str>, index: usize, total: usize) -> String {
    let list = list.map(|list| format!("{} ", plain(list)));
    format!("{}[{}/{total}]", list.unwrap_or_default(), index + 1)
}

/// What stands before the lines of a script that another one started: its file.
pub(crate) fn called(script: &str) -> String {
    format!("{} ", plain(script.rsplit('/').next().unwrap_or_default()))
}

/// Steps are done, and what they started is there to stay until `end` comes.
pub(crate) fn serving(name: &str, end: &str) {
    say!("{GOOD}{name}all steps are done; {end}{GOOD:#}");
}

/// Somebody ended a run, which may have had more to do.
pub(crate) fn cancelled(name: &str, is_cut_short: bool) {
    let when = match is_cut_short {
        true => " before all steps were done",
        false => "",
    };
    say!("{WARN}{name}cancelled{when}{WARN:#}");
}

/// The last lines of what has failed, and what to do.
pub(crate) fn tail_and_hint<'a>(tail: impl Iterator<Item = &'a str>, hint: Option<&str>) {
    let mut tail = tail.peekable();
    if tail.peek().is_some() {
        complain!("  its last lines:");
    }
    tail.for_each(|line| complain!("    | {}", plain(line)));
    if let Some(hint) = hint {
        complain!("{HINT}hint:{HINT:#} {}", plain(hint));
    }
}
