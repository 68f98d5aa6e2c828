//! `collodi completions`

use crate::stage::Stage;

#[test]
fn every_shell_knows_the_commands() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let answer = Stage::new().call(&format!("completions {shell}"));
        assert_eq!(answer.status, 0, "{}", answer.shown());
        for command in ["restart", "serve", "plan", "add", "new", "update", "remove"] {
            assert!(answer.stdout.contains(command), "{shell}");
        }
    }
}
