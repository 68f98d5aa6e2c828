//! The documents that are made from the table of methods.

#![allow(clippy::unwrap_used, clippy::panic)]

use collodi_script::{Dialect, Method, Options, json_schema, methods, parse, reference};

#[test]
fn markdown() {
    insta::assert_snapshot!(reference());
}

#[test]
fn schema() {
    insta::assert_snapshot!(json_schema().to_json_pretty());
}

/// The schema is itself JSON that is read without a word.
#[test]
fn schema_is_json() {
    let text = json_schema().to_json();
    let wrapped = format!(r#"{{"run": [{{"method": "log", "params": {{"json": {text}}}}}]}}"#);
    let parsed = parse(&wrapped, &Options::default());
    assert!(!parsed.has_errors(), "{}", parsed.lines());
}

#[test]
fn names_and_methods_agree() {
    for spec in methods() {
        let method = Method::from_name(spec.name);
        assert!(!matches!(method, Method::Unknown(_)), "{}", spec.name);
        assert_eq!(method.name(), spec.name);
        assert_eq!(method.spec(), Some(spec));
        assert!(spec.name.starts_with(method.family()));
    }
}

#[test]
fn every_method_is_in_the_table_once() {
    let mut names: Vec<&str> = methods().map(|spec| spec.name).collect();
    let mut known = Method::NAMES.to_vec();
    names.sort_unstable();
    known.sort_unstable();
    assert_eq!(names, known);
}

#[test]
fn names_of_parameters_are_unique() {
    for spec in methods() {
        let mut names: Vec<&str> = spec.params.iter().map(|param| param.name).collect();
        names.sort_unstable();
        assert!(
            names.windows(2).all(|pair| pair.first() != pair.last()),
            "{}",
            spec.name
        );
        assert!(
            spec.one_of.iter().all(|name| spec.param(name).is_some()),
            "{}",
            spec.name
        );
    }
}

#[test]
fn what_is_not_in_the_table() {
    assert_eq!(
        Method::from_name("kernel.a.b"),
        Method::Kernel("kernel.a.b".into())
    );
    assert_eq!(Method::from_name("a.b"), Method::Unknown("a.b".into()));
    assert_eq!(Method::Unknown("log".into()).spec(), None);
    assert_eq!(Dialect::from_name("vatn").map(Dialect::name), Some("vatn"));
}
