//! Daemons of runs: started, or taken over from their runs.

use crate::{
    Host, Process, ProcessId, RunEntry, RunId,
    post::Post,
    process::{Birth, First},
    shared::{Child, Owner},
};
use alloc::{boxed::Box, format, string::ToString, sync::Arc, vec::Vec};
use collodi_action::{Error, ErrorKind};
use collodi_command::{Kind, Purpose, TreeId};
use collodi_logs::Log;
use collodi_machine::ActionId;
use collodi_restart::{Input, Standing, Supervisor};
use collodi_run::{Completed, DaemonSpec, Keep};
use collodi_time::Instant;
use collodi_value::Value;

impl Host {
    /// A run wants a daemon.
    pub(crate) fn want_daemon(
        &mut self,
        now: Instant,
        run: RunId,
        action: ActionId,
        mut daemon: DaemonSpec,
    ) {
        let Some(entry) = self.runs.get_mut(&run) else {
            return;
        };
        let id = self.shared.ids.process(entry.app());
        let seed = self.shared.ids.seed();
        daemon.command.tree = TreeId::new(&format!("{id}-{seed:016x}"));
        daemon.command.purpose = entry.purpose(Kind::Daemon);
        entry.add_daemon(id.clone());
        let birth = Birth {
            id: id.clone(),
            app: entry.app_info().clone(),
            run,
            daemon,
            supervision: entry.supervision(),
            starting: Some(action),
            kept: None,
            first: First::Started,
            own_from: 0,
        };
        self.add_process(now, birth, Standing::new(seed));
        self.begin_process(now, &id);
        self.note_process(&id);
    }

    /// A run wants a command that runs to be a daemon. What was said before is in its log,
    /// too, and the run hears of its end alone.
    pub(crate) fn keep_daemon(
        &mut self,
        now: Instant,
        run: &RunId,
        action: ActionId,
        mut keep: Keep,
    ) {
        let Some(entry) = self.runs.get_mut(run) else {
            return;
        };
        let command = self.shared.in_flight(&Child::Run(run.clone()), keep.exec);
        let process = |(number, owner): (_, &Owner)| (number, owner.process.clone());
        let Some((number, process)) = command.map(process) else {
            let ended = Error::new(ErrorKind::Gone, "keep", &*keep.daemon.line);
            let refused = Completed::Daemon(Err(ended));
            let input = collodi_run::Input::Completed(action, refused);
            return self.shared.post.push_back(Post::Run(run.clone(), input));
        };
        entry.flush(now, &mut self.shared);
        let id = self.shared.ids.process(entry.app());
        let seed = self.shared.ids.seed();
        entry.add_kept(id.clone());
        keep.daemon.command.purpose = entry.purpose(Kind::Daemon);
        let birth = Birth {
            id: id.clone(),
            app: entry.app_info().clone(),
            run: run.clone(),
            daemon: keep.daemon,
            supervision: entry.supervision(),
            starting: Some(action),
            kept: Some(keep.exec),
            first: First::Kept(number, process),
            own_from: 0,
        };
        self.add_process(now, birth, Standing::new(seed));
        self.process_input(now, &id, Input::Start);
        self.note_process(&id);
        // Below the note of its start, which is in the mail already.
        self.shared.post.push_back(Post::Said(id, keep.said));
    }

    /// What a command said before it was a daemon is in its log, too.
    pub(crate) fn said_before(&mut self, now: Instant, id: &ProcessId, said: &[u8]) {
        if let Some(process) = self.processes.get_mut(id) {
            process.said_before(now, said, &mut self.shared);
        }
    }

    /// Adds a daemon, supervised from this standing on. One that does not run yet runs when it is
    /// written down.
    pub(crate) fn add_process(&mut self, now: Instant, mut birth: Birth, standing: Standing) {
        let name = match birth.kept {
            Some(_) => birth.daemon.command.tree.to_string(),
            None => birth.id.to_string(),
        };
        let command = &mut birth.daemon.command;
        if command.purpose.kind == Kind::Other {
            // Of an earlier host.
            command.purpose = Purpose {
                kind: Kind::Daemon,
                app: Some(birth.app.name.clone()),
                run: Some(birth.run.clone().into()),
                ..Purpose::default()
            };
        }
        command.recording = self.shared.journal.recording(&name).map(Arc::new);
        command.sandbox =
            self.shared
                .confining
                .sandbox(Some(&birth.app.name), &birth.app.root, command);
        let is_on = self.shared.journal.is_on();
        let waits = is_on && matches!(birth.first, First::Started);
        let startup = birth.daemon.ready.as_ref().map(|ready| ready.startup);
        let startup = startup.unwrap_or(self.options.restart.startup);
        let policy = birth.daemon.restart.over(&self.options.restart, startup);
        let policy = self.alike.policy(policy);
        let stop = self.options.stop.clone();
        let supervisor = Supervisor::resumed(policy, stop, standing, now);
        self.alike.share(&mut birth.daemon);
        let id = birth.id.clone();
        let mask = self.shared.secrets.mask_of(&birth.daemon.command);
        mask.hide(&mut birth.daemon.line);
        let log = Log::new(self.options.log).with_mask(mask);
        let mut process = Process::new(birth, supervisor, log, self.options.epoch);
        process.order.noted = !waits;
        self.ties.know(&process);
        self.processes.insert(id, Box::new(process));
    }

    /// Gives the supervisor of a daemon an input, and sees to what comes of it for others.
    pub(crate) fn process_input(&mut self, now: Instant, id: &ProcessId, input: Input) {
        let Some(process) = self.processes.get_mut(id) else {
            return;
        };
        if process.has_ended() {
            return;
        }
        if let Some(history) = &mut process.order.history
            && matches!(input, Input::Start | Input::Restart)
        {
            history.asked = Some(input);
            return;
        }
        let before = process.status();
        process.handle(now, input, &mut self.shared);
        self.process_changed(now, id, &before);
        if self.process(id).is_some_and(Process::has_ended) {
            self.retire_process(now, id);
        }
    }

    /// What a script that serves has in `local.url` is the address of what it serves: of
    /// the last of its commands that lives on.
    pub(crate) fn tell_address(&mut self, run: &RunId) {
        let Some(entry) = self.runs.get(run).filter(|entry| entry.is_serving()) else {
            return;
        };
        let url = entry.local().and_then(|local| local.get("url"));
        let address = url.and_then(Value::as_str).map(ToString::to_string);
        let process = entry
            .kept()
            .last()
            .and_then(|id| self.processes.get_mut(id));
        if let (Some(address), Some(process)) = (address, process) {
            process.called(&address, &mut self.shared);
        }
        for id in self.runs.get(run).map_or(&[][..], RunEntry::kept).to_vec() {
            self.note_process(&id);
        }
    }

    /// What the commands of a run said that are no daemons.
    pub(crate) fn remove_recordings(&mut self, run: &RunId) {
        let names = self.runs.get_mut(run).map(RunEntry::take_recordings);
        let of = |name: &str| self.processes.values().any(|p| p.recording() == Some(name));
        let names = names.unwrap_or_default().into_iter();
        for name in names.filter(|name| !of(name)).collect::<Vec<_>>() {
            self.shared.remove_recording(&name);
        }
    }
}
