//! Commands that change a shell which ends with them.

use super::{Checker, spot::Spot};
use crate::sink::clip;
use alloc::format;

/// Commands that do nothing but change the shell that runs them.
const CHANGES: [&str; 11] = [
    ".", "alias", "cd", "declare", "export", "popd", "pushd", "set", "shopt", "source", "unset",
];

impl Checker<'_, '_> {
    /// Each command of a list has a shell of its own, unless `chain` makes one of them.
    pub(super) fn lost_changes(&mut self, params: &Spot<'_>, message: &Spot<'_>) {
        if params
            .get("chain")
            .is_some_and(|chain| chain.node.is_truthy())
        {
            return;
        }
        let mut items = message.items().filter(|item| item.node.is_truthy());
        let mut item = items.next();
        for next in items {
            if let Some(item) = item.replace(next) {
                self.lost_change(&item);
            }
        }
    }

    fn lost_change(&mut self, command: &Spot<'_>) {
        let Some(text) = command.node.as_str().filter(|text| is_only_change(text)) else {
            return;
        };
        let message = format!("the next command does not see `{}`", clip(text.trim()));
        let instead = in_place_of(text);
        let report = command.warning("lost-change", message);
        self.sink.push(
            report
                .note("each command of a list has a shell of its own")
                .hint(format!(
                    "use `{instead}`, or `\"chain\": \"&\"`, which makes the list one command"
                )),
        );
    }
}

/// The parameter that does what the command was to do.
fn in_place_of(command: &str) -> &'static str {
    match command.split_whitespace().next() {
        Some("cd" | "pushd" | "popd") => "path",
        Some("conda") => "conda",
        _ => "env",
    }
}

/// Whether the command is a single one, and does nothing but change its shell.
fn is_only_change(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let first = words.next().unwrap_or_default();
    let alone = !text.trim().contains(['&', '|', ';', '\n']);
    let activates = first == "conda" && words.next() == Some("activate");
    alone && (CHANGES.contains(&first) || activates || is_assignment(text.trim()))
}

/// `NAME=value`, with nothing after it that would see the value.
fn is_assignment(text: &str) -> bool {
    text.split_once('=').is_some_and(|(name, value)| {
        let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
        let fits = name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        starts && fits && !value.contains(char::is_whitespace)
    })
}
