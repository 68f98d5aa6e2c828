//! Options with values that mean nothing.

use crate::stage::Stage;

/// They end with 2, whoever finds out.
#[test]
fn wrong_values_end_with_2() {
    let stage = Stage::new()
        .file(
            "app/pinokio.json",
            r#"{"run": [{"method": "log", "params": {"text": "a"}}]}"#,
        )
        .file("answers.json", "[1]");
    for line in [
        "audit --level bogus",
        "audit --since yesterday",
        "plan app --fact gpu=bogus",
        "plan app --fact platform=bogus",
        "plan app --fact vram=much",
        "run app --answers answers.json",
        "run app --answers nothing.json",
        "run app --from -1",
        "run app --from nope",
        "run app --env SIZE",
        "run app --restart often",
        "run app --restart-delay -1s",
        "logs demo -n -5",
    ] {
        let answer = stage.call(line);
        assert_eq!(answer.status, 2, "{}", answer.shown());
        let is_an_option = answer.stderr.contains("unexpected argument");
        assert!(!is_an_option, "{}", answer.shown());
    }
}

/// What is no number is spoken of in the words of who counts steps.
#[test]
fn a_step_that_is_none_says_how_steps_are_counted() {
    let stage = Stage::new().file(
        "app/pinokio.json",
        r#"{"run": [{"method": "log", "params": {"text": "a"}}]}"#,
    );
    for (step, told) in [
        ("nope", "counted from 1"),
        ("0", "counted from 1"),
        ("2", "the script has 1"),
    ] {
        let answer = stage.call(&format!("run app --unattended --from {step}"));
        assert!(answer.stderr.contains(told), "{}", answer.shown());
        assert!(!answer.stderr.contains("digit"), "{}", answer.shown());
    }
}

/// Who asks for a server that is gone hears of the daemons that it left.
#[test]
fn daemons_of_a_server_that_is_gone_are_spoken_of() {
    let stage = Stage::new().file(".vatn/python/state/demo-1.json", "{}");
    for line in ["ps", "stop", "logs demo"] {
        let answer = stage.call(line);
        assert_eq!(answer.status, 1, "{}", answer.shown());
        let told = answer.stderr.contains("`collodi serve` finds them again");
        assert!(told, "{}", answer.shown());
    }
    let answer = Stage::new().call("ps");
    assert!(!answer.stderr.contains("finds them"), "{}", answer.shown());
}
