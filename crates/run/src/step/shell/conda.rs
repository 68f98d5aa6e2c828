//! The conda environment of a step.

use super::command::{may_be_made, name};
use crate::{
    EnvPlace, EnvRequest,
    context::{Context, contained},
    outcome::FailureKind,
    params::{Fault, Params, at, missing, wrong},
};
use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_contain::ContainedPath;
use collodi_python::{CondaEnv, Contents, EnvDir};
use collodi_value::{Object, Value};

/// What a new environment has when the script does not say.
const PYTHON: &str = "python=3.10";
/// The environment that is always there.
const BASE: &str = "base";

/// A conda environment, and what it is made with when it is not there.
#[derive(Clone, Debug)]
pub(super) struct Conda {
    /// Absent where the script's own commands activate one.
    env: Option<CondaEnv>,
    /// The packages and options of a new one; none where it must be there.
    new: Option<Vec<String>>,
    /// The script's own commands.
    prelude: Vec<String>,
}

impl Conda {
    /// Unlike in the desktop program, none is used unless asked for.
    pub(super) fn read(
        cx: &Context,
        cwd: &ContainedPath,
        params: Params<'_>,
    ) -> Result<Option<Self>, Fault> {
        let conda = match params.get("conda") {
            None => None,
            Some(Value::String(text)) if text.is_empty() => None,
            Some(Value::String(text)) => Some(Self::by_text(cx, cwd, text)?),
            Some(Value::Object(object)) if object.get("skip").is_some_and(Value::is_truthy) => None,
            Some(Value::Object(object)) => Some(Self::by_object(cx, cwd, params, object)?),
            Some(other) => return Err(wrong("conda", "a name or a path", other)),
        };
        match conda {
            Some(conda) if conda.env.is_some() && cx.options.tools.conda.is_none() => {
                Err(at("conda", FailureKind::NoConda))
            }
            conda => {
                if let Some(path) = conda.as_ref().and_then(Self::to_make) {
                    may_be_made(cx, "conda", path)?;
                }
                Ok(conda)
            }
        }
    }

    fn by_text(cx: &Context, cwd: &ContainedPath, text: &str) -> Result<Self, Fault> {
        let by_path = !cx.is_vatn() || text.contains(['/', '\\']) || text.starts_with('.');
        let env = env(cwd, text, by_path)?;
        // In the plugin's dialect an environment that is not there is an error.
        let new = (!cx.is_vatn()).then(|| [PYTHON.to_owned()].into());
        Ok(Self::new(env, new))
    }

    fn by_object(
        cx: &Context,
        cwd: &ContainedPath,
        params: Params<'_>,
        object: &Object,
    ) -> Result<Self, Fault> {
        let text = |key| object.get(key).and_then(Value::as_str);
        let env = match (text("path"), text("name")) {
            (Some(path), _) => env(cwd, path, true)?,
            (None, Some(name)) => env(cwd, name, false)?,
            (None, None) => return Err(missing("conda", "an object with a `path` or a `name`")),
        };
        match object.get("activate").filter(|value| value.is_truthy()) {
            None => {}
            Some(Value::String(text)) if text == "minimal" => return Self::base(),
            Some(Value::Array(commands)) => return Ok(Self::by_commands(commands)),
            Some(other) => {
                return Err(wrong(
                    "conda",
                    "`activate` to be `minimal` or commands",
                    other,
                ));
            }
        }
        let is_base = matches!(&env, CondaEnv::Name(name) if name.as_str() == BASE);
        let python = object.get("python").or_else(|| params.get("conda_python"));
        let mut new = Vec::from([python.map_or_else(|| PYTHON.to_owned(), python_spec)]);
        new.extend(words(object.get("args")));
        let new = (!cx.is_vatn() && !is_base).then_some(new);
        Ok(Self::new(env, new))
    }

    fn base() -> Result<Self, Fault> {
        let env = CondaEnv::Name(name("conda", BASE)?);
        Ok(Self::new(env, None))
    }

    const fn new(env: CondaEnv, new: Option<Vec<String>>) -> Self {
        Self {
            env: Some(env),
            new,
            prelude: Vec::new(),
        }
    }

    /// The script's commands are all that is done to activate an environment.
    fn by_commands(commands: &[Value]) -> Self {
        let commands = commands.iter().filter(|command| command.is_truthy());
        Self {
            env: None,
            new: None,
            prelude: commands.map(Value::to_text).collect(),
        }
    }

    /// A line behind the script's own commands: they may fail, but for the last one.
    pub(super) fn after_prelude(&self, line: &str) -> String {
        let prelude = self.prelude.join(" ; ");
        match (prelude.is_empty(), line.is_empty()) {
            (true, _) => line.to_owned(),
            (false, true) => prelude,
            (false, false) => format!("{prelude} && {line}"),
        }
    }

    pub(super) const fn env(&self) -> Option<&CondaEnv> {
        self.env.as_ref()
    }

    /// What the host is asked for, where one may have to be made.
    pub(super) fn to_provide(&self, cx: &Context) -> Option<EnvRequest> {
        let contents = Contents::Conda(self.new.clone()?);
        let env = match self.env.as_ref()? {
            CondaEnv::Path(path) => {
                let platform = cx.options.layout.platform();
                EnvPlace::At(EnvDir::conda(path.clone(), platform))
            }
            CondaEnv::Name(name) => EnvPlace::Conda(name.clone()),
        };
        Some(EnvRequest { env, contents })
    }

    /// It is in this directory.
    pub(super) fn is_at(&mut self, path: ContainedPath) {
        self.env = Some(CondaEnv::Path(path));
    }

    /// The path of one that is made where it is not there.
    fn to_make(&self) -> Option<&ContainedPath> {
        match (&self.env, &self.new) {
            (Some(CondaEnv::Path(path)), Some(_)) => Some(path),
            _ => None,
        }
    }
}

fn env(cwd: &ContainedPath, text: &str, by_path: bool) -> Result<CondaEnv, Fault> {
    if by_path {
        contained(cwd, "conda", text).map(CondaEnv::Path)
    } else {
        name("conda", text).map(CondaEnv::Name)
    }
}

/// A version means that Python; any other text is a specification of its own.
fn python_spec(python: &Value) -> String {
    let text = python.to_text();
    let is_version = text.chars().all(|c| c.is_ascii_digit() || c == '.');
    if is_version {
        format!("python={text}")
    } else {
        text
    }
}

/// Words by their blanks: nothing in them is for a shell.
fn words(args: Option<&Value>) -> Vec<String> {
    match args {
        Some(Value::Array(items)) => items.iter().map(Value::to_text).collect(),
        Some(Value::String(text)) => text.split_whitespace().map(ToString::to_string).collect(),
        _ => Vec::new(),
    }
}
