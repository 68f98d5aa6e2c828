//! A supervisor goes on where another one of the same child stood.
#![allow(clippy::unwrap_used, reason = "tests")]

use collodi_command::{Exit, Signal};
use collodi_machine::{ActionId, Machine, Output, trace::Traced};
use collodi_restart::{
    Action, Backoff, Course, Death, Ended, Ending, GiveUp, Input, Pause, Phase, Policy,
    RestartClass, Rule, Standing, Startup, StopSequence, StopStep, Supervisor, Verdict,
};
use collodi_time::{Duration, Instant};
use insta::assert_snapshot;
use proptest::{collection::vec, prelude::*};

fn resumed(policy: Policy, standing: Standing, now: Instant) -> Supervisor {
    Supervisor::resumed(policy, StopSequence::default(), standing, now)
}

const fn at(millis: u64) -> Instant {
    Instant::from_millis(millis)
}

const SPAWN: ActionId = ActionId::from_number(1);

/// Waits three seconds from `t+1s` on, after it has failed.
fn waiting() -> Supervisor {
    let policy = Policy::fixed(Duration::from_secs(3));
    let mut traced = Traced::new(Supervisor::new(policy, StopSequence::default(), 7));
    for (millis, input) in [
        (0, Input::Start),
        (5, Input::Spawned(SPAWN, Some(7))),
        (1_000, Input::Exited(SPAWN, Exit::Code(3))),
        (1_000, Input::Emptied(SPAWN)),
    ] {
        traced.input(at(millis), input);
    }
    traced.machine
}

#[test]
fn a_wait_goes_on_until_it_would_have_ended() {
    let before = waiting();
    let policy = before.policy().clone();
    let mut traced = Traced::new(resumed(policy, before.standing(), at(2_500)));
    assert_eq!(traced.machine.status(), before.status());
    assert_eq!(traced.machine.next_delays(3), before.next_delays(3));
    for (millis, input) in [
        (2_500, Input::Start),
        (3_999, Input::Timeout),
        (4_000, Input::Timeout),
        (4_005, Input::Spawned(SPAWN, Some(8))),
    ] {
        traced.input(at(millis), input);
    }
    assert_snapshot!(traced.text());
    assert_eq!(traced.machine.status().restarts, 1);
}

#[test]
fn a_wait_that_goes_on_is_ended_cut_short_or_held() {
    let before = waiting();
    for (input, phase) in [
        (Input::Stop, Phase::Ended(Ended::Stopped)),
        (Input::Kill, Phase::Ended(Ended::Stopped)),
        (Input::Restart, Phase::Starting),
        (Input::Hold, Phase::Held),
    ] {
        let policy = before.policy().clone();
        let mut next = Traced::new(resumed(policy, before.standing(), at(2_500)));
        next.input(at(2_600), input);
        assert_eq!(next.machine.status().phase, phase, "{input}");
    }
}

/// A clock may have been set, and so may the policy.
#[test]
fn no_wait_is_longer_than_it_may_be() {
    let before = waiting();
    let policy = |secs| Policy::fixed(Duration::from_secs(secs));
    for (longest, now, until) in [
        (3, at(2_500), at(4_000)),
        (3, at(0), at(3_000)),
        (3, at(90_000), at(4_000)),
        (1, at(2_500), at(3_500)),
        (60, at(0), at(3_000)),
    ] {
        let mut next = resumed(policy(longest), before.standing(), now);
        assert_eq!(next.status().next_start, Some(until), "{longest} s, {now}");
        assert_eq!(
            next.next_delays(1),
            [Duration::from_secs(longest.min(3))],
            "{longest} s, {now}"
        );
        next.handle_input(now.max(until), Input::Timeout).unwrap();
        assert_eq!(next.status().phase, Phase::Starting, "{longest} s, {now}");
    }
}

/// Dies at once in each life, and is cut after the third death. The restarts until it gives up.
fn restarts_until_it_gives_up(give_up: GiveUp, clock: fn(Instant) -> Instant) -> u32 {
    let policy = Policy {
        give_up: Some(give_up),
        ..Policy::fixed(Duration::from_secs(1))
    };
    let mut child = Supervisor::new(policy.clone(), StopSequence::default(), 7);
    let mut now = at(100_000);
    child.handle_input(now, Input::Start).unwrap();
    for death in 1..100 {
        let spawn = loop {
            match child.poll_output() {
                Output::Action(id, Action::Spawn) => break id,
                Output::Wait(deadline) => {
                    now = now.max(deadline.unwrap().at);
                    child.handle_input(now, Input::Timeout).unwrap();
                }
                Output::Done(_) => return child.status().restarts,
                Output::Action(..) | Output::Event(_) => {}
            }
        };
        child.handle_input(now, Input::Emptied(spawn)).unwrap();
        if death == 3 {
            now = clock(now);
            child = resumed(policy.clone(), child.standing(), now);
        }
    }
    child.status().restarts
}

#[test]
fn it_gives_up_when_it_would_have() {
    let same = |now: Instant| now;
    let set_back = |_: Instant| Instant::ZERO;
    let long_after = |now: Instant| now + Duration::from_secs(3_600);
    let in_a_row = GiveUp::Consecutive(5);
    let rate = GiveUp::Rate {
        count: 5,
        window: Duration::from_secs(60),
    };
    assert_eq!(restarts_until_it_gives_up(in_a_row, same), 5);
    assert_eq!(restarts_until_it_gives_up(in_a_row, set_back), 5);
    assert_eq!(restarts_until_it_gives_up(in_a_row, long_after), 5);
    assert_eq!(restarts_until_it_gives_up(rate, same), 5);
    assert_eq!(restarts_until_it_gives_up(rate, set_back), 5);
    assert_eq!(
        restarts_until_it_gives_up(rate, long_after),
        7,
        "two are old"
    );
}

/// Times that are still to come, as those of a clock that was set back, are not counted for ever.
#[test]
fn restarts_of_the_future_were_before_now() {
    let rate = GiveUp::Rate {
        count: 2,
        window: Duration::from_secs(60),
    };
    let policy = Policy {
        give_up: Some(rate),
        ..Policy::fixed(Duration::from_secs(1))
    };
    let standing = Standing {
        recent: vec![at(9_000_000); 2],
        ..Standing::new(7)
    };
    for (died, phase) in [
        (59_000, Phase::Ended(Ended::GaveUp(rate))),
        (60_000, Phase::Crashed),
    ] {
        let mut next = Traced::new(resumed(policy.clone(), standing.clone(), at(0)));
        next.input(at(0), Input::Start);
        next.input(at(died), Input::Emptied(SPAWN));
        assert_eq!(next.machine.status().phase, phase, "{died} ms");
    }
}

/// The next delay of a child that has been tried often, and whose life began under an earlier supervisor.
fn delay_after(life: &[(u64, Input)]) -> Duration {
    let policy = Policy {
        backoff: Backoff {
            jitter_percent: 0,
            ..Backoff::default()
        },
        ..Policy::default()
    };
    let standing = Standing {
        restarts: 9,
        consecutive: 4,
        last_delay: Duration::from_millis(720),
        ..Standing::new(7)
    };
    let mut next = Traced::new(resumed(policy, standing, at(100_000)));
    next.input(at(100_000), Input::Start);
    for (millis, input) in life {
        next.input(at(*millis), *input);
    }
    assert_eq!(next.machine.status().restarts, 9);
    next.machine.next_delays(1).pop().unwrap()
}

#[test]
fn a_life_that_goes_on_is_stable_from_its_true_beginning() {
    let over = Input::Emptied(SPAWN);
    let began = |millis| Input::TakenOver(SPAWN, Some(7), at(millis));
    let (first, fifth) = (Duration::from_millis(90), Duration::from_millis(1_440));
    assert_eq!(
        delay_after(&[(100_001, began(95_000)), (104_000, over)]),
        fifth
    );
    assert_eq!(
        delay_after(&[(100_001, began(95_000)), (105_000, over)]),
        first
    );
    assert_eq!(delay_after(&[(100_001, began(10_000))]), first, "by now");
    assert_eq!(delay_after(&[(100_001, began(99_000))]), fifth, "not yet");
}

/// Something to do to the life at hand.
#[derive(Clone, Copy, Debug)]
enum Step {
    Send(Input),
    Spawned,
    Ready,
    SpawnFailed,
    Exit(Exit),
    Empty,
    Later(u64),
}

fn step() -> impl Strategy<Value = Step> {
    let command = prop_oneof![
        4 => Just(Input::Start),
        2 => Just(Input::Restart),
        2 => Just(Input::Hold),
        1 => Just(Input::Stop),
        1 => Just(Input::Kill),
    ];
    let exit = prop_oneof![
        Just(Exit::Code(0)),
        Just(Exit::Code(42)),
        Just(Exit::Signal(Signal::KILL)),
        Just(Exit::Unknown),
    ];
    prop_oneof![
        2 => command.prop_map(Step::Send),
        5 => Just(Step::Spawned),
        2 => Just(Step::Ready),
        2 => Just(Step::SpawnFailed),
        4 => exit.prop_map(Step::Exit),
        6 => Just(Step::Empty),
        6 => (0_u64..4_000).prop_map(Step::Later),
        3 => (0_u64..40_000).prop_map(Step::Later),
    ]
}

fn policy() -> impl Strategy<Value = Policy> {
    let give_up = prop_oneof![
        Just(None),
        Just(Some(GiveUp::Consecutive(4))),
        Just(Some(GiveUp::Rate {
            count: 4,
            window: Duration::from_secs(30),
        })),
    ];
    let rules = prop_oneof![
        Just(Vec::new()),
        Just(vec![
            ("42", Verdict::RestartNow),
            ("spawn", Verdict::RestartNow)
        ]),
    ];
    let grace = prop_oneof![Just(0), Just(2), Just(20)];
    let ready_within = prop_oneof![Just(None), Just(Some(5)), Just(Some(25))];
    let startup = (grace, ready_within).prop_map(|(grace, within)| Startup {
        grace: Duration::from_secs(grace),
        ready_within: within.map(Duration::from_secs),
    });
    (give_up, rules, startup).prop_map(|(give_up, rules, startup)| Policy {
        give_up,
        rules: rules
            .into_iter()
            .map(|(on, then)| Rule {
                on: on.parse().unwrap(),
                then,
            })
            .collect(),
        startup,
        ..Policy::default()
    })
}

/// Three signals, each with a wait of its own.
fn stop() -> StopSequence {
    let step = |(signal, secs)| StopStep {
        signal,
        wait: Duration::from_secs(secs),
    };
    StopSequence::new([(Signal::INT, 2), (Signal::TERM, 7)].map(step))
}

/// A child, its spawn, how the leader of that has ended, and what was heard of it.
struct Child {
    supervisor: Supervisor,
    spawn: Option<ActionId>,
    exit: Option<Exit>,
}

impl Child {
    fn new(supervisor: Supervisor) -> Self {
        Self {
            supervisor,
            spawn: None,
            exit: None,
        }
    }

    /// Does the step. What is said, but for the numbers of actions.
    fn step(&mut self, now: Instant, step: Step) -> Vec<String> {
        let spawn = self.spawn.unwrap_or(ActionId::from_number(0));
        let input = match step {
            Step::Send(input) => input,
            Step::Spawned => Input::Spawned(spawn, Some(100)),
            Step::Ready => Input::Ready(spawn),
            Step::SpawnFailed => Input::SpawnFailed(spawn),
            Step::Exit(exit) => Input::Exited(spawn, exit),
            Step::Empty => Input::Emptied(spawn),
            Step::Later(_) => Input::Timeout,
        };
        // What is of another life is stale, with any supervisor.
        let heard = self.supervisor.handle_input(now, input);
        if let (Ok(()), Input::Exited(_, exit)) = (heard, input) {
            self.exit = self.exit.or(Some(exit));
        }
        self.said()
    }

    fn said(&mut self) -> Vec<String> {
        let mut said = Vec::new();
        loop {
            let output = self.supervisor.poll_output();
            said.push(match &output {
                Output::Action(_, action) => action.to_string(),
                other => format!("{other:?}"),
            });
            match output {
                Output::Action(id, Action::Spawn) => (self.spawn, self.exit) = (Some(id), None),
                Output::Wait(_) | Output::Done(_) => return said,
                Output::Action(..) | Output::Event(_) => {}
            }
        }
    }

    /// Whether another supervisor goes on with it as if nothing had been. A life that is up and long
    /// counts as stable from then on; what a dead leader left behind is ended at once.
    fn is_alike_when_cut(&self) -> bool {
        let standing = self.supervisor.standing();
        let is_between_lives = standing.pause.is_some() || standing.ended.is_some();
        let is_up = self.supervisor.status().phase == Phase::Running;
        is_between_lives || standing.course.is_some() && !is_up
    }

    /// Another supervisor goes on with it, and takes over what lives. What that says.
    fn cut(&mut self, now: Instant) -> Vec<String> {
        let (policy, standing) = (self.supervisor.policy().clone(), self.supervisor.standing());
        let (pid, course, since) = (
            self.supervisor.status().pid,
            standing.course,
            standing.started_at,
        );
        self.supervisor = Supervisor::resumed(policy, stop(), standing, now);
        if course.is_none() {
            return self.said();
        }
        let exit = self.exit;
        let mut said = self.step(now, Step::Send(Input::Start));
        let spawn = self.spawn.unwrap();
        let lives = Input::TakenOver(spawn, pid, since.unwrap());
        said.extend(self.step(now, Step::Send(lives)));
        if let Some(exit) = exit {
            said.extend(self.step(now, Step::Exit(exit)));
        }
        said
    }
}

proptest! {
    /// Whenever it does not live, gets ready, or is being ended, nobody hears or reads that another
    /// supervisor goes on: the same signals are sent at the same times.
    #[test]
    fn a_child_does_not_know_who_supervises_it(
        policy in policy(),
        seed: u64,
        steps in vec((step(), any::<bool>()), 1..80),
    ) {
        let mut one = Child::new(Supervisor::new(policy, stop(), seed));
        let mut many = Child::new(one.supervisor.clone());
        let mut now = Instant::ZERO;
        for (step, cut) in steps {
            if let Step::Later(millis) = step {
                now = now + Duration::from_millis(millis);
            }
            prop_assert_eq!(one.step(now, step), many.step(now, step));
            if cut && many.is_alike_when_cut() {
                let (waits, said) = (one.said(), many.cut(now));
                prop_assert!(!said.iter().any(|said| said.contains("signal")), "{:?}", said);
                prop_assert_eq!(waits.last(), said.last());
            }
            prop_assert_eq!(one.supervisor.status(), many.supervisor.status());
            prop_assert_eq!(one.supervisor.standing(), many.supervisor.standing());
            prop_assert_eq!(one.supervisor.next_delays(4), many.supervisor.next_delays(4));
        }
    }
}

#[test]
fn who_lives_or_has_ended_waits_for_nothing() {
    let mut child = waiting();
    assert_eq!(child.standing().pause, Some(Pause::Until(at(4_000))));
    assert_eq!(
        child.standing().last_death,
        Some(Death::Exited(Exit::Code(3)))
    );
    child.handle_input(at(4_000), Input::Timeout).unwrap();
    assert_eq!(child.standing().pause, None);
    child.handle_input(at(4_000), Input::Stop).unwrap();
    assert_eq!(child.standing().pause, None);
    assert_eq!(child.standing().ended, None, "it is being started");
}

/// Also where the policy would say something else by now.
#[test]
fn what_has_ended_stays_so() {
    let standing = Standing {
        ended: Some(Ended::GaveUp(GiveUp::Consecutive(3))),
        ..waiting().standing()
    };
    let mut next = resumed(Policy::default(), standing.clone(), at(2_500));
    assert_eq!(
        next.status().to_string(),
        "failed (gave up after 3 restarts in a row)"
    );
    assert_eq!(next.standing().ended, standing.ended);
    for input in [Input::Start, Input::Restart, Input::Timeout, Input::Stop] {
        next.handle_input(at(9_000), input).unwrap();
        let done = Output::Done(Ended::GaveUp(GiveUp::Consecutive(3)));
        assert_eq!(next.poll_output(), done, "{input}");
    }
    let anew = next.anew(7);
    assert_eq!(anew.status().phase, Phase::New);
}

/// Whatever it is being ended for, another supervisor takes over what lives of it, and does what the first
/// would have done.
#[test]
fn a_life_that_is_being_ended_goes_on_to_be() {
    let policy = Policy {
        class: RestartClass::OnFailure,
        startup: Startup {
            ready_within: Some(Duration::from_secs(5)),
            ..Startup::default()
        },
        ..Policy::fixed(Duration::from_secs(1))
    };
    let ready = Input::Ready(SPAWN);
    let died = |code| Input::Exited(SPAWN, Exit::Code(code));
    for (inputs, phase) in [
        (&[ready, Input::Stop][..], Phase::Ended(Ended::Stopped)),
        (&[Input::Restart], Phase::Starting),
        (&[ready, Input::Hold], Phase::Held),
        (
            &[ready, died(0)],
            Phase::Ended(Ended::Exited(Exit::Code(0))),
        ),
        (&[ready, died(3)], Phase::Crashed),
        (&[died(0)], Phase::Crashed),
        (&[Input::Timeout], Phase::Crashed),
    ] {
        let new = Supervisor::new(policy.clone(), StopSequence::default(), 7);
        let mut one = Traced::new(new);
        one.input(at(0), Input::Start);
        one.input(at(10), Input::Spawned(SPAWN, Some(7)));
        for input in inputs {
            one.input(at(6_000), *input);
        }
        // What a dead leader left behind has had its time.
        one.input(at(6_050), Input::Timeout);
        let standing = one.machine.standing();
        let mut other = Traced::new(resumed(policy.clone(), standing.clone(), at(6_060)));
        assert_eq!(other.machine.standing(), standing, "{inputs:?}");
        other.input(at(6_060), Input::Start);
        assert_eq!(other.machine.standing(), standing, "{inputs:?}");
        other.input(at(6_060), Input::TakenOver(SPAWN, Some(7), at(10)));
        assert_eq!(other.machine.standing(), standing, "{inputs:?}");
        for supervised in [&mut one, &mut other] {
            supervised.input(at(6_070), Input::Exited(SPAWN, Exit::Signal(Signal::TERM)));
            supervised.input(at(6_080), Input::Emptied(SPAWN));
            assert_eq!(supervised.machine.status().phase, phase, "{inputs:?}");
        }
        assert_eq!(one.machine.status(), other.machine.status(), "{inputs:?}");
    }
}

/// Has five seconds to get ready.
fn slow() -> Policy {
    Policy {
        startup: Startup {
            ready_within: Some(Duration::from_secs(5)),
            ..Startup::default()
        },
        ..Policy::never()
    }
}

/// Another supervisor takes over the life of this one.
fn taken_over(before: &Supervisor, now: Instant) -> Traced<Supervisor> {
    let (standing, status) = (before.standing(), before.status());
    let mut next = Traced::new(resumed(before.policy().clone(), standing, now));
    next.input(now, Input::Start);
    let since = status.started_at.unwrap();
    next.input(now, Input::TakenOver(SPAWN, status.pid, since));
    next
}

/// What becomes of a life that is deaf and never ready within 15 s, with a supervisor for so many
/// milliseconds each.
fn course(policy: Policy, stopped_at: Option<u64>, each: u64) -> Vec<String> {
    let mut child = Traced::new(Supervisor::new(policy, StopSequence::default(), 7));
    child.input(at(0), Input::Start);
    child.input(at(0), Input::Spawned(SPAWN, Some(7)));
    let mut course = Vec::new();
    for millis in (100..15_000).step_by(100) {
        let now = at(millis);
        let asked = (stopped_at == Some(millis)).then_some(Input::Stop);
        for output in child.input(now, asked.unwrap_or(Input::Timeout)) {
            match output {
                Output::Action(_, action) => course.push(format!("{now} {action}")),
                Output::Event(event) => course.push(format!("{now} {event}")),
                Output::Wait(_) | Output::Done(_) => {}
            }
        }
        if millis % each == 0 {
            child = taken_over(&child.machine, now);
        }
    }
    course
}

#[test]
fn what_is_deaf_is_killed_when_it_would_have_been() {
    for each in [500, 700, 1_000, 2_900, 3_000, 100_000] {
        let expected = [
            "t+1.000s stopping",
            "t+1.000s signal SIGTERM",
            "t+4.000s signal SIGKILL",
            "t+9.000s signal SIGKILL",
            "t+14.000s signal SIGKILL",
        ];
        assert_eq!(course(slow(), Some(1_000), each), expected, "{each} ms");
    }
}

#[test]
fn what_is_never_ready_fails_when_it_would_have() {
    for each in [500, 700, 1_000, 2_900, 4_900, 100_000] {
        let expected = [
            "t+5.000s not ready in time",
            "t+5.000s signal SIGTERM",
            "t+8.000s signal SIGKILL",
            "t+13.000s signal SIGKILL",
        ];
        assert_eq!(course(slow(), None, each), expected, "{each} ms");
    }
}

/// The signals that are sent when a life is taken over that was so far, and the next deadline.
fn when_taken_over(
    course: Option<Course>,
    ending: Option<Ending>,
    now: Instant,
) -> (Vec<Signal>, Instant) {
    let standing = Standing {
        ending,
        course,
        ..Standing::new(7)
    };
    let mut child = Traced::new(resumed(slow(), standing, now));
    child.input(now, Input::Start);
    let (mut signals, mut waits) = (Vec::new(), None);
    for output in child.input(now, Input::TakenOver(SPAWN, Some(7), at(0))) {
        match output {
            Output::Action(_, Action::Signal(signal)) => signals.push(signal),
            Output::Wait(deadline) => waits = deadline,
            _ => {}
        }
    }
    (signals, waits.unwrap().at)
}

/// A clock may have been set, and the stop sequence may be another.
#[test]
fn no_wait_for_an_end_is_longer_than_it_may_be() {
    for (step, until, now, expected) in [
        (0, at(4_000), at(2_500), (vec![], at(4_000))),
        (0, at(4_000), at(0), (vec![], at(3_000))),
        (0, at(4_000), at(90_000), (vec![Signal::KILL], at(95_000))),
        (1, at(9_000), at(8_000), (vec![], at(9_000))),
        (1, at(9_000), at(0), (vec![], at(5_000))),
        (9, at(9_000), at(8_000), (vec![], at(9_000))),
        (9, at(9_000), at(9_000), (vec![Signal::KILL], at(14_000))),
    ] {
        let course = Course::Signalled { step, until };
        let found = when_taken_over(Some(course), Some(Ending::Stop), now);
        assert_eq!(found, expected, "{course:?}, {now}");
    }
}

/// The time is over when nobody has said so right away.
#[test]
fn no_time_to_get_ready_is_longer_than_it_may_be() {
    for (by, now, deadline) in [
        (at(5_000), at(4_000), at(5_000)),
        (at(5_000), at(0), at(5_000)),
        (at(90_000), at(4_000), at(9_000)),
        (at(5_000), at(90_000), at(5_000)),
    ] {
        let course = Course::ReadyBy(by);
        let found = when_taken_over(Some(course), None, now);
        assert_eq!(found, (vec![], deadline), "{course:?}, {now}");
    }
}

#[test]
fn what_says_that_it_is_ready_when_it_is_taken_over_is_in_time() {
    for (inputs, phase) in [
        (&[Input::Ready(SPAWN), Input::Timeout][..], Phase::Running),
        (&[Input::Timeout], Phase::Clearing),
    ] {
        let mut before = Traced::new(Supervisor::new(slow(), StopSequence::default(), 7));
        before.input(at(0), Input::Start);
        before.input(at(0), Input::Spawned(SPAWN, Some(7)));
        let mut next = taken_over(&before.machine, at(90_000));
        for input in inputs {
            next.input(at(90_000), *input);
        }
        assert_eq!(next.machine.status().phase, phase, "{inputs:?}");
    }
}

/// As of one that an earlier version of a program has left.
#[test]
fn what_nobody_knows_of_a_life_begins_anew() {
    for (ending, expected) in [
        (None, (vec![], at(14_000))),
        (Some(Ending::Stop), (vec![Signal::TERM], at(12_000))),
    ] {
        assert_eq!(when_taken_over(None, ending, at(9_000)), expected);
    }
}

/// What an earlier supervisor knew was of another life.
#[test]
fn a_life_that_begins_is_not_where_another_one_was() {
    let standing = Standing {
        course: Some(Course::ReadyBy(at(5_000))),
        ..Standing::new(7)
    };
    let mut next = Traced::new(resumed(slow(), standing, at(90_000)));
    next.input(at(90_000), Input::Start);
    next.input(at(90_000), Input::Spawned(SPAWN, Some(7)));
    let by = Some(Course::ReadyBy(at(95_000)));
    assert_eq!(next.machine.standing().course, by);
}

/// Whoever says again that it may run means its next life.
#[test]
fn a_life_that_was_told_to_end_is_not_spared() {
    let standing = Standing {
        ending: Some(Ending::Held),
        course: Some(Course::Signalled {
            step: 0,
            until: at(5_000),
        }),
        ..Standing::new(7)
    };
    let mut next = Traced::new(resumed(slow(), standing, at(4_000)));
    for input in [
        Input::Start,
        Input::Start,
        Input::TakenOver(SPAWN, Some(7), at(0)),
    ] {
        next.input(at(4_000), input);
    }
    assert_eq!(next.machine.status().phase, Phase::Stopping);
    next.input(at(4_500), Input::Emptied(SPAWN));
    assert_eq!(next.machine.status().phase, Phase::Starting);
}
