//! Parameters against the table.

use super::{
    Checker,
    spot::{Spot, is_template},
};
use crate::{
    Class, Severity,
    json::{Kind, Member},
    schema::{Kinds, MethodSpec, Param, Role},
    sink::clip,
};
use alloc::{format, string::String};
use core::fmt;

impl Checker<'_, '_> {
    /// Checks a step's `params`, given or not.
    pub(super) fn params(&mut self, spec: &'static MethodSpec, step: &Spot<'_>) {
        let Some(params) = step.given("params") else {
            return self.absent_params(spec, step);
        };
        if !accepts(&params, spec.shape) {
            let what = format_args!("`params` of `{}`", spec.name);
            self.kind(what, &params, spec.shape);
            return;
        }
        if !params.node.is_object() {
            return;
        }
        for (member, value) in params.members() {
            self.param(spec, member, &value);
        }
        self.missing_params(spec, &params);
    }

    fn absent_params(&mut self, spec: &'static MethodSpec, step: &Spot<'_>) {
        let needs = spec.params.iter().any(|param| param.required) || !spec.one_of.is_empty();
        let broken = step
            .get("params")
            .is_some_and(|params| params.node.is_missing());
        if needs && !broken {
            let message = format!("`{}` needs `params`", spec.name);
            let report = at_method(step).error("missing-parameter", message);
            self.sink
                .push(report.hint(format!("it takes {}", takes(spec))));
        }
    }

    fn missing_params(&mut self, spec: &'static MethodSpec, params: &Spot<'_>) {
        if has_template_key(params) {
            return;
        }
        for param in spec.params.iter().filter(|param| param.required) {
            if params.get(param.name).is_none() {
                let message = format!("`{}` needs `{}`", spec.name, param.name);
                let report = params.error("missing-parameter", message);
                self.sink.push(report.hint(as_hint(param)));
            }
        }
        let given = |name: &&'static str| params.get(name).is_some();
        if !spec.one_of.is_empty() && !spec.one_of.iter().any(given) {
            let message = format!("`{}` needs one of {}", spec.name, listed(spec.one_of));
            self.sink.push(params.error("missing-parameter", message));
        }
    }

    fn param(&mut self, spec: &'static MethodSpec, member: &Member<'_>, value: &Spot<'_>) {
        let Some(param) = spec.param(&member.key) else {
            return self.unknown_param(spec, member, value);
        };
        if value.node.is_missing() {
            return;
        }
        if value.node.is_null() && !param.kinds.has(Kinds::NULL) {
            if param.required {
                let message = format!("`{}` is null, and `{}` needs it", param.name, spec.name);
                self.sink.push(value.error("missing-parameter", message));
            }
            return;
        }
        if param.role != Role::Daemon {
            self.param_kind(spec, param, value);
        }
        self.role(param, value);
    }

    fn role(&mut self, param: &Param, value: &Spot<'_>) {
        match param.role {
            Role::Plain | Role::Daemon => {}
            Role::Path => self.path(value),
        }
    }

    fn unknown_param(&mut self, spec: &'static MethodSpec, member: &Member<'_>, value: &Spot<'_>) {
        let key = &*member.key;
        if spec.others.is_some() || key.starts_with('_') || is_template(key) {
            return;
        }
        let message = format!("`{}` has no parameter `{}`", spec.name, clip(key));
        let mut report = value.warning("unknown-parameter", message);
        report.span = member.key_span.clone();
        let meant = self.suggestion(key, spec.params.iter().map(|param| param.name));
        self.sink.push(match meant {
            Some(meant) => report.hint(format!("did you mean `{meant}`?")).fix(
                member.key_span.clone(),
                &format!("\"{meant}\""),
                "rename the parameter",
            ),
            None => report.note("it has no effect"),
        });
    }

    /// A wrong kind is an error when the method cannot do with it. JavaScript turns most scalars
    /// into others, and what only windows show does not stop a run.
    fn param_kind(&mut self, spec: &MethodSpec, param: &Param, value: &Spot<'_>) {
        let shown = matches!(spec.class, Class::Skipped | Class::Substituted);
        let converted = !param.required && param.role == Role::Plain && is_scalar(value);
        let what = format_args!("`{}`", param.name);
        if shown || (converted && has_scalars(param.kinds)) {
            self.soft_kind(what, value, param.kinds);
        } else {
            self.kind(what, value, param.kinds);
        }
    }

    /// As [`Self::kind`], as a warning.
    pub(super) fn soft_kind(&mut self, what: fmt::Arguments<'_>, value: &Spot<'_>, kinds: Kinds) {
        if !accepts(value, kinds) {
            let mut report = value.wrong_type(what, format_args!("{kinds}"));
            report.severity = Severity::Warning;
            self.sink.push(report);
        }
    }

    /// The text is none of these.
    pub(super) fn not_one_of(&mut self, key: &str, text: &str, spot: &Spot<'_>, names: &[&str]) {
        let listed = names.join(", ");
        let message = format!("`{key}` is one of {listed}, not {:?}", clip(text));
        let report = spot.error("bad-choice", message);
        let meant = self.suggestion(text, names.iter().copied());
        self.sink.push(match meant {
            Some(meant) => report.hint(format!("did you mean `{meant}`?")),
            None => report,
        });
    }

    /// Says so when the value's kind is not among `kinds`.
    pub(super) fn kind(&mut self, what: fmt::Arguments<'_>, value: &Spot<'_>, kinds: Kinds) {
        if value.node.is_missing() || accepts(value, kinds) {
            return;
        }
        let expected = format_args!("{kinds}");
        self.sink.push(value.wrong_type(what, expected));
    }

    /// Parameters that stand beside `params` instead of inside.
    pub(super) fn misplaced(&mut self, spec: &'static MethodSpec, step: &Spot<'_>) {
        for (member, value) in step.members() {
            let key = &*member.key;
            let is_key = crate::table::STEP_KEYS
                .iter()
                .any(|param| param.name == key);
            let inside = step
                .get("params")
                .is_some_and(|params| params.get(key).is_some());
            if is_key || inside || spec.param(key).is_none() {
                continue;
            }
            let message = format!("`{key}` is a parameter and belongs into `params`");
            let mut report = value.warning("misplaced-parameter", message);
            report.span = member.key_span.clone();
            self.sink
                .push(report.note("beside `params` it has no effect"));
        }
    }
}

/// Whether a value is of one of `kinds`, or a template that may yield one.
fn accepts(value: &Spot<'_>, kinds: Kinds) -> bool {
    let kind = match &value.node.kind {
        Kind::Missing => return true,
        Kind::String(text) if is_template(text) => return true,
        Kind::Null => Kinds::NULL,
        Kind::Bool(_) => Kinds::BOOL,
        Kind::Number(_) => Kinds::NUMBER,
        Kind::String(_) => Kinds::STRING,
        Kind::Array(_) => Kinds::ARRAY,
        Kind::Object(_) => Kinds::OBJECT,
    };
    kinds.has(kind)
}

const fn is_scalar(value: &Spot<'_>) -> bool {
    matches!(
        value.node.kind,
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_)
    )
}

const fn has_scalars(kinds: Kinds) -> bool {
    kinds.has(Kinds::STRING) || kinds.has(Kinds::NUMBER) || kinds.has(Kinds::BOOL)
}

/// The step's method name, to point at when something is missing.
pub(super) fn at_method<'a>(step: &Spot<'a>) -> Spot<'a> {
    step.get("method").unwrap_or(*step)
}

pub(super) fn has_template_key(params: &Spot<'_>) -> bool {
    params.node.members().iter().any(|m| is_template(&m.key))
}

/// `path`: the file or folder
fn as_hint(param: &Param) -> String {
    let doc = param.doc.trim_end_matches('.');
    let mut letters = doc.chars();
    let first: String = letters
        .next()
        .into_iter()
        .flat_map(char::to_lowercase)
        .collect();
    format!("`{}`: {first}{}", param.name, letters.as_str())
}

fn takes(spec: &MethodSpec) -> String {
    let required = spec.params.iter().filter(|param| param.required);
    let mut names: alloc::vec::Vec<&str> = required.map(|param| param.name).collect();
    names.extend(spec.one_of.first());
    listed(&names)
}

fn listed(names: &[&str]) -> String {
    let quoted = names.iter().map(|name| format!("`{name}`"));
    quoted.collect::<alloc::vec::Vec<_>>().join(", ")
}
