//! What holds for any text, and for nesting at its limits.
#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::unwrap_used,
    missing_docs
)]

use collodi_template::{Render, Sink, Template, fuzz};
use collodi_value::{Object, Value};
use proptest::prelude::*;

/// Pieces that expressions are made of, in any order.
const PIECES: &[&str] = &[
    "{{",
    "}}",
    "{{{",
    "}}}",
    "n",
    "s",
    "a",
    "o",
    ".",
    "?.",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "'",
    "\"",
    "`",
    "${",
    "/",
    "=>",
    "x",
    "1",
    " ",
    ",",
    ":",
    "?",
    "??",
    "&&",
    "||",
    "+",
    "-",
    "!",
    "===",
    "map",
    "f",
    "q",
    "length",
    "split",
    "...",
    "\\",
    "\n",
    "é",
    "😀",
    ";",
    "$(",
    "<<",
    "#",
    "in",
    "typeof ",
    "new URL",
    "raw",
    "_",
    "1e9",
    "repeat",
    "join",
    "sort",
    "match",
    "reduce",
    "JSON",
    "stringify",
    "Array",
    "from",
];

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(proptest::sample::select(PIECES), 0..24)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn any_bytes(data in proptest::collection::vec(any::<u8>(), 0..80)) {
        fuzz::template(&data);
    }

    #[test]
    fn what_looks_like_a_template(text in pieces()) {
        fuzz::template(text.as_bytes());
        fuzz::template(format!("{{{{{text}}}}}").as_bytes());
    }

    /// Texts without braces come out as they are, wherever they stand.
    #[test]
    fn other_texts_do_not_change(text in "[^{]{0,40}") {
        let value = Value::Array(vec![Value::from(text)]);
        for sink in [Sink::Plain, Sink::Shell] {
            let how = Render { sink, ..Render::default() };
            prop_assert_eq!(&Template::parse(&value).render(&Object::new(), &how).value, &value);
        }
    }

    /// Data goes in as it is, braces and dollars included.
    #[test]
    fn data_goes_in_unchanged(data in any::<String>()) {
        let mut scope = Object::new();
        scope.set("x", Value::from(data.as_str()));
        let template = Template::parse(&Value::from("<{{x}}|{{x}}>"));
        let rendered = template.render(&scope, &Render::default());
        prop_assert_eq!(rendered.value, Value::from(format!("<{data}|{data}>")));
    }
}

/// Runs `work` on a stack of one megabyte: half of what a thread has.
fn on_a_small_stack(work: impl FnOnce() + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(1 << 20);
    thread.spawn(work).unwrap().join().unwrap();
}

#[test]
fn templates_go_between_threads() {
    fn sends<T: Send + Sync>(_: &T) {}
    sends(&Template::parse(&Value::from(
        "{{/a/.test(x) ? y => y : 1}}",
    )));
}

#[test]
fn nesting_never_ends_the_stack() {
    on_a_small_stack(|| {
        for depth in [40, 46, 47, 48, 5000] {
            for (open, close) in [
                ("(", ")"),
                ("[", "]"),
                ("[{a:", "}]"),
                ("!", ""),
                ("x=>", ""),
                ("a?", ":b"),
                ("f(", ")"),
                ("`${", "}`"),
                ("([", "])=>1"),
                ("2**", ""),
                ("(x=>x)(", ")"),
                ("[1].map(x=>", ")"),
            ] {
                let text = format!("{{{{{}1{}}}}}", open.repeat(depth), close.repeat(depth));
                fuzz::template(text.as_bytes());
            }
        }
    });
}

#[test]
fn values_never_end_the_stack() {
    on_a_small_stack(|| {
        for text in [
            "{{Array(2000).fill(0).reduce(x => [x], [])}}",
            "{{Array(2000).fill(0).reduce(x => ({x}), {})}}",
            "{{Array(2000).fill(0).reduce(x => [x, x], [])}}",
            "{{Array(100).fill(0).reduce(x => [x, x], [])}}",
            "{{JSON.stringify(Array(100).fill(0).reduce(x => [x, x], 1))}}",
            "{{Array(100).fill(0).reduce(x => [x, x], 1).flat(1000)}}",
            "{{String(Array(100).fill(0).reduce(x => [x, x], 1))}}",
            "{{Array(2000).fill(0).reduce(x => () => x, 1)}}",
            "{{(f => f(f))(f => f(f))}}",
            "{{(f => f(f))(f => [1].map(x => f(f)))}}",
            "{{'x'.replace(/x/, () => 'y'.repeat(100000)).repeat(100000)}}",
            "{{'a,'.repeat(1000).split(',').map(x => 'b'.repeat(1000)).join()}}",
            "{{JSON.parse('['.repeat(5000))}}",
            "{{JSON.stringify([1], (k, v) => [v])}}",
            "{{(f => f(f))(f => JSON.stringify([[[[[1]]]]], (k, v) => v === 1 ? f(f) : v))}}",
            "{{(f => f(f))(f => [2, 1].sort((a, b) => f(f)))}}",
            "{{(f => f(f))(f => 'x'.replace('x', y => f(f)))}}",
            "{{/(a*)*\\1b/.test('a'.repeat(5000))}}",
        ] {
            fuzz::template(text.as_bytes());
            Template::parse(&Value::from(text)).render(&Object::new(), &Render::default());
        }
    });
}
