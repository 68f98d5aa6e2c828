//! A daemon: its supervisor, its log, and its address.

mod anew;
mod leftovers;
mod life;

pub(crate) use life::ASK_AGAIN;

use crate::{
    ProcessId, RunId,
    journal::{History, LogMark},
    order::Again,
    reach::Reach,
    readiness::Watch,
    shared::{Found, Role, Shared},
};
use alloc::{boxed::Box, string::String, sync::Arc, vec::Vec};
use collodi_action::{Action, Error};
use collodi_command::{Exit, Identity, Member, Recording, RecordingPlace, Signal, Stdin, TreeId};
use collodi_contain::ContainedPath;
use collodi_logs::{Log, Url, recording::restore};
use collodi_machine::ActionId;
use collodi_restart::{Ended, Phase, Policy, RestartClass, Standing, Status, Supervisor};
use collodi_run::{App, DaemonSpec};
use collodi_script::Supervision;
use collodi_time::{Duration, Instant, WallTime};

/// A daemon that a run started.
#[derive(Clone, Debug)]
pub struct Process {
    id: ProcessId,
    app: Arc<App>,
    run: RunId,
    daemon: DaemonSpec,
    supervision: Supervision,
    supervisor: Supervisor,
    log: Log,
    own_from: u64,
    /// How far its recording is known to be.
    recorded: Option<RecordingPlace>,
    /// The lines that it has said since.
    since_recorded: u32,
    reach: Reach,
    watch: Watch,
    epoch: WallTime,
    /// The run's action that is completed by the first start.
    starting: Option<ActionId>,
    /// The run's action that is completed by the end of the supervision.
    kept: Option<ActionId>,
    /// What the first life is, when it is not started.
    first: First,
    life: Option<Life>,
    /// The life that is being taken over, until it is.
    earlier: Option<Box<Earlier>>,
    spawn_error: Option<Box<Error>>,
    /// The process of the life at hand, when that is known.
    identity: Option<Identity>,
    /// Somebody wants it to be stopped, also when the host is started again.
    pub(crate) stopped_by_operator: bool,
    /// It was ended with another one that no host begins by itself.
    stays_down: bool,
    /// An earlier host has left it, and nobody has started it here.
    pub(crate) was_found: bool,
    /// What keeps a stop waiting.
    lingering: Vec<Member>,
    /// Why it does not run, where the end of its supervision does not say that. Most have none: it is thin.
    reason: Option<Arc<String>>,
    pub(crate) order: Order,
}

/// What the first life of a daemon is.
#[derive(Clone, Debug, Default)]
pub(crate) enum First {
    /// A command that is started.
    #[default]
    Started,
    /// A command of its run that runs already: its action, as the host numbers it.
    Kept(ActionId, Option<Box<Found>>),
    /// A process that an earlier host started.
    Adopted(Box<Earlier>),
    /// A process that an earlier host started, and of which nobody knows more.
    Lost,
}

/// A life that began under an earlier host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Earlier {
    /// Its process.
    pub(crate) identity: Identity,
    /// When it began.
    pub(crate) since: Instant,
    /// It was up.
    pub(crate) was_up: bool,
    /// How its process ended, if that was seen.
    pub(crate) exit: Option<Exit>,
}

/// What a daemon has to wait for besides itself.
#[derive(Clone, Debug, Default)]
pub(crate) struct Order {
    /// It is to be ended, when those that depend on it have.
    pub(crate) stop_asked: bool,
    /// What it said before this host is being read; then it goes on.
    pub(crate) history: Option<Box<History>>,
    /// What is to be known of it before it runs is written down.
    pub(crate) noted: bool,
    /// Its supervisor has been told.
    pub(crate) stop_told: bool,
    /// It is not started before this one is up.
    pub(crate) after: Option<ProcessId>,
    /// It is to be ended and started again.
    pub(crate) again: Again,
}

/// One life: it is over when the command has ended and its tree is empty.
#[derive(Clone, Copy, Debug)]
struct Life {
    spawn: ActionId,
    exit: Option<Exit>,
    closed: bool,
    empty: bool,
    /// How its process ended is in the log.
    is_told: bool,
    how: How,
}

/// How a life began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum How {
    Started,
    /// It began under an earlier host.
    Adopted,
    /// It was over before anybody could take it over.
    Lost,
    /// The same, but how its process ended was seen.
    Over,
}

/// Who a daemon belongs to, and what it is.
pub(crate) struct Birth {
    pub(crate) id: ProcessId,
    pub(crate) app: Arc<App>,
    pub(crate) run: RunId,
    pub(crate) daemon: DaemonSpec,
    pub(crate) supervision: Supervision,
    pub(crate) starting: Option<ActionId>,
    pub(crate) kept: Option<ActionId>,
    pub(crate) first: First,
    /// The number of the first line that it said as a daemon.
    pub(crate) own_from: u64,
}

impl Process {
    pub(crate) fn new(birth: Birth, supervisor: Supervisor, log: Log, epoch: WallTime) -> Self {
        Self {
            watch: Watch::new(birth.daemon.ready.clone()),
            id: birth.id,
            app: birth.app,
            run: birth.run,
            daemon: birth.daemon,
            supervision: birth.supervision,
            starting: birth.starting,
            kept: birth.kept,
            first: birth.first,
            supervisor,
            log,
            own_from: birth.own_from,
            recorded: None,
            since_recorded: 0,
            epoch,
            reach: Reach::new(None),
            life: None,
            earlier: None,
            spawn_error: None,
            identity: None,
            stopped_by_operator: false,
            stays_down: false,
            was_found: false,
            lingering: Vec::new(),
            reason: None,
            order: Order::default(),
        }
    }

    /// Its name.
    pub const fn id(&self) -> &ProcessId {
        &self.id
    }

    /// The app it belongs to.
    pub fn app(&self) -> &str {
        &self.app.name
    }

    /// The tree that its commands run in.
    pub const fn tree(&self) -> &TreeId {
        &self.daemon.command.tree
    }

    /// The run that started it.
    pub const fn run(&self) -> &RunId {
        &self.run
    }

    /// The script's own line.
    pub fn line(&self) -> &str {
        &self.daemon.line
    }

    /// What other daemons of its run call it.
    pub fn name(&self) -> Option<&str> {
        self.daemon.name.as_deref()
    }

    /// The daemons of its run that must be up before it is started, by their names.
    pub fn depends_on(&self) -> &[String] {
        &self.daemon.depends_on
    }

    /// What a death of it means for the other daemons of its run.
    pub const fn supervision(&self) -> Supervision {
        self.supervision
    }

    /// What is done after a death.
    pub fn policy(&self) -> &Policy {
        self.supervisor.policy()
    }

    /// The delays before the next restarts, should each life end before it is stable.
    pub fn next_delays(&self, count: usize) -> Vec<Duration> {
        self.supervisor.next_delays(count)
    }

    /// Whether it is started again when it ends.
    pub fn auto_restart(&self) -> bool {
        self.policy().class != RestartClass::Never
    }

    /// Why it does not run, where the end of its supervision does not say that: it was not started, or was ended
    /// with another one.
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref().map(String::as_str)
    }

    /// What of it lives and keeps its end waiting, as far as that is known.
    pub fn lingering(&self) -> &[Member] {
        &self.lingering
    }

    /// Whether its first life was begun by others, and it is not looked after here yet: it waits for
    /// nobody.
    pub(crate) const fn lives_already(&self) -> bool {
        !matches!(self.first, First::Started)
    }

    /// Whether it has been started since it is supervised.
    pub(crate) const fn has_lived(&self) -> bool {
        self.status().started_at.is_some()
    }

    /// Whether it lives and is up: nobody has seen its process end.
    pub fn is_up(&self) -> bool {
        self.status().phase == Phase::Running && self.exit_of_life().is_none()
    }

    /// The folder that its command begins in.
    pub fn folder(&self) -> &ContainedPath {
        &self.daemon.command.cwd
    }

    /// The environment that its command runs in: the path of it.
    pub fn environment(&self) -> Option<&str> {
        let dir = self.daemon.command.env.get("VIRTUAL_ENV");
        dir.map(String::as_str)
    }

    /// Whether its command runs in this environment.
    pub(crate) fn uses_env(&self, env: &str) -> bool {
        self.environment() == Some(env)
    }

    /// Whether a host that ends this app, and all that was begun under it, leaves it to the next one.
    pub(crate) fn is_spared(&self, app: Option<&str>) -> bool {
        self.was_found && app.is_some_and(|app| app != self.app()) && !self.is_being_stopped()
    }

    /// Whether anything of it lives.
    pub(crate) fn is_alive(&self) -> bool {
        self.life.is_some_and(|life| !life.empty)
    }

    /// Whether its command lives and reads what is written to it.
    pub fn reads(&self) -> bool {
        let lives = self.life.is_some_and(|life| life.exit.is_none());
        lives && self.daemon.command.stdin == Stdin::Piped
    }

    /// Writes to its command.
    pub(crate) fn write(&self, bytes: Arc<[u8]>, shared: &mut Shared) {
        let action = Action::Write(self.daemon.command.tree.clone(), bytes);
        self.ask(None, Role::Plain, action, shared);
    }

    /// Sends a signal to all that lives of it.
    pub(crate) fn signal(&self, signal: Signal, shared: &mut Shared) {
        let action = Action::Signal(self.daemon.command.tree.clone(), signal);
        self.ask(None, Role::Plain, action, shared);
    }

    pub(crate) const fn app_info(&self) -> &Arc<App> {
        &self.app
    }

    pub(crate) const fn spec(&self) -> &DaemonSpec {
        &self.daemon
    }

    pub(crate) const fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// How the process of its life at hand has ended, whose others may live on.
    pub(crate) fn exit_of_life(&self) -> Option<Exit> {
        self.life.and_then(|life| life.exit)
    }

    /// Whether it was a command of its run.
    pub(crate) const fn is_kept(&self) -> bool {
        self.kept.is_some()
    }

    /// Whether another host could find its process again, if it has one.
    pub(crate) fn can_be_found(&self) -> bool {
        let lives = self.life.filter(|life| life.exit.is_none());
        lives.is_none() || self.identity.is_some()
    }

    /// The directory that has what it said.
    pub(crate) fn recording_dir(&self) -> Option<&ContainedPath> {
        Some(&self.daemon.command.recording.as_ref()?.dir)
    }

    /// The name of that directory.
    pub(crate) fn recording(&self) -> Option<&str> {
        self.recording_dir()?.rel().file_name()
    }

    /// What it says, or has said, is kept there.
    pub(crate) fn set_recording(&mut self, recording: Option<Recording>) {
        self.daemon.command.recording = recording.map(Arc::new);
    }

    /// Fills its log with what it said before this host, and goes on with the numbers.
    pub(crate) fn restore(&mut self, history: &History) {
        let epoch = self.epoch;
        let when = |at| instant(epoch, at);
        let mut before = None;
        for (number, segment) in history.segments() {
            let index = String::from_utf8_lossy(&segment.index);
            let (log, until) = (&mut self.log, history.mark.until(number));
            before = restore(log, &index, &segment.bytes, until, when).or(before);
        }
        let recording = self.daemon.command.recording.as_ref();
        let segment_bytes = recording.map_or(0, |recording| recording.segment_bytes);
        self.log.go_on(history.offset(before, segment_bytes));
        self.recorded = history.end();
    }

    /// How far its log is.
    pub(crate) fn log_mark(&self, now: Instant) -> LogMark {
        let since = self.recorded.map_or(0, |_| u64::from(self.since_recorded));
        LogMark {
            next: self.log.next_seq().saturating_sub(since),
            at: self.epoch + now.since_origin(),
            place: self.recorded,
        }
    }

    /// What its supervisor knows.
    pub const fn status(&self) -> Status {
        self.supervisor.status()
    }

    /// Whether its supervision has ended.
    pub const fn has_ended(&self) -> bool {
        matches!(self.status().phase, Phase::Ended(_))
    }

    /// Whether what is written down of it is more than that it is about to run.
    pub(crate) fn is_to_last(&self) -> bool {
        let remembers = self.policy().class == RestartClass::UnlessStopped;
        self.order.noted || remembers || self.stopped_by_operator || self.has_ended()
    }

    /// Whether it was ended, and not by itself.
    pub(crate) fn was_stopped(&self) -> bool {
        self.status().phase == Phase::Ended(Ended::Stopped)
    }

    /// Whether it was ended, and neither by itself nor with another one that was.
    pub(crate) fn was_only_stopped(&self) -> bool {
        self.was_stopped() && self.reason.is_none()
    }

    /// Whether the next host is to know of it for its own sake.
    pub(crate) fn is_for_next_host(&self) -> bool {
        let remembers = self.policy().class == RestartClass::UnlessStopped;
        remembers || !self.was_only_stopped()
    }

    /// Whether the next host is to know of the others of its run as well.
    pub(crate) fn has_others_known(&self) -> bool {
        let remembers = self.policy().class == RestartClass::UnlessStopped;
        remembers || !self.was_only_stopped() && !self.is_being_stopped()
    }

    /// Whether each host starts it for its own sake, as nobody wants it to be down.
    pub(crate) fn begins_with_each_host(&self) -> bool {
        self.policy().class == RestartClass::UnlessStopped && !self.is_to_stay_down()
    }

    /// Whether no host starts it unasked.
    pub(crate) const fn is_to_stay_down(&self) -> bool {
        self.stopped_by_operator || self.stays_down
    }

    /// Its output and its supervisor's notes.
    pub const fn log(&self) -> &Log {
        &self.log
    }

    /// The number of the first line of its log that it said as a daemon. What its command said
    /// before, and its run was told, has lower ones.
    pub const fn own_from(&self) -> u64 {
        self.own_from
    }

    /// The address at which it answers.
    pub fn url(&self) -> Option<&Url> {
        self.reach.url()
    }

    /// What another supervisor would go on from.
    pub(crate) fn standing(&self) -> Standing {
        self.supervisor.standing()
    }

    /// When its last life began, also when an earlier host began it.
    pub fn started_at(&self) -> Option<WallTime> {
        self.status()
            .started_at
            .map(|at| self.epoch + at.since_origin())
    }
}

/// When it was, at the soonest the origin.
pub(crate) fn instant(epoch: WallTime, at: WallTime) -> Instant {
    Instant::ZERO + at.as_duration().saturating_sub(epoch.as_duration())
}

#[cfg(test)]
mod tests {
    use super::Process;

    /// Most daemons are quiet, and there may be hundreds: what only some have is beside them.
    #[test]
    #[cfg(target_pointer_width = "64")]
    fn what_every_daemon_has_is_little() {
        assert!(size_of::<Process>() <= 1_344, "{}", size_of::<Process>());
    }
}
