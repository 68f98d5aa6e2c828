//! What a run needs to know.

use crate::{EnvironmentFiles, ExtraRoots, OtherApps, Overrides, PreparedAnswers, Resume};
use alloc::{borrow::ToOwned, collections::BTreeMap, string::String, sync::Arc};
use collodi_command::TreeId;
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_env::{Grants, Policy};
use collodi_python::{Layout, Platform, Toolchain};
use collodi_restart::StopSequence;
use collodi_script::{Dialect, Script};
use collodi_time::WallTime;
use collodi_value::{Object, Value};

/// What a run needs to know. Everything it can be told about the world before it
/// starts is in here.
#[derive(Clone, Debug)]
pub struct RunOptions {
    /// The script.
    pub script: Arc<Script>,
    /// The app it belongs to.
    pub app: App,
    /// Where named environments are.
    pub layout: Layout,
    /// What is on the machine.
    pub tools: Arc<Toolchain>,
    /// The directory of programs that stand in for missing ones, if there is one.
    pub stand_ins: Option<ContainedPath>,
    /// The variables of the host.
    pub host_vars: Arc<BTreeMap<String, String>>,
    /// Which variables commands get.
    pub env_policy: Policy,
    /// Which excluded variables they get all the same.
    pub grants: Grants,
    /// What the caller gives: `args`, and `input` of the first step.
    pub args: Value,
    /// Where it begins.
    pub resume: Resume,
    /// The script's variables that outlive a run, as far as whoever starts it keeps them.
    pub global: Object,
    /// What templates can read of the machine: `gpu`, `ram`, …
    pub facts: Object,
    /// The tree of the run's commands. Must be unique.
    pub tree: TreeId,
    /// How commands are ended.
    pub stop: StopSequence,
    /// What bounds a run.
    pub limits: Limits,
    /// Answers to what the script asks.
    pub answers: PreparedAnswers,
    /// What is said over the script.
    pub overrides: Arc<Overrides>,
    /// The files that have variables for the commands.
    pub environment: EnvironmentFiles,
    /// Wall time at the origin of the instants.
    pub epoch: WallTime,
    /// Random: what templates know of chance is made from it.
    pub seed: u64,
    /// Whether commands may do everything: then `sudo` has nothing to add.
    pub privileged: bool,
    /// What the script may do with the files of other apps.
    pub other_apps: OtherApps,
    /// Folders beside the app's own that it may use.
    pub extra_roots: ExtraRoots,
}

impl RunOptions {
    /// A run of `script` with nothing known of the world: an empty environment, no
    /// tools, the Linux layout below the app.
    pub fn new(script: Script, app: App) -> Self {
        let env_policy = match script.dialect {
            Dialect::Pinokio => Policy::pinokio(),
            Dialect::Vatn => Policy::vatn(),
        };
        Self {
            layout: Layout::new(app.root.clone(), Platform::LINUX_X64),
            tree: TreeId::new(&app.name),
            script: Arc::new(script),
            app,
            tools: Arc::default(),
            stand_ins: None,
            host_vars: Arc::default(),
            env_policy,
            grants: Grants::none(),
            args: Value::Object(Object::new()),
            resume: Resume::default(),
            global: Object::new(),
            facts: Object::new(),
            stop: StopSequence::default(),
            limits: Limits::default(),
            answers: PreparedAnswers::default(),
            overrides: Arc::default(),
            environment: EnvironmentFiles::default(),
            epoch: WallTime::default(),
            seed: 0,
            privileged: false,
            other_apps: OtherApps::default(),
            extra_roots: ExtraRoots::default(),
        }
    }
}

/// The app that a script belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct App {
    /// Its name.
    pub name: Arc<str>,
    /// Its folder: what the script does with files stays in here.
    pub root: Root,
    /// The folder of the script, in which relative paths start.
    pub dir: RelPath,
    /// The script's file name.
    pub file: String,
}

impl App {
    /// The app `name` in `root`, with its script `file` in `dir` below that.
    pub fn new(name: &str, root: Root, dir: RelPath, file: &str) -> Self {
        Self {
            name: name.into(),
            root,
            dir,
            file: file.to_owned(),
        }
    }

    /// The folder of the script.
    pub fn cwd(&self) -> ContainedPath {
        self.root.at(self.dir.clone())
    }
}

/// What bounds a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most steps, loops included.
    pub steps: usize,
    /// How much of a command's output becomes its result, in bytes; the last of it.
    pub output_bytes: usize,
    /// The largest file that is read, in bytes.
    pub file_bytes: u64,
    /// The largest file that is downloaded, in bytes.
    pub download_bytes: u64,
}

/// 100 000 steps, 1 MiB of output, files of 16 MiB, downloads of 1 TiB.
impl Default for Limits {
    fn default() -> Self {
        Self {
            steps: 100_000,
            output_bytes: 1 << 20,
            file_bytes: 16 << 20,
            download_bytes: 1 << 40,
        }
    }
}
