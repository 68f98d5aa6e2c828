//! Detection, and the making of environments.

use super::{Player, answers};
use crate::laws::{Ids, Observable, Raw};
use collodi_action::{Action, Progress};
use collodi_command::{Stream, TreeId};
use collodi_contain::{Name, RelPath, Root};
use collodi_machine::ActionId;
use collodi_python::{
    Contents, Detect, DetectOptions, EnvDir, Input, Interpreter, Layout, Locate, LocateOptions,
    Platform, Provision, ProvisionOptions, Tool, Toolchain,
};
use std::collections::BTreeMap;

/// What finds out which tools a machine has.
pub fn detect() -> Player<Detect> {
    let options = DetectOptions {
        python_binary: None,
        vars: BTreeMap::new(),
        cwd: Root::new("/w").at(RelPath::root()),
        tree: TreeId::new("t"),
    };
    player(move || Detect::new(options.clone()))
}

/// What makes an environment.
pub fn provision() -> Player<Provision> {
    let python = Interpreter {
        program: "python3".into(),
        version: "Python 3.11.7".into(),
    };
    let tools = Toolchain {
        python: Some(python),
        ..Toolchain::default()
    };
    let layout = Layout::new(Root::new("/w"), Platform::LINUX_X64);
    let envs = layout.environments();
    let path = envs.join("myapp").unwrap_or(envs);
    let options = ProvisionOptions {
        env: EnvDir::new(path, Platform::LINUX_X64),
        contents: Contents::Python(None),
        installer: tools.installer(true),
        tools,
        vars: BTreeMap::new(),
        tree: TreeId::new("t"),
    };
    player(move || Provision::new(options.clone()))
}

/// What finds a named conda environment, by a conda that says where its folders are.
pub fn locate() -> Option<Player<Locate>> {
    let conda = Tool {
        program: "conda".into(),
        version: "conda 24.1".into(),
    };
    let options = LocateOptions {
        name: Name::parse("ml").ok()?,
        conda: Some(conda),
        platform: Platform::LINUX_X64,
        vars: BTreeMap::new(),
        cwd: Root::new("/w").at(RelPath::root()),
        tree: TreeId::new("t"),
    };
    Some(Player {
        input: Box::new(|raw, ids| match raw {
            (4, number, _) => Input::Progress(ids.pick(*number), folders()),
            raw => input(raw, ids),
        }),
        ..player(move || Locate::new(options.clone()))
    })
}

fn folders() -> Progress {
    let bytes = br#"{"envs_dirs": ["/c/envs", "/u/envs"]}"#.as_slice().into();
    let stream = Stream::Stdout;
    Progress::Output { stream, bytes }
}

fn player<M>(start: impl Fn() -> M + 'static) -> Player<M>
where
    M: Observable + collodi_machine::Machine<Input = Input, Action = Action>,
{
    Player {
        start: Box::new(start),
        input: Box::new(input),
        answers: Box::new(completed),
    }
}

fn input(&(kind, number, detail): &Raw, ids: &Ids) -> Input {
    match kind % 4 {
        0 => Input::Progress(ids.pick(number), answers::progress(detail)),
        1 => Input::Completed(ids.pick(number), answers::completion(detail)),
        2 if detail > 220 => Input::Cancel,
        _ => Input::Timeout,
    }
}

fn completed(action: &Action, id: ActionId) -> Vec<Input> {
    let completions = answers::completions(action).into_iter();
    completions
        .map(|completion| Input::Completed(id, completion))
        .collect()
}
