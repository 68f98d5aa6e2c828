//! `collodi token`, where no server runs.

use crate::stage::Stage;
use std::fs;

const FILE: &str = ".vatn/python/tokens.json";

#[test]
fn a_token_is_shown_once_and_kept_as_a_digest() {
    let stage = Stage::new();
    let made = stage.call("token new --scope read --for grafana --expires 30d");
    let token = made.stdout.trim();
    assert_eq!((made.status, token.len()), (0, 64), "{}", made.stderr);
    let file = stage.root().join(FILE);
    assert!(!fs::read_to_string(&file).unwrap().contains(token));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        assert_eq!(
            fs::metadata(&file).unwrap().permissions().mode() & 0o777,
            0o600
        );
    }
    let listed = stage.call("token ls").stdout;
    assert!(
        listed.contains("grafana") && listed.contains("read"),
        "{listed}"
    );
    assert!(!listed.contains(token), "{listed}");
    let widest = listed.lines().map(|line| line.chars().count()).max();
    assert!(widest.unwrap() <= 90, "{listed}");
}

#[test]
fn names_are_taken_once_until_they_are_revoked() {
    let stage = Stage::new();
    let new = "token new --scope operate --for ci --json";
    let made: serde_json::Value = serde_json::from_str(&stage.call(new).stdout).unwrap();
    assert_eq!(
        (&made["name"], &made["scope"]),
        (&"ci".into(), &"operate".into())
    );
    assert_eq!(
        (&made["expires"], &made["expired"]),
        (&serde_json::Value::Null, &false.into())
    );
    insta::assert_snapshot!(
        "token_taken",
        stage.call("token new --scope read --for ci").shown()
    );
    insta::assert_snapshot!("token_revoke", stage.call("token revoke ci").shown());
    insta::assert_snapshot!("token_unknown", stage.call("token revoke ci").shown());
    assert_eq!(stage.call("token ls").stdout, "");
    assert_eq!(stage.call(new).status, 0);
}

#[test]
fn what_is_no_scope_name_or_time_is_misunderstood() {
    let stage = Stage::new();
    for line in [
        "token new --scope root --for a",
        "token new --scope read --for ../a",
        "token new --scope read --for a --expires soon",
        "token new --scope read --for a --expires 1s",
        "token new --scope read --for a --expires -1d",
        "token new --scope read --for a --expires 99999999d",
        "token new --for a",
        "token --url ls",
    ] {
        assert_eq!(stage.call(line).status, 2, "{line}");
    }
    assert!(!stage.root().join(FILE).exists());
}

/// Half a file is none: nothing is added to it, and nobody is told that it is empty.
#[test]
fn a_file_that_is_wrong_is_refused() {
    let stage = Stage::new().file(FILE, "{\"version\": 1, \"tok");
    for line in [
        "token ls",
        "token new --scope read --for a",
        "token revoke a",
    ] {
        let answer = stage.call(line);
        assert_eq!(answer.status, 1, "{line}");
        assert!(
            answer.stderr.contains("not a list of tokens"),
            "{}",
            answer.stderr
        );
    }
    let text = fs::read_to_string(stage.root().join(FILE)).unwrap();
    assert_eq!(text, "{\"version\": 1, \"tok");
}
