//! What went wrong has a line of what to do.

use crate::stage::Stage;

#[test]
fn what_goes_wrong_says_what_to_do() {
    let stage = Stage::new()
        .file("torn.toml", "[sandbox")
        .file(
            "app/pinokio.json",
            r#"{"run": [{"method": "log", "params": {"text": "x"}}]}"#,
        )
        .file("numbers.json", r#"{"A": 1}"#);
    for (line, status, hint) in [
        ("check nothing.json", 2, "that are there"),
        ("env-plan --policy nothing.toml", 2, "that is there"),
        ("env-plan --policy torn.toml", 2, "a policy is TOML"),
        ("env-plan --host-env numbers.json", 2, "in quotes"),
        ("add http://127.0.0.1:1/a/b.git", 1, "app_schemes"),
        ("stop demo", 1, "collodi serve"),
        ("run /", 1, "a folder with a pinokio.json"),
        ("run app --env 1A=x", 1, "no digit first"),
    ] {
        let answer = stage.call(line);
        let (status_seen, said) = (answer.status, &answer.stderr);
        assert_eq!(status_seen, status, "{line}: {}", answer.shown());
        let hints: Vec<_> = said
            .lines()
            .filter(|line| line.starts_with("hint: "))
            .collect();
        assert!(
            matches!(hints[..], [only] if only.contains(hint)),
            "{line}: {said}"
        );
    }
}
