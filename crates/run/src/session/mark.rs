//! Marks: how a shell says that it has run what was typed.
//!
//! A mark is the "command finished" sequence that terminals know (OSC 133;D), with the
//! exit code and a name that only this shell has. It comes once on each stream, so that
//! all output of the command is before it, and is taken out of what is shown.

use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::Stream;

const START: &[u8] = b"\x1b]133;D;";
const END: u8 = 7;
/// The longest text between start and end that is waited for.
const MAX_BODY: usize = 512;

/// Takes the marks of one shell out of one stream.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    /// What stands after the exit code: `;aid=NAME-`.
    name: String,
    /// What may be the beginning of a mark.
    held: Vec<u8>,
}

/// A mark: the number of the command, and its exit code where the stream has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    pub(super) number: u32,
    pub(super) code: Option<i32>,
}

/// The shell line that runs `text` and says so. `code` is what `$?` is before it.
pub(super) fn line(name: &str, number: u32, text: &str, code: i32) -> String {
    let before = match code {
        0 => String::new(),
        code => format!("(exit {code}); "),
    };
    let text = format!("'{}'", text.replace('\'', r"'\''"));
    let end = format!(";aid={name}-{number}\\007'");
    format!(
        "{before}eval {text}; printf '\\033]133;D;%s{end} \"$?\"; printf '\\033]133;D;{end} >&2\n"
    )
}

/// What an open shell writes when it has run a line that a run typed, for whoever plays
/// one: a mark on each stream, with this exit code. Nothing for text that is no such line
/// and goes to a command.
pub fn line_ends(typed: &str, code: i32) -> Vec<(Stream, String)> {
    let named = typed.rsplit_once(";aid=").map(|(_, rest)| rest);
    let Some((name, _)) = named.and_then(|rest| rest.split_once("\\007'")) else {
        return Vec::new();
    };
    let mark = |code: &str| format!("\u{1b}]133;D;{code};aid={name}\u{7}");
    [
        (Stream::Stdout, mark(&code.to_string())),
        (Stream::Stderr, mark("")),
    ]
    .into()
}

impl Marks {
    pub(super) fn of(name: &str) -> Self {
        let name = format!(";aid={name}-");
        Self {
            name,
            held: Vec::new(),
        }
    }

    /// Takes in output: what is left of it to show, and the marks in it.
    pub(super) fn push(&mut self, bytes: &[u8]) -> (Vec<u8>, Vec<Mark>) {
        let mut text = core::mem::take(&mut self.held);
        text.extend_from_slice(bytes);
        let (mut shown, mut marks) = (Vec::with_capacity(text.len()), Vec::new());
        let mut rest = text.as_slice();
        while let Some(at) = rest.iter().position(|byte| Some(byte) == START.first()) {
            let (plain, sequence) = rest.split_at(at);
            shown.extend_from_slice(plain);
            match self.read(sequence) {
                Read::Mark(mark, length) => {
                    marks.push(mark);
                    rest = sequence.get(length..).unwrap_or_default();
                }
                Read::Other => {
                    shown.extend_from_slice(sequence.get(..1).unwrap_or_default());
                    rest = sequence.get(1..).unwrap_or_default();
                }
                Read::Unfinished => {
                    self.held = sequence.to_vec();
                    rest = &[];
                }
            }
        }
        shown.extend_from_slice(rest);
        (shown, marks)
    }

    /// What is held back, when no more will come.
    pub(super) fn close(&mut self) -> Vec<u8> {
        core::mem::take(&mut self.held)
    }

    fn read(&self, sequence: &[u8]) -> Read {
        let Some(body) = sequence.strip_prefix(START) else {
            let is_beginning = START.starts_with(sequence);
            return if is_beginning {
                Read::Unfinished
            } else {
                Read::Other
            };
        };
        let window = body.get(..MAX_BODY).unwrap_or(body);
        match window.iter().position(|byte| *byte == END) {
            Some(end) => {
                let text = window.get(..end).unwrap_or_default();
                let length = START.len() + end + 1;
                self.mark(text)
                    .map_or(Read::Other, |mark| Read::Mark(mark, length))
            }
            None if body.len() < MAX_BODY => Read::Unfinished,
            None => Read::Other,
        }
    }

    fn mark(&self, body: &[u8]) -> Option<Mark> {
        let text = core::str::from_utf8(body).ok()?;
        let (code, number) = text.split_once(self.name.as_str())?;
        Some(Mark {
            number: number.parse().ok()?,
            code: code.to_string().parse().ok(),
        })
    }
}

enum Read {
    /// A mark of so many bytes.
    Mark(Mark, usize),
    Other,
    Unfinished,
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn who_plays_a_shell_says_what_one_would() {
        let typed = line("x", 3, "echo ';aid=y-1'", 0);
        let mut marks = Marks::of("x");
        for (stream, said) in line_ends(&typed, 7) {
            let code = (stream == Stream::Stdout).then_some(7);
            let mark = Mark { number: 3, code };
            assert_eq!(marks.push(said.as_bytes()), (Vec::new(), vec![mark]));
        }
        assert_eq!(line_ends("y\n", 0), []);
    }

    const MARK: &[u8] = b"\x1b]133;D;3;aid=x-7\x07";
    const SEVENTH: Mark = Mark {
        number: 7,
        code: Some(3),
    };

    #[test]
    fn marks_are_found_wherever_the_output_is_cut() {
        let text = [b"one\x1b[1m", MARK, b"two\x1b"].concat();
        for cut in 0..=text.len() {
            let (first, second) = text.split_at(cut);
            let mut stream = Marks::of("x");
            let (mut shown, mut marks) = stream.push(first);
            let (more, others) = stream.push(second);
            shown.extend(more);
            shown.extend(stream.close());
            marks.extend(others);
            assert_eq!(shown, b"one\x1b[1mtwo\x1b", "cut at {cut}");
            assert_eq!(marks, [SEVENTH], "cut at {cut}");
        }
    }

    #[test]
    fn marks_of_others_are_output() {
        for other in [
            &b"\x1b]133;D;3;aid=y-7\x07"[..],
            b"\x1b]133;D;3\x07",
            b"\x1b]133;A\x07",
            b"\x1b\x1b]0;title\x07",
        ] {
            let mut stream = Marks::of("x");
            assert_eq!(stream.push(other), (other.to_vec(), vec![]));
        }
    }

    #[test]
    fn what_never_ends_is_not_held_for_ever() {
        let mut stream = Marks::of("x");
        let endless = [START, &[b'1'; 4096]].concat();
        let (shown, _) = stream.push(&endless);
        assert_eq!(shown.len() + stream.close().len(), endless.len());
        assert_eq!(shown.len(), endless.len());
    }

    #[test]
    fn a_line_runs_its_text_and_keeps_the_last_code() {
        assert_eq!(
            line("x", 2, "echo 'a'", 1),
            "(exit 1); eval 'echo '\\''a'\\'''; printf '\\033]133;D;%s;aid=x-2\\007' \"$?\"; \
             printf '\\033]133;D;;aid=x-2\\007' >&2\n"
        );
    }
}
