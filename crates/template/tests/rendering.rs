//! Templates of whole values: types, keys, braces, what is missing.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, missing_docs)]

use collodi_template::{Call, Missing, NoteKind, Question, Render, Scope, Template};
use collodi_value::{Object, Value};

fn object(entries: impl IntoIterator<Item = (&'static str, Value)>) -> Object {
    entries.into_iter().collect()
}

fn scope() -> Object {
    object([
        ("a", Value::from(1)),
        ("text", Value::from("{{a}} $& $1")),
        ("list", Value::from(vec![1, 2])),
        ("nothing", Value::Null),
        ("map", Value::from(object([("x", Value::from(true))]))),
    ])
}

fn render(text: &str) -> Value {
    Template::parse(&Value::from(text))
        .render(&scope(), &Render::default())
        .value
}

#[test]
fn a_text_that_is_one_expression_keeps_the_type() {
    assert_eq!(render("{{a}}"), Value::from(1));
    assert_eq!(render("{{list}}"), Value::from(vec![1, 2]));
    assert_eq!(
        render("{{map}}"),
        Value::from(object([("x", Value::from(true))]))
    );
    assert_eq!(render("{{nothing}}"), Value::Null);
}

#[test]
fn inside_of_a_text_values_become_text() {
    let table = [
        ("{{a}} and {{a + 1}}", "1 and 2"),
        ("{{list}} {{map}} {{nothing}}", "1,2 [object Object] null"),
        (" {{a}}", " 1"),
        ("{{{a}}}", "{{a}}"),
        ("{{{a}}} is {{a}}", "{{a}} is 1"),
        ("{{nope}} {{a}}", "{{nope}} 1"),
        ("{{a.b.c}} {{a}}", "{{a.b.c}} 1"),
        ("{{ .Go }} {{a}}", "{{ .Go }} 1"),
    ];
    for (text, expected) in table {
        assert_eq!(render(text), Value::from(expected), "{text}");
    }
}

#[test]
fn what_went_in_is_not_read_again() {
    assert_eq!(render("{{text}}"), Value::from("{{a}} $& $1"));
    assert_eq!(render("<{{text}}>"), Value::from("<{{a}} $& $1>"));
}

#[test]
fn keys_are_templates_and_null_drops_the_entry() {
    let value = Value::from(object([
        ("{{a}}", Value::from("{{a}}")),
        ("{{nothing}}", Value::from(1)),
        ("{{a === 2}}", Value::from(1)),
        ("-{{a}}", Value::from(vec!["{{list}}", "x"])),
    ]));
    let rendered = Template::parse(&value).render(&scope(), &Render::default());
    assert_eq!(rendered.value.to_json(), r#"{"1":1,"-1":[[1,2],"x"]}"#);
    assert_eq!(rendered.notes, []);
}

#[test]
fn notes_say_where() {
    let inner = object([("b/c", Value::from(vec!["", "x {{nope}}"]))]);
    let value = Value::from(object([("a", Value::from(inner))]));
    let rendered = Template::parse(&value).render(&scope(), &Render::default());
    let note = &rendered.notes[0];
    assert_eq!(note.pointer, "/a/b~1c/1");
    assert_eq!(note.span, 2..10);
    assert_eq!(note.kind, NoteKind::Missing("nope".into()));
}

#[test]
fn problems_and_references_say_where() {
    let value = Value::from(vec![
        "{{a b}}",
        "{{local.items[0]['x'].map(y => y + port)}} {{exists('a')}}",
    ]);
    let template = Template::parse(&value);
    let problem = template.problems().next().unwrap();
    assert_eq!((problem.pointer.as_str(), problem.span), ("/0", 4..5));
    let references: Vec<_> = template
        .references()
        .map(|r| (r.path.join("."), r.called, r.span))
        .collect();
    let expected = [
        ("local.items.0.x.map".to_owned(), true, 2..7),
        ("port".to_owned(), false, 35..39),
        ("exists".to_owned(), true, 45..51),
    ];
    assert_eq!(references, expected);
    assert!(!template.is_static());
    assert!(template.item(0).unwrap().is_static());
}

#[test]
fn a_condition_takes_what_is_missing_for_false() {
    let how = Render {
        missing: Missing::Falsy,
        ..Render::default()
    };
    for text in ["{{nope}}", "{{map.y}}", "{{a.b.c}}"] {
        let rendered = Template::parse(&Value::from(text)).render(&scope(), &how);
        assert_eq!(rendered.value, Value::Null, "{text}");
        assert_eq!(rendered.notes.len(), 1);
    }
    let rendered = Template::parse(&Value::from("a{{nope}}b")).render(&scope(), &how);
    assert_eq!(rendered.value, Value::from("ab"));
}

/// Knows nothing by itself.
struct Asking;

impl Scope for Asking {
    fn get(&self, _: &str) -> Option<Value> {
        None
    }

    fn call(&self, _: &str, _: &[Value]) -> Call {
        Call::Ask
    }
}

#[test]
fn questions_are_collected_once_each() {
    let text = "{{exists('a')}} {{exists('a') && exists('b')}} {{kernel.which('git')}}";
    let rendered = Template::parse(&Value::from(text)).render(&Asking, &Render::default());
    let question = |function: &str, arg: &str| Question {
        function: function.into(),
        args: vec![arg.into()],
    };
    assert_eq!(
        rendered.questions,
        [question("exists", "a"), question("kernel.which", "git")]
    );
}

#[test]
fn deep_values_are_left_alone() {
    let deep = (0..300).fold(Value::from("{{a}}"), |inner, _| Value::Array(vec![inner]));
    let template = Template::parse(&deep);
    assert_eq!(template.problems().count(), 1);
    assert_eq!(template.render(&scope(), &Render::default()).value, deep);
}

#[test]
fn fuel_and_size_are_shared_by_the_whole_rendering() {
    let hungry = "{{[1,2,3].map(x => x * 2)}}";
    let value = Value::from(vec![hungry; 100]);
    let how = Render {
        fuel: 500,
        ..Render::default()
    };
    let rendered = Template::parse(&value).render(&scope(), &how);
    let rendered_items = rendered.value.as_array().unwrap();
    assert_eq!(rendered_items[0].to_json(), "[2,4,6]");
    assert_eq!(rendered_items[99], Value::from(hungry));
    assert!(
        rendered
            .notes
            .iter()
            .all(|note| note.kind == NoteKind::OutOfFuel)
    );
    let how = Render {
        max_bytes: 100,
        ..Render::default()
    };
    let rendered = Template::parse(&Value::from("{{'abc'.repeat(20)}} {{'abc'.repeat(20)}}"))
        .render(&scope(), &how);
    assert_eq!(rendered.notes[0].kind, NoteKind::TooLarge);
}
