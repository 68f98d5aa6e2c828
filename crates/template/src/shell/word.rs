//! The words of a command, as far as they say how it reads its others.

use alloc::string::String;

/// What is known about the command so far.
#[derive(Clone, Debug, Default)]
pub(super) struct Words {
    /// The word so far, cut off where no known word is that long.
    word: String,
    started: bool,
    here_string: bool,
    /// The command takes a program as an option: `sh -c`.
    interpreter: bool,
    /// The command reads its words as a program again.
    evaluated: bool,
    /// Inside of `[[ … ]]`, where some operators compute their words.
    brackets: bool,
}

/// A word that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ended {
    Case,
    Other,
}

/// Commands that read their words as code, or as names with computed indices.
const EVALUATING: &[&str] = &["declare", "eval", "let", "trap", "typeset", "unset"];

/// Programs that take code as an option.
const INTERPRETERS: &[&str] = &[
    "bash", "dash", "ksh", "lua", "node", "perl", "pwsh", "python", "python3", "ruby", "sh", "zsh",
];

impl Words {
    pub(super) fn at_start(&self) -> bool {
        !self.started
    }

    pub(super) const fn is_evaluated(&self) -> bool {
        self.evaluated || self.brackets
    }

    pub(super) const fn in_here_string(&self) -> bool {
        self.here_string
    }

    pub(super) const fn here_string(&mut self, now: bool) {
        self.here_string = now;
    }

    /// One more character of a word.
    pub(super) fn letter(&mut self, c: char) {
        self.started = true;
        if c == '/' {
            self.word.clear();
        } else if self.word.len() < 16 {
            self.word.push(c);
        }
    }

    /// The word ends at `c`, and with it perhaps the command.
    pub(super) fn separator(&mut self, c: char) -> Ended {
        let word = core::mem::take(&mut self.word);
        if core::mem::take(&mut self.started) {
            self.learn(&word);
        }
        if !matches!(c, ' ' | '\t' | '<' | '>') {
            self.interpreter = false;
            self.evaluated = false;
        }
        if word == "case" {
            Ended::Case
        } else {
            Ended::Other
        }
    }

    fn learn(&mut self, word: &str) {
        match word {
            "[[" => self.brackets = true,
            "]]" => self.brackets = false,
            _ if EVALUATING.contains(&word) => self.evaluated = true,
            _ if INTERPRETERS.contains(&word) => self.interpreter = true,
            _ if self.interpreter && word.starts_with('-') => {
                let takes_code = !word.starts_with("--") && word.ends_with(['c', 'e', 'p']);
                self.evaluated |= takes_code || word == "--eval" || word == "--print";
            }
            _ => self.interpreter = false,
        }
    }
}
