//! Command lines of `sh -c` and `bash -c`, and of a shell that reads them.
//!
//! A line that the world has a script for is played. Any other is read as plain
//! commands joined by `&&`, `||` and `;`: no variables but `$?`, no redirections
//! but `>&2` at the end of what the shell itself says.

use crate::{
    Behaviour,
    disk::{self, End, Node},
    play::Player,
    process,
    words::{Step, USAGE},
};
use collodi_backend::BoxFuture;
use collodi_command::Stream;
use std::time::Duration;

/// The exit code of a shell that does not find a command.
const NOT_FOUND: i32 = 127;

/// How deep `eval` may nest.
const MAX_DEPTH: usize = 8;

/// Runs the shell with these arguments: a line, or without one the lines that it reads.
pub(crate) async fn run(player: &Player, args: &[String]) -> i32 {
    let line = args.iter().skip_while(|arg| *arg != "-c").nth(1);
    let shell = Shell { player, depth: 0 };
    let ran = match line {
        Some(line) => shell.line(line, 0).await,
        None if args.iter().all(|arg| arg.starts_with('-')) => shell.lines().await,
        None => {
            complain(player, "a simulated shell plays no files").await;
            Ran::Status(USAGE)
        }
    };
    match ran {
        Ran::Status(code) | Ran::Exit(code) => code,
    }
}

/// A shell in a process.
#[derive(Clone, Copy)]
struct Shell<'a> {
    player: &'a Player,
    depth: usize,
}

enum Ran {
    Status(i32),
    Exit(i32),
}

impl<'a> Shell<'a> {
    /// Runs what is read, line by line, to the end of standard input.
    async fn lines(self) -> Ran {
        let mut status = 0;
        let mut text = String::new();
        while let Some(line) = self.player.line().await {
            text.push_str(&String::from_utf8_lossy(&line));
            if is_open(&text) {
                continue;
            }
            let line = std::mem::take(&mut text);
            match self.commands(line.trim_end_matches('\n'), status).await {
                Ran::Status(code) => status = code,
                exit @ Ran::Exit(_) => return exit,
            }
        }
        Ran::Status(status)
    }

    fn line(self, line: &'a str, status: i32) -> BoxFuture<'a, Ran> {
        Box::pin(async move {
            let scripted = {
                let state = self.player.world.state();
                let own = state.lines.get(line);
                own.or(state.any_line.as_ref()).cloned()
            };
            if let Some(behaviour) = scripted {
                let args = [line.to_owned()];
                return Ran::Status(self.player.program(&behaviour, &args).await);
            }
            self.commands(line, status).await
        })
    }

    async fn commands(self, line: &str, mut status: i32) -> Ran {
        for (join, words) in commands(line) {
            let runs = match join {
                Join::Always => true,
                Join::And => status == 0,
                Join::Or => status != 0,
            };
            if runs {
                match self.command(&words, status).await {
                    Ran::Status(code) => status = code,
                    exit @ Ran::Exit(_) => return exit,
                }
            }
        }
        Ran::Status(status)
    }

    async fn command(self, words: &[String], status: i32) -> Ran {
        let Some((name, args)) = words.split_first() else {
            return Ran::Status(status);
        };
        let first = args.first().map(String::as_str);
        let number = |text: Option<&str>| text.and_then(|t| t.trim_end_matches(')').parse().ok());
        Ran::Status(match name.as_str() {
            "true" | ":" => 0,
            "false" => 1,
            "(exit" => number(first).unwrap_or(0),
            "exit" => return Ran::Exit(number(first).unwrap_or(0)),
            "exec" => return self.exec(args).await,
            "eval" => return self.eval(&args.join(" "), status).await,
            "cd" => self.cd(first.unwrap_or("/")),
            "export" => self.export(args),
            "echo" => {
                self.says(args, status, |args| format!("{}\n", args.join(" ")))
                    .await
            }
            "printf" => self.says(args, status, printf).await,
            "sleep" => {
                let seconds = first.and_then(|text| text.parse().ok()).unwrap_or(0.0);
                let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
                self.player.steps(&[Step::Sleep(time)]).await.unwrap_or(0)
            }
            _ => program(self.player, name, args).await,
        })
    }

    /// The shell ends as the program that it becomes does.
    async fn exec(self, words: &[String]) -> Ran {
        match words.split_first() {
            Some((name, args)) => Ran::Exit(program(self.player, name, args).await),
            None => Ran::Status(0),
        }
    }

    async fn eval(self, line: &str, status: i32) -> Ran {
        let depth = self.depth + 1;
        if depth > MAX_DEPTH {
            complain(self.player, "eval is nested too deeply").await;
            return Ran::Status(USAGE);
        }
        let inner = Shell { depth, ..self };
        inner.line(line, status).await
    }

    /// Says what `text` makes of the arguments, on the stream that the last may name.
    async fn says(self, args: &[String], status: i32, text: fn(&[String]) -> String) -> i32 {
        let (stream, args) = match args.split_last() {
            Some((last, rest)) if last == ">&2" => (Stream::Stderr, rest),
            _ => (Stream::Stdout, args),
        };
        let status = status.to_string();
        let args: Vec<_> = args.iter().map(|arg| arg.replace("$?", &status)).collect();
        self.player.say(stream, text(&args).as_bytes()).await;
        0
    }

    fn cd(self, path: &str) -> i32 {
        let mut state = self.player.world.state();
        let place = state.place(self.player.pid, path, End::Follow).ok();
        let place = place.filter(|place| matches!(state.disk.get(place), Some(Node::Dir(_))));
        match (place, state.table.get_mut(self.player.pid)) {
            (Some(place), Some(process)) => {
                process.cwd = disk::text(&place);
                0
            }
            _ => 1,
        }
    }

    fn export(self, args: &[String]) -> i32 {
        let mut state = self.player.world.state();
        if let Some(process) = state.table.get_mut(self.player.pid) {
            let set = args.iter().filter_map(|arg| arg.split_once('='));
            let set = set.map(|(name, value)| (name.to_owned(), value.to_owned()));
            process.env.extend(set);
        }
        0
    }
}

/// Whether a quote is still open.
fn is_open(text: &str) -> bool {
    let mut open = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (open, c) {
            (None, '\\') => drop(chars.next()),
            (None, '\'' | '"') => open = Some(c),
            (Some(quote), c) if c == quote => open = None,
            _ => {}
        }
    }
    open.is_some()
}

/// A format with `%s`, `\n` and octal escapes, filled in.
fn printf(args: &[String]) -> String {
    let (format, args) = args
        .split_first()
        .map_or(("", args), |(f, a)| (f.as_str(), a));
    let mut args = args.iter();
    let mut text = String::new();
    let mut rest = format.chars();
    while let Some(c) = rest.next() {
        match (c, rest.clone().next()) {
            ('%', Some('s')) => {
                rest.next();
                text.push_str(args.next().map_or("", String::as_str));
            }
            ('\\', Some('n')) => {
                rest.next();
                text.push('\n');
            }
            ('\\', Some('0')) => {
                let digits: String = rest.by_ref().take(3).collect();
                let code = u32::from_str_radix(&digits, 8).ok();
                text.extend(code.and_then(char::from_u32));
            }
            _ => text.push(c),
        }
    }
    text
}

async fn program(player: &Player, name: &str, args: &[String]) -> i32 {
    match find(player, name) {
        Some(behaviour) => player.program(&behaviour, args).await,
        None => {
            complain(player, &format!("sh: {name}: not found")).await;
            NOT_FOUND
        }
    }
}

fn find(player: &Player, name: &str) -> Option<Behaviour> {
    let state = player.world.state();
    let process = state.table.get(player.pid)?;
    let path = process.env.get("PATH").map_or("", String::as_str);
    process::look_up(&state.disk, name, path, &process.cwd).ok()
}

async fn complain(player: &Player, text: &str) {
    player
        .say(Stream::Stderr, format!("{text}\n").as_bytes())
        .await;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Join {
    Always,
    And,
    Or,
}

/// The commands of a line, each with what joins it to the one before.
fn commands(line: &str) -> Vec<(Join, Vec<String>)> {
    let mut commands = vec![(Join::Always, Vec::new())];
    for word in words(line) {
        let join = match &word {
            Word::Operator(";") => Join::Always,
            Word::Operator("&&") => Join::And,
            Word::Operator(_) => Join::Or,
            Word::Plain(text) => {
                if let Some((_, words)) = commands.last_mut() {
                    words.push(text.clone());
                }
                continue;
            }
        };
        commands.push((join, Vec::new()));
    }
    commands
}

#[derive(Debug, PartialEq, Eq)]
enum Word {
    Plain(String),
    Operator(&'static str),
}

fn words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut rest = line;
    loop {
        rest = rest.trim_start_matches([' ', '\t']);
        if rest.is_empty() {
            return words;
        }
        let operators = [("&&", "&&"), ("||", "||"), (";", ";"), ("\n", ";")];
        let operator = operators
            .iter()
            .find_map(|(text, operator)| Some((rest.strip_prefix(text)?, *operator)));
        rest = match operator {
            Some((after, operator)) => {
                words.push(Word::Operator(operator));
                after
            }
            None => {
                let (word, after) = plain(rest);
                words.push(Word::Plain(word));
                after
            }
        };
    }
}

/// One word from the start of `text`, its quotes removed, and the rest.
fn plain(text: &str) -> (String, &str) {
    let mut word = String::new();
    let mut quote = None;
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            _ if escaped => {
                word.push(c);
                escaped = false;
            }
            (None, '\\') => escaped = true,
            (None, '\'' | '"') => quote = Some(c),
            (None, ' ' | '\t' | '\n' | ';') => return (word, text.get(at..).unwrap_or_default()),
            (Some(open), c) if c == open => quote = None,
            _ => word.push(c),
        }
    }
    (word, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_commands_and_what_joins_them() {
        let table = [
            ("echo 'a  b' \"c\"", "Always echo|a  b|c"),
            ("a && b || c; d", "Always a, And b, Or c, Always d"),
            ("x\ny", "Always x, Always y"),
            (r"echo 'it'\''s'", "Always echo|it's"),
            ("", "Always "),
        ];
        for (line, expected) in table {
            let seen: Vec<String> = commands(line)
                .iter()
                .map(|(join, words)| format!("{join:?} {}", words.join("|")))
                .collect();
            assert_eq!(seen.join(", "), expected, "{line}");
        }
    }
}
