//! What is run, where, and with which variables.

use super::{conda::Conda, daemon::Daemon};
use crate::{
    OtherApps,
    context::{Context, contained},
    outcome::FailureKind,
    params::{Fault, Params, at, missing, wrong},
};
use alloc::{
    borrow::ToOwned,
    collections::{BTreeMap, VecDeque},
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::{CommandSpec, Stdin, TreeId, shell_words};
use collodi_contain::{ContainedPath, Name};
use collodi_env::{StepValue, StepVariables, Verdict};
use collodi_python::{Activation, CondaWords, EnvDir};
use collodi_value::{Object, Value};

/// Everything about the commands of a step but their lines.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    pub(super) cwd: ContainedPath,
    pub(super) env: Option<EnvDir>,
    pub(super) version: Option<String>,
    /// Whether the host is to start it, and to look after it.
    pub(super) is_daemon: bool,
    /// What the script says about it as a daemon.
    pub(super) daemon: Daemon,
    pub(super) tree: TreeId,
    /// Whether it reads what is written to it.
    input: bool,
    pub(super) conda: Option<Conda>,
    shell: String,
    vars: BTreeMap<String, String>,
}

impl Shape {
    pub(super) fn read(cx: &mut Context, params: Params<'_>) -> Result<Self, Fault> {
        if params.flag("sudo") && !cx.options.privileged {
            let why = "commands cannot be run as another user";
            return Err(at("sudo", FailureKind::Unsupported(why)));
        }
        let cwd = cx.path_in_any(
            "path",
            &params.text("path")?.unwrap_or_default(),
            OtherApps::Read,
        )?;
        let (env, version) = venv(cx, &cwd, params)?;
        let conda = Conda::read(cx, &cwd, params)?;
        let vars = variables(cx, params, env.as_ref(), conda.is_some())?;
        let is_daemon = params.flag("daemon");
        let daemon = Daemon::read(cx, params, is_daemon)?;
        let shell = shell(params, "bash")?;
        Ok(Self {
            cwd,
            env,
            version,
            is_daemon,
            daemon,
            tree: tree(cx, params),
            input: params.flag("input"),
            conda,
            shell,
            vars,
        })
    }

    /// As a shell that stays open.
    pub(super) fn kept_open(mut self, cx: &Context) -> Self {
        self.tree = own_tree(cx);
        self.input = true;
        self
    }

    /// The lines, behind what the script does before each of them.
    pub(super) fn lines(&self, lines: VecDeque<String>) -> VecDeque<String> {
        match &self.conda {
            Some(conda) if lines.is_empty() => {
                let line = conda.after_prelude("");
                [line].into_iter().filter(|line| !line.is_empty()).collect()
            }
            Some(conda) => lines.iter().map(|line| conda.after_prelude(line)).collect(),
            None => lines,
        }
    }

    /// The command that runs `line`.
    pub(super) fn command(&self, cx: &Context, line: &str) -> CommandSpec {
        self.shell(cx, &["-c".to_owned(), line.to_owned()])
    }

    /// The shell that runs the lines that it reads.
    pub(super) fn open_shell(&self, cx: &Context) -> CommandSpec {
        self.shell(cx, &self.plain_args())
    }

    /// The line that starts the shell within a shell.
    pub(super) fn shell_line(&self) -> String {
        let words = core::iter::once(self.shell.clone()).chain(self.plain_args());
        words.collect::<Vec<_>>().join(" ")
    }

    /// What keeps a shell from reading the user's own files first.
    fn plain_args(&self) -> Vec<String> {
        if self.shell.rsplit('/').next() == Some("bash") {
            ["--noprofile", "--norc"].map(ToOwned::to_owned).into()
        } else {
            Vec::new()
        }
    }

    fn shell(&self, cx: &Context, args: &[String]) -> CommandSpec {
        let env = self.conda.as_ref().and_then(Conda::env);
        let (program, args) = match env.zip(cx.options.tools.conda.as_ref()) {
            Some((env, tool)) => {
                let args = env.run_args(CondaWords::of(tool), &self.shell, args);
                (tool.program.as_str(), args)
            }
            None => (self.shell.as_str(), args.to_vec()),
        };
        let mut spec = CommandSpec::new(program, self.cwd.clone(), self.tree.clone())
            .args(args.iter().map(String::as_str))
            .envs(&self.vars);
        if self.input {
            spec.stdin = Stdin::Piped;
        }
        spec
    }
}

/// A tree that no daemon is in, and no command which reads: what is written goes to one
/// of them.
fn own_tree(cx: &Context) -> TreeId {
    let name = format!("{}-{}", cx.options.tree, cx.cursor.tag());
    let reads = |tree: &TreeId| cx.readers.values().any(|used| used == tree);
    let is_used = |tree: &TreeId| cx.kept.contains(tree) || reads(tree);
    let numbered = (2..).map(|number: u32| TreeId::new(&format!("{name}-{number}")));
    let mut trees = core::iter::once(TreeId::new(&name)).chain(numbered);
    let free = trees.find(|tree| !is_used(tree));
    free.unwrap_or_else(|| TreeId::new(&name))
}

/// A shell that a pattern may kill, that may become a daemon, or that reads, has a tree of
/// its own; the others share one.
fn tree(cx: &Context, params: Params<'_>) -> TreeId {
    let handlers = params
        .get("on")
        .and_then(Value::as_array)
        .unwrap_or_default();
    let kills = |handler: &Value| handler.pointer("/kill").is_some_and(Value::is_truthy);
    let may_be_kept = cx.options.script.daemon && !handlers.is_empty();
    if handlers.iter().any(kills) || may_be_kept || params.flag("input") {
        own_tree(cx)
    } else {
        cx.options.tree.clone()
    }
}

pub(super) fn shell(params: Params<'_>, default: &str) -> Result<String, Fault> {
    let shell = params.text("shell")?.unwrap_or_else(|| default.to_owned());
    let name = shell.rsplit('/').next().unwrap_or_default();
    if matches!(name, "bash" | "sh" | "dash" | "zsh" | "ksh") {
        Ok(shell)
    } else {
        Err(at(
            "shell",
            FailureKind::Unsupported("only POSIX shells can be used"),
        ))
    }
}

/// The virtual environment: by name among the named ones in the VATN dialect; by
/// path where the text looks like one, and in the Pinokio dialect always.
fn venv(
    cx: &Context,
    cwd: &ContainedPath,
    params: Params<'_>,
) -> Result<(Option<EnvDir>, Option<String>), Fault> {
    let Some(value) = params.get("venv").filter(|value| value.is_truthy()) else {
        return Ok((None, None));
    };
    let (text, version, by_path) = match value {
        Value::String(text) => {
            let by_path = !cx.options.script.dialect.names_environment(text);
            (text.clone(), params.text("venv_python")?, by_path)
        }
        Value::Object(object) => {
            let object = Params::new(value).object("").map(|_| object)?;
            let text = object.get("path").and_then(Value::as_str);
            let text = text.ok_or_else(|| missing("venv", "an object with a `path`"))?;
            (
                text.to_owned(),
                object.get("python").map(Value::to_text),
                true,
            )
        }
        other => return Err(wrong("venv", "a name or a path", other)),
    };
    let env = if by_path {
        let path = contained(cwd, "venv", &text)?;
        may_be_made(cx, "venv", &path)?;
        EnvDir::new(path, cx.options.layout.platform())
    } else {
        cx.options.layout.environment(&name("venv", &text)?)
    };
    Ok((Some(env), version))
}

/// An environment is made when it is not there: in another app that is a change.
pub(super) fn may_be_made(cx: &Context, key: &str, path: &ContainedPath) -> Result<(), Fault> {
    let wanted = OtherApps::Write;
    if cx.is_own(path) || cx.options.other_apps >= wanted {
        return Ok(());
    }
    let text = path.absolute();
    Err(at(key, FailureKind::OtherApp { text, wanted }))
}

pub(super) fn name(key: &str, text: &str) -> Result<Name, Fault> {
    let kind = |error| FailureKind::Name {
        text: text.to_owned(),
        error,
    };
    Name::parse(text).map_err(|error| at(key, kind(error)))
}

/// The variables of the commands: what the policy leaves of the host's and the
/// step's, and what the activation of the environment adds.
pub(super) fn variables(
    cx: &mut Context,
    params: Params<'_>,
    env: Option<&EnvDir>,
    conda: bool,
) -> Result<BTreeMap<String, String>, Fault> {
    let step = step_variables(cx, params)?;
    let options = cx.options.clone();
    let resolved = cx.resolve_step(step.clone());
    let mut vars = resolved.vars.clone();
    let lost = |name: &&String| {
        let decision = resolved.decision(name);
        decision.is_some_and(|decision| decision.verdict == Verdict::Dropped)
    };
    let lost: Vec<&String> = step.set.keys().filter(lost).collect();
    for name in lost {
        cx.note(format!(
            "the variable {name} is not passed on: it needs a grant"
        ));
    }
    let mut activation = env.map_or_else(Activation::none, Activation::of);
    if let Some(dir) = &options.stand_ins {
        activation = activation.behind(dir);
    }
    activation.apply(&mut vars);
    if conda {
        vars.remove("PIP_REQUIRE_VIRTUALENV");
    }
    Ok(vars)
}

fn step_variables(cx: &Context, params: Params<'_>) -> Result<StepVariables, Fault> {
    let mut step = StepVariables::new();
    step.separator = cx.options.layout.platform().os.path_separator();
    for (name, value) in params.object("env")?.iter() {
        let value = match value {
            Value::Null => continue,
            Value::Array(items) => StepValue::Prepend(items.iter().map(Value::to_text).collect()),
            Value::Object(_) => return Err(wrong("env", "texts as values", value)),
            scalar => StepValue::Text(scalar.to_text()),
        };
        step.set.insert(name.to_owned(), value);
    }
    step.remove.extend(params.texts("-env")?);
    Ok(step)
}

/// The lines of the step, one shell each.
pub(super) fn lines(params: Params<'_>) -> Result<VecDeque<String>, Fault> {
    let lines = message(params)?;
    let lines = match params.get("message") {
        Some(Value::Array(_)) => chain(lines, params),
        _ => lines,
    };
    let lines: VecDeque<_> = lines
        .into_iter()
        .filter(|line| !line.trim().is_empty())
        .collect();
    let makes = params.get("venv").is_some() || params.get("conda").is_some();
    if lines.is_empty() && !makes && !params.flag("input") {
        return Err(missing("message", "a command"));
    }
    Ok(lines)
}

/// The message as lines, without those that are nothing.
pub(super) fn message(params: Params<'_>) -> Result<Vec<String>, Fault> {
    match params.get("message") {
        None | Some(Value::Bool(false)) => Ok(Vec::new()),
        Some(Value::Array(items)) => {
            let there = items.iter().filter(|item| item.is_truthy());
            there.map(line).collect()
        }
        Some(value) => Ok([line(value)?].into()),
    }
}

/// With `chain`, the lines are one line for one shell.
pub(super) fn chain(lines: Vec<String>, params: Params<'_>) -> Vec<String> {
    let operator = match params.get("chain") {
        None => return lines,
        Some(value) if !value.is_truthy() => return lines,
        Some(Value::String(text)) if text == "|" => " || ",
        Some(Value::String(text)) if text == "*" => " ; ",
        Some(_) => " && ",
    };
    [lines.join(operator)].into()
}

fn line(value: &Value) -> Result<String, Fault> {
    match value {
        Value::String(text) => Ok(text.clone()),
        Value::Object(object) => Ok(arguments(object)),
        Value::Number(_) => Ok(value.to_text()),
        other => Err(wrong("message", "a command", other)),
    }
}

/// An object as a command: `_` holds the words, the other keys are options.
fn arguments(object: &Object) -> String {
    let mut words: Vec<String> = match object.get("_") {
        Some(Value::Array(items)) => items.iter().map(Value::to_text).collect(),
        Some(value) => [value.to_text()].into(),
        None => Vec::new(),
    };
    for (key, value) in object.iter().filter(|(key, _)| *key != "_") {
        option(&mut words, key, value);
    }
    shell_words(words.iter().map(String::as_str))
}

fn option(words: &mut Vec<String>, key: &str, value: &Value) {
    let flag = match key {
        _ if key.starts_with('-') => key.to_owned(),
        _ if key.chars().count() == 1 => format!("-{key}"),
        _ => format!("--{key}"),
    };
    match value {
        Value::Null => {}
        Value::Bool(true) => words.push(flag),
        Value::Bool(false) => words.push(format!("--no-{}", key.trim_start_matches('-'))),
        Value::Array(items) => {
            for item in items {
                words.extend([flag.clone(), item.to_text()]);
            }
        }
        Value::Object(members) => {
            for (member, value) in members.iter() {
                words.extend([format!("{flag}.{member}"), value.to_text()]);
            }
        }
        scalar => words.extend([flag, scalar.to_text().to_string()]),
    }
}
