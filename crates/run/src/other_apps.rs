//! Paths in other apps, by the address of their repository: `https://….git/path`.

use crate::{
    context::Context,
    outcome::FailureKind,
    params::{Fault, at},
    shown::shown_script,
};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
};
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_script::{Method, Role, is_checkout_path};
use collodi_template::Question;
use collodi_value::Value;

/// What a script may do with the files of other apps, which it names by the address of
/// their repository.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum OtherApps {
    /// Nothing.
    None,
    /// Read them, and run commands in their folders.
    #[default]
    Read,
    /// Change them, too.
    Write,
}

/// Where the addresses of a step lead; null for one that no app is a checkout of.
pub(crate) type Checkouts = BTreeMap<String, Value>;

/// The texts of these parameters that name a path in another app.
pub(crate) fn named(method: &Method, params: &Value) -> impl Iterator<Item = String> {
    let spec = method.spec();
    let of_spec = spec.map_or(&[][..], |spec| spec.params).iter();
    let paths = of_spec.filter(|param| param.role == Role::Path);
    let by_role = paths.filter_map(|param| params.as_object()?.get(param.name));
    let loads = matches!(method, Method::Load | Method::JsonGet);
    let loaded = params.as_object().filter(|_| loads);
    let loaded = loaded
        .into_iter()
        .flat_map(|object| object.iter().map(|(_, value)| value));
    let texts = by_role.chain(loaded).filter_map(Value::as_str);
    texts
        .filter(|text| is_checkout_path(text))
        .map(ToString::to_string)
}

/// The question where such a text leads.
pub(crate) fn question(text: &str) -> Question {
    Question {
        function: "script.resolve".into(),
        args: [Value::from(text)].into(),
    }
}

/// The path in another app that parameter `key` means.
pub(crate) fn path(
    cx: &Context,
    key: &str,
    text: &str,
    wanted: OtherApps,
) -> Result<ContainedPath, Fault> {
    let shown = || shown_script(text);
    let place = cx.checkouts.get(text).and_then(Value::as_str);
    let Some(place) = place else {
        return Err(at(key, FailureKind::NoCheckout(shown())));
    };
    let apps = cx.options.layout.apps().absolute();
    let below = place.strip_prefix(&format!("{apps}/"));
    let (app, rest) = below.map_or((None, ""), |below| match below.split_once('/') {
        Some((app, rest)) => (Some(app), rest),
        None => (Some(below), ""),
    });
    let Some(app) = app else {
        return Err(at(key, FailureKind::NoCheckout(shown())));
    };
    let root = Root::new(&format!("{apps}/{app}"));
    let own = &cx.options.app.root;
    let (root, is_own) = match root.as_str() == own.as_str() {
        true => (own.clone(), true),
        false => (root, false),
    };
    if !is_own && cx.options.other_apps < wanted {
        let text = shown();
        return Err(at(key, FailureKind::OtherApp { text, wanted }));
    }
    let path = root.at(RelPath::root()).join(rest);
    path.map_err(|error| {
        let text = shown();
        at(key, FailureKind::Path { text, error })
    })
}
