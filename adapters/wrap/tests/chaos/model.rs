//! What must hold of everything that was played: a small model of what the host is for.

use crate::stage::{APPS, BUDGET, Entry, Played, name};
use collodi_host::{Event, RunEvent, RunId};
use collodi_time::Instant;
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

/// How much longer than it may a shutdown takes: what is killed last is heard of late.
const LATE: Duration = Duration::from_secs(60);

/// What was broken; empty when all of it holds.
pub(crate) fn broken(played: &Played, most: usize) -> Vec<String> {
    let late = played.shutdown.checked_sub(BUDGET + LATE);
    [
        no_server_runs_twice_and_nothing_is_left(&played.history),
        a_stopped_one_stays_stopped(&played.log),
        every_run_ends_with_an_outcome(&played.log),
        no_action_is_unanswered(&lines(&played.log)),
        no_more_children_than_there_may_be(&lines(&played.log), most),
        late.map(|late| format!("the shutdown came {late:?} too late")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Follows who lives in which tree. A server is started where its app has none; its own
/// children come while it lives.
fn no_server_runs_twice_and_nothing_is_left(history: &str) -> Option<String> {
    let mut living: BTreeMap<&str, &str> = BTreeMap::new();
    for line in history.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[1..] {
            ["start", pid, "bash", "in", tree] => {
                let app = app_of(tree);
                let is_rival =
                    |other: &&str| app.is_some() && app_of(other) == app && *other != tree;
                if let Some(other) = living.values().copied().find(is_rival) {
                    return Some(format!("{tree} was started beside {other}"));
                }
                living.insert(pid, tree);
            }
            ["end", pid, ..] => drop(living.remove(pid)),
            _ => {}
        }
    }
    (!living.is_empty()).then(|| format!("{living:?} live on"))
}

/// The app whose server has this tree; none for trees of runs.
fn app_of(tree: &str) -> Option<usize> {
    let is_of = |app: &usize| tree.starts_with(&format!("{}-", name(*app)));
    let app = (0..APPS.len()).find(is_of);
    app.filter(|_| !tree.contains("-run-"))
}

/// From the word to stop an app to its next run, or the word to start it, its server is not started. What was asked
/// of the world in the moment of that word may be under way.
fn a_stopped_one_stays_stopped(log: &[Entry]) -> Option<String> {
    let (mut stopped, mut asked) = (BTreeMap::new(), BTreeSet::new());
    for entry in log {
        match entry {
            Entry::Stopped(app, at) => drop(stopped.insert(*app, at.to_string())),
            // It may be accepted at any moment from now on.
            Entry::Asked(app) => drop(asked.insert(*app)),
            Entry::Refused(app) => drop(asked.remove(app)),
            Entry::Begun(app, _) | Entry::Restarted(app) => {
                asked.remove(app);
                stopped.remove(app);
            }
            Entry::Line(line) => {
                let starts = |app: &&usize| line.ends_with(&format!("exec bash -c server-{app}"));
                let later = |(app, at): &(&usize, &String)| {
                    !asked.contains(*app) && !line.starts_with(&format!("{at} ")) && starts(app)
                };
                if stopped.iter().any(|stop| later(&stop)) {
                    return Some(format!("a stopped server is started: {line}"));
                }
            }
            Entry::Told(_) => {}
        }
    }
    None
}

fn every_run_ends_with_an_outcome(log: &[Entry]) -> Option<String> {
    let mut begun: BTreeSet<&RunId> = BTreeSet::new();
    let mut ended: BTreeSet<&RunId> = BTreeSet::new();
    for entry in log {
        match entry {
            Entry::Begun(_, run) => drop(begun.insert(run)),
            Entry::Told(event) => {
                if let Event::Run {
                    run,
                    what: RunEvent::Ended(_),
                    ..
                } = &**event
                    && !ended.insert(run)
                {
                    return Some(format!("{run} ended twice"));
                }
            }
            _ => {}
        }
    }
    let endless = begun.difference(&ended).next();
    endless.map(|run| format!("{run} has not ended"))
}

/// What was asked of the world and answered by it.
pub(crate) fn lines(log: &[Entry]) -> Vec<&str> {
    let lines = log.iter().filter_map(|entry| match entry {
        Entry::Line(line) => Some(line.as_str()),
        _ => None,
    });
    lines.collect()
}

fn no_action_is_unanswered(lines: &[&str]) -> Option<String> {
    let mut open = BTreeMap::new();
    for line in lines {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        match words[1..] {
            [">", number, what] => drop(open.insert(number, what)),
            ["<", number, "left"] => return Some(format!("{number} was left")),
            ["<", number, answer] if !is_progress(answer) => drop(open.remove(number)),
            _ => {}
        }
    }
    (!open.is_empty()).then(|| format!("without an answer: {open:?}"))
}

/// What is heard of a command before it is over.
fn is_progress(answer: &str) -> bool {
    let words = ["spawned", "is ", "stdout ", "stderr ", "exited"];
    words.iter().any(|word| answer.starts_with(word))
}

fn no_more_children_than_there_may_be(lines: &[&str], most: usize) -> Option<String> {
    let mut children = 0;
    for line in lines {
        let words: Vec<&str> = line.splitn(4, ' ').collect();
        match words[1..] {
            ["<", _, answer] if answer.starts_with("spawned") => children += 1,
            ["<", _, answer] if answer.starts_with("exited") => children -= 1,
            _ => {}
        }
        if children > most {
            return Some(format!("{children} children: {line}"));
        }
    }
    None
}

/// A model that notices nothing proves nothing.
#[test]
fn what_must_not_be_is_noticed() {
    let twice = "t+0s start 1 bash in app-1-aa-0\nt+1s start 2 bash in app-1-bb-0";
    let left = "t+0s start 1 bash in app-1-aa-0";
    let fine = "t+0s start 1 bash in app-1-aa-0\nt+0s start 2 bash in app-1-aa-0\n\
        t+1s end 1 bash: exit code 0\nt+1s end 2 bash: exit code 0";
    let lives = [twice, left, fine].map(|h| no_server_runs_twice_and_nothing_is_left(h).is_some());
    assert_eq!(lives, [true, true, false]);

    let run = RunId::from_text("r");
    let starts = Entry::Line("t+1s > #2 exec bash -c server-1".to_owned());
    let stopped = Entry::Stopped(1, Instant::ZERO);
    let log = [stopped.clone(), starts.clone()];
    assert!(a_stopped_one_stays_stopped(&log).is_some());
    let under_way = Entry::Line(format!("{} > #2 exec bash -c server-1", Instant::ZERO));
    assert!(a_stopped_one_stays_stopped(&[stopped.clone(), under_way]).is_none());
    let log = [stopped, Entry::Begun(1, run.clone()), starts];
    assert!(a_stopped_one_stays_stopped(&log).is_none());
    assert!(every_run_ends_with_an_outcome(&[Entry::Begun(1, run)]).is_some());

    let ask = "t+0s > #1 exec bash -c work";
    for unanswered in [
        &[ask][..],
        &[ask, "t+0s < #1 spawned pid 3"],
        &[ask, "t+0s < #1 left"],
    ] {
        assert!(no_action_is_unanswered(unanswered).is_some());
    }
    assert!(no_action_is_unanswered(&[ask, "t+0s < #1 ended (exit code 0)"]).is_none());
    let two = ["t+0s < #1 spawned pid 3", "t+0s < #2 spawned pid 4"];
    assert!(no_more_children_than_there_may_be(&two, 1).is_some());
}
