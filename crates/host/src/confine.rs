//! What the commands of apps are kept in.

use crate::{HostOptions, shared::Child, temporary::Temporary};
use alloc::{collections::BTreeMap, format, string::String, sync::Arc, vec::Vec};
use collodi_action::Action;
use collodi_command::{CommandSpec, Sandbox, TreeId};
use collodi_contain::Root;
use collodi_python::Layout;
use collodi_run::{App, OtherApps, ScriptFault};
use collodi_sandbox::{Confinement, Fallback, Place, PlaceError, Profile};

/// How far apps are trusted: each that is not kept in anything fully.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trust {
    /// What every app is kept in that is not named below.
    pub all: Option<Confine>,
    /// What single apps are kept in, by their names.
    pub apps: BTreeMap<String, Option<Confine>>,
}

impl Trust {
    /// All apps alike.
    pub const fn alike(all: Option<Confine>) -> Self {
        let apps = BTreeMap::new();
        Self { all, apps }
    }

    /// What the commands of this app are kept in, or those that are no app's.
    pub fn of(&self, app: Option<&str>) -> Option<&Confine> {
        let own = app.and_then(|app| self.apps.get(app));
        own.unwrap_or(&self.all).as_ref()
    }

    /// Whether a script of `caller` may start one of `called`: what an app is kept from, it
    /// gets nobody else to do.
    ///
    /// # Errors
    ///
    /// [`ScriptFault::TrustedFurther`] when the called may do more, but for what it does in its
    /// own folder.
    pub fn may_call(&self, caller: &App, called: &App) -> Result<(), ScriptFault> {
        let is_within = match (self.of(Some(&called.name)), self.of(Some(&caller.name))) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(called), Some(caller)) => called.is_within(caller),
        };
        is_within
            .then_some(())
            .ok_or_else(|| ScriptFault::TrustedFurther {
                app: String::from(&*called.name),
                by: String::from(&*caller.name),
            })
    }
}

/// How far an app is trusted, when that is not fully.
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
    /// Whether they have the network, where that is otherwise than the level says.
    pub network: Option<bool>,
    /// Folders that apps may read besides: those of interpreters, where they are not the
    /// system's.
    pub read: Vec<Place>,
    /// Folders that they may change besides.
    pub write: Vec<Place>,
}

impl Confine {
    /// A level, with nothing else said.
    pub const fn new(confinement: Confinement) -> Self {
        Self {
            confinement,
            strict: false,
            fallback: None,
            gpu: false,
            network: None,
            read: Vec::new(),
            write: Vec::new(),
        }
    }

    /// Whether whatever is kept in this may do nothing that what is kept in `other` may not.
    fn is_within(&self, other: &Self) -> bool {
        let has_network = |of: &Self| of.confinement.has_network(of.network);
        let held = |place: &Place, by: &[Place]| by.iter().any(|folder| folder.holds(place));
        let reads = |place: &Place| held(place, &other.read) || held(place, &other.write);
        self.confinement >= other.confinement
            && (other.fallback.is_some() || self.fallback.is_none())
            && (self.strict || !other.strict)
            && (other.gpu || !self.gpu)
            && (has_network(other) || !has_network(self))
            && self.read.iter().all(reads)
            && self.write.iter().all(|place| held(place, &other.write))
    }
}

/// What the commands of this app would be kept in.
pub fn sandbox_of(options: &HostOptions, app: &App) -> Sandbox {
    let spec = CommandSpec::new("", app.cwd(), TreeId::new(""));
    Confining::of(options).sandbox(Some(&app.name), &app.root, &spec)
}

/// Variables that name the environment a command works in.
const ENVIRONMENTS: [&str; 2] = ["VIRTUAL_ENV", "CONDA_PREFIX"];

/// Makes the sandboxes of commands.
#[derive(Clone, Debug)]
pub(crate) struct Confining {
    trust: Trust,
    layout: Layout,
    other_apps: OtherApps,
}

impl Confining {
    pub(crate) fn of(options: &HostOptions) -> Self {
        Self {
            trust: options.sandbox.clone(),
            layout: options.layout.clone(),
            other_apps: options.other_apps,
        }
    }

    /// The action of a child, with a sandbox for a command that has none yet: that of the app it
    /// is for, in the folder whose root it works below, with its folder for temporary files.
    pub(crate) fn apply(&self, mut action: Action, child: &Child, all: &mut Temporary) -> Action {
        if let Action::Exec(spec) | Action::Adopt(spec, _) = &mut action {
            self.fill(spec);
            all.fill(spec, child);
        }
        action
    }

    /// Gives the command its sandbox, unless it has one.
    pub(crate) fn fill(&self, spec: &mut CommandSpec) {
        if spec.sandbox == Sandbox::Full {
            let root = spec.cwd.root().clone();
            spec.sandbox = self.sandbox(spec.purpose.app.as_deref(), &root, spec);
        }
    }

    /// What a command of this app with this root is kept in.
    pub(crate) fn sandbox(&self, app: Option<&str>, root: &Root, spec: &CommandSpec) -> Sandbox {
        let Some(confine) = self.trust.of(app) else {
            return Sandbox::Full;
        };
        match self.profile(confine, root, spec) {
            Ok(profile) => Sandbox::Within(Arc::new(profile)),
            Err(error) => Sandbox::Impossible(confine.confinement, error),
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
            write: [confine.write.clone(), places(&write)?].concat(),
            hidden: places(&[&vatn])?,
            protected: places(&[&kept])?,
            gpu: confine.gpu,
            network: confine.network,
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
    use collodi_contain::RelPath;
    use collodi_python::Platform;
    use collodi_sandbox::Temp;

    fn confining(confine: Option<Confine>) -> Confining {
        let layout = Layout::new(Root::new("/w"), Platform::from_rust("linux", "x86_64"));
        let options = HostOptions {
            sandbox: Trust::alike(confine),
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
        let (child, mut temporary) = (Child::Detect, temporary());
        let action = Action::Exec(spec);
        match confining(confine).apply(action, &child, &mut temporary) {
            Action::Exec(spec) => spec.sandbox,
            other => panic!("{other}"),
        }
    }

    fn temporary() -> Temporary {
        let layout = Layout::new(Root::new("/w"), Platform::from_rust("linux", "x86_64"));
        Temporary::new(layout.temporary())
    }

    #[test]
    fn what_may_be_large_has_a_folder_for_temporary_files() {
        let confine = Some(Confine::new(Confinement::Sandboxed));
        let temp = |child: Child| {
            let (action, mut all) = (Action::Exec(exec("/w/app")), temporary());
            match confining(confine.clone()).apply(action, &child, &mut all) {
                Action::Exec(spec) => match spec.sandbox {
                    Sandbox::Within(profile) => profile.temp.clone(),
                    other => panic!("{other:?}"),
                },
                other => panic!("{other}"),
            }
        };
        let folder = Temp::Folder(Place::parse("/w/.vatn/python/tmp/t").unwrap());
        assert_eq!(temp(Child::Run(crate::RunId::from_text("r"))), folder);
        assert_eq!(
            temp(Child::Process(crate::ProcessId::from_text("p"))),
            folder
        );
        assert_eq!(temp(Child::Detect), Temp::Memory(Profile::TEMP_BYTES));
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
        assert_eq!(
            odd,
            Sandbox::Impossible(Confinement::Sandboxed, PlaceError::Control)
        );
    }

    #[test]
    fn an_app_is_kept_in_its_own() {
        let confining = Confining {
            trust: trust(&[("a", Some(Confinement::Sandboxed)), ("b", None)]),
            ..confining(Some(Confine::new(Confinement::Restricted)))
        };
        let level = |app: Option<&str>| {
            let mut spec = exec("/w/app");
            spec.purpose.app = app.map(Into::into);
            match confining.apply(Action::Exec(spec), &Child::Detect, &mut temporary()) {
                Action::Exec(spec) => match spec.sandbox {
                    Sandbox::Within(profile) => Some(profile.confinement),
                    _ => None,
                },
                other => panic!("{other}"),
            }
        };
        assert_eq!(level(Some("a")), Some(Confinement::Sandboxed));
        assert_eq!(level(Some("b")), None);
        assert_eq!(level(Some("c")), Some(Confinement::Restricted));
        assert_eq!(level(None), Some(Confinement::Restricted));
    }

    #[test]
    fn nobody_gets_others_to_do_what_it_may_not() {
        let (narrow, wide) = (Confinement::Sandboxed, Confinement::Restricted);
        let mut trust = trust(&[
            ("full", None),
            ("wide", Some(wide)),
            ("narrow", Some(narrow)),
        ]);
        let folder = Confine {
            write: Vec::from([Place::parse("/data").unwrap()]),
            ..Confine::new(narrow)
        };
        trust.apps.insert("folder".to_string(), Some(folder));
        let net = Confine {
            network: Some(true),
            ..Confine::new(narrow)
        };
        trust.apps.insert("net".to_string(), Some(net));
        let app = |name: &str| App::new(name, Root::new("/w/x"), RelPath::root(), "a.json");
        let may = |caller, called| trust.may_call(&app(caller), &app(called)).is_ok();
        for name in ["full", "wide", "narrow", "folder", "net"] {
            assert!(may(name, name) && may("full", name), "{name}");
        }
        assert!(may("wide", "narrow") && may("wide", "net") && may("net", "narrow"));
        assert!(!may("wide", "full") && !may("narrow", "wide") && !may("narrow", "net"));
        assert!(may("folder", "narrow") && !may("narrow", "folder") && !may("wide", "folder"));
    }

    fn trust(apps: &[(&str, Option<Confinement>)]) -> Trust {
        let apps = apps
            .iter()
            .map(|(name, level)| (name.to_string(), level.map(Confine::new)));
        Trust {
            all: Some(Confine::new(Confinement::Restricted)),
            apps: apps.collect(),
        }
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
