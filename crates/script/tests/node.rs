//! Modules that are data, against Node: what it exports is what is read.
//!
//! `COLLODI_CASES` sets how many; `COLLODI_SEED` which.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    clippy::indexing_slicing
)]

use collodi_script::{read_json, read_module};
use collodi_value::Value;
use std::{
    fmt::Write as _,
    io::Write as _,
    process::{Command, Stdio},
};

/// Prints what each module exports as JSON, or that it is none.
const JUDGE: &str = r"
for (const text of JSON.parse(require('fs').readFileSync(0, 'utf8'))) {
    const module = {};
    try {
        new Function('module', text)(module);
        console.log(JSON.stringify(module.exports, (_, v) => v === undefined ? null : v));
    } catch (error) {
        console.log('throws');
    }
}
";

/// Random literals, as people write them.
struct Writer {
    state: u64,
    text: String,
}

impl Writer {
    fn below(&mut self, n: u64) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.state >> 33) % n).unwrap()
    }

    fn one_of<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len() as u64)]
    }

    fn say(&mut self, of: &[&str]) {
        let said = self.one_of(of);
        self.text.push_str(said);
    }

    fn space(&mut self) {
        self.say(&[
            "",
            "",
            " ",
            "\n  ",
            " // a, } ' comment\n",
            "/* { */",
            "\r\n\t",
        ]);
    }

    fn module(&mut self) {
        self.space();
        self.text.push_str("module.exports");
        self.say(&[" =", "=", " =\n"]);
        self.value(4);
        self.space();
        self.say(&["", ";", ";\n", "\n"]);
    }

    fn value(&mut self, depth: usize) {
        self.space();
        match self.below(if depth == 0 { 4 } else { 7 }) {
            0 => self.say(&["null", "true", "false", "undefined"]),
            1 => self.say(&[
                "0",
                "-1",
                "12.5",
                "1e3",
                "0x1F",
                "2E-2",
                "-0.125",
                "9007199254740993",
            ]),
            2 | 3 => self.string(),
            4 => self.items(depth),
            _ => self.members(depth),
        }
        self.space();
    }

    fn string(&mut self) {
        let quote = self.one_of(&["'", "\"", "`"]);
        self.text.push_str(quote);
        for _ in 0..self.below(6) {
            let other = self.one_of(&["'", "\"", "`"]);
            if other == quote {
                self.text.push('\\');
            }
            self.text.push_str(other);
            self.say(&[
                "a",
                "é",
                "😀",
                "\\n",
                "\\d",
                "\\'",
                "\\\"",
                "\\`",
                "\\\\",
                "\\x41",
                "\\u00e9",
                "\\u{1f600}",
                "\\ud83d\\ude00",
                "\\0",
                "\\v",
                "\\/",
                "\\\n",
                "\\\r\n",
                "{{x}}",
                "$",
                "\t",
                "//",
                "/*",
                "{",
                "]",
                ",",
            ]);
        }
        self.text.push_str(quote);
    }

    fn items(&mut self, depth: usize) {
        self.text.push('[');
        self.rest(depth, "]", |writer| writer.value(depth - 1));
    }

    fn members(&mut self, depth: usize) {
        self.text.push('{');
        self.rest(depth, "}", |writer| {
            writer.space();
            match writer.below(3) {
                0 => writer.string_key(),
                _ => writer.say(&["a", "b_1", "$c", "default", "Ärger"]),
            }
            writer.space();
            writer.text.push(':');
            writer.value(depth - 1);
        });
    }

    fn string_key(&mut self) {
        self.say(&["'x y'", "\"x-y\"", "'it\\'s'", "\"\"", "'\\x41'"]);
    }

    fn rest(&mut self, depth: usize, close: &str, mut one: impl FnMut(&mut Self)) {
        let count = self.below(depth as u64 + 2);
        for n in 0..count {
            one(self);
            if n + 1 < count || self.below(3) == 0 {
                self.text.push(',');
            }
        }
        self.space();
        self.text.push_str(close);
    }
}

fn setting(name: &str, default: u64) -> u64 {
    let set = std::env::var(name).ok();
    set.map_or(default, |text| text.parse().unwrap())
}

fn exports(modules: &[String]) -> Vec<String> {
    let mut node = Command::new("node")
        .args(["-e", JUDGE])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let input = Value::from(modules.to_vec()).to_json().into_bytes();
    let mut stdin = node.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(&input).unwrap());
    let output = node.wait_with_output().unwrap();
    writer.join().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(str::to_owned).collect()
}

#[test]
fn what_node_exports_is_what_is_read() {
    let seed = setting("COLLODI_SEED", 1);
    let modules: Vec<String> = (0..setting("COLLODI_CASES", 2_000))
        .map(|n| {
            let state = (seed << 32) ^ n.wrapping_mul(0x9e37_79b9_7f4a_7c15);
            let mut writer = Writer {
                state,
                text: String::new(),
            };
            writer.module();
            writer.text
        })
        .collect();
    let mut wrong = String::new();
    for (module, theirs) in modules.iter().zip(exports(&modules)) {
        let theirs = read_json(&theirs).map_err(|_| "throws");
        let ours = read_module(module);
        if ours.as_ref().ok() != theirs.as_ref().ok() {
            writeln!(wrong, "{module}\n  Node: {theirs:?}\n  here: {ours:?}").unwrap();
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}
