//! Which of the two dialects a file is written in: decided once, and said.

use super::spot::{Spot, is_template};
use crate::{Dialect, Method, Options, sink::Sink};
use alloc::format;

/// Decides by: the caller, the file's `dialect`, its name, spellings that only one dialect has,
/// the default.
pub(super) fn decide(root: &Spot<'_>, options: &Options, sink: &mut Sink) -> Dialect {
    let stated = stated(root, sink);
    let at_key = || root.get("dialect").unwrap_or(*root);
    let (dialect, place, reason) = match (options.dialect, stated) {
        (Some(dialect), _) => (dialect, *root, "it was asked for"),
        (None, Some(dialect)) => (dialect, at_key(), "`dialect` says so"),
        (None, None) => shown(root, options, sink),
    };
    let message = format!("read in the {} dialect: {reason}", title(dialect));
    sink.push(place.notice("dialect", message));
    dialect
}

const fn title(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Pinokio => "Pinokio",
        Dialect::Vatn => "VATN",
    }
}

/// The `dialect` key. Both original programs ignore it.
fn stated(root: &Spot<'_>, sink: &mut Sink) -> Option<Dialect> {
    let key = root.given("dialect")?;
    let name = key.node.as_str()?;
    let dialect = Dialect::from_name(name);
    if dialect.is_none() {
        let message = format!("there is no dialect {name:?}");
        sink.push(
            key.warning("unknown-dialect", message)
                .hint("write `pinokio` or `vatn`"),
        );
    }
    dialect
}

fn shown<'a>(
    root: &Spot<'a>,
    options: &Options,
    sink: &mut Sink,
) -> (Dialect, Spot<'a>, &'static str) {
    let name = options.file.rsplit(['/', '\\']).next().unwrap_or_default();
    if name == "vatn-node.json" {
        return (Dialect::Vatn, *root, "its name is `vatn-node.json`");
    }
    let vatn = evidence(root, vatn_spelling);
    let daemon = || Some((root.given("daemon")?, "the file has `daemon`"));
    let pinokio = evidence(root, pinokio_feature).or_else(daemon);
    match (vatn, pinokio) {
        (Some((spot, vatn)), Some((place, pinokio))) => {
            let report = spot.warning("mixed-dialects", format!("{vatn}, but {pinokio}"));
            sink.push(report.hint("add `\"dialect\": \"vatn\"` or `\"dialect\": \"pinokio\"`"));
            (Dialect::Pinokio, place, pinokio)
        }
        (Some((place, why)), None) => (Dialect::Vatn, place, why),
        (None, Some((place, why))) => (Dialect::Pinokio, place, why),
        (None, None) => (options.default_dialect, *root, "nothing shows another"),
    }
}

/// The first step that shows something.
fn evidence<'a>(
    root: &Spot<'a>,
    shows: fn(&Spot<'a>) -> Option<&'static str>,
) -> Option<(Spot<'a>, &'static str)> {
    let run = root.get("run")?;
    run.items().find_map(|step| {
        let why = shows(&step)?;
        Some((super::params::at_method(&step), why))
    })
}

/// What Pinokio ignores or cannot run.
fn vatn_spelling(step: &Spot<'_>) -> Option<&'static str> {
    let has = |key: &str| {
        step.given("params")
            .is_some_and(|params| params.get(key).is_some())
    };
    match Method::from_name(step.get("method")?.node.as_str()?) {
        Method::FsWrite
            if has("data") && !["json", "json2", "text", "buffer"].into_iter().any(has) =>
        {
            Some("`fs.write` has `data`")
        }
        Method::ShellRun if has("daemon") => Some("`shell.run` has `daemon`"),
        Method::ShellRun if has("autoRestart") => Some("`shell.run` has `autoRestart`"),
        Method::LocalGet => Some("it uses `local.get`"),
        Method::NpmInstall => Some("it uses `npm.install`"),
        Method::NpxRun => Some("it uses `npx.run`"),
        Method::LocalSet if is_key_value(step) => Some("`local.set` has `key` and `value`"),
        _ => None,
    }
}

fn is_key_value(step: &Spot<'_>) -> bool {
    step.given("params").is_some_and(|params| {
        let key = params
            .get("key")
            .is_some_and(|key| key.node.as_str().is_some());
        key && params.get("value").is_some() && params.node.members().len() == 2
    })
}

/// What the VATN plugin does not have.
fn pinokio_feature(step: &Spot<'_>) -> Option<&'static str> {
    let key = |key: &str| step.get(key).is_some();
    if key("when") {
        return Some("a step has `when`");
    }
    if key("next") {
        return Some("a step has `next`");
    }
    let params = step.given("params");
    let param = |key: &str| params.as_ref().and_then(|params| params.given(key));
    match Method::from_name(step.get("method")?.node.as_str()?) {
        Method::ShellRun => {
            let listed = param("message").is_some_and(|m| m.node.as_str().is_none());
            let on = param("on").is_some();
            let template = params.is_some_and(|params| has_pinokio_template(&params, 3));
            (listed.then_some("`message` is a list or an object"))
                .or(on.then_some("`shell.run` has `on`"))
                .or(template.then_some("it reads `{{local.…}}` or `{{input…}}`"))
        }
        Method::FsWrite | Method::FsRead | Method::LocalSet => {
            let template = params.is_some_and(|params| has_pinokio_template(&params, 3));
            template.then_some("it reads `{{local.…}}` or `{{input…}}`")
        }
        Method::LocalGet | Method::ScriptReturn | Method::NpmInstall | Method::NpxRun => None,
        Method::Unknown(_) => None,
        _ => Some("it uses methods that the VATN plugin does not have"),
    }
}

/// Whether a text a few levels down reads `local.`, `input` or `args`.
fn has_pinokio_template(spot: &Spot<'_>, levels: usize) -> bool {
    if let Some(text) = spot.node.as_str() {
        return is_template(text) && reads_pinokio_names(text);
    }
    levels > 0
        && (spot
            .members()
            .any(|(_, value)| has_pinokio_template(&value, levels - 1))
            || spot
                .items()
                .any(|item| has_pinokio_template(&item, levels - 1)))
}

fn reads_pinokio_names(text: &str) -> bool {
    text.split("{{").skip(1).any(|rest| {
        let rest = rest.trim_start();
        ["local.", "input.", "input[", "args.", "input}}"]
            .iter()
            .any(|name| rest.starts_with(name))
    })
}
