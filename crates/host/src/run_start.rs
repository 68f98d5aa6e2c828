//! Runs that begin: refused or taken in when they are asked for, and begun when the machine is
//! known.

use crate::{
    Accepted, Event, Host, Refused, RunEntry, RunId, RunRequest, detection::Detecting, post::Post,
    run_options,
};
use alloc::{format, string::ToString};
use collodi_command::TreeId;
use collodi_run::RunOptions;
use collodi_time::Instant;
use collodi_value::Object;

impl Host {
    pub(crate) fn start_run(
        &mut self,
        now: Instant,
        request: RunRequest,
    ) -> Result<Accepted, Refused> {
        self.start(now, request, 0, None)
    }

    /// Starts a run that begins at a step, with what an earlier one knew.
    pub(crate) fn start_from(
        &mut self,
        now: Instant,
        request: RunRequest,
        from: usize,
        of: Option<RunId>,
    ) -> Result<Accepted, Refused> {
        let steps = request.script.steps.len();
        if from >= steps {
            return Err(Refused::NoSuchStep { step: from, steps });
        }
        if let Some(id) = of.as_ref().filter(|id| !self.runs.contains_key(*id)) {
            return Err(Refused::NoSuchRun(id.to_string()));
        }
        self.start(now, request, from, of.as_ref())
    }

    /// Begins the runs that waited for the machine to be known.
    pub(crate) fn begin_waiting(&mut self) {
        let Detecting::Known { tools, stand_ins } = &self.detect else {
            return;
        };
        if self.options.facts.is_none() {
            return;
        }
        let (tools, stand_ins) = (tools.clone(), stand_ins.clone());
        for (id, entry) in &mut self.runs {
            let Some(request) = entry.waiting() else {
                continue;
            };
            let seed = self.shared.ids.seed();
            let tree = TreeId::new(&format!("{id}-{seed:016x}"));
            let global = self.records.global(entry.script_path());
            let options = run_options(&self.options, request, &tools, &stand_ins, (tree, seed));
            let resume = entry.take_resume();
            entry.begin(RunOptions {
                global,
                resume,
                ..options
            });
            self.shared
                .post
                .push_back(Post::Run(id.clone(), collodi_run::Input::Start));
        }
    }

    /// Somebody has found out what the machine is. Runs that have begun keep what they know.
    pub(crate) fn know(&mut self, facts: Object) -> Accepted {
        self.options.facts = Some(facts);
        self.shared.out.event(Event::FactsKnown);
        self.begin_waiting();
        Accepted::UnderWay
    }

    /// Nothing begins before it is known what an earlier host has left.
    pub(crate) fn refuse_early(&self) -> Result<(), Refused> {
        match self.has_recovered() || !self.shared.journal.is_on() {
            true => Ok(()),
            false => Err(Refused::Recovering),
        }
    }

    /// Whether one more run may be under way.
    pub(crate) fn has_room_for_a_run(&self) -> bool {
        let unfinished = self.runs().filter(|run| run.outcome().is_none());
        unfinished.count() < self.options.runs
    }

    fn start(
        &mut self,
        now: Instant,
        request: RunRequest,
        from: usize,
        of: Option<&RunId>,
    ) -> Result<Accepted, Refused> {
        self.refuse_early()?;
        self.changing.refuse(&request.app.name)?;
        if let Some(by) = self.busy_by(&request.app.name).filter(|_| !request.again) {
            return Err(Refused::Busy {
                app: request.app.name.to_string(),
                by,
            });
        }
        if !request.again {
            self.refuse_left_alone(&request.app.name)?;
        }
        self.refuse_variables(&request)?;
        if !self.has_room_for_a_run() {
            return Err(Refused::TooManyRuns(self.options.runs));
        }
        self.forget_last_run(&request.app);
        let id = self.shared.ids.run(&request.app.name);
        let started = self.wall(now);
        let earlier = of.and_then(|id| self.runs.get(id));
        let entry = RunEntry::new(id.clone(), request, started).resuming(from, earlier);
        entry.tell_started(&mut self.shared);
        self.runs.insert(id.clone(), entry);
        self.begin_waiting();
        Ok(Accepted::Run(id))
    }

    /// What is said over the script has to be what a step of it could say.
    fn refuse_variables(&self, request: &RunRequest) -> Result<(), Refused> {
        let policy = self.options.env_policies.of(request.script.dialect);
        let refused = request.overrides.refused(policy, &self.options.grants);
        match refused.is_empty() {
            true => Ok(()),
            false => Err(Refused::Variables(refused)),
        }
    }
}
