//! The life of one child as text: every line of `vatn-parity` about processes that
//! a supervisor decides, and the interleavings that are easy to get wrong.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests")]

use collodi_command::{Exit, Signal};
use collodi_machine::{ActionId, trace::Traced};
use collodi_restart::{
    Backoff, Death, Ended, GiveUp, Input, Phase, Policy, RestartClass, Rule, Startup, StopSequence,
    Supervisor, Verdict,
};
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

fn rule(on: &str, then: Verdict) -> Rule {
    let on = on.parse().unwrap();
    Rule { on, then }
}

#[test]
fn the_first_rule_about_a_death_decides() {
    let policy = Policy {
        rules: vec![
            rule("78", Verdict::Leave),
            rule("42", Verdict::RestartNow),
            rule("1-99", Verdict::Restart),
        ],
        class: RestartClass::Never,
        ..Policy::fixed(Duration::from_secs(3))
    };
    let child = Child::new(policy)
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Exited(id(1), Exit::Code(42)))
        .at(10, Input::Emptied(id(1)))
        .at(3_010, Input::Timeout)
        .at(3_020, spawned(2))
        .at(9_000, Input::Exited(id(2), Exit::Code(42)))
        .at(9_000, Input::Emptied(id(2)))
        .at(9_000, Input::Timeout)
        .at(9_010, spawned(3))
        .at(9_020, Input::Exited(id(3), Exit::Code(78)))
        .at(9_020, Input::Emptied(id(3)));
    assert_snapshot!(child.trace());
}

/// Its own wait goes on meanwhile, and is over when somebody wants it to be.
#[test]
fn who_is_held_while_it_waits_for_its_restart_waits_for_both() {
    let died = || {
        Child::plugin()
            .at(0, Input::Start)
            .at(5, spawned(1))
            .at(900, Input::Exited(id(1), FAILED))
            .at(900, Input::Emptied(id(1)))
            .at(1_000, Input::Hold)
    };
    let early = died().at(2_000, Input::Start);
    assert_eq!(early.0.machine.status().phase, Phase::Crashed);
    let early = early.at(3_900, Input::Timeout);
    let late = died().at(3_900, Input::Timeout).at(5_000, Input::Start);
    let wanted = died().at(2_000, Input::Restart);
    assert_eq!(wanted.0.machine.status().phase, Phase::Held);
    let wanted = wanted.at(3_000, Input::Start);
    for (child, restarts) in [(early, 1), (late, 1), (wanted, 0)] {
        let status = child.0.machine.status();
        assert_eq!((status.phase, status.restarts), (Phase::Starting, restarts));
    }
}

/// However long ago its last life began: it would be tried without a pause for ever.
#[test]
fn what_cannot_be_started_is_not_tried_again_at_once() {
    let policy = Policy {
        rules: vec![rule("spawn", Verdict::RestartNow)],
        ..Policy::fixed(Duration::from_secs(3))
    };
    let child = Child::new(policy)
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(9_000, Input::Exited(id(1), FAILED))
        .at(9_000, Input::Emptied(id(1)))
        .at(12_000, Input::Timeout)
        .at(12_001, Input::SpawnFailed(id(2)));
    let next = Some(Instant::from_millis(15_001));
    assert_eq!(child.0.machine.status().next_start, next);
}

fn warming(grace: u64, ready_within: Option<u64>) -> Policy {
    Policy {
        startup: Startup {
            grace: Duration::from_millis(grace),
            ready_within: ready_within.map(Duration::from_millis),
        },
        class: RestartClass::OnFailure,
        ..Policy::fixed(Duration::from_secs(3))
    }
}

#[test]
fn an_end_with_code_zero_within_the_grace_is_a_failure() {
    let child = Child::new(warming(1_000, None))
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(900, Input::Exited(id(1), Exit::Code(0)))
        .at(900, Input::Emptied(id(1)))
        .at(3_900, Input::Timeout)
        .at(3_905, spawned(2))
        .at(4_905, Input::Timeout)
        .at(5_000, Input::Exited(id(2), Exit::Code(0)))
        .at(5_000, Input::Emptied(id(2)));
    assert_snapshot!(child.trace());
}

#[test]
fn what_is_not_ready_in_time_is_ended_and_started_again() {
    let child = Child::new(warming(0, Some(2_000)))
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(2_005, Input::Timeout)
        .at(2_006, Input::Signalled(id(2)))
        .at(2_050, Input::Exited(id(1), Exit::Code(0)))
        .at(2_051, Input::Emptied(id(1)))
        .at(5_051, Input::Timeout)
        .at(5_060, spawned(3))
        .at(6_000, Input::Ready(id(3)))
        .at(9_000, Input::Timeout);
    assert_snapshot!(child.trace());
    assert_eq!(child.0.machine.status().phase, Phase::Running);
}

#[test]
fn ready_is_heard_once_and_only_of_this_life() {
    let child = Child::new(warming(0, Some(2_000)))
        .at(0, Input::Start)
        .at(1, Input::Ready(id(1)))
        .at(5, spawned(1))
        .at(6, Input::Ready(id(9)))
        .at(7, Input::Ready(id(1)))
        .at(8, Input::Ready(id(1)));
    assert_snapshot!(child.trace());
}

#[test]
fn the_delays_to_come_can_be_read() {
    let policy = Policy::default();
    let mut child = Supervisor::new(policy, StopSequence::default(), 7);
    let foreseen = child.next_delays(10);
    let mut waited = Vec::new();
    let mut now = Instant::ZERO;
    let input = |child: &mut Supervisor, now, input| {
        collodi_machine::Machine::handle_input(child, now, input).unwrap();
        while !matches!(
            collodi_machine::Machine::poll_output(child),
            collodi_machine::Output::Wait(_)
        ) {}
    };
    input(&mut child, now, Input::Start);
    for spawn in 1..=10 {
        input(&mut child, now, Input::SpawnFailed(id(spawn)));
        let next = child.status().next_start.unwrap();
        waited.push(next.saturating_since(now));
        assert_eq!(child.next_delays(1), waited[waited.len() - 1..]);
        now = next;
        input(&mut child, now, Input::Timeout);
    }
    assert_eq!(foreseen, waited);
}

#[test]
fn who_is_started_again_with_the_supervisor() {
    use RestartClass::{Always, Never, OnFailure, UnlessStopped};
    let ends = [
        None,
        Some(Ended::Stopped),
        Some(Ended::Exited(Exit::Code(0))),
        Some(Ended::SpawnFailed),
    ];
    let table = [
        (Never, [true, false, false, false]),
        (OnFailure, [true, false, false, false]),
        (Always, [true, true, true, true]),
        (UnlessStopped, [true, false, true, true]),
    ];
    for (class, expected) in table {
        assert_eq!(ends.map(|end| class.revives(end)), expected, "{class:?}");
    }
}

/// Under an earlier supervisor: what it lived there counts.
#[test]
fn a_child_that_is_taken_over_began_before() {
    let since = Instant::from_millis(1_000);
    let child = Child::plugin()
        .at(15_000, Input::Start)
        .at(15_001, Input::TakenOver(id(1), Some(7), since));
    let status = child.0.machine.status();
    assert_eq!((status.pid, status.started_at), (Some(7), Some(since)));
    let child = child
        .at(15_002, Input::Exited(id(1), FAILED))
        .at(15_003, Input::Emptied(id(1)))
        .at(18_003, Input::Timeout)
        .at(18_004, spawned(2));
    let next = Some(Instant::from_millis(18_004));
    assert_eq!(child.0.machine.status().started_at, next);
}

/// Supervised anew it is as one that was never started, but for how its last life ended; an answer
/// to an action of the earlier supervision means nothing to it.
#[test]
fn a_child_is_supervised_anew() {
    let child = Child::plugin()
        .at(0, Input::Start)
        .at(5, Input::Spawned(id(1), Some(7)))
        .at(10, Input::Exited(id(1), Exit::Code(3)))
        .at(10, Input::Emptied(id(1)))
        .at(20, Input::Stop);
    let before = child.0.machine;
    assert_eq!(before.status().phase, Phase::Ended(Ended::Stopped));
    let mut anew = Child(Traced::new(before.anew(7)))
        .at(30, Input::Start)
        .at(31, Input::Spawned(id(1), Some(8)));
    assert_eq!(anew.0.machine.status().phase, Phase::Starting);
    anew = anew.at(32, Input::Spawned(id(2), Some(9)));
    let status = anew.0.machine.status();
    assert_eq!((status.pid, status.restarts), (Some(9), 0));
    assert_eq!(status.last_exit, Some(Exit::Code(3)));
    assert_eq!(anew.0.machine.next_delays(2), before.next_delays(2));
    assert_snapshot!(anew.trace());
}

/// What it left behind is being ended: why is known already.
#[test]
fn how_a_life_ended_is_known_while_what_it_left_is_cleared_away() {
    let policy = Policy {
        startup: Startup {
            grace: Duration::from_secs(1),
            ready_within: None,
        },
        ..Policy::never()
    };
    let child = Child::new(policy)
        .at(0, Input::Start)
        .at(5, spawned(1))
        .at(10, Input::Exited(id(1), Exit::Code(0)));
    let status = child.0.machine.status();
    assert_eq!(status.phase, Phase::Clearing);
    assert_eq!(status.last_death, Some(Death::EndedEarly(Exit::Code(0))));
    let child = child.at(70, Input::Timeout).at(80, Input::Stop);
    assert_eq!(child.0.machine.status().last_death, None, "it is stopped");
}
