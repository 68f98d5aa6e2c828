//! `collodi methods`

use crate::{cli::MethodsArgs, failure::Failure};
use anyhow::Result;
use collodi_script::{
    Kinds, Method, MethodSpec, Param, code_reference, method_reference, reference,
};
use serde_json::{Value, json};
use std::process::ExitCode;

/// Prints the reference: all of it, or what is there about one name.
pub(crate) fn methods(json: bool, args: &MethodsArgs) -> Result<ExitCode> {
    match &args.name {
        _ if json => show_json(args.name.as_deref())?,
        None => say!("{}", reference().trim_end()),
        Some(name) => say!("{}", about(name)?),
    }
    Ok(ExitCode::SUCCESS)
}

/// What there is about a method or a code, and whether the method can be run.
fn about(name: &str) -> Result<String> {
    if let Some(text) = method_reference(name) {
        let state = state(&Method::from_name(name));
        return Ok(format!("{}\n\nHere: {state}.", text.trim_end()));
    }
    let code = code_reference(name);
    Ok(code.ok_or_else(|| unknown(name))?.trim_end().to_owned())
}

fn unknown(name: &str) -> Failure {
    Failure::new(format!("there is no method or code {name:?}"))
        .hint("`collodi methods` prints all of them")
}

const fn words(supported: bool) -> &'static str {
    if supported {
        "it can be run"
    } else {
        "it cannot be run yet"
    }
}

fn state(method: &Method) -> &'static str {
    words(collodi_run::supports(method))
}

/// A method a line.
fn show_json(name: Option<&str>) -> Result<()> {
    let all = collodi_script::methods();
    let wanted: Vec<_> = all
        .filter(|spec| name.is_none_or(|name| name == spec.name))
        .collect();
    if wanted.is_empty() {
        return Err(unknown(name.unwrap_or_default()).into());
    }
    for spec in wanted {
        say!("{}", line(spec));
    }
    Ok(())
}

fn line(spec: &MethodSpec) -> Value {
    let params = spec.params.iter().map(param);
    json!({
        "event": "method",
        "name": spec.name,
        "doc": spec.doc,
        "class": spec.class.to_string(),
        "supported": collodi_run::supports(&spec.method()),
        "params": params.collect::<Vec<_>>(),
        "oneOf": spec.one_of,
        "others": spec.others,
    })
}

/// A parameter; the keys of an object that it takes are its `members`.
fn param(param: &Param) -> Value {
    let mut line = json!({
        "name": param.name,
        "kinds": names(param.kinds),
        "required": param.required,
        "doc": param.doc,
    });
    if let Some(line) = line.as_object_mut().filter(|_| !param.members.is_empty()) {
        let members = param.members.iter().map(self::param).collect();
        line.insert("members".to_owned(), members);
    }
    line
}

fn names(kinds: Kinds) -> Vec<&'static str> {
    kinds.names().collect()
}
