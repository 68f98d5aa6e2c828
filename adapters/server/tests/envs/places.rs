//! Workspaces in places that shells read differently, or hardly reach.

use crate::stage::{Stage, Tool, wheel};

const SCRIPT: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {
        "message": "python -m pip install --no-index --find-links wheels demo-a", "venv": "mine"}},
    {"method": "shell.run", "params": {
        "message": "python -m demo_a; python -c 'import sys, demo_a; demo_a.main()'", "venv": "mine"}}
]}"#;

#[test]
fn any_place_will_do() {
    let long = "long/".repeat(40);
    let names = [
        "with blanks",
        "it's \"quoted\"",
        "$HOME `id` \\",
        "ünïcödé 環境",
        &long,
    ];
    for tool in Tool::all() {
        for name in names {
            let temp = tempfile::tempdir().unwrap();
            let root = temp.path().canonicalize().unwrap().join(name);
            let stage = Stage::at(&root, tool, SCRIPT);
            wheel(&stage.path("demo/wheels"), "a");
            let told = stage.run();
            assert!(told.success, "{tool:?} in {name:?}: {}", told.text);
            let prefix = format!("prefix {}", stage.env("mine").display());
            assert!(
                told.text.contains(&prefix),
                "{tool:?} in {name:?}: {}",
                told.text
            );
            assert_eq!(stage.leftovers(), [""; 0], "{tool:?} in {name:?}");
            // What pip writes for a shell has the path between double quotes.
            let odd = name.contains(['$', '"', '`', '\\']);
            assert_eq!(told.text.contains("may not start"), odd, "{}", told.text);
        }
    }
}
