//! What goes wrong in the plugin that this replaces, by the numbers of the list of its
//! defects about processes, each as the history in which ours does it right. What is not for
//! a supervisor to decide is in the tests of `collodi-host`, `collodi-logs` and the adapters.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_command::{Exit, Signal};
use collodi_machine::{ActionId, trace::Traced};
use collodi_restart::{
    Backoff, Ended, GiveUp, Input, Phase, Policy, RestartClass, StopSequence, Supervisor,
};
use collodi_time::{Duration, Instant};
use insta::assert_snapshot;

struct Child(Traced<Supervisor>);

impl Child {
    fn new(policy: Policy) -> Self {
        let stop = StopSequence::default();
        Self(Traced::new(Supervisor::new(policy, stop, 7)))
    }

    fn at(mut self, millis: u64, input: Input) -> Self {
        self.0.input(Instant::from_millis(millis), input);
        self
    }

    fn phase(&self) -> Phase {
        self.0.machine.status().phase
    }
}

const fn id(number: u64) -> ActionId {
    ActionId::from_number(number)
}

const fn spawned(number: u64) -> Input {
    Input::Spawned(id(number), Some(100))
}

fn fixed() -> Policy {
    Policy::fixed(Duration::from_secs(3))
}

/// Only the shell got the signal, and the real program lived on in a process called stopped.
#[test]
fn p1_a_stop_is_over_when_the_whole_tree_is_and_escalates_until_then() {
    let child = Child::new(fixed())
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(100, Input::Stop)
        .at(101, Input::Signalled(id(2)))
        .at(110, Input::Exited(id(1), Exit::Signal(Signal::TERM)))
        .at(3_100, Input::Timeout)
        .at(3_101, Input::Signalled(id(3)))
        .at(3_110, Input::Emptied(id(1)));
    assert_snapshot!(child.0.text());
}

/// A stop of what had ended was a state for ever.
#[test]
fn p2_a_stop_of_what_has_ended_changes_nothing() {
    let child = Child::new(Policy::never())
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Emptied(id(1)));
    let before = child.phase();
    let child = child.at(20, Input::Stop).at(21, Input::Stop);
    assert_eq!(child.phase(), before);
}

/// A stop right after the start was lost.
#[test]
fn p3_a_stop_during_the_start_ends_what_then_starts() {
    let child = Child::new(fixed())
        .at(0, Input::Start)
        .at(1, Input::Stop)
        .at(5, spawned(1))
        .at(6, Input::Signalled(id(2)))
        .at(10, Input::Emptied(id(1)));
    assert_snapshot!(child.0.text());
    assert_eq!(child.phase(), Phase::Ended(Ended::Stopped));
}

/// Who waited to be started again came back during a shutdown.
#[test]
fn p4_a_stop_cancels_the_restart_that_waits() {
    let child = Child::new(fixed())
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Emptied(id(1)))
        .at(20, Input::Stop)
        .at(9_000, Input::Timeout);
    assert_snapshot!(child.0.text());
}

/// The kill after the grace period never came when the node ended first.
#[test]
fn p5_a_kill_needs_no_grace_period() {
    let child = Child::new(fixed())
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Stop)
        .at(20, Input::Kill)
        .at(21, Input::Emptied(id(1)));
    assert_snapshot!(child.0.text());
}

/// A failure without a restart was called stopped, and an end with code 0 a crash.
#[test]
fn p6_ends_are_what_they_were_and_policies_differ() {
    let mut table = String::new();
    for class in ["never", "on-failure", "always", "unless-stopped"] {
        let policy = || Policy {
            class: class.parse::<RestartClass>().unwrap(),
            ..fixed()
        };
        for exit in [Exit::Code(0), Exit::Code(7), Exit::Signal(Signal::KILL)] {
            let child = Child::new(policy())
                .at(0, Input::Start)
                .at(5, spawned(1))
                .at(10, Input::Exited(id(1), exit))
                .at(10, Input::Emptied(id(1)));
            let status = child.0.machine.status();
            table += &format!("{class}, {exit}: {status}\n");
        }
    }
    assert_snapshot!(table);
}

/// A spawn that failed was retried for ever, uncounted, and called starting.
#[test]
fn p7_a_failed_spawn_is_counted_backed_off_and_given_up() {
    let policy = Policy {
        give_up: Some(GiveUp::Consecutive(1)),
        ..fixed()
    };
    let child = Child::new(policy)
        .at(0, Input::Start)
        .at(1, Input::SpawnFailed(id(1)))
        .at(3_001, Input::Timeout)
        .at(3_002, Input::SpawnFailed(id(2)));
    assert_snapshot!(child.0.text());
}

/// The delay never grew, never ended, and never began anew.
#[test]
fn p8_delays_grow_to_a_cap_and_begin_anew_after_a_stable_life() {
    let policy = Policy {
        backoff: Backoff {
            jitter_percent: 0,
            cap: Duration::from_millis(300),
            ..Backoff::default()
        },
        ..Policy::default()
    };
    let mut child = Child::new(policy).at(0, Input::Start);
    let mut now = 0;
    let mut delays = Vec::new();
    for spawn in 1..=6 {
        now += if spawn == 5 { 20_000 } else { 1 };
        let began = if spawn == 5 { now - 20_000 } else { now };
        child = child
            .at(began, spawned(spawn))
            .at(now, Input::Emptied(id(spawn)));
        let next = child.0.machine.status().next_start.unwrap();
        let delay = next.saturating_since(Instant::from_millis(now));
        delays.push(delay.as_millis());
        now += u64::try_from(delay.as_millis()).unwrap();
        child = child.at(now, Input::Timeout);
    }
    assert_eq!(delays, [90, 180, 300, 300, 90, 180]);
}
