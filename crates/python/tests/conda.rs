//! What conda programs are told, as words.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_contain::{Name, Root};
use collodi_python::{CondaEnv, CondaWords, Tool};

fn words_of(version: &str) -> CondaWords {
    CondaWords::of(&Tool {
        program: "tool".into(),
        version: version.into(),
    })
}

#[test]
fn each_tool_is_told_in_its_own_words() {
    let name = CondaEnv::Name(Name::parse("x").unwrap());
    let path = Root::new("/w").at(collodi_contain::RelPath::parse("my env").unwrap());
    let path = CondaEnv::Path(path);
    let table = [
        (
            "conda 24.1.0",
            &name,
            "run --no-capture-output -n x bash -c a b",
        ),
        (
            "mamba 1.5.8",
            &name,
            "run --no-capture-output -n x bash -c a b",
        ),
        ("2.1.0", &name, "run -n x bash -c a b"),
        ("1.5.10", &path, "run -p /w/my env bash -c a b"),
    ];
    for (version, env, expected) in table {
        let args = ["-c".into(), "a b".into()];
        let words = env.run_args(words_of(version), "bash", &args);
        assert_eq!(words.join(" "), expected, "{version}");
    }
}

#[test]
fn a_new_one_has_its_specifications() {
    let path = Root::new("/w").at(collodi_contain::RelPath::parse("my env").unwrap());
    let new = ["python=3.11", "-c", "conda-forge"].map(Into::into);
    assert_eq!(
        CondaEnv::Path(path).create_args(&new).join(" "),
        "create -y -p /w/my env python=3.11 -c conda-forge"
    );
}
