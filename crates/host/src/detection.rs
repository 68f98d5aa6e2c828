//! What does the machine have?

use crate::{
    Event, Host, HostOptions,
    shared::{Child, Role},
};
use alloc::{boxed::Box, collections::BTreeMap, string::String, sync::Arc};
use collodi_action::{Action, Completion};
use collodi_contain::ContainedPath;
use collodi_env::Environment;
use collodi_machine::{Machine as _, Output};
use collodi_python::{Detect, Installer, Toolchain};
use collodi_script::Dialect;
use collodi_time::Instant;

/// How far the search for tools is.
#[derive(Clone, Debug)]
pub(crate) enum Detecting {
    Searching(Box<Detect>),
    /// The stand-in for uv is being written.
    Writing(Arc<Toolchain>),
    Known {
        tools: Arc<Toolchain>,
        stand_ins: Option<ContainedPath>,
    },
}

impl Host {
    /// Begins to look; what has begun goes on. Who shuts down starts nothing.
    pub(crate) fn begin_detection(&mut self, now: Instant) {
        if !self.shutting_down {
            self.detect_input(now, collodi_python::Input::Timeout);
        }
    }

    pub(crate) fn detect_input(&mut self, now: Instant, input: collodi_python::Input) {
        let Detecting::Searching(detect) = &mut self.detect else {
            return;
        };
        // What is stale for the search has been completed for it already.
        let _ = detect.handle_input(now, input);
        loop {
            match detect.poll_output() {
                Output::Action(id, action) => {
                    self.shared
                        .ask(Child::Detect, Some(id), Role::Plain, action);
                }
                Output::Event(never) => match never {},
                Output::Wait(deadline) => return self.shared.wait(Child::Detect, deadline),
                Output::Done(tools) => return self.detected(Arc::new(tools)),
            }
        }
    }

    fn detected(&mut self, tools: Arc<Toolchain>) {
        self.shared.wait(Child::Detect, None);
        self.shared.out.event(Event::Detected(tools.clone()));
        let installer: Installer = tools.installer(self.options.prefer_uv);
        match installer.stand_in(&self.options.layout) {
            Some((write, _)) => {
                self.detect = Detecting::Writing(tools);
                self.shared
                    .ask(Child::StandIn, None, Role::Plain, Action::File(write));
            }
            None => self.known(tools, None),
        }
    }

    /// The stand-in was written, or could not be: then scripts do without.
    pub(crate) fn stand_in_written(&mut self, completion: &Completion) {
        let Detecting::Writing(tools) = &self.detect else {
            return;
        };
        let tools = tools.clone();
        let written = matches!(completion, Completion::File(Ok(_)));
        self.known(tools, written.then(|| self.options.layout.stand_ins()));
    }

    fn known(&mut self, tools: Arc<Toolchain>, stand_ins: Option<ContainedPath>) {
        self.detect = Detecting::Known { tools, stand_ins };
        self.begin_waiting();
    }
}

/// What the policy makes of the variables for the host's own commands: probes, git, and the
/// making of environments.
pub(crate) fn own_environment(options: &HostOptions) -> Environment {
    let policy = options.env_policies.of(Dialect::Vatn);
    policy.resolve(&options.host_vars, &BTreeMap::new(), &options.grants)
}

/// The variables of the host's own commands: what the policy lets pass, and a few more.
pub fn own_vars(options: &HostOptions) -> BTreeMap<String, String> {
    let mut vars = own_environment(options).vars;
    vars.insert("PYTHONUTF8".into(), "1".into());
    vars
}
