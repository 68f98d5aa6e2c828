//! Patterns against Node: random sources and texts, the same matches.
//!
//! `COLLODI_CASES` sets how many; `COLLODI_SEED` which.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    missing_docs
)]

use collodi_pattern::{Pattern, PatternError};
use collodi_value::Value;
use std::{
    io::Write,
    process::{Command, Stdio},
};

const JUDGE: &str = r"
const cases = JSON.parse(require('fs').readFileSync(0, 'utf8'));
const utf8 = (text, units) => Buffer.byteLength(text.slice(0, units));
for (const [source, flags, text] of cases) {
    let line;
    try {
        const found = new RegExp(source, flags).exec(text);
        line = found === null ? null : [utf8(text, found.index), ...found.map(x => x ?? null)];
    } catch (error) {
        line = 'error';
    }
    console.log(JSON.stringify(line));
}
";

/// Numbers from a seed (xorshift), small enough to be read.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.below(from.len())]
    }
}

/// A source. Groups that hold groups are not repeated: what a group keeps of an
/// earlier round is a documented difference.
fn source(dice: &mut Dice, depth: usize) -> String {
    let branches = 1 + usize::from(dice.below(5) == 0);
    let branch = |dice: &mut Dice| (0..1 + dice.below(4)).map(|_| term(dice, depth)).collect();
    let branches: Vec<String> = (0..branches).map(|_| branch(dice)).collect();
    branches.join("|")
}

fn term(dice: &mut Dice, depth: usize) -> String {
    match dice.below(if depth > 0 { 13 } else { 9 }) {
        0..=3 => atom(dice) + quantifier(dice),
        4 | 5 => atom(dice),
        6 => class(dice) + quantifier(dice),
        7 => dice
            .pick(&["^", "$", "\\b", "\\B", "\\1", "(?:)", ""])
            .to_owned(),
        8 => format!("(?:{}{})", atom(dice), atom(dice)) + quantifier(dice),
        9 => format!("({})", source(dice, depth - 1)),
        10 => format!("(?:{})", source(dice, depth - 1)),
        11 => format!("({}{})", dice.pick(&["?=", "?!"]), source(dice, depth - 1)),
        _ => format!("({}{})", dice.pick(&["?<=", "?<!"]), atom(dice)),
    }
}

fn atom(dice: &mut Dice) -> String {
    dice.pick(&[
        "a", "b", "c", "k", "S", "é", "1", "_", " ", "-", "/", ".", "\\d", "\\w", "\\s", "\\D",
        "\\W", "\\S", "\\.", "\\n", "\\x41", "\\u0062", "\\/", "\\-", "\\cJ", "\\0", "{", "}", "]",
        "#", "&", "~", "\\q", "\\8", "\\u{2}", "\\07", "\\c",
    ])
    .to_owned()
}

fn quantifier(dice: &mut Dice) -> &'static str {
    dice.pick(&[
        "*", "+", "?", "*?", "+?", "??", "{2}", "{1,}", "{0,2}", "{1,2}?", "", "{,2}",
    ])
}

fn class(dice: &mut Dice) -> String {
    let items: String = (0..dice.below(4))
        .map(|_| {
            dice.pick(&[
                "a",
                "b-d",
                "k",
                "\\d",
                "\\w",
                "\\s",
                "\\S",
                "\\D",
                "^",
                "-",
                "é",
                "[",
                "&&",
                "--",
                "~~",
                "\\]",
                "\\b",
                "A-Z",
                "a-z",
                "0-9",
                "\\-",
                ".",
                "$",
                "\\x41-\\x43",
                "\\W",
                " -~",
                "#",
                "\\cA",
            ])
        })
        .collect();
    format!("[{}{items}]", dice.pick(&["", "", "^"]))
}

fn text(dice: &mut Dice) -> String {
    (0..dice.below(9))
        .map(|_| {
            dice.pick(&[
                "a", "b", "c", "k", "K", "s", "S", "A", "é", "É", "1", "_", " ", "-", "/", "\n",
                "\r", "\u{2028}", "\u{a0}", "\u{212a}", "\u{17f}", "{", "}", "]", "[", "#",
                "\u{0}", "u", "8", "B",
            ])
        })
        .collect()
}

/// What we say, in the words of the judge; none for what we do not do.
fn ours(source: &str, flags: &str, text: &str) -> Option<Value> {
    let pattern = match Pattern::new(source, flags) {
        Ok(pattern) => pattern,
        Err(PatternError::Unsupported(_)) => return None,
        Err(_) => return Some(Value::from("error")),
    };
    Some(match pattern.find_at(text, 0).ok()? {
        None => Value::Null,
        Some(found) => {
            let start = i32::try_from(found.range().start).unwrap();
            let texts = found.texts(text).into_iter();
            let texts = texts.map(|text| text.map_or(Value::Null, Value::from));
            Value::Array(std::iter::once(Value::from(start)).chain(texts).collect())
        }
    })
}

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|n| n.parse().ok())
        .unwrap_or(default)
}

#[test]
fn patterns_match_as_in_node() {
    let mut dice = Dice(number("COLLODI_SEED", 0x9E37_79B9_7F4A_7C15));
    let flags = ["", "", "i", "m", "s", "u", "im", "iu", "su", "y"];
    let cases: Vec<[String; 3]> = (0..number("COLLODI_CASES", 3000))
        .map(|_| {
            [
                source(&mut dice, 2),
                dice.pick(&flags).to_owned(),
                text(&mut dice),
            ]
        })
        .collect();
    let input: Vec<Value> = cases
        .iter()
        .map(|case| {
            case.iter()
                .map(|text| Value::from(text.as_str()))
                .collect::<Vec<_>>()
                .into()
        })
        .collect();
    let mut node = Command::new("node")
        .args(["-e", JUDGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs node on the PATH");
    let mut stdin = node.stdin.take().unwrap();
    let json = Value::Array(input).to_json();
    let writer = std::thread::spawn(move || stdin.write_all(json.as_bytes()));
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    let (mut skipped, mut wrong) = (0, Vec::new());
    for ([source, flags, text], answer) in cases.iter().zip(answers.lines()) {
        match ours(source, flags, text) {
            None => skipped += 1,
            Some(value) if value.to_json() == answer => {}
            Some(value) => wrong.push(format!(
                "/{source}/{flags} on {text:?}\n  node {answer}\n  ours {}",
                value.to_json()
            )),
        }
    }
    assert_eq!(answers.lines().count(), cases.len());
    eprintln!("{} cases, {skipped} outside of what we do", cases.len());
    assert!(
        wrong.is_empty(),
        "{} differ\n{}",
        wrong.len(),
        wrong[..wrong.len().min(25)].join("\n")
    );
    assert!(
        skipped * 20 < cases.len(),
        "{skipped} of {} skipped",
        cases.len()
    );
}
