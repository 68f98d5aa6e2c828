//! Rules of single methods that the table does not say.

use super::{
    Checker,
    params::at_method,
    spot::{Spot, is_template},
};
use crate::{Dialect, Method, json::Kind, schema::Kinds, sink::clip, table::HANDLER_KEYS};
use alloc::format;
use collodi_contain::{Name, RelPath};
use collodi_pattern::Pattern;

impl Checker<'_, '_> {
    pub(super) fn method_rules(&mut self, method: &Method, step: &Spot<'_>) {
        let Some(params) = step.given("params").filter(|p| p.node.is_object()) else {
            if matches!(method, Method::ShellRun) && step.get("params").is_none() {
                self.nothing_to_run(&at_method(step));
            }
            return;
        };
        self.named_files(method, &params);
        match method {
            Method::ShellRun | Method::ShellStart => {
                if matches!(method, Method::ShellRun) {
                    self.message(step, &params);
                }
                self.shell(&params);
            }
            Method::ShellEnter | Method::ShellWrite => self.handlers(&params),
            Method::Exec | Method::NpmInstall | Method::NpxRun => self.env(&params),
            Method::HfDownload | Method::HfUpload => self.env(&params),
            Method::FsDownload => self.download(&params),
            Method::LocalSet => self.local_set(&params),
            _ => {}
        }
    }

    fn shell(&mut self, params: &Spot<'_>) {
        self.environments(params);
        self.env(params);
        self.handlers(params);
        for key in ["daemon", "autoRestart"] {
            self.switch(key, params);
        }
        self.daemon(params);
        if let Some(sudo) = params.get("sudo").filter(|s| s.node.is_truthy()) {
            let message = "`sudo` fails unless the server runs as root";
            self.sink.push(sudo.warning("sudo", message));
        }
    }

    /// There must be something to run, or an environment to make.
    fn message(&mut self, step: &Spot<'_>, params: &Spot<'_>) {
        let interactive = params
            .get("input")
            .is_some_and(|input| input.node.is_truthy());
        let environment = ["venv", "conda"]
            .into_iter()
            .any(|key| params.given(key).is_some());
        let makes = interactive || environment;
        match params.get("message") {
            None => {
                let misplaced = step.get("message").is_some();
                let templated = params.node.members().iter().any(|m| is_template(&m.key));
                if !(makes || misplaced || templated) {
                    self.nothing_to_run(&at_method(step));
                }
            }
            Some(message) if message.node.is_missing() => {}
            Some(message) if is_nothing(&message) && !makes => self.nothing_to_run(&message),
            Some(message) => {
                self.lines(&message);
                self.lost_changes(params, &message);
            }
        }
    }

    fn nothing_to_run(&mut self, spot: &Spot<'_>) {
        let report = spot.error(
            "missing-message",
            "`shell.run` has no `message`: there is nothing to run",
        );
        self.sink
            .push(report.hint("give the command line as `message`"));
    }

    /// The items of a list of commands.
    fn lines(&mut self, message: &Spot<'_>) {
        let kinds = Kinds::STRING
            .or(Kinds::OBJECT)
            .or(Kinds::NULL)
            .or(Kinds::BOOL);
        for item in message.items() {
            self.kind(format_args!("a command"), &item, kinds);
        }
    }

    fn env(&mut self, params: &Spot<'_>) {
        let Some(env) = params.given("env") else {
            return;
        };
        for (member, value) in env.members() {
            if !is_variable_name(&member.key) {
                let message = format!("`{}` cannot name a variable", clip(&member.key));
                let mut report = value.warning("variable-name", message);
                report.span = member.key_span.clone();
                self.sink.push(report.note("it is left out"));
            }
            if value.node.is_object() {
                let what = format!("the variable `{}`", clip(&member.key));
                self.sink
                    .push(value.wrong_type(what, "a string, a number or a boolean"));
            }
        }
    }

    /// `true`, `false`, or one of them as text.
    fn switch(&mut self, key: &str, params: &Spot<'_>) {
        let Some(value) = params.given(key) else {
            return;
        };
        let Some(text) = value.static_text() else {
            return;
        };
        if !matches!(text, "true" | "false") {
            let message = format!("`{key}` is true or false, not {:?}", clip(text));
            self.sink.push(value.error("wrong-type", message));
        }
    }

    fn environments(&mut self, params: &Spot<'_>) {
        let base = self.options.base.clone();
        let path = params.given("path");
        let start = match path.as_ref().map(|path| path.node.as_str()) {
            None => Some(base),
            // Checked with the other paths; here only where it leads.
            Some(Some(text)) if !is_template(text) => base.join(text).ok(),
            Some(_) => None,
        };
        for key in ["venv", "conda"] {
            if let Some(value) = params.given(key) {
                self.environment(key, start.as_ref(), &value);
            }
        }
    }

    fn environment(&mut self, key: &str, start: Option<&RelPath>, value: &Spot<'_>) {
        let place = match &value.node.kind {
            Kind::Object(_) => value.given("path"),
            _ => Some(*value),
        };
        let Some(place) = place else {
            return;
        };
        let Some(text) = place.static_text().filter(|text| !text.is_empty()) else {
            return;
        };
        let is_name = self.dialect == Dialect::Vatn
            && !value.node.is_object()
            && !text.contains(['/', '\\'])
            && !text.starts_with('.');
        if is_name {
            self.environment_name(key, text, &place);
        } else {
            // Where `path` is not known, climbing is judged when it is.
            let unknown = RelPath::root();
            let absolute = unknown.join(text) == Err(collodi_contain::PathError::Absolute);
            match start {
                Some(start) => drop(self.path_below(start, &place)),
                None if absolute => drop(self.path_below(&unknown, &place)),
                None => {}
            }
        }
    }

    fn environment_name(&mut self, key: &str, text: &str, place: &Spot<'_>) {
        if let Err(error) = Name::parse(text) {
            let message = format!("`{key}` names an environment, and {error}");
            self.sink.push(place.error("bad-name", message));
        }
    }

    fn handlers(&mut self, params: &Spot<'_>) {
        let Some(on) = params.given("on") else {
            return;
        };
        for handler in on.items() {
            if handler.node.is_object() {
                self.handler(&handler);
            } else {
                self.kind(format_args!("a handler"), &handler, Kinds::OBJECT);
            }
        }
    }

    fn handler(&mut self, handler: &Spot<'_>) {
        for (member, value) in handler.members() {
            let known = HANDLER_KEYS.iter().find(|param| param.name == member.key);
            match known {
                Some(param) if !value.node.is_null() => {
                    self.soft_kind(format_args!("`{}`", param.name), &value, param.kinds);
                }
                Some(_) => {}
                None => {
                    self.unknown_member(format_args!("a handler"), member, &value, HANDLER_KEYS);
                }
            }
        }
        match handler.get("event") {
            Some(event) => self.event(&event),
            None => {
                let message = "the handler has no `event`, so nothing sets it off";
                self.sink.push(handler.warning("missing-event", message));
            }
        }
    }

    /// A pattern must be one that can be used: a step with any other fails.
    pub(super) fn event(&mut self, event: &Spot<'_>) {
        let Some(text) = event.static_text() else {
            return;
        };
        let flags = text
            .strip_prefix('/')
            .and_then(|rest| rest.rsplit_once('/'));
        let message = match flags {
            None => format!("`{}` is not of the form `/pattern/flags`", clip(text)),
            Some(("", _)) => "the pattern is empty".into(),
            Some((_, flags)) => match flags.chars().find(|c| !"dgimsuy".contains(*c)) {
                Some(flag) => format!("a pattern has no flag `{flag}`"),
                None => return self.pattern(text, event),
            },
        };
        let report = event.error("event-pattern", message);
        self.sink
            .push(report.hint("write a pattern as in `/http:\\/\\/[0-9.:]+/`"));
    }

    /// A pattern of the right form may still be none.
    fn pattern(&mut self, text: &str, event: &Spot<'_>) {
        if self.patterns == 0 || self.sink.is_full() {
            return;
        }
        self.patterns -= 1;
        if let Err(error) = Pattern::check(text) {
            let message = format!("`{}` cannot be used as a pattern: {error}", clip(text));
            self.sink.push(event.error("bad-pattern", message));
        }
    }

    fn download(&mut self, params: &Spot<'_>) {
        let target = params.get("dir").is_some() || params.get("path").is_some();
        if !target && !params.node.members().iter().any(|m| is_template(&m.key)) {
            let message = "`fs.download` needs `dir` or `path`";
            self.sink.push(params.error("missing-parameter", message));
        }
    }

    /// `{key, value}` in the VATN dialect; names to values in both.
    fn local_set(&mut self, params: &Spot<'_>) {
        let vatn = self.dialect == Dialect::Vatn;
        let (key, value) = (params.get("key"), params.get("value"));
        match (&key, &value) {
            (Some(key), Some(_)) if vatn => self.kind(format_args!("`key`"), key, Kinds::STRING),
            (Some(key), None) if vatn && params.node.members().len() == 1 => {
                let report = key.error("missing-parameter", "`local.set` with `key` needs `value`");
                self.sink.push(report);
            }
            (None, Some(value)) if vatn && params.node.members().len() == 1 => {
                let report =
                    value.error("missing-parameter", "`local.set` with `value` needs `key`");
                self.sink.push(report);
            }
            (Some(key), Some(_)) if params.node.members().len() == 2 => {
                let message = "this sets the two variables `local.key` and `local.value`";
                let report = key.warning("local-set-form", message);
                self.sink
                    .push(report.hint("in the Pinokio dialect write `{\"name\": value}`"));
            }
            _ => {}
        }
    }
}

/// Whether `message` leaves nothing to run.
fn is_nothing(message: &Spot<'_>) -> bool {
    match &message.node.kind {
        Kind::String(text) => text.trim().is_empty(),
        Kind::Array(items) => items.iter().all(|item| !item.is_truthy()),
        Kind::Object(members) => members.is_empty(),
        _ => !message.node.is_truthy(),
    }
}

fn is_variable_name(name: &str) -> bool {
    let starts = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '(' | ')' | '.' | '-');
    is_template(name) || (starts && name.chars().all(fits))
}
