//! `hf.login`, `hf.logout`: the token of Hugging Face
//!
//! There is no browser in which a person could log in, so the person gives a token. It is
//! kept in the file that `HF_TOKEN_PATH` names, its owner's alone, where programs of
//! Hugging Face look for it.

use super::{Asked, Pending, Started, Step, accept, ask, file_text, write_private};
use crate::{
    Completed, Field, FieldKind, Form, Question,
    context::Context,
    outcome::FailureKind,
    params::{Fault, Params},
};
use alloc::{
    format,
    string::{String, ToString},
    sync::Arc,
};
use collodi_action::{Action, Completion};
use collodi_contain::ContainedPath;
use collodi_file::{FileErrorKind, FileOp};
use collodi_script::Method;
use collodi_value::{Object, Value};

/// The variables in which programs look for a token.
const VARIABLES: [&str; 2] = ["HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"];

/// A login or logout under way.
#[derive(Clone, Debug)]
pub(crate) enum Login {
    /// Is there a token in the file?
    Looking(ContainedPath),
    /// Somebody gives one.
    Asking(ContainedPath, Arc<Question>),
    Writing,
    Removing,
}

pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Started {
    let path = token_path(cx)?;
    if matches!(method, Method::HfLogout) {
        cx.world(Action::File(FileOp::Remove { path }));
        return Ok(Login::Removing.wait());
    }
    if params.flag("force") {
        return demand(cx, path);
    }
    let given = cx.variables();
    let has = |name: &&str| given.get(*name).is_some_and(|token| !token.is_empty());
    if let Some(name) = VARIABLES.into_iter().find(has) {
        return Ok(logged_in(name));
    }
    let host = &cx.options.host_vars;
    if let Some(name) = VARIABLES.into_iter().find(|name| host.contains_key(*name)) {
        cx.note(format!(
            "{name} is set, and not passed on to commands: it needs a grant"
        ));
    }
    let limit = cx.options.limits.file_bytes;
    cx.world(Action::File(FileOp::read(path.clone(), limit)));
    Ok(Login::Looking(path).wait())
}

/// The file of the token. It must be in the workspace's cache.
fn token_path(cx: &Context) -> Result<ContainedPath, FailureKind> {
    let cache = cx.options.layout.cache();
    let named = cx.variables().remove("HF_TOKEN_PATH");
    let below = match &named {
        None => Some("HF_AUTH/token"),
        Some(path) => path.strip_prefix(&format!("{}/", cache.absolute())),
    };
    let path = below.and_then(|below| cache.join(below).ok());
    path.ok_or_else(|| FailureKind::Param {
        expected: "HF_TOKEN_PATH to name a file in the workspace's cache",
        found: named.unwrap_or_default(),
    })
}

fn demand(cx: &mut Context, path: ContainedPath) -> Started {
    let field = Field {
        title: "Access token".to_string(),
        required: true,
        kind: FieldKind::Password,
        ..Field::text("token", None)
    };
    let form = Form {
        title: "Hugging Face".to_string(),
        description: "A token of https://huggingface.co/settings/tokens".to_string(),
        fields: [field].into(),
    };
    Ok(match ask(cx, Method::HfLogin.name().to_string(), form)? {
        Asked::Answered(values) => keep(cx, &path, &values)?,
        Asked::Open(question) => Login::Asking(path, question).wait(),
    })
}

/// Writes the token to its file.
fn keep(cx: &mut Context, path: &ContainedPath, values: &Object) -> Result<Step, Fault> {
    let token = values.get("token").map(Value::to_text).unwrap_or_default();
    write_private(cx, path, token.trim().to_string())?;
    Ok(Login::Writing.wait())
}

fn logged_in(by: &str) -> Step {
    record("logged_in", by)
}

fn record(status: &str, source: &str) -> Step {
    let members = [
        ("status", Value::from(status)),
        ("source", Value::from(source)),
    ];
    Step::Done(Value::Object(members.into_iter().collect()))
}

impl Login {
    fn wait(self) -> Step {
        Step::Wait(Pending::Login(self))
    }

    /// What is asked of a person.
    pub(crate) const fn question(&self) -> Option<&Arc<Question>> {
        match self {
            Self::Asking(_, question) => Some(question),
            _ => None,
        }
    }

    /// Somebody answers.
    pub(crate) fn answer(self, cx: &mut Context, values: &Object) -> Step {
        let Self::Asking(path, question) = self else {
            return self.wait();
        };
        match accept(cx, &question, values) {
            Some(values) => keep(cx, &path, &values).unwrap_or_else(Step::Fail),
            None => Self::Asking(path, question).wait(),
        }
    }

    pub(super) fn completed(self, cx: &mut Context, completed: Completed) -> Step {
        match (self, completed) {
            (Self::Looking(path), completed) => looked(cx, path, completed),
            (Self::Removing, Completed::World(Completion::File(Err(error))))
                if error.kind == FileErrorKind::NotFound =>
            {
                record("logged_out", "HF_TOKEN_PATH")
            }
            (Self::Writing | Self::Removing, Completed::World(Completion::File(Err(error)))) => {
                Step::Fail(FailureKind::File(error).into())
            }
            (Self::Writing, _) => logged_in("HF_TOKEN_PATH"),
            (Self::Removing, _) => record("logged_out", "HF_TOKEN_PATH"),
            (asking @ Self::Asking(..), _) => asking.wait(),
        }
    }
}

fn looked(cx: &mut Context, path: ContainedPath, completed: Completed) -> Step {
    let found: Result<Option<String>, FailureKind> = file_text(&path, completed);
    match found {
        Ok(Some(token)) if !token.trim().is_empty() => logged_in("HF_TOKEN_PATH"),
        Ok(_) => demand(cx, path).unwrap_or_else(Step::Fail),
        Err(kind) => Step::Fail(kind.into()),
    }
}
