//! The life of one child as text: every line of `vatn-parity` about processes that
//! a supervisor decides, and the interleavings that are easy to get wrong.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_command::{Exit, Signal};
use collodi_machine::{ActionId, trace::Traced};
use collodi_restart::{Backoff, GiveUp, Input, Policy, RestartClass, StopSequence, Supervisor};
use collodi_time::{Duration, Instant};
use insta::assert_snapshot;

/// A supervisor with the plugin's settings, and one letter for each thing to say.
struct Child(Traced<Supervisor>);

impl Child {
    fn new(policy: Policy) -> Self {
        Self(Traced::new(Supervisor::new(
            policy,
            StopSequence::default(),
            7,
        )))
    }

    fn plugin() -> Self {
        Self::new(Policy::fixed(Duration::from_secs(3)))
    }

    fn at(mut self, millis: u64, input: Input) -> Self {
        self.0.input(Instant::from_millis(millis), input);
        self
    }

    fn trace(&self) -> &str {
        self.0.text()
    }
}

const fn id(number: u64) -> ActionId {
    ActionId::from_number(number)
}

const fn spawned(number: u64) -> Input {
    Input::Spawned(id(number), Some(100 + number as u32))
}

const FAILED: Exit = Exit::Code(1);

#[test]
fn a_death_is_followed_by_a_new_life_after_the_delay() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(900, Input::Exited(id(1), Exit::Signal(Signal::KILL)))
        .at(901, Input::Emptied(id(1)))
        .at(3_901, Input::Timeout)
        .at(3_902, spawned(2));
    assert_snapshot!(child.trace());
    assert_eq!(child.0.machine.status().restarts, 1);
}

#[test]
fn stop_while_the_spawn_is_in_flight_is_not_lost() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, Input::Stop)
        .at(10, spawned(1))
        .at(11, Input::Signalled(id(2)))
        .at(50, Input::Exited(id(1), Exit::Signal(Signal::TERM)))
        .at(51, Input::Emptied(id(1)));
    assert_snapshot!(child.trace());
}

#[test]
fn stop_of_an_ended_child_changes_nothing() {
    let child = Child::new(Policy::never())
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Exited(id(1), FAILED))
        .at(10, Input::Emptied(id(1)))
        .at(20, Input::Stop)
        .at(30, Input::Start);
    assert_snapshot!(child.trace());
}

#[test]
fn stop_while_waiting_cancels_the_restart() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Exited(id(1), FAILED))
        .at(10, Input::Emptied(id(1)))
        .at(20, Input::Stop)
        .at(3_010, Input::Timeout);
    assert_snapshot!(child.trace());
}

#[test]
fn a_child_that_ignores_term_is_killed_and_stopped_only_when_empty() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(100, Input::Stop)
        .at(101, Input::Signalled(id(2)))
        .at(3_100, Input::Timeout)
        .at(3_101, Input::Signalled(id(3)))
        .at(3_102, Input::Exited(id(1), Exit::Signal(Signal::KILL)))
        .at(3_110, Input::Emptied(id(1)));
    assert_snapshot!(child.trace());
}

#[test]
fn leftovers_are_ended_before_the_next_life() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Exited(id(1), FAILED))
        .at(60, Input::Timeout)
        .at(61, Input::Signalled(id(2)))
        .at(70, Input::Emptied(id(1)))
        .at(3_070, Input::Timeout);
    assert_snapshot!(child.trace());
}

#[test]
fn a_failed_spawn_is_counted_backed_off_and_given_up() {
    let policy = Policy {
        give_up: Some(GiveUp::Consecutive(2)),
        ..Policy::default()
    };
    let no_jitter = Backoff {
        jitter_percent: 0,
        ..policy.backoff
    };
    let child = Child::new(Policy {
        backoff: no_jitter,
        ..policy
    })
    .at(0, Input::Start)
    .at(1, Input::SpawnFailed(id(1)))
    .at(91, Input::Timeout)
    .at(92, Input::SpawnFailed(id(2)))
    .at(272, Input::Timeout)
    .at(273, Input::SpawnFailed(id(3)));
    assert_snapshot!(child.trace());
}

#[test]
fn exit_zero_is_no_failure() {
    let on_failure = Policy {
        class: RestartClass::OnFailure,
        ..Policy::default()
    };
    let child = Child::new(on_failure)
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Exited(id(1), Exit::Code(0)))
        .at(10, Input::Emptied(id(1)));
    assert_snapshot!(child.trace());
}

#[test]
fn an_operators_restart_ends_the_life_and_starts_at_once() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(100, Input::Restart)
        .at(101, Input::Signalled(id(2)))
        .at(120, Input::Exited(id(1), Exit::Signal(Signal::TERM)))
        .at(121, Input::Emptied(id(1)))
        .at(122, spawned(3));
    assert_snapshot!(child.trace());
    assert_eq!(child.0.machine.status().restarts, 0, "not an automatic one");
}

#[test]
fn kill_skips_the_grace_period() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(100, Input::Stop)
        .at(200, Input::Kill)
        .at(210, Input::Emptied(id(1)));
    assert_snapshot!(child.trace());
}

#[test]
fn a_stable_life_starts_the_count_over() {
    let no_jitter = Backoff {
        jitter_percent: 0,
        ..Backoff::default()
    };
    let child = Child::new(Policy {
        backoff: no_jitter,
        ..Policy::default()
    })
    .at(0, Input::Start)
    .at(0, spawned(1))
    .at(10, Input::Emptied(id(1)))
    .at(100, Input::Timeout)
    .at(100, spawned(2))
    .at(10_100, Input::Emptied(id(2)));
    assert_snapshot!(child.trace());
}

#[test]
fn completions_of_another_life_are_stale() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Emptied(id(1)))
        .at(11, Input::Emptied(id(1)))
        .at(11, Input::Exited(id(1), FAILED))
        .at(3_010, Input::Timeout)
        .at(3_011, Input::SpawnFailed(id(1)))
        .at(3_012, Input::Signalled(id(2)));
    assert_snapshot!(child.trace());
}

#[test]
fn kill_while_the_spawn_is_in_flight_gives_no_grace_period() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, Input::Kill)
        .at(10, spawned(1))
        .at(12, Input::Emptied(id(1)));
    assert_snapshot!(child.trace());
}
