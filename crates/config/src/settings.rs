//! All settings.

use crate::{
    AppSandbox, Entry, Limits, Problems, Python, Sandbox, ShellEnv, Webhook,
    reader::{Reader, Section},
    sandbox::{Apps, entries_of_apps, read_apps},
    webhooks::{Webhooks, entries_of_webhooks, read_webhooks},
};
use alloc::{string::String, vec::Vec};
use collodi_contain::Name;
use collodi_env::{Inherit, Policy};
use collodi_script::Dialect;

/// All settings, each with where it comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Settings {
    /// `[python]`
    pub python: Python,
    /// `[python.limits]`
    pub limits: Limits,
    /// `[sandbox]`
    pub sandbox: Sandbox,
    /// `[sandbox.shell_env]`
    pub shell_env: ShellEnv,
    apps: Apps,
    webhooks: Webhooks,
    foreign: Vec<String>,
}

/// Sections that stand below others, by the last part of their names. `limits` is a word
/// that anybody has a section for.
const BELOW: [(&str, &str); 2] = [("shell_env", "sandbox.shell_env"), ("apps", "sandbox.apps")];

impl Settings {
    /// The largest file, in bytes.
    pub const MAX_BYTES: usize = 256 * 1024;

    /// The settings that the file with this text and the defaults come to. Sections of
    /// other programs are left alone, unless their names are nearly ours.
    ///
    /// # Errors
    ///
    /// All that is wrong with the file. Nothing of a file that is partly right is used:
    /// the rest could mean less than its author thinks.
    pub fn read(text: &str) -> Result<Self, Problems> {
        let (mut reader, table) = Reader::open(text)?;
        let settings = Self::of(Section::top(&table), &mut reader);
        reader.finish().map(|()| settings)
    }

    /// As [`read`](Self::read), of a file in which no other program has sections.
    ///
    /// # Errors
    ///
    /// All that is wrong with the file: also sections that are none of ours.
    pub fn read_alone(text: &str) -> Result<Self, Problems> {
        let settings = Self::read(text)?;
        let (mut reader, table) = Reader::open(text)?;
        let mut top = Section::top(&table);
        for ours in ["python", "sandbox", "webhooks"] {
            top.section(ours, &mut reader);
        }
        top.finish(&mut reader);
        reader.finish().map(|()| settings)
    }

    fn of<'a>(mut top: Section<'a>, reader: &mut Reader<'a>) -> Self {
        let mut python = top.section("python", reader);
        let mut limits = python.section("limits", reader);
        let mut sandbox = top.section("sandbox", reader);
        let mut shell_env = sandbox.section("shell_env", reader);
        let apps = sandbox.section("apps", reader);
        let webhooks = top.section("webhooks", reader);
        let settings = Self {
            python: Python::read(&mut python, reader),
            limits: Limits::read(&mut limits, reader),
            sandbox: Sandbox::read(&mut sandbox, reader),
            shell_env: ShellEnv::read(&mut shell_env, reader),
            apps: read_apps(apps, reader),
            webhooks: read_webhooks(webhooks, reader),
            foreign: top.finish_shared(&BELOW, reader),
        };
        for section in [python, limits, sandbox, shell_env] {
            section.finish(reader);
        }
        settings
    }

    /// What is otherwise for this app, when anything is.
    pub fn app(&self, name: &Name) -> Option<&AppSandbox> {
        self.apps.get(name)
    }

    /// The apps that have settings of their own, by name.
    pub fn apps(&self) -> impl Iterator<Item = (&Name, &AppSandbox)> {
        self.apps.iter()
    }

    /// The same, to overrule it.
    pub fn apps_mut(&mut self) -> impl Iterator<Item = &mut AppSandbox> {
        self.apps.values_mut()
    }

    /// Who is told what becomes of processes, by name.
    pub fn webhooks(&self) -> impl Iterator<Item = (&Name, &Webhook)> {
        self.webhooks.iter()
    }

    /// The sections that are none of ours.
    pub fn foreign(&self) -> &[String] {
        &self.foreign
    }

    /// The environment policy for scripts of this dialect.
    pub fn policy(&self, dialect: Dialect) -> Policy {
        let default = match dialect {
            Dialect::Vatn => Policy::vatn(),
            Dialect::Pinokio => Policy::pinokio(),
        };
        let allowed = self.python.allowed_env_vars.value().clone();
        self.shell_env.over(Policy {
            inherit: allowed.map_or(default.inherit, Inherit::Allow),
            ..default
        })
    }

    /// Every setting as it is shown.
    pub fn entries(&self) -> Vec<Entry> {
        let fixed = [
            self.python.entries("python"),
            self.limits.entries("python.limits"),
            self.sandbox.entries("sandbox"),
            self.shell_env.entries("sandbox.shell_env"),
        ];
        let fixed = fixed.into_iter().flatten();
        fixed
            .chain(entries_of_apps(&self.apps))
            .chain(entries_of_webhooks(&self.webhooks))
            .collect()
    }
}
