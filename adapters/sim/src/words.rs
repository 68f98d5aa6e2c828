//! The behaviour language: what a child does, in tiny words.
//!
//! The simulator plays these words, and so does the real program
//! `collodi-child`, so one script describes a child in both worlds.
//!
//! | Word | Does |
//! |---|---|
//! | `say:TEXT` `err:TEXT` | a line to standard output, to standard error |
//! | `noeol:TEXT` `bytes:HEX` | to standard output, without a line end |
//! | `flood:N` `flood-err:N` | `N` bytes of letters in lines of 64 |
//! | `sleep:MS` `wait` `until:PATH` | goes on after a time, never, when the path is there |
//! | `exit:N` `raise:SIGNAL` | ends |
//! | `ignore:SIGNAL` `on:SIGNAL:(WORDS)` | takes a signal instead of dying of it |
//! | `spawn:(WORDS)` | starts a child that shares the standard streams |
//! | `mute:(WORDS)` | starts a child without streams |
//! | `detach:(WORDS)` | starts a daemon: its own session, its parent gone, no streams |
//! | `hide:(WORDS)` | starts a daemon as `detach` does, with an empty environment |
//! | `session` `join` | leaves the session; waits for the children started |
//! | `repeat:N:(WORDS)` | does that `N` times |
//! | `hold:N` | holds `N` bytes of memory, and uses them |
//! | `env` `cwd` `pid` `group` `fds` `tty` | prints what it was given |
//! | `args …` | prints the rest of the arguments, one a line, in brackets |
//! | `cat` | standard input to standard output, to its end |
//! | `write:PATH:TEXT` `append:PATH:TEXT` `touch:PATH` `read:PATH` | a file |
//! | `dir:PATH` `link:PATH:TARGET` `fifo:PATH` | makes one |
//! | `listen:PORT` | accepts connections on the loopback interface from now on |
//! | `web:PORT` | answers HTTP there, as the [paths](crate::site) say |
//!
//! A script that runs out of words exits with 0. Words in parentheses are
//! separated by spaces, so a text in them has none.

use collodi_command::{Signal, Stream};
use core::{fmt, str::FromStr, time::Duration};

/// The exit code of a child whose words cannot be read.
pub const USAGE: i32 = 64;

/// The exit code of a child that could not do what a word says.
pub const FAILED: i32 = 74;

/// How deep parentheses of `on` and `repeat` may nest.
pub const MAX_DEPTH: usize = 8;

/// One thing a child does.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Writes bytes to a stream.
    Say(Stream, Vec<u8>),
    /// Writes so many bytes of [`flood`] to a stream.
    Flood(Stream, usize),
    /// Does nothing for a while.
    Sleep(Duration),
    /// Does nothing for ever.
    Wait,
    /// Goes on when something is at the path.
    Until(String),
    /// Ends with this code.
    Exit(i32),
    /// Sends itself a signal.
    Raise(Signal),
    /// Ignores a signal from now on.
    Ignore(Signal),
    /// Does this when the signal comes, beside whatever it is doing.
    On(Signal, Vec<Step>),
    /// Starts a child with these words.
    Spawn(Parentage, Vec<String>),
    /// Becomes the leader of a session and a process group.
    Session,
    /// Waits for the children it started.
    Join,
    /// Does this many times.
    Repeat(u32, Vec<Step>),
    /// Prints something it was given.
    Print(Given),
    /// Prints these arguments.
    Args(Vec<String>),
    /// Copies standard input to standard output.
    Cat,
    /// Replaces a file.
    Write(String, Vec<u8>),
    /// Adds to a file.
    Append(String, Vec<u8>),
    /// Prints a file.
    Read(String),
    /// Makes a directory and those above it.
    Dir(String),
    /// Makes a symbolic link.
    Link {
        /// Where.
        path: String,
        /// To what.
        target: String,
    },
    /// Makes a FIFO.
    Fifo(String),
    /// Accepts connections on a port.
    Listen(u16),
    /// Answers HTTP on a port.
    Web(u16),
    /// Holds so many bytes of memory.
    Hold(usize),
}

/// How close a new child stays to its parent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Parentage {
    /// Same process group, same standard streams.
    Shared,
    /// Same process group, no streams.
    Mute,
    /// A session of its own, no streams, and no parent.
    Detached,
    /// As detached, and no environment.
    Hidden,
}

/// Something a child was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// Its variables as `NAME=VALUE`, sorted.
    Env,
    /// Its working directory.
    Cwd,
    /// Its process id.
    Pid,
    /// `leader` or `member`: its place in its process group.
    Group,
    /// The numbers of its open descriptors.
    Descriptors,
    /// The terminal that all of its streams are, as `COLUMNSxROWS`, or `none`.
    Terminal,
}

/// A word that is not one of the language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WordError {
    /// The word.
    pub word: String,
}

impl fmt::Display for WordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "not a word a child knows: {:?}", self.word)
    }
}

impl core::error::Error for WordError {}

/// The steps that the words describe.
///
/// # Errors
///
/// The first word that is unknown, has a bad operand, or nests deeper than
/// [`MAX_DEPTH`].
pub fn parse<W: AsRef<str>>(words: &[W]) -> Result<Vec<Step>, WordError> {
    parse_at(words, 0)
}

/// The words of a text: separated by spaces, except within parentheses.
pub fn split(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut depth = 0usize;
    for c in text.chars() {
        match c {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ => {}
        }
        match words.last_mut() {
            Some(word) if depth > 0 || !c.is_whitespace() => word.push(c),
            _ => words.push(String::new()),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `len` bytes of the endless text that `flood` writes, from byte `start` on.
pub fn flood(start: usize, len: usize) -> Vec<u8> {
    let letters = b"abcdefghijklmnopqrstuvwxyz";
    let at = |i: usize| match i % 64 {
        63 => b'\n',
        column => letters.get(column % 26).copied().unwrap_or(b'.'),
    };
    (start..start.saturating_add(len)).map(at).collect()
}

fn parse_at<W: AsRef<str>>(words: &[W], depth: usize) -> Result<Vec<Step>, WordError> {
    let mut steps = Vec::new();
    let mut words = words.iter().map(AsRef::as_ref);
    while let Some(word) = words.next() {
        if word == "args" {
            steps.push(Step::Args(words.by_ref().map(String::from).collect()));
        } else {
            let step = step(word, depth).ok_or_else(|| WordError { word: word.into() })?;
            steps.push(step);
        }
    }
    Ok(steps)
}

fn step(word: &str, depth: usize) -> Option<Step> {
    match word.split_once(':') {
        None => bare(word),
        Some((verb, rest)) => saying(verb, rest)
            .or_else(|| starting(verb, rest, depth))
            .or_else(|| filing(verb, rest)),
    }
}

fn bare(word: &str) -> Option<Step> {
    Some(match word {
        "wait" => Step::Wait,
        "session" => Step::Session,
        "join" => Step::Join,
        "cat" => Step::Cat,
        "env" => Step::Print(Given::Env),
        "cwd" => Step::Print(Given::Cwd),
        "pid" => Step::Print(Given::Pid),
        "group" => Step::Print(Given::Group),
        "fds" => Step::Print(Given::Descriptors),
        "tty" => Step::Print(Given::Terminal),
        _ => return None,
    })
}

fn saying(verb: &str, rest: &str) -> Option<Step> {
    Some(match verb {
        "say" => Step::Say(Stream::Stdout, line(rest)),
        "err" => Step::Say(Stream::Stderr, line(rest)),
        "noeol" => Step::Say(Stream::Stdout, rest.into()),
        "bytes" => Step::Say(Stream::Stdout, hex(rest)?),
        "flood" => Step::Flood(Stream::Stdout, number(rest)?),
        "flood-err" => Step::Flood(Stream::Stderr, number(rest)?),
        "sleep" => Step::Sleep(Duration::from_millis(number(rest)?)),
        "exit" => Step::Exit(number(rest)?),
        _ => return None,
    })
}

fn starting(verb: &str, rest: &str, depth: usize) -> Option<Step> {
    Some(match verb {
        "raise" => Step::Raise(number(rest)?),
        "ignore" => Step::Ignore(number(rest)?),
        "on" => {
            let (signal, words) = rest.split_once(':')?;
            Step::On(number(signal)?, nested(words, depth)?)
        }
        "repeat" => {
            let (times, words) = rest.split_once(':')?;
            Step::Repeat(number(times)?, nested(words, depth)?)
        }
        "spawn" => Step::Spawn(Parentage::Shared, inner(rest)?),
        "mute" => Step::Spawn(Parentage::Mute, inner(rest)?),
        "detach" => Step::Spawn(Parentage::Detached, inner(rest)?),
        "hide" => Step::Spawn(Parentage::Hidden, inner(rest)?),
        "hold" => Step::Hold(number(rest)?),
        "listen" => Step::Listen(number(rest)?),
        "web" => Step::Web(number(rest)?),
        _ => return None,
    })
}

fn filing(verb: &str, rest: &str) -> Option<Step> {
    let two = || rest.split_once(':').map(|(a, b)| (a.to_owned(), b));
    Some(match verb {
        "until" => Step::Until(rest.into()),
        "write" => two().map(|(path, text)| Step::Write(path, text.into()))?,
        "append" => two().map(|(path, text)| Step::Append(path, text.into()))?,
        "touch" => Step::Append(rest.into(), Vec::new()),
        "read" => Step::Read(rest.into()),
        "dir" => Step::Dir(rest.into()),
        "link" => two().map(|(path, target)| Step::Link {
            path,
            target: target.into(),
        })?,
        "fifo" => Step::Fifo(rest.into()),
        _ => return None,
    })
}

fn nested(words: &str, depth: usize) -> Option<Vec<Step>> {
    let deeper = depth + 1;
    (deeper <= MAX_DEPTH)
        .then(|| parse_at(&inner(words)?, deeper).ok())
        .flatten()
}

fn inner(words: &str) -> Option<Vec<String>> {
    Some(split(words.strip_prefix('(')?.strip_suffix(')')?))
}

fn line(text: &str) -> Vec<u8> {
    format!("{text}\n").into_bytes()
}

fn number<T: FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .chars()
        .map(|c| c.to_digit(16).and_then(|d| u8::try_from(d).ok()))
        .collect::<Option<_>>()?;
    let (pairs, []) = digits.as_chunks::<2>() else {
        return None;
    };
    Some(pairs.iter().map(|[high, low]| high << 4 | low).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_steps() {
        let table = [
            ("say:a:b", Step::Say(Stream::Stdout, b"a:b\n".to_vec())),
            ("bytes:00ff0A", Step::Say(Stream::Stdout, vec![0, 255, 10])),
            ("exit:3", Step::Exit(3)),
            ("ignore:TERM", Step::Ignore(Signal::TERM)),
            (
                "spawn:(say:x spawn:(wait exit:1))",
                Step::Spawn(
                    Parentage::Shared,
                    vec!["say:x".into(), "spawn:(wait exit:1)".into()],
                ),
            ),
            (
                "on:USR1:(exit:2)",
                Step::On(Signal::USR1, vec![Step::Exit(2)]),
            ),
            (
                "link:a:../b",
                Step::Link {
                    path: "a".into(),
                    target: "../b".into(),
                },
            ),
        ];
        for (word, step) in table {
            assert_eq!(parse(&[word]), Ok(vec![step]), "{word}");
        }
    }

    #[test]
    fn other_words_are_refused_by_name() {
        for word in [
            "",
            "sya:x",
            "exit:x",
            "bytes:abc",
            "on:TERM",
            "spawn:wait",
            "listen:70000",
        ] {
            assert_eq!(parse(&["wait", word]), Err(WordError { word: word.into() }));
        }
    }

    #[test]
    fn nesting_has_a_limit() {
        let deep = |n: usize| format!("{}wait{}", "repeat:1:(".repeat(n), ")".repeat(n));
        assert!(parse(&[deep(MAX_DEPTH)]).is_ok());
        assert!(parse(&[deep(MAX_DEPTH + 1)]).is_err());
    }

    #[test]
    fn arguments_are_taken_as_they_are() {
        let words = ["args", "a b", "", "exit:1"];
        let all = words.iter().skip(1).map(|w| (*w).to_owned()).collect();
        assert_eq!(parse(&words), Ok(vec![Step::Args(all)]));
    }

    #[test]
    fn a_flood_goes_on_where_it_stopped() {
        assert_eq!(flood(0, 200), [flood(0, 50), flood(50, 150)].concat());
    }
}
