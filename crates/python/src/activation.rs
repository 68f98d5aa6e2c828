//! What `source bin/activate` means.

use crate::EnvDir;
use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    string::{String, ToString},
    vec::Vec,
};
use collodi_contain::ContainedPath;

/// The changes to a process's variables that make it use an environment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activation {
    virtual_env: Option<String>,
    first_in_path: Vec<String>,
    windows: bool,
}

impl Activation {
    /// No environment. `pip` then refuses to install: it would reach the machine's
    /// own Python.
    pub fn none() -> Self {
        Self::default()
    }

    /// The activation of `env`.
    pub fn of(env: &EnvDir) -> Self {
        Self {
            virtual_env: Some(env.path().to_string()),
            first_in_path: [env.programs().to_string()].into(),
            windows: env.is_windows(),
        }
    }

    /// Puts a directory before everything else in `PATH`.
    #[must_use]
    pub fn behind(mut self, dir: &ContainedPath) -> Self {
        self.first_in_path.insert(0, dir.to_string());
        self
    }

    /// Changes `vars` as activation does, and makes Python write its output at
    /// once and in UTF-8. What `vars` says about these two already, stays.
    pub fn apply(&self, vars: &mut BTreeMap<String, String>) {
        for (name, value) in [("PYTHONUNBUFFERED", "1"), ("PYTHONUTF8", "1")] {
            vars.entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        let path = self.path(vars.get("PATH"));
        // An empty path would be the current directory.
        if !path.is_empty() {
            vars.insert("PATH".to_owned(), path);
        }
        match &self.virtual_env {
            Some(dir) => {
                // What `uv sync` and `uv run` use: they do not look at the other.
                for name in ["VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT"] {
                    vars.insert(name.to_owned(), dir.clone());
                }
                vars.remove("PYTHONHOME");
            }
            None => drop(vars.insert("PIP_REQUIRE_VIRTUALENV".to_owned(), "true".to_owned())),
        }
    }

    fn path(&self, path: Option<&String>) -> String {
        let separator = if self.windows { ";" } else { ":" };
        let rest = path.filter(|p| !p.is_empty()).cloned();
        self.first_in_path
            .iter()
            .cloned()
            .chain(rest)
            .collect::<Vec<_>>()
            .join(separator)
    }
}
