//! What a fuzzer runs: any bytes, and what must hold for them.

use crate::{Call, Missing, Render, Scope, Sink, Template};
use alloc::{string::String, vec::Vec};
use collodi_value::{Object, Value};

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[
    ("template_render", template),
    ("template_scope", hostile),
    ("template_words", words),
];

/// Data that would do something if a shell read it.
const HOSTILE: &str = "'\"; $(id) `id` && ! \\ \n #";

struct World;

impl Scope for World {
    fn get(&self, name: &str) -> Option<Value> {
        Some(match name {
            "n" => 7.into(),
            "s" => HOSTILE.into(),
            "e" => "".into(),
            "a" => alloc::vec![3, 1, 2].into(),
            "o" => {
                let entries = [
                    ("s", Value::from(HOSTILE)),
                    ("a", Value::from(alloc::vec!["x"])),
                ];
                Value::Object(entries.into_iter().collect::<Object>())
            }
            _ => return None,
        })
    }

    fn call(&self, name: &str, args: &[Value]) -> Call {
        match name {
            "f" => Call::Value(args.first().cloned().unwrap_or_default()),
            "q" => Call::Ask,
            _ => Call::Unknown,
        }
    }
}

/// Reads `data` as the text of a template and renders it in each way.
///
/// # Panics
///
/// When a place that is told is not one of the text, when a second rendering
/// differs, or when a text without expressions changes.
pub fn template(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    let value = Value::from(&*text);
    let parsed = Template::parse(&value);
    assert_eq!(parsed.source(), value);
    for problem in parsed.problems() {
        assert!(text.get(problem.span).is_some(), "a problem has its place");
    }
    for reference in parsed.references() {
        assert!(
            text.get(reference.span).is_some(),
            "a reference has its place"
        );
    }
    for (sink, missing) in [
        (Sink::Plain, Missing::KeepText),
        (Sink::Shell, Missing::KeepText),
        (Sink::Plain, Missing::Falsy),
    ] {
        let how = Render {
            sink,
            missing,
            fuel: 20_000,
            max_bytes: 1 << 20,
        };
        render(&parsed, &text, &how);
    }
}

fn render(parsed: &Template, text: &str, how: &Render) {
    let rendered = parsed.render(&World, how);
    assert_eq!(
        print(&rendered.value),
        print(&parsed.render(&World, how).value)
    );
    for note in &rendered.notes {
        assert!(
            text.get(note.span.clone()).is_some(),
            "a note has its place"
        );
    }
    if parsed.is_static() && !text.contains("{{{") {
        assert_eq!(rendered.value, Value::from(text));
        assert_eq!(rendered.notes, Vec::new());
    }
}

/// NaN is not equal to itself, but its text is.
fn print(value: &Value) -> String {
    value.to_json()
}

/// A world whose answers are made to hurt: texts that are templates, deep lists,
/// names nobody would use, functions that answer with more of it.
struct Hostile<'t> {
    values: Vec<&'t str>,
}

impl Hostile<'_> {
    fn value(&self, name: &str) -> Option<Value> {
        let number = name.bytes().fold(0, |sum, b| sum ^ usize::from(b));
        let text = self.values.get(number % self.values.len().max(1))?;
        let deep = |text: &str| {
            let depth = text.len() * 4;
            (0..depth).fold(Value::from(text), |inner, _| alloc::vec![inner].into())
        };
        Some(match (text.chars().next(), text.parse::<f64>()) {
            (_, Ok(number)) => number.into(),
            (Some('['), _) => text.split(',').collect::<Vec<_>>().into(),
            (Some('{'), _) => {
                let entries = text.split(',').map(|entry| {
                    let (key, value) = entry.split_once(':').unwrap_or((entry, ""));
                    (key, value.into())
                });
                Value::Object(entries.collect())
            }
            (Some('#'), _) => deep(text),
            (Some('*'), _) => text.repeat(1000).into(),
            _ => (*text).into(),
        })
    }
}

impl Scope for Hostile<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        self.value(name)
    }

    fn call(&self, name: &str, args: &[Value]) -> Call {
        match (name.len() % 3, self.value(name)) {
            (0, Some(value)) => Call::Value(value),
            (1, _) => Call::Ask,
            (_, _) => Call::Value(Value::Array(args.into())),
        }
    }
}

/// Renders the first line of `data` in a world made of the others.
///
/// # Panics
///
/// When the same rendering comes out differently, or larger than it may.
pub fn hostile(data: &[u8]) {
    let all = String::from_utf8_lossy(data);
    let mut lines = all.split('\n');
    let text = lines.next().unwrap_or_default();
    let scope = Hostile {
        values: lines.collect(),
    };
    let template = Template::parse(&Value::from(alloc::vec![text, "{{a}}", "x{{b}}x"]));
    for sink in [Sink::Plain, Sink::Shell] {
        let how = Render {
            sink,
            fuel: 20_000,
            max_bytes: 1 << 16,
            ..Render::default()
        };
        let rendered = template.render(&scope, &how);
        let made = print(&rendered.value);
        assert_eq!(made, print(&template.render(&scope, &how).value));
        // Quoting and escapes may make a byte six, and what may be made is made again
        // by each `{{a}}` of a value that was not made here.
        let most = 16 * (how.max_bytes + all.len() * 4000);
        assert!(made.len() <= most, "{} > {most}", made.len());
        assert!(rendered.questions.len() <= text.len());
    }
}

/// Shell lines with data in them, and the words that a shell must read: `\0` is the data.
const LINES: &[(&str, &[&str])] = &[
    ("{{x}} {{x}}", &["\0", "\0"]),
    ("a {{x}}b", &["a", "\0b"]),
    ("'a {{x}}' \"{{x}} b\"", &["a \0", "\0 b"]),
    ("\"{{x}}\"'{{x}}'{{x}}", &["\0\0\0"]),
    ("--a={{x}} 'it'{{ x }}\" \"", &["--a=\0", "it\0 "]),
    ("{{ 'a ' + x }}", &["a", "\0"]),
    ("\"a{{ `b ${x}` }}\" {{[x, x]}}", &["ab \0", "\0,\0"]),
];

/// Puts `data` into shell lines and reads their words as a shell does.
///
/// # Panics
///
/// When the data is not where it was put, and nowhere else, byte by byte.
pub fn words(data: &[u8]) {
    let x = String::from_utf8_lossy(data).replace('\0', "");
    let scope: Object = [("x", Value::from(&*x))].into_iter().collect();
    for (line, expected) in LINES {
        let template = Template::parse(&Value::from(*line));
        let how = Render {
            sink: Sink::Shell,
            ..Render::default()
        };
        let rendered = template.render(&scope, &how).value.to_text();
        let expected: Vec<String> = expected.iter().map(|word| word.replace('\0', &x)).collect();
        assert_eq!(shell_words(&rendered), Some(expected), "{rendered}");
    }
}

/// The words of a line of plain and quoted text; none when it has anything more.
fn shell_words(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = line.chars();
    while let Some(c) = chars.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (Some('"'), '$' | '`' | '!') => return None,
            (None | Some('"'), '\\') => word.get_or_insert_default().push(chars.next()?),
            (Some(_), c) => word.get_or_insert_default().push(c),
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None, ' ') => words.extend(word.take()),
            (None, c) if c.is_ascii_alphanumeric() || "_-./:@%+=,".contains(c) => {
                word.get_or_insert_default().push(c);
            }
            (None, _) => return None,
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}
