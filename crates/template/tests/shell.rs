//! Shell lines: what is written where, and that no shell runs what is data.
#![allow(
    clippy::disallowed_types,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    missing_docs
)]

use collodi_template::{NoteKind, Render, Rendered, Sink, Template};
use collodi_value::{Object, Value};
use std::process::Command;

fn shell(line: &str, data: &str) -> Rendered {
    let mut input = Object::new();
    input.set("x", Value::from(data));
    input.set("n", Value::from(7));
    let mut scope = Object::new();
    scope.set("input", Value::from(input));
    let how = Render {
        sink: Sink::Shell,
        ..Render::default()
    };
    Template::parse(&Value::from(line)).render(&scope, &how)
}

#[test]
fn data_is_written_for_its_place() {
    let table = [
        // A word of its own, or a part of one.
        ("run {{input.x}}", "plain-1.0", "run plain-1.0"),
        ("run {{input.x}}", "two words", "run 'two words'"),
        ("run {{input.x}}", "", "run ''"),
        ("run {{input.x}}", "a'b", r"run 'a'\''b'"),
        (
            "cd {{input.x}}/data",
            "/srv/my app",
            "cd '/srv/my app'/data",
        ),
        ("{{input.x}} cmd", "A=b", "'A=b' cmd"),
        ("{{input.x}} cmd", "if", "'if' cmd"),
        ("run --n={{input.n}}", "", "run --n=7"),
        // In quotes.
        (r#"run "{{input.x}}""#, "two $words", r#"run "two \$words""#),
        (r#"run "{{input.x}}""#, "wow!", r#"run "wow"'!'"""#),
        ("run '{{input.x}}'", "it's", r"run 'it'\''s'"),
        (
            r#"run "$(cat {{input.x}})""#,
            "a b",
            r#"run "$(cat 'a b')""#,
        ),
        (
            r#"run "$(cat "{{input.x}}")""#,
            "a\"b",
            r#"run "$(cat "a\"b")""#,
        ),
        ("run # {{input.x}}", "a b; c", "run # a b; c"),
        // The author's own words are not touched.
        ("run {{input.n === 7 ? '--a b' : ''}}", "", "run --a b"),
        ("run {{'--name ' + input.x}}", "a b", "run --name 'a b'"),
        (
            "run {{`--name ${input.x} -v`}}",
            "a b",
            "run --name 'a b' -v",
        ),
        (
            "run {{['-a b', input.x].join(' -c ')}}",
            "$x",
            "run -a b -c '$x'",
        ),
        ("{{'run ' + input.x}}", "a;b", "run 'a;b'"),
        // Nothing makes data the author's.
        (
            "run {{String(new RegExp(input.x).source)}}",
            "a;b",
            "run 'a;b'",
        ),
        (
            "run {{JSON.parse(JSON.stringify(input.x))}}",
            "a;b",
            "run 'a;b'",
        ),
        (
            "run {{'<>'.replace('<', input.x).slice(0, -1)}}",
            "a;b",
            "run 'a;b'",
        ),
        ("run {{Object.keys({[input.x]: 1})[0]}}", "a;b", "run 'a;b'"),
        ("run {{[...input.x].join('')}}", "a;b", "run 'a;b'"),
        ("run {{input.x.split(';').join(' ')}}", "a;$b", "run a '$b'"),
        ("run {{''.padEnd(3, input.x)}}", "a;b", "run 'a;b'"),
        ("run {{path.join(input.x, 'c')}}", "a;b", "run 'a;b/c'"),
        // What the author calls raw, and what is the whole line.
        ("run {{raw(input.x)}}", "-a -b", "run -a -b"),
        ("{{input.x}}", "run -a && b", "run -a && b"),
    ];
    for (line, data, expected) in table {
        assert_eq!(shell(line, data).value, Value::from(expected), "{line}");
    }
}

#[test]
fn where_data_cannot_be_quoted_the_template_stays() {
    let table = [
        "run `cat {{input.x}}`",
        "run $(({{input.x}} + 1))",
        "(( {{input.x}} > 1 ))",
        "run ${A:-{{input.x}}}",
        r"run \{{input.x}}",
        "run ${{input.x}}",
        "run $'{{input.x}}'",
        "cat <<EOF\n{{input.x}}\nEOF",
        "cat <<{{input.x}}",
        "run $(case a in a) b;; esac; {{input.x}})",
        "eval {{input.x}}",
        "eval \"$(a; b)\" {{input.x}}",
        "sh -c 'echo {{input.x}}'",
        "/bin/bash -lc \"echo {{input.x}}\"",
        "python3 -c \"print('{{input.x}}')\"",
        "[[ {{input.x}} -eq 1 ]]",
        "run # {{input.x}}",
    ];
    for line in table {
        let rendered = shell(line, "a[$(id)]\n");
        assert_eq!(rendered.value, Value::from(line), "{line}");
        assert_eq!(rendered.notes[0].kind, NoteKind::Unquotable, "{line}");
        assert!(!shell(line, "12").value.to_text().contains("{{"), "{line}");
    }
}

#[test]
fn notes_say_what_was_done() {
    let kinds = |line: &str, data: &str| -> Vec<NoteKind> {
        shell(line, data)
            .notes
            .into_iter()
            .map(|note| note.kind)
            .collect()
    };
    assert_eq!(kinds("run {{input.x}}", "plain"), []);
    assert_eq!(kinds("run {{input.x}}", "a b"), [NoteKind::Quoted]);
    assert_eq!(kinds("run {{raw(input.x)}}", "a b"), [NoteKind::Raw]);
    assert_eq!(kinds("{{input.x}}", "a b"), [NoteKind::RawCommand]);
    assert_eq!(kinds("{{input.n > 1 ? 'a b' : 'c'}}", ""), []);
}

/// Arguments that a real shell hands to a program, for a line with data.
fn words(line: &str) -> Vec<String> {
    let script = format!("show() {{ for w in \"$@\"; do printf '%s\\001' \"$w\"; done; }}\n{line}");
    let output = Command::new("sh").arg("-c").arg(&script).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let mut words: Vec<String> = text.split('\u{1}').map(str::to_owned).collect();
    words.pop();
    words
}

const HOSTILE: &[&str] = &[
    "plain",
    "",
    " ",
    "a b",
    "$(echo pwned)",
    "`echo pwned`",
    "; echo pwned",
    "&& echo pwned",
    "| cat",
    "\necho pwned\n",
    "'; echo pwned; '",
    "\"; echo pwned; \"",
    "'\"'\"'; echo pwned",
    "\\'; echo pwned; #",
    "\\",
    "\\\\",
    "$HOME",
    "${HOME}",
    "$'\\x41'",
    "*",
    "~",
    "~root",
    "{a,b}",
    "[a-z]*",
    "# comment",
    "!!",
    "a!b",
    "-n",
    "--flag=$(id)",
    "A=b",
    "é \u{1F600}",
    "\r\n",
    "\t",
    "<(id)",
    ">/tmp/collodi-pwned",
    "%s%n",
    "if",
    "$((1+1))",
    "&",
    "''",
];

#[test]
fn a_real_shell_takes_data_for_one_word() {
    let lines = [
        "show {{input.x}}",
        "show \"{{input.x}}\"",
        "show '{{input.x}}'",
        "true && show {{input.x}}; true",
        "show \"$(printf %s {{input.x}}; printf .)\"",
        "(show {{input.x}})",
        "show {{'' + input.x}}",
    ];
    for line in lines {
        for data in HOSTILE {
            let rendered = shell(line, data).value.to_text();
            let expected = if line.contains("printf .") {
                format!("{data}.")
            } else {
                (*data).to_owned()
            };
            assert_eq!(
                words(&rendered),
                [expected],
                "{line} with {data:?}: {rendered}"
            );
        }
    }
}

#[test]
fn a_real_shell_joins_data_with_what_is_around_it() {
    for data in HOSTILE {
        let rendered = shell(
            "show a{{input.x}}b \"c {{input.x}} d\" 'e {{input.x}}'f{{input.x}}",
            data,
        );
        let rendered = rendered.value.to_text();
        let expected = [
            format!("a{data}b"),
            format!("c {data} d"),
            format!("e {data}f{data}"),
        ];
        assert_eq!(words(&rendered), expected, "{data:?}: {rendered}");
    }
}
