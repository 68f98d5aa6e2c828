//! What the commands of apps are kept in.

use crate::HostOptions;
use alloc::{format, sync::Arc, vec::Vec};
use collodi_action::Action;
use collodi_command::{CommandSpec, Sandbox};
use collodi_contain::Root;
use collodi_python::Layout;
use collodi_run::OtherApps;
use collodi_sandbox::{Confinement, Fallback, Place, PlaceError, Profile};

/// How far apps are trusted, when that is not fully.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confine {
    /// The level.
    pub confinement: Confinement,
    /// Whether what a machine cannot hold is a reason to refuse.
    pub strict: bool,
    /// What may stand in where namespaces cannot be had.
    pub fallback: Option<Fallback>,
    /// Whether apps may use the GPUs.
    pub gpu: bool,
    /// Folders that apps may read besides: those of interpreters, where they are not the
    /// system's.
    pub read: Vec<Place>,
}

impl Confine {
    /// A level, with nothing else said.
    pub const fn new(confinement: Confinement) -> Self {
        Self {
            confinement,
            strict: false,
            fallback: None,
            gpu: false,
            read: Vec::new(),
        }
    }
}

/// Variables that name the environment a command works in.
const ENVIRONMENTS: [&str; 2] = ["VIRTUAL_ENV", "CONDA_PREFIX"];

/// Makes the sandboxes of commands.
#[derive(Clone, Debug)]
pub(crate) struct Confining {
    confine: Option<Confine>,
    layout: Layout,
    other_apps: OtherApps,
}

impl Confining {
    pub(crate) fn of(options: &HostOptions) -> Self {
        Self {
            confine: options.sandbox.clone(),
            layout: options.layout.clone(),
            other_apps: options.other_apps,
        }
    }

    /// The action, with a sandbox for a command that has none yet: of the folder whose root
    /// it works below.
    pub(crate) fn apply(&self, action: Action) -> Action {
        match action {
            Action::Exec(mut spec) => {
                self.fill(&mut spec);
                Action::Exec(spec)
            }
            Action::Adopt(mut spec, identity) => {
                self.fill(&mut spec);
                Action::Adopt(spec, identity)
            }
            other => other,
        }
    }

    fn fill(&self, spec: &mut CommandSpec) {
        if spec.sandbox == Sandbox::Full {
            let root = spec.cwd.root().clone();
            spec.sandbox = self.sandbox(&root, spec);
        }
    }

    /// What a command of the app with this root is kept in.
    pub(crate) fn sandbox(&self, root: &Root, spec: &CommandSpec) -> Sandbox {
        let Some(confine) = &self.confine else {
            return Sandbox::Full;
        };
        match self.profile(confine, root, spec) {
            Ok(profile) => Sandbox::Within(Arc::new(profile)),
            Err(error) => Sandbox::Impossible(error),
        }
    }

    fn profile(
        &self,
        confine: &Confine,
        root: &Root,
        spec: &CommandSpec,
    ) -> Result<Profile, PlaceError> {
        let own = Place::parse(root.as_str())?;
        let places = |paths: &[&str]| {
            paths
                .iter()
                .map(|path| Place::parse(path))
                .collect::<Result<Vec<_>, _>>()
        };
        let layout = &self.layout;
        let (cache, apps) = (layout.cache().absolute(), layout.apps().absolute());
        let stand_ins = layout.stand_ins().absolute();
        let (mut read, mut write) = (Vec::from([stand_ins.as_str()]), Vec::from([cache.as_str()]));
        match self.other_apps {
            OtherApps::None => {}
            OtherApps::Read => read.push(&apps),
            OtherApps::Write => write.push(&apps),
        }
        write.extend(root.annexes());
        write.extend(self.environment(spec));
        let kept = format!("{}/.vatn", root.as_str());
        let vatn = format!("{}/.vatn", layout.workspace().as_str());
        Ok(Profile {
            read: [confine.read.clone(), places(&read)?].concat(),
            write: places(&write)?,
            hidden: places(&[&vatn])?,
            protected: places(&[&kept])?,
            gpu: confine.gpu,
            strict: confine.strict,
            fallback: confine.fallback,
            ..Profile::new(confine.confinement, own)
        })
    }

    /// The environment that the command works in, when it is one of the workspace.
    fn environment<'a>(&self, spec: &'a CommandSpec) -> Option<&'a str> {
        let all = format!("{}/", self.layout.environments().absolute());
        let named = ENVIRONMENTS.iter().filter_map(|name| spec.env.get(*name));
        named
            .map(alloc::string::String::as_str)
            .find(|path| path.starts_with(&all))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;
    use collodi_command::TreeId;
    use collodi_contain::RelPath;
    use collodi_python::Platform;

    fn confining(confine: Option<Confine>) -> Confining {
        let layout = Layout::new(Root::new("/w"), Platform::from_rust("linux", "x86_64"));
        let options = HostOptions {
            sandbox: confine,
            ..HostOptions::new(layout, 0)
        };
        Confining::of(&options)
    }

    fn exec(root: &str) -> CommandSpec {
        CommandSpec::new(
            "true",
            Root::new(root).at(RelPath::root()),
            TreeId::new("t"),
        )
    }

    fn applied(confine: Option<Confine>, spec: CommandSpec) -> Sandbox {
        match confining(confine).apply(Action::Exec(spec)) {
            Action::Exec(spec) => spec.sandbox,
            other => panic!("{other}"),
        }
    }

    #[test]
    fn every_command_gets_a_sandbox_or_cannot_run() {
        let confine = Some(Confine::new(Confinement::Sandboxed));
        assert_eq!(applied(None, exec("/w/app")), Sandbox::Full);
        for root in ["/w", "/w/.vatn/python/envs", "/elsewhere"] {
            let Sandbox::Within(profile) = applied(confine.clone(), exec(root)) else {
                panic!("{root}")
            };
            assert_eq!(profile.root.as_str(), root);
            assert_eq!(profile.hidden, [Place::parse("/w/.vatn").unwrap()]);
        }
        let odd = applied(confine, exec("/w/a\nb"));
        assert_eq!(odd, Sandbox::Impossible(PlaceError::Control));
    }

    #[test]
    fn of_environments_only_its_own_is_changed() {
        let confine = Some(Confine::new(Confinement::Restricted));
        let written =
            |env: &str| match applied(confine.clone(), exec("/w/app").env("VIRTUAL_ENV", env)) {
                Sandbox::Within(profile) => profile
                    .write
                    .iter()
                    .map(ToString::to_string)
                    .collect::<Vec<_>>(),
                other => panic!("{other:?}"),
            };
        let cache = "/w/.vatn/python/cache";
        let own = "/w/.vatn/python/envs/a";
        assert_eq!(written(own), [cache, own]);
        assert_eq!(written("/root/env"), [cache]);
        assert_eq!(written("/w/.vatn/python/state"), [cache]);
    }
}
