//! Lines for people that are the same wherever what they say was heard.

use super::style::{DIM, GOOD, STEP, WARN};
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
