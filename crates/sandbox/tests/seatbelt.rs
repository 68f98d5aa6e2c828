//! Profiles for macOS, in full.
#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "tests"
)]

mod stage;

use collodi_sandbox::{Confinement, Seatbelt};
use stage::{Stage, place};

fn text(stage: &Stage) -> String {
    let plan = Seatbelt::plan(&stage.job(), &place("/private/tmp/t"), &stage.machine).unwrap();
    let given = plan
        .parameters
        .iter()
        .map(|(name, path)| format!("{name} = {path}\n"));
    given.chain([plan.text]).collect()
}

#[test]
fn sandboxed() {
    insta::assert_snapshot!(text(&Stage::new(Confinement::Sandboxed)));
}

#[test]
fn restricted() {
    let mut stage = Stage::new(Confinement::Restricted);
    stage.profile.hidden = vec![place("/srv/.vatn")];
    stage.profile.write = vec![place("/srv/.vatn/python/env/a")];
    stage.profile.protected = vec![place("/srv/app/a/b/kept")];
    stage.profile.gpu = true;
    insta::assert_snapshot!(text(&stage));
}

#[test]
fn a_path_cannot_become_a_rule() {
    let mut stage = Stage::new(Confinement::Sandboxed);
    let odd = "/srv/\")(allow default)(x \"";
    stage.machine = stage::machine(&[odd]);
    (stage.profile.root, stage.cwd) = (place(odd), place(odd));
    let plan = Seatbelt::plan(&stage.job(), &place("/private/tmp/t"), &stage.machine).unwrap();
    assert!(!plan.text.contains("allow default"));
    let open = plan.text.matches('(').count();
    assert_eq!(open, plan.text.matches(')').count());
    let words = plan.arguments();
    let end = words.iter().position(|word| word == "--").unwrap();
    assert_eq!(words[end + 1..], ["/usr/bin/python3", "-c", "print(1)"]);
}
