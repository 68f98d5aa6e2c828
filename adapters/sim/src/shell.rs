//! Command lines of `sh -c` and `bash -c`.
//!
//! A line that the world has a script for is played. Any other is read as plain
//! commands joined by `&&`, `||` and `;`: no variables, no redirections.

use crate::{
    Behaviour,
    play::Player,
    process,
    words::{Step, USAGE},
};
use collodi_command::Stream;
use std::time::Duration;

/// The exit code of a shell that does not find a command.
const NOT_FOUND: i32 = 127;

/// Runs the shell with these arguments.
pub(crate) async fn run(player: &Player, args: &[String]) -> i32 {
    let line = args.iter().skip_while(|arg| *arg != "-c").nth(1);
    match line {
        Some(line) => run_line(player, line).await,
        None => {
            complain(player, "a simulated shell wants -c and a line").await;
            USAGE
        }
    }
}

async fn run_line(player: &Player, line: &str) -> i32 {
    let scripted = player.world.state().lines.get(line).cloned();
    if let Some(behaviour) = scripted {
        return player.program(&behaviour, &[]).await;
    }
    let mut status = 0;
    for (join, words) in commands(line) {
        let runs = match join {
            Join::Always => true,
            Join::And => status == 0,
            Join::Or => status != 0,
        };
        if runs {
            match command(player, &words).await {
                Ran::Status(code) => status = code,
                Ran::Exit(code) => return code,
            }
        }
    }
    status
}

enum Ran {
    Status(i32),
    Exit(i32),
}

async fn command(player: &Player, words: &[String]) -> Ran {
    let Some((name, args)) = words.split_first() else {
        return Ran::Status(0);
    };
    let first = args.first().map(String::as_str);
    Ran::Status(match name.as_str() {
        "true" | ":" => 0,
        "false" => 1,
        "exit" => return Ran::Exit(first.and_then(|code| code.parse().ok()).unwrap_or(0)),
        "echo" => {
            let line = format!("{}\n", args.join(" "));
            player.say(Stream::Stdout, line.as_bytes()).await;
            0
        }
        "sleep" => {
            let seconds = first.and_then(|text| text.parse().ok()).unwrap_or(0.0);
            let time = Duration::try_from_secs_f64(seconds).unwrap_or_default();
            player.steps(&[Step::Sleep(time)]).await.unwrap_or(0)
        }
        _ => program(player, name, args).await,
    })
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
    for (at, c) in text.char_indices() {
        match (quote, c) {
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
