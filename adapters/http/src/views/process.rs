//! Processes.

use collodi_api::{EndedHow, LeftAlone, Process, ProcessStatus, TreeMember};
use collodi_command::Member;
use collodi_host::Host;
use collodi_logs::Url;
use collodi_restart::{Death, Ended, Phase};
use collodi_time::Duration;

/// How many of the next delays are shown.
const DELAYS: usize = 10;

/// A daemon that a host leaves alone.
pub(crate) fn left_alone(alone: &collodi_host::LeftAlone) -> LeftAlone {
    LeftAlone {
        id: alone.id.to_string(),
        app_id: alone.id.app().map(ToOwned::to_owned),
        file: alone.file.clone(),
        reason: alone.why.to_string(),
        found: alone.tree.is_some(),
        hint: alone.way_out(),
    }
}

/// A process of a host.
pub(crate) fn process(process: &collodi_host::Process, host: &Host) -> Process {
    let epoch = host.options().epoch;
    let delays = match process.auto_restart() && !process.has_ended() {
        true => process.next_delays(DELAYS),
        false => Vec::new(),
    };
    let millis = |delay: &Duration| u64::try_from(delay.as_millis()).unwrap_or(u64::MAX);
    let member = |member: &Member| TreeMember {
        pid: member.pid,
        name: member.name.clone(),
    };
    let status = process.status();
    let ended = match status.phase {
        Phase::Ended(ended) => Some(ended),
        _ => None,
    };
    let is_dead = matches!(status.phase, Phase::Crashed | Phase::Clearing);
    let death = status.last_death.filter(|_| is_dead);
    let exit_code = |exit: collodi_command::Exit| exit.shell_code().unwrap_or(-1);
    let next_start = |at: collodi_time::Instant| (epoch + at.since_origin()).to_string();
    Process {
        id: process.id().to_string(),
        app_id: process.app().to_owned(),
        name: process.name().map(ToOwned::to_owned),
        status: word(status.phase, process.auto_restart()),
        pid: status.pid.map_or(-1, i64::from),
        restart_count: status.restarts,
        last_exit_code: status.last_exit.map_or(0, exit_code),
        started_at: process.started_at().map(|at| at.to_string()),
        auto_restart: process.auto_restart(),
        url: process.url().map(Url::to_connect),
        run_id: process.run().to_string(),
        command: process.line().to_owned(),
        own_log_from: process.own_from(),
        next_start: status.next_start.map(next_start),
        restart_policy: process.policy().class.to_string(),
        next_delays_ms: delays.iter().map(millis).collect(),
        waits_for: host.waits_for(process),
        being_stopped: process.is_being_stopped(),
        still_alive: process.lingering().iter().map(member).collect(),
        not_kept: host.not_kept(process.id()).map(ToString::to_string),
        ended: ended.map(how),
        ended_at: host.ended_at(process.id()).map(|at| at.to_string()),
        reason: match (ended, process.reason()) {
            (Some(_), Some(why)) => Some(why.to_owned()),
            (Some(ended), None) => Some(in_words(ended, status.last_death)),
            (None, _) => death.map(|death| death.to_string()),
        },
        failed: ended.is_some_and(Ended::is_failure) || death.is_some_and(Death::is_failure),
    }
}

/// How it ended; of what was given up, also after which death.
fn in_words(ended: Ended, last: Option<Death>) -> String {
    match (ended, last) {
        (Ended::GaveUp(_), Some(death)) => format!("{ended}, {death}"),
        _ => ended.to_string(),
    }
}

/// The plugin's word. What its leader left behind is being ended while it clears: that
/// is part of a crash when it will start again, and of a stop when it will not.
const fn word(phase: Phase, auto_restart: bool) -> ProcessStatus {
    match phase {
        Phase::New | Phase::Held | Phase::Starting | Phase::Warming => ProcessStatus::Starting,
        Phase::Running => ProcessStatus::Running,
        Phase::Clearing if auto_restart => ProcessStatus::Crashed,
        Phase::Crashed => ProcessStatus::Crashed,
        Phase::Clearing | Phase::Stopping => ProcessStatus::Stopping,
        Phase::Ended(_) => ProcessStatus::Stopped,
    }
}

const fn how(ended: Ended) -> EndedHow {
    match ended {
        Ended::Stopped => EndedHow::Stopped,
        Ended::Exited(_) => EndedHow::Exited,
        _ => EndedHow::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::{how, word};
    use collodi_command::Exit;
    use collodi_restart::{Ended, GiveUp, Phase};
    use std::fmt::Write as _;

    #[test]
    fn words() {
        let phases = [
            Phase::New,
            Phase::Held,
            Phase::Starting,
            Phase::Warming,
            Phase::Running,
            Phase::Clearing,
            Phase::Crashed,
            Phase::Stopping,
            Phase::Ended(Ended::Stopped),
            Phase::Ended(Ended::Exited(Exit::Code(0))),
            Phase::Ended(Ended::Exited(Exit::Code(3))),
            Phase::Ended(Ended::EndedEarly(Exit::Code(0))),
            Phase::Ended(Ended::NotReady),
            Phase::Ended(Ended::SpawnFailed),
            Phase::Ended(Ended::GaveUp(GiveUp::Consecutive(5))),
        ];
        let mut table = String::new();
        for phase in phases {
            let (auto, once) = (word(phase, true), word(phase, false));
            let end = match phase {
                Phase::Ended(ended) => how(ended).to_string(),
                _ => String::new(),
            };
            writeln!(table, "{phase}: {auto} / {once} {end}").unwrap();
        }
        insta::assert_snapshot!(table);
    }
}
