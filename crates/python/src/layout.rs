//! Where things are.

use crate::{Os, Platform};
use alloc::format;
use collodi_contain::{ContainedPath, Name, RelPath, Root};

/// The directories of a workspace.
///
/// ```text
/// .vatn/python/envs/<name>     environments
/// .vatn/python/apps/<name>     apps
/// .vatn/python/cache           what apps download: models, packages
/// .vatn/python/drive           folders that apps keep outside of themselves
/// .vatn/python/state           what a host writes down of its daemons
/// .vatn/python/logs/<name>     what daemons say
/// .vatn/python/stand-ins       programs that stand in for missing ones
/// .vatn/python/tmp/<tree>      temporary files of sandboxed commands
/// ```
///
/// Environments and apps may be elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    workspace: Root,
    platform: Platform,
    environments: Option<Root>,
    apps: Option<Root>,
}

impl Layout {
    /// The layout of the workspace at this directory.
    pub const fn new(workspace: Root, platform: Platform) -> Self {
        Self {
            workspace,
            platform,
            environments: None,
            apps: None,
        }
    }

    /// The same layout with the environments in this directory.
    #[must_use]
    pub fn with_environments(self, environments: Root) -> Self {
        let environments = Some(environments);
        Self {
            environments,
            ..self
        }
    }

    /// The same layout with the apps in this directory.
    #[must_use]
    pub fn with_apps(self, apps: Root) -> Self {
        let apps = Some(apps);
        Self { apps, ..self }
    }

    /// The workspace itself.
    pub const fn workspace(&self) -> &Root {
        &self.workspace
    }

    /// The platform it is laid out for.
    pub const fn platform(&self) -> Platform {
        self.platform
    }

    /// The directory that holds the environments.
    pub fn environments(&self) -> ContainedPath {
        self.elsewhere_or(&self.environments, "envs")
    }

    /// The environment of this name.
    pub fn environment(&self, name: &Name) -> EnvDir {
        let root = Root::new(&self.environments().absolute());
        EnvDir::new(root.at(one(name.as_str())), self.platform)
    }

    /// The directory that holds the apps.
    pub fn apps(&self) -> ContainedPath {
        self.elsewhere_or(&self.apps, "apps")
    }

    /// The root of the app of this name: what the app does with files stays in here.
    pub fn app(&self, name: &Name) -> Root {
        Root::new(&format!("{}/{name}", self.apps()))
    }

    /// The directory of what apps download and may share.
    pub fn cache(&self) -> ContainedPath {
        self.below("cache")
    }

    /// The directory of folders that apps keep outside of themselves, to share them or
    /// to have them after they were installed anew.
    pub fn drive(&self) -> ContainedPath {
        self.below("drive")
    }

    /// The directory of what a host writes down of its daemons, with all their variables.
    pub fn state(&self) -> ContainedPath {
        self.below("state")
    }

    /// The directory of files of that one which could not be used.
    pub fn set_aside(&self) -> ContainedPath {
        self.below("state/aside")
    }

    /// The directory of what daemons say.
    pub fn logs(&self) -> ContainedPath {
        self.below("logs")
    }

    /// The directory of programs that stand in for missing ones.
    pub fn stand_ins(&self) -> ContainedPath {
        self.below("stand-ins")
    }

    /// The directory of temporary files of sandboxed commands.
    pub fn temporary(&self) -> ContainedPath {
        self.below("tmp")
    }

    fn elsewhere_or(&self, elsewhere: &Option<Root>, name: &str) -> ContainedPath {
        match elsewhere {
            Some(root) => root.at(RelPath::root()),
            None => self.below(name),
        }
    }

    /// A file or directory of this name beside those, as of a host's own.
    pub fn below(&self, name: &str) -> ContainedPath {
        let vatn = one(".vatn").join("python").and_then(|p| p.join(name));
        self.workspace.at(vatn.unwrap_or_default())
    }
}

/// A path of one literal component.
fn one(component: &str) -> RelPath {
    RelPath::parse(component).unwrap_or_default()
}

/// The directory of an environment: where its programs are, by platform.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct EnvDir {
    path: ContainedPath,
    windows: bool,
    conda: bool,
}

impl EnvDir {
    /// The environment at this path.
    pub fn new(path: ContainedPath, platform: Platform) -> Self {
        Self {
            path,
            windows: platform.os == Os::Windows,
            conda: false,
        }
    }

    /// The conda environment at this path.
    pub fn conda(path: ContainedPath, platform: Platform) -> Self {
        Self {
            conda: true,
            ..Self::new(path, platform)
        }
    }

    /// The directory.
    pub const fn path(&self) -> &ContainedPath {
        &self.path
    }

    /// The directory of its programs.
    pub fn programs(&self) -> ContainedPath {
        self.child(if self.windows { "Scripts" } else { "bin" })
    }

    /// What is there in an environment and in no other directory: its interpreter, or what
    /// conda wrote down of it, which may have no Python.
    pub fn proof(&self) -> ContainedPath {
        if self.conda {
            self.child("conda-meta/history")
        } else {
            self.python()
        }
    }

    /// Its interpreter.
    pub fn python(&self) -> ContainedPath {
        self.child(if self.windows {
            "Scripts/python.exe"
        } else {
            "bin/python"
        })
    }

    /// The file beside it that is there while it is being made. No environment can
    /// have this name.
    pub fn marker(&self) -> ContainedPath {
        let name = self.path.rel().file_name().unwrap_or_default();
        self.path
            .join(&format!("../.{name}.creating"))
            .unwrap_or_else(|_| self.child(".creating"))
    }

    pub(crate) const fn is_windows(&self) -> bool {
        self.windows
    }

    /// A literal path below the environment. Falls back to the directory itself
    /// when the whole would be longer than a path can be.
    fn child(&self, below: &str) -> ContainedPath {
        self.path.join(below).unwrap_or_else(|_| self.path.clone())
    }
}
