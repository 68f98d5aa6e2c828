//! `script.start`, `script.run`, `script.stop`, `script.restart`, `script.download`,
//! `script.ready`, `local.import`

use super::{Pending, Started, Step};
use crate::{
    Action, Checkout, Completed, ScriptFault, ScriptQuestion, ScriptRequest,
    context::Context,
    memory::set_path,
    outcome::FailureKind,
    params::{Fault, Params, at, missing, wrong},
};
use alloc::{collections::BTreeMap, format, string::String};
use collodi_machine::ActionId;
use collodi_script::Method;
use collodi_value::{Object, Value};

/// How many scripts one step may import.
const MAX_IMPORTS: usize = 100;

/// A step that waits for the host to deal with other scripts.
#[derive(Clone, Debug)]
pub(crate) enum ScriptStep {
    /// What comes back is the result.
    One,
    /// What comes back becomes these variables.
    Import(BTreeMap<ActionId, String>),
}

pub(super) fn start(cx: &mut Context, method: &Method, params: Params<'_>) -> Started {
    let request = match method {
        Method::LocalImport => return import(cx, params),
        Method::ScriptReady => ScriptRequest::Ask(ScriptQuestion::Ready, uri_or_record(params)?),
        Method::ScriptStop => ScriptRequest::Stop(uris(params)?),
        Method::ScriptRestart => ScriptRequest::Restart {
            uri: params.text("uri")?,
            args: params.get("params").cloned(),
        },
        Method::ScriptDownload => ScriptRequest::Download {
            uri: params.required_text("uri")?,
            checkout: checkout(params)?,
        },
        _ => ScriptRequest::Start {
            uri: params.required_text("uri")?,
            args: Value::Object(params.object("params")?),
            checkout: checkout(params)?,
        },
    };
    cx.ask(Action::Script(request));
    Ok(Step::Wait(Pending::Script(ScriptStep::One)))
}

fn checkout(params: Params<'_>) -> Result<Checkout, Fault> {
    Ok(Checkout {
        hash: params.text("hash")?,
        branch: params.text("branch")?,
        pull: params.flag("pull"),
    })
}

fn uris(params: Params<'_>) -> Result<alloc::vec::Vec<String>, Fault> {
    let uris = params.texts("uri")?;
    if uris.is_empty() {
        return Err(missing("uri", "a script, or a list of scripts"));
    }
    Ok(uris)
}

fn uri_or_record(params: Params<'_>) -> Result<String, Fault> {
    match params.value() {
        Value::String(uri) => Ok(uri.clone()),
        _ => params.required_text("uri"),
    }
}

/// Asks for the variables of all scripts at once.
fn import(cx: &mut Context, params: Params<'_>) -> Started {
    let Some(object) = params.value().as_object() else {
        return Err(Fault {
            pointer: "/params".into(),
            ..wrong("", "an object of names to scripts", params.value())
        });
    };
    let named = named_scripts(object)?;
    let ask = |(name, uri)| {
        let request = ScriptRequest::Ask(ScriptQuestion::Local, uri);
        (cx.ask(Action::Script(request)), name)
    };
    let waiting: BTreeMap<_, _> = named.into_iter().map(ask).collect();
    Ok(ScriptStep::Import(waiting).wait_or_done())
}

fn named_scripts(object: &Object) -> Result<BTreeMap<String, String>, Fault> {
    if object.iter().len() > MAX_IMPORTS {
        return Err(Fault {
            pointer: "/params".into(),
            ..FailureKind::Param {
                expected: "at most 100 scripts",
                found: format!("{}", object.iter().len()),
            }
            .into()
        });
    }
    let named = |(name, uri): (&str, &Value)| match uri.as_str() {
        Some(text) => Ok((name.into(), text.into())),
        None => Err(wrong(name, "a script", uri)),
    };
    object.iter().map(named).collect()
}

impl ScriptStep {
    fn wait_or_done(self) -> Step {
        match &self {
            Self::Import(waiting) if waiting.is_empty() => Step::Done(Value::Null),
            _ => Step::Wait(Pending::Script(self)),
        }
    }

    /// The host has dealt with it.
    pub(super) fn completed(self, cx: &mut Context, id: ActionId, completed: Completed) -> Step {
        let Completed::Script(answer) = completed else {
            return Step::Wait(Pending::Script(self));
        };
        match (self, answer) {
            (Self::One, Ok(value)) => Step::Done(value),
            (Self::Import(mut waiting), Ok(value)) => {
                if let Some(name) = waiting.remove(&id) {
                    set_path(&mut cx.memory.local, &name, value);
                }
                Self::Import(waiting).wait_or_done()
            }
            (_, Err(fault)) => no_result(cx, fault),
        }
    }
}

/// The caller goes on when the script runs already and, in the Pinokio dialect, when
/// it failed.
fn no_result(cx: &mut Context, fault: ScriptFault) -> Step {
    match &fault {
        ScriptFault::AlreadyRuns(_) => cx.note(format!("{fault}")),
        fault if fault.is_its_own() && !cx.is_vatn() => {
            cx.note(format!(
                "{fault}; scripts of this dialect go on all the same"
            ));
        }
        _ => return Step::Fail(at("uri", FailureKind::Script(fault))),
    }
    Step::Done(Value::Null)
}
