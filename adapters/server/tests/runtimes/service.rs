//! What a service manager is told.

use super::{
    INSTALLS,
    stage::{self, Running, Stage},
};
use std::os::unix::net::UnixDatagram;

on_each_runtime! {
    a_service_manager_is_told_how_it_goes
    a_service_manager_is_told_why_a_server_stays
    a_watchdog_hears_of_a_server_as_long_as_it_lives
    children_know_nothing_of_the_service_manager
}

/// Somebody who is told.
struct Manager(UnixDatagram);

impl Manager {
    fn of(stage: &Stage) -> Self {
        Self(UnixDatagram::bind(stage.path("notify")).unwrap())
    }

    /// Starts a server for it.
    fn start(&self, stage: &Stage, variables: &[(&str, &str)]) -> Running {
        let mut command = stage.command_of(env!("CARGO_BIN_EXE_collodi"));
        command
            .args(stage.serving())
            .envs(variables.iter().copied());
        Running::of(command.env("NOTIFY_SOCKET", stage.path("notify")))
    }

    fn hears(&self) -> String {
        let mut bytes = [0; 4096];
        let count = self.0.recv(&mut bytes).unwrap();
        String::from_utf8(bytes[..count].to_vec()).unwrap()
    }

    /// What a server says that answers callers.
    fn ready(&self, stage: &Stage, serving: &Running) {
        let heard = self.hears();
        let ready = format!(
            "READY=1\nMAINPID={}\nSTATUS=at http://{}\n",
            serving.id(),
            stage.state("address")
        );
        assert_eq!(heard, ready);
        assert_eq!(stage.get("/python/status").status, 200);
    }
}

fn a_service_manager_is_told_how_it_goes(stage: Stage) {
    let manager = Manager::of(&stage);
    let mut serving = manager.start(&stage, &[]);
    manager.ready(&stage, &serving);
    serving.signal("-HUP");
    let reloading = manager.hears();
    assert!(
        reloading.starts_with("RELOADING=1\nMONOTONIC_USEC="),
        "{reloading}"
    );
    manager.ready(&stage, &serving);
    serving.signal("-TERM");
    assert_eq!(manager.hears(), "STOPPING=1\nSTATUS=stopping\n");
    assert_eq!(serving.code(), Some(0));
}

/// Who asked for another life waits for the word that there is one.
fn a_service_manager_is_told_why_a_server_stays(stage: Stage) {
    stage.app("demo", INSTALLS);
    let manager = Manager::of(&stage);
    let mut serving = manager.start(&stage, &[]);
    manager.ready(&stage, &serving);
    let mut guest = stage.guest(&["run", "demo"]);
    guest.until("installing");
    serving.signal("-HUP");
    assert!(manager.hears().starts_with("RELOADING=1\n"));
    let ready = manager.hears();
    assert!(
        ready.starts_with("READY=1\n") && ready.contains("STATUS=not handed over: demo-"),
        "{ready}"
    );
    serving.signal("-TERM");
    assert_eq!(serving.code(), Some(0));
}

fn a_watchdog_hears_of_a_server_as_long_as_it_lives(stage: Stage) {
    let manager = Manager::of(&stage);
    let mut serving = manager.start(&stage, &[("WATCHDOG_USEC", "20000")]);
    let mut heard = Vec::new();
    while heard.iter().filter(|word| *word == "WATCHDOG=1\n").count() < 3 {
        heard.push(manager.hears());
    }
    assert!(
        heard.iter().any(|word| word.starts_with("READY=1\n")),
        "{heard:?}"
    );
    serving.signal("-TERM");
    while manager.hears() != "STOPPING=1\nSTATUS=stopping\n" {}
    assert_eq!(serving.code(), Some(0));
}

fn children_know_nothing_of_the_service_manager(stage: Stage) {
    stage.app("demo", super::SERVER);
    let manager = Manager::of(&stage);
    let mut serving = manager.start(&stage, &[("WATCHDOG_USEC", "60000000")]);
    serving.until("listening");
    stage.post("/python/apps/demo/run");
    let environment = stage::environment(stage.pid_of("demo"));
    assert!(environment.contains("PATH="), "{environment}");
    for name in ["NOTIFY_SOCKET", "WATCHDOG_"] {
        assert!(!environment.contains(name), "{environment}");
    }
    serving.signal("-TERM");
    assert_eq!(serving.code(), Some(0));
}
