//! What templates can do wrong.

use super::{
    Checker,
    daemon::dependencies,
    locals::Locals,
    names,
    spot::{Spot, is_one_template, is_template},
};
use crate::{
    Diagnostic, Dialect, Method, Script, Severity, Step, StepAt,
    json::{Kind, Node, source_span},
    sink::{child_pointer, clip},
    suggest::nearest,
};
use alloc::{collections::BTreeSet, format, string::String};
use collodi_template::{Problem, Reference};
use core::ops::Range;

impl Checker<'_, '_> {
    pub(super) fn hazards(&mut self, root: &Spot<'_>, script: &Script) {
        let names = Names::of(root, script);
        let mut used = BTreeSet::new();
        for (at, step) in script.all_steps() {
            self.step_templates(root, (&at, step), &names, &mut used);
        }
        used.extend(dependencies(root));
        self.unused_ids(root, script, &used);
    }

    fn step_templates(
        &mut self,
        root: &Spot<'_>,
        (at, step): (&StepAt, &Step),
        names: &Names<'_>,
        used: &mut BTreeSet<String>,
    ) {
        let parts = [
            ("params", Some(&step.params)),
            ("when", step.when.as_deref()),
            ("uri", step.uri.as_deref()),
        ];
        let parts = parts
            .into_iter()
            .filter_map(|(key, template)| Some((key, template?)))
            .filter(|(_, template)| !template.is_plain());
        for (key, template) in parts {
            let pointer = child_pointer(&at.pointer(), key);
            let Some(node) = root.node.pointer(&pointer) else {
                continue;
            };
            let place = Part { node, pointer };
            for problem in template.problems() {
                self.problem(&place, &problem);
            }
            for reference in template.references() {
                used.extend(reference.path.first().cloned());
                self.unknown_variable(&place, &reference, names);
                self.unset_local(&place, &reference, names);
                if key == "params" && runs_commands(&step.method) {
                    self.shell_value(&place, &reference, names);
                }
            }
        }
    }

    fn problem(&mut self, part: &Part<'_>, problem: &Problem) {
        let message = format!("the template cannot be read: {problem}");
        if let Some(report) =
            self.in_text(part, &problem.pointer, &problem.span, "template", message)
        {
            self.sink.push(report.note("the text stays as it is"));
        }
    }

    fn unknown_variable(&mut self, part: &Part<'_>, reference: &Reference, names: &Names<'_>) {
        let Some(name) = reference.path.first() else {
            return;
        };
        if names.has(name) {
            return;
        }
        let message = format!("there is no variable `{}`", clip(name));
        let Some(report) = self.in_text(
            part,
            &reference.pointer,
            &reference.span,
            "unknown-variable",
            message,
        ) else {
            return;
        };
        self.sink.push(match self.meant_variable(name, names) {
            Some(meant) => report.hint(format!("did you mean `{meant}`?")),
            None if part.pointer.ends_with("/when") => report,
            None => report.note("the text stays as it is"),
        });
    }

    /// A member of `local` that no step sets. What is called is no variable.
    fn unset_local(&mut self, part: &Part<'_>, reference: &Reference, names: &Names<'_>) {
        let [local, name, ..] = reference.path.as_slice() else {
            return;
        };
        let called = reference.called && reference.path.len() == 2;
        if local != "local" || called || !names.locals.lack(name) {
            return;
        }
        let message = format!("no step sets `local.{}`", clip(name));
        let (pointer, span) = (&reference.pointer, &reference.span);
        let Some(report) = self.in_text(part, pointer, span, "unset-variable", message) else {
            return;
        };
        self.sink.push(match names.locals.nearest(name) {
            Some(meant) => report.hint(format!("did you mean `local.{meant}`?")),
            None => report.note("variables of a run start empty, and other runs do not set them"),
        });
    }

    fn meant_variable(&self, name: &str, names: &Names<'_>) -> Option<String> {
        if self.sink.is_full() {
            return None;
        }
        if names.locals.has(name) {
            return Some(format!("local.{name}"));
        }
        nearest(name, names.all()).map(String::from)
    }

    /// A value from outside in a command line.
    fn shell_value(&mut self, part: &Part<'_>, reference: &Reference, names: &Names<'_>) {
        let Some(name) = reference
            .path
            .first()
            .filter(|_| is_message(&reference.pointer))
        else {
            return;
        };
        let raw = name == "raw" && reference.called;
        if !(raw || names.is_data(name)) || self.sink.is_full() {
            return;
        }
        let text = part.text(&reference.pointer).and_then(Node::as_str);
        if !raw && text.is_some_and(|text| !is_inserted(text, &reference.span)) {
            return;
        }
        let whole = text.is_some_and(is_one_template);
        let (code, message, note) = shell_hazard(name, raw, whole);
        let report = self.in_text(part, &reference.pointer, &reference.span, code, message);
        if let Some(report) = report {
            self.sink.push(report.note(note));
        }
    }

    /// A warning at a range of a decoded text, with the place in the file. None when the text
    /// cannot be found.
    fn in_text(
        &mut self,
        part: &Part<'_>,
        pointer: &str,
        span: &Range<usize>,
        code: &'static str,
        message: String,
    ) -> Option<Diagnostic> {
        if self.sink.is_full() {
            self.sink.leave_out();
            return None;
        }
        let node = part.text(pointer)?;
        let span = match node.kind {
            Kind::String(_) => source_span(self.source, &node.span, span, self.module),
            _ => first_character(self.source, &node.span),
        };
        let pointer = format!("{}{pointer}", part.pointer);
        Some(Diagnostic::new(Severity::Warning, code, span, message).at(pointer))
    }

    fn unused_ids(&mut self, root: &Spot<'_>, script: &Script, used: &BTreeSet<String>) {
        let lists = script
            .actions
            .iter()
            .map(|(key, steps)| (key.as_str(), steps));
        for (key, steps) in lists.chain([("run", &script.steps)]) {
            let Some(list) = root.get(key) else {
                continue;
            };
            let Some(targets) = targets(&list, steps.len()) else {
                continue;
            };
            for spot in list.items().take(steps.len()) {
                self.unused_id(&spot, &targets, used);
            }
        }
    }

    fn unused_id(&mut self, step: &Spot<'_>, targets: &BTreeSet<&str>, used: &BTreeSet<String>) {
        let Some(place) = step.get("id") else {
            return;
        };
        let Some(id) = place.static_text() else {
            return;
        };
        if targets.contains(id) || used.contains(id) {
            return;
        }
        let message = format!("nothing uses the id `{}`", clip(id));
        let report = place.warning("unused-id", message);
        self.sink.push(match self.dialect {
            Dialect::Pinokio => report,
            Dialect::Vatn => report.note("the output is kept, and not read"),
        });
    }
}

/// The first character of a range; of an empty one, nothing.
fn first_character(source: &str, span: &Range<usize>) -> Range<usize> {
    let text = source.get(span.clone()).unwrap_or_default();
    let length = text.chars().next().map_or(0, char::len_utf8);
    span.start..span.start + length
}

/// A part of a step that is a template of its own.
struct Part<'a> {
    node: &'a Node<'a>,
    pointer: String,
}

impl<'a> Part<'a> {
    /// The text that a pointer below the template names; of a key, the value.
    fn text(&self, pointer: &str) -> Option<&'a Node<'a>> {
        self.node.pointer(pointer)
    }
}

/// The names that are defined.
struct Names<'a> {
    ids: BTreeSet<&'a str>,
    locals: Locals<'a>,
    vatn: bool,
}

impl<'a> Names<'a> {
    fn of(root: &Spot<'a>, script: &'a Script) -> Self {
        let lists = script.actions.values().chain([&script.steps]);
        let vatn = script.dialect == Dialect::Vatn;
        Self {
            ids: lists
                .flatten()
                .filter_map(|step| step.id.as_deref())
                .collect(),
            locals: Locals::of(root.node, script),
            vatn,
        }
    }

    fn has(&self, name: &str) -> bool {
        names::VARIABLES.contains(&name)
            || names::GLOBALS.contains(&name)
            || self.ids.contains(name)
            || (self.vatn && self.locals.has(name))
    }

    fn is_data(&self, name: &str) -> bool {
        let own = self.ids.contains(name) || (self.vatn && self.locals.has(name));
        names::DATA.contains(&name) || (own && !names::VARIABLES.contains(&name))
    }

    fn all(&self) -> impl Iterator<Item = &str> {
        let own = self.ids.iter().copied();
        own.chain(names::VARIABLES.iter().copied())
    }
}

/// The ids that `next` and jumps name; none when a template decides.
fn targets<'a>(list: &Spot<'a>, count: usize) -> Option<BTreeSet<&'a str>> {
    let mut targets = BTreeSet::new();
    for step in list.items().take(count) {
        let jump = matches!(
            step.node.get("method").and_then(Node::as_str),
            Some("jump" | "goto")
        );
        let target = step.node.get("params").filter(|_| jump);
        if target.is_some_and(|params| params.as_str().is_some()) {
            return None;
        }
        let named = [
            step.node.get("next"),
            target.and_then(|params| params.get("id")),
        ];
        for text in named.into_iter().flatten().filter_map(Node::as_str) {
            if is_template(text) {
                return None;
            }
            targets.insert(text);
        }
    }
    Some(targets)
}

const fn runs_commands(method: &Method) -> bool {
    matches!(
        method,
        Method::ShellRun | Method::ShellStart | Method::Exec | Method::NpxRun
    )
}

/// What is said about the value `name` in a command line: code, message, note.
fn shell_hazard(name: &str, raw: bool, whole: bool) -> (&'static str, String, &'static str) {
    if raw {
        let message = "a value is put into the command line as it is";
        (
            "shell-raw",
            message.into(),
            "make sure that nobody else can choose it",
        )
    } else if whole {
        let message = format!("the whole command line comes from `{name}`");
        (
            "shell-command",
            message,
            "whoever sets the value chooses what runs",
        )
    } else {
        let message = format!("a value of `{name}` is put into the command line");
        let note = "it is quoted, so it is one word there; `raw(…)` puts it in as it is";
        ("shell-value", message, note)
    }
}

/// Whether the name at `span` of a text gives its value to the text: not when it only decides
/// what comes (`x ? 'a' : 'b'`), nor inside `raw(…)`, which has a warning of its own.
fn is_inserted(text: &str, span: &Range<usize>) -> bool {
    let before = text.get(..span.start).unwrap_or_default();
    let before = before.rsplit("{{").next().unwrap_or_default();
    let after = text.get(span.end..).unwrap_or_default();
    let after = after.split("}}").next().unwrap_or_default();
    let rest = after.replace("?.", "").replace("??", "");
    !before.contains("raw(") && !rest.contains('?')
}

/// `/message`, or an item of it; an object's items are quoted as arguments anyway.
fn is_message(pointer: &str) -> bool {
    pointer
        .strip_prefix("/message")
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
