//! `path`, as on POSIX.

use super::{Builtin, arg};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Js, Text},
};
use alloc::{format, string::String, string::ToString, vec::Vec};

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("path.basename", |evaluator, args| {
        let suffix = match arg(args, 1) {
            Js::Undefined => Text::author(""),
            suffix => text(suffix)?,
        };
        with(evaluator, args, |path| {
            let name = basename(path);
            let stem = name
                .strip_suffix(suffix.as_str())
                .filter(|stem| !stem.is_empty());
            stem.unwrap_or(name).to_string()
        })
    }),
    ("path.dirname", |evaluator, args| {
        with(evaluator, args, dirname)
    }),
    ("path.extname", |evaluator, args| {
        with(evaluator, args, |path| extname(path).to_string())
    }),
    ("path.isAbsolute", |_, args| {
        Ok(Js::Bool(text(arg(args, 0))?.as_str().starts_with('/')))
    }),
    ("path.join", join),
    ("path.normalize", |evaluator, args| {
        with(evaluator, args, normalize)
    }),
    ("path.relative", relative),
    ("path.resolve", resolve),
];

pub(super) fn constant(name: &str) -> Option<&'static str> {
    match name {
        "sep" => Some("/"),
        "delimiter" => Some(":"),
        _ => None,
    }
}

/// A path has to be a text.
fn text(value: &Js) -> Result<Text> {
    match value {
        Js::Text(text) => Ok(text.clone()),
        other => Err(Stop::Thrown(format!(
            "a path must be a string, not {}",
            other.type_name()
        ))),
    }
}

fn with(
    evaluator: &mut Evaluator<'_>,
    args: &[Js],
    change: impl FnOnce(&str) -> String,
) -> Result<Js> {
    let path = text(arg(args, 0))?;
    evaluator.make(path.as_str().len() + 1)?;
    Ok(Text::new(change(path.as_str()), path.is_author()).into())
}

fn texts(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Vec<Text>> {
    let texts: Vec<Text> = args.iter().map(text).collect::<Result<_>>()?;
    evaluator.make(texts.iter().map(|text| text.as_str().len() + 1).sum())?;
    Ok(texts)
}

fn join(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let parts = texts(evaluator, args)?;
    let author = parts.iter().all(Text::is_author);
    let given: Vec<&str> = parts
        .iter()
        .map(Text::as_str)
        .filter(|part| !part.is_empty())
        .collect();
    Ok(Text::new(normalize(&given.join("/")), author).into())
}

/// From the last absolute part on. What is left relative is read from `cwd`.
fn resolve(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let mut parts = texts(evaluator, args)?;
    if !parts.iter().any(|part| part.as_str().starts_with('/')) {
        parts.insert(0, working_directory(evaluator)?);
    }
    let start = parts
        .iter()
        .rposition(|part| part.as_str().starts_with('/'))
        .unwrap_or(0);
    let used = parts.get(start..).unwrap_or_default();
    let author = used.iter().all(Text::is_author);
    let given: Vec<&str> = used.iter().map(Text::as_str).collect();
    let mut path = normalize(&given.join("/"));
    if path.len() > 1 && path.ends_with('/') {
        path.pop();
    }
    Ok(Text::new(path, author).into())
}

fn working_directory(evaluator: &mut Evaluator<'_>) -> Result<Text> {
    match evaluator.variable("cwd")? {
        Some(Js::Text(cwd)) => Ok(cwd),
        _ => Ok(Text::author("/")),
    }
}

fn relative(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let [from, to] = [resolve(evaluator, args.get(..1).unwrap_or_default())?, {
        resolve(evaluator, args.get(1..2).unwrap_or_default())?
    }];
    let (from, to) = (text(&from)?, text(&to)?);
    let components = |path: &Text| -> Vec<String> {
        let parts = path.as_str().split('/').filter(|part| !part.is_empty());
        parts.map(ToString::to_string).collect()
    };
    let (from_parts, to_parts) = (components(&from), components(&to));
    let pairs = from_parts.iter().zip(&to_parts);
    let common = pairs.take_while(|(a, b)| a == b).count();
    let mut path = alloc::vec!["..".to_string(); from_parts.len() - common];
    path.extend(to_parts.into_iter().skip(common));
    Ok(Text::new(path.join("/"), from.is_author() && to.is_author()).into())
}

/// Resolves `.`, `..` and doubled separators by their text.
fn normalize(path: &str) -> String {
    if path.is_empty() {
        return ".".to_string();
    }
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." if kept.last().is_some_and(|last| *last != "..") => drop(kept.pop()),
            ".." if absolute => {}
            part => kept.push(part),
        }
    }
    let mut text = kept.join("/");
    if text.is_empty() && !absolute {
        text.push('.');
    }
    let root = if absolute { "/" } else { "" };
    let end = if path.ends_with('/') && !text.is_empty() {
        "/"
    } else {
        ""
    };
    format!("{root}{text}{end}")
}

fn basename(path: &str) -> &str {
    let path = path.trim_end_matches('/');
    path.rsplit('/').next().unwrap_or(path)
}

/// Up to the last separator that has something behind it.
fn dirname(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    let at_root = path.starts_with('/');
    let end = trimmed.rfind('/').filter(|end| *end > 0);
    match (end, at_root) {
        (Some(1), true) => "//".to_string(),
        (Some(end), _) => path.get(..end).unwrap_or_default().to_string(),
        (None, true) => "/".to_string(),
        (None, false) => ".".to_string(),
    }
}

fn extname(path: &str) -> &str {
    let name = basename(path);
    match name.rfind('.') {
        None | Some(0) => "",
        Some(_) if name == ".." => "",
        Some(at) => name.get(at..).unwrap_or_default(),
    }
}
