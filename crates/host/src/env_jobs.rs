//! The environments that are made, cleared and deleted, and who wants them no more.

use crate::{
    Accepted, EnvUser, Host, Refused, RunId,
    detection::own_vars,
    env_users::{env_deletion, maker},
    environment::EnvJob,
    post::Post,
};
use alloc::{collections::btree_map::Entry, string::ToString, sync::Arc};
use collodi_contain::{ContainedPath, Name};
use collodi_machine::ActionId;
use collodi_python::{Contents, EnvDir, ProvisionOptions};

impl Host {
    pub(crate) fn create_env(&mut self, env: &EnvDir) -> Accepted {
        self.env_job(None, env, Contents::Python(None)).keep();
        self.begin_env(env.path());
        Accepted::UnderWay
    }

    /// Removes what an ended program has left half-made of an environment. What a living one
    /// is at is left to it, and what is whole stays.
    pub(crate) fn clear_env(&mut self, name: &Name) -> Accepted {
        let env = self.options.layout.environment(name);
        self.env_job(None, &env, Contents::Nothing);
        self.begin_env(env.path());
        Accepted::UnderWay
    }

    /// A deletion that is under way already is the same one. One that is forced does not
    /// mind what uses the environment, but for its making, which would go on.
    pub(crate) fn delete_env(&mut self, name: &Name, force: bool) -> Result<Accepted, Refused> {
        let env = self.options.layout.environment(name);
        let mut by = self.env_users(env.path());
        by.retain(|user| !force || *user == EnvUser::Making);
        if !by.is_empty() {
            let env = name.to_string();
            return Err(Refused::EnvInUse { env, by });
        }
        if !self.deleting.contains_key(env.path()) {
            self.delete(env.path().clone(), env_deletion(env));
        }
        Ok(Accepted::UnderWay)
    }

    /// The making of this environment, begun if it is not under way.
    pub(crate) fn env_job(
        &mut self,
        app: Option<Arc<str>>,
        env: &EnvDir,
        contents: Contents,
    ) -> &mut EnvJob {
        let tools = self.tools().cloned().unwrap_or_default();
        let options = &self.options;
        let tree = maker(self.shared.ids.seed());
        let options = ProvisionOptions {
            env: env.clone(),
            contents,
            installer: tools.installer(options.prefer_uv),
            tools: (*tools).clone(),
            vars: own_vars(options),
            tree,
        };
        match self.envs.entry(env.path().clone()) {
            Entry::Vacant(entry) => entry.insert(EnvJob::new(app, options)),
            Entry::Occupied(entry) => {
                let job = entry.into_mut();
                job.renew(app, options);
                job
            }
        }
    }

    /// Begins the making of an environment, if it is not under way, as soon as nothing
    /// of an older one is left.
    pub(crate) fn begin_env(&mut self, env: &ContainedPath) {
        if self.envs.contains_key(env) && !self.deleting.contains_key(env) {
            let begin = collodi_python::Input::Timeout;
            self.shared.post.push_back(Post::Env(env.clone(), begin));
        }
    }

    /// An action of a run does not want an environment any more.
    pub(crate) fn leave_env_of(&mut self, who: &(RunId, ActionId)) {
        self.leave_envs(|waiting| waiting == who);
    }

    pub(crate) fn leave_envs(&mut self, leaves: impl Fn(&(RunId, ActionId)) -> bool) {
        for (env, job) in &mut self.envs {
            if job.is_wanted_by(&leaves) && job.leave(&leaves, &mut self.shared) {
                let cancel = collodi_python::Input::Cancel;
                self.shared.post.push_back(Post::Env(env.clone(), cancel));
            }
        }
        self.leave_searches(leaves);
    }
}
