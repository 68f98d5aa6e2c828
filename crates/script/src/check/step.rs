//! One step.

use super::{
    Checker,
    spot::{Spot, is_one_template, is_template},
};
use crate::{
    Dialect, Method, Next, Step, Template,
    json::Kind,
    sink::clip,
    suggest::nearest,
    table::{STEP_KEYS, methods},
};
use alloc::{borrow::ToOwned, boxed::Box, format, string::String};
use collodi_value::Value;

/// Names from other versions and other programs, and what does the same.
const OTHER_NAMES: &[(&str, &str)] = &[
    ("fs.mkdir", "fs.make"),
    ("fs.delete", "fs.rm"),
    ("fs.unlink", "fs.rm"),
    ("fs.cp", "fs.copy"),
    ("shell", "shell.run"),
    ("shell.exec", "shell.run"),
    ("shell.execute", "shell.run"),
    ("bash", "shell.run"),
    ("cmd", "shell.run"),
    ("echo", "log"),
    ("print", "log"),
    ("sleep", "process.wait"),
    ("wait", "process.wait"),
    ("http", "net"),
    ("fetch", "net"),
    ("request", "net"),
    ("download", "fs.download"),
    ("return", "script.return"),
    ("browser", "browser.open"),
    ("local.delete", "local.rm"),
];

impl Checker<'_, '_> {
    /// Reads a step, which is `template`. One that is wrong is a step all the same, so that indices
    /// stay right.
    pub(super) fn step(&mut self, index: usize, spot: &Spot<'_>, template: &Template) -> Step {
        if !spot.node.is_object() {
            self.not_a_step(spot);
            return blank(index, spot);
        }
        self.step_keys(spot);
        self.guard(spot);
        let method = self.method(spot);
        if let Some(spec) = method.spec() {
            self.params(spec, spot);
            self.misplaced(spec, spot);
        }
        self.method_rules(&method, spot);
        let is_given = |value: &&Template| value.as_plain() != Some(&Value::Null);
        let given = |key: &str| template.get(key).filter(is_given).cloned();
        let nothing = blank(index, spot);
        Step {
            id: spot
                .get("id")
                .and_then(|id| id.node.as_str().map(ToOwned::to_owned)),
            method,
            params: given("params").unwrap_or(nothing.params),
            uri: given("uri").map(Box::new),
            when: template.get("when").cloned().map(Box::new),
            returns: given("returns").map(Box::new),
            notify: given("notify").map(Box::new),
            queue: spot.get("queue").is_some_and(|q| q.node.is_truthy()),
            ..nothing
        }
    }

    /// `{"uri": …, "params": …}` as the step it stands for.
    pub(super) fn start_request(&mut self, spot: &Spot<'_>) -> Step {
        let request = ["uri", "params"].into_iter();
        let entry = |key: &'static str| Some((key.into(), spot.given(key)?.node.to_template()));
        Step {
            method: Method::ScriptStart,
            params: Template::object(request.filter_map(entry)),
            ..blank(0, spot)
        }
    }

    fn not_a_step(&mut self, spot: &Spot<'_>) {
        if spot.node.is_missing() {
            return;
        }
        let report = spot.wrong_type("a step", "an object");
        self.sink.push(match spot.node.as_str() {
            Some(text) => {
                let message = Value::from(clip(text)).to_json();
                let step =
                    format!(r#"{{"method": "shell.run", "params": {{"message": {message}}}}}"#);
                report.hint(format!("for a command write `{step}`"))
            }
            None => report.hint(r#"write `{"method": "…", "params": { … }}`"#),
        });
    }

    fn step_keys(&mut self, step: &Spot<'_>) {
        for (member, value) in step.members() {
            match STEP_KEYS.iter().find(|param| param.name == member.key) {
                Some(_) if value.node.is_null() || value.node.is_missing() => {}
                Some(param) if param.required => {
                    self.kind(format_args!("`{}`", param.name), &value, param.kinds);
                }
                Some(param) => {
                    self.soft_kind(format_args!("`{}`", param.name), &value, param.kinds);
                }
                None => self.misspelt_key(step, &member.key, member.key_span.clone()),
            }
        }
    }

    /// A `when` that is the same in every run. Text around a template is never empty, so it is
    /// always true.
    fn guard(&mut self, step: &Spot<'_>) {
        let Some(when) = step.get("when").filter(|when| !when.node.is_missing()) else {
            return;
        };
        let message = match when.node.as_str() {
            Some(text) if is_one_template(text) => return,
            Some(text) if is_template(text) => "a text around templates is always true",
            _ if when.node.is_truthy() => "this is always true",
            _ => "this is always false: the step never runs",
        };
        let report = when.warning("constant-when", message);
        self.sink.push(
            report.hint("write one expression, as in `{{platform === 'linux' && !args.cpu}}`"),
        );
    }

    /// Unknown keys are notes, unless they look like a key whose place is empty.
    fn misspelt_key(&mut self, step: &Spot<'_>, key: &str, span: core::ops::Range<usize>) {
        let free = STEP_KEYS.iter().map(|param| param.name);
        let free = free.filter(|name| step.get(name).is_none());
        let Some(meant) = self.suggestion(key, free) else {
            return;
        };
        let message = format!("a step has no key `{}`", clip(key));
        let mut report = step.warning("unknown-key", message);
        report.span = span.clone();
        let report = report.hint(format!("did you mean `{meant}`?"));
        let fix = format!("\"{meant}\"");
        self.sink.push(report.fix(span, &fix, "rename the key"));
    }

    fn method(&mut self, step: &Spot<'_>) -> Method {
        let unknown = || Method::Unknown(String::new());
        let Some(method) = step.get("method") else {
            let report = step.error("missing-method", "the step has no `method`");
            self.sink
                .push(report.hint("name what it does, as in `\"method\": \"shell.run\"`"));
            return unknown();
        };
        let Kind::String(name) = &method.node.kind else {
            if method.node.is_null() {
                self.sink
                    .push(method.error("missing-method", "the step's `method` is null"));
            }
            return unknown();
        };
        if let Some(uri) = step.given("uri") {
            let message = "a step that calls a JavaScript module fails here";
            self.sink.push(uri.warning("module-step", message));
            return Method::Module(name.clone().into_owned());
        }
        let known = Method::from_name(name);
        match &known {
            Method::Unknown(_) => self.unknown_method(&method, name),
            Method::Kernel(_) => {
                let message = format!(
                    "`{}` calls into the desktop program and fails here",
                    clip(name)
                );
                self.sink.push(method.warning("refused-method", message));
            }
            _ => self.class(&known, &method),
        }
        known
    }

    fn class(&mut self, known: &Method, method: &Spot<'_>) {
        let refused = known
            .spec()
            .filter(|spec| spec.class == crate::Class::Refused);
        if refused.is_some() {
            let message = format!("`{known}` needs the desktop program and fails here");
            self.sink.push(method.warning("refused-method", message));
        }
    }

    fn unknown_method(&mut self, method: &Spot<'_>, name: &str) {
        let message = match name {
            "" => "the method's name is empty".into(),
            _ if is_template(name) => "the method of a step is a plain name, not a template".into(),
            _ => format!("there is no method `{}`", clip(name)),
        };
        let lenient = self.options.lenient_methods || self.dialect == Dialect::Vatn;
        let report = if lenient {
            method
                .warning("unknown-method", message)
                .note("the step is skipped")
        } else {
            method.error("unknown-method", message)
        };
        let other = OTHER_NAMES.iter().find(|(other, _)| *other == name);
        let meant = match other {
            Some((_, meant)) => Some(*meant),
            None => self.suggestion(name, methods().map(|spec| spec.name)),
        };
        self.sink.push(match meant {
            Some(meant) => report.hint(format!("did you mean `{meant}`?")).fix(
                method.head(),
                &format!("\"{meant}\""),
                "use this method",
            ),
            None => report,
        });
    }

    /// The nearest name; nothing once no more is reported.
    pub(super) fn suggestion<'n>(
        &self,
        word: &str,
        names: impl Iterator<Item = &'n str>,
    ) -> Option<&'n str> {
        if self.sink.is_full() {
            return None;
        }
        nearest(word, names)
    }
}

fn blank(index: usize, spot: &Spot<'_>) -> Step {
    Step {
        index,
        id: None,
        method: Method::Unknown(String::new()),
        params: Template::parse(&Value::Null),
        uri: None,
        when: None,
        next: Next::Following,
        returns: None,
        queue: false,
        notify: None,
        span: spot.node.span.clone(),
    }
}
