//! Where conda has environments that it knows by name, for the runs that want them.

use crate::{
    Host, RunId,
    detection::own_vars,
    post::Post,
    shared::{Child, Role},
};
use alloc::{format, sync::Arc};
use collodi_command::TreeId;
use collodi_contain::{Name, RelPath};
use collodi_machine::{ActionId, Machine as _, Output};
use collodi_python::{Contents, Input, Locate, LocateOptions, Located, ProvisionError};
use collodi_run::Completed;
use collodi_time::Instant;

/// An action of a run that wants an environment.
type Who = (RunId, ActionId);

/// The search for one, and what it is made with where it is not there.
#[derive(Clone, Debug)]
pub(crate) struct Search {
    app: Option<Arc<str>>,
    contents: Contents,
    locate: Locate,
    wanted: bool,
}

impl Host {
    /// Looks where conda has this environment, and then has it made there.
    ///
    /// Conda is asked as the host's own command, with the host's variables: what an app has it
    /// say would lead the host anywhere.
    pub(crate) fn want_named(
        &mut self,
        now: Instant,
        who: Who,
        app: Option<Arc<str>>,
        (name, contents): (Name, Contents),
    ) {
        let options = &self.options;
        let tools = self.tools().cloned().unwrap_or_default();
        let locate = Locate::new(LocateOptions {
            name,
            conda: tools.conda.clone(),
            platform: options.layout.platform(),
            vars: own_vars(options),
            cwd: options.layout.workspace().at(RelPath::root()),
            tree: TreeId::new(&format!("conda-{:016x}", self.shared.ids.seed())),
        });
        let search = Search {
            app,
            contents,
            locate,
            wanted: true,
        };
        self.searches.insert(who.clone(), search);
        self.search_input(now, &who, Input::Timeout);
    }

    pub(crate) fn search_input(&mut self, now: Instant, who: &Who, input: Input) {
        let Some(search) = self.searches.get_mut(who) else {
            return;
        };
        // What is stale for the search has been completed for it already.
        let _ = search.locate.handle_input(now, input);
        let child = || Child::Locate(who.0.clone(), who.1);
        loop {
            match search.locate.poll_output() {
                Output::Action(id, action) => {
                    self.shared.ask(child(), Some(id), Role::Plain, action);
                }
                Output::Event(never) => match never {},
                Output::Wait(deadline) => return self.shared.wait(child(), deadline),
                Output::Done(located) => {
                    self.shared.wait(child(), None);
                    self.shared.forget_trees(&child());
                    return self.located(who, located);
                }
            }
        }
    }

    fn located(&mut self, who: &Who, located: Located) {
        let Some(search) = self.searches.remove(who).filter(|search| search.wanted) else {
            return;
        };
        match located {
            Ok(env) => self.make_for(who.clone(), search.app, &env, search.contents),
            Err(error) => self.no_environment(who, error),
        }
    }

    /// These actions of runs want no environment any more.
    pub(crate) fn leave_searches(&mut self, leaves: impl Fn(&Who) -> bool) {
        let left = self.searches.iter_mut().filter(|(who, _)| leaves(who));
        let left = left
            .filter_map(|(who, search)| core::mem::take(&mut search.wanted).then(|| who.clone()));
        for who in left.collect::<alloc::vec::Vec<_>>() {
            self.no_environment(&who, ProvisionError::Cancelled);
            self.shared.post.push_back(Post::Search(who, Input::Cancel));
        }
    }

    fn no_environment(&mut self, (run, action): &Who, why: ProvisionError) {
        let none = collodi_run::Input::Completed(*action, Completed::Env(Err(why)));
        self.shared.post.push_back(Post::Run(run.clone(), none));
    }
}
