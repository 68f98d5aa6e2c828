//! The file as a whole.

use super::{
    Checker, dialect,
    spot::{Spot, is_template},
};
use crate::{
    Diagnostic, Document, Prerequisite, Script, Severity, Step, Template,
    json::{Kind, Member, Node, Syntax},
    sink::clip,
    suggest::nearest,
    table::FILE_KEYS,
};
use alloc::{borrow::ToOwned, boxed::Box, collections::BTreeMap, format, string::String, vec::Vec};

/// Shorter keys look like many words.
const SHORTEST_MEANT: usize = 4;

impl Checker<'_, '_> {
    pub(super) fn document<'n>(mut self, root: &'n Node<'n>) -> Document {
        let root = Spot::root(root);
        if root.node.is_missing() {
            return Document::Broken;
        }
        if !root.node.is_object() {
            self.sink.push(
                root.wrong_type("a script", "an object")
                    .hint("write `{\"run\": [ … ]}`"),
            );
            return Document::Broken;
        }
        match root.get("run") {
            Some(run) => Document::Script(self.script(&root, &run)),
            None => self.without_run(&root),
        }
    }

    /// Metadata by its name, or a script that lost its steps.
    fn without_run(&mut self, root: &Spot<'_>) -> Document {
        let keys = root.node.members().iter().map(|m| &*m.key);
        let similar = keys
            .filter(|key| nearest(key, ["run"]).is_some() || *key == "steps")
            .find(|key| root.get(key).is_some_and(|v| v.node.as_array().is_some()));
        if similar.is_none() && is_metadata(&self.options.file) {
            let message = "the file has no `run` list: it describes the app and is not run";
            self.sink.push(root.notice("metadata", message));
            return Document::Metadata(root.node.to_value());
        }
        let report = root.error(
            "missing-run",
            "the file has no `run` list, so it is no script",
        );
        self.sink
            .push(match similar.and_then(|key| root.node.member(key)) {
                Some(member) => report
                    .hint(format!("did you mean `run` instead of `{}`?", member.key))
                    .fix(member.key_span.clone(), "\"run\"", "rename the key"),
                None => report.hint("write the steps as `\"run\": [ … ]`"),
            });
        Document::Broken
    }

    fn script(&mut self, root: &Spot<'_>, run: &Spot<'_>) -> Script {
        self.dialect = dialect::decide(root, self.options, self.sink);
        self.file_keys(root);
        let file = root.node.to_template();
        let steps = self.run_list(run, &file);
        let actions = self.actions(root, &file);
        let on_stop = self.on_stop(root, &file);
        let script = Script {
            dialect: self.dialect,
            supervision: self.supervision(root),
            daemon: root.get("daemon").is_some_and(|d| d.node.is_truthy()),
            steps,
            title: root
                .get("title")
                .and_then(|t| t.node.as_str().map(ToOwned::to_owned)),
            actions,
            on_stop,
            prerequisites: prerequisites(root),
            file,
        };
        self.flow(root, &script);
        self.daemons(root, &script);
        self.supervises(root, &script);
        self.hazards(root, &script);
        script
    }

    fn file_keys(&mut self, root: &Spot<'_>) {
        let read_elsewhere = ["run", "supervision"];
        let keys = FILE_KEYS.iter();
        for param in keys.filter(|param| !read_elsewhere.contains(&param.name)) {
            if let Some(value) = root.given(param.name) {
                self.soft_kind(format_args!("`{}`", param.name), &value, param.kinds);
            }
        }
        for (member, value) in root.members() {
            self.misspelt_file_key(root, member, &value);
        }
        self.daemon_text(root);
    }

    /// A file has keys of its own, which templates read. So only those are told that look like one of
    /// the format whose place is empty.
    fn misspelt_file_key(&mut self, root: &Spot<'_>, member: &Member<'_>, value: &Spot<'_>) {
        let is_known = FILE_KEYS.iter().any(|param| param.name == member.key);
        if is_known || is_step_list(value.node) {
            return;
        }
        let free = FILE_KEYS.iter().map(|param| param.name);
        let free = free.filter(|name| name.len() >= SHORTEST_MEANT && root.get(name).is_none());
        let Some(meant) = self.suggestion(&member.key, free) else {
            return;
        };
        let message = format!("a script has no key `{}`", clip(&member.key));
        let mut report = value.warning("unknown-key", message);
        report.span = member.key_span.clone();
        let report = report.hint(format!("did you mean `{meant}`?"));
        let fix = format!("\"{meant}\"");
        self.sink
            .push(report.fix(member.key_span.clone(), &fix, "rename the key"));
    }

    /// `"daemon": "false"` is true in JavaScript.
    fn daemon_text(&mut self, root: &Spot<'_>) {
        let Some(daemon) = root.get("daemon") else {
            return;
        };
        if let Some(text @ ("false" | "no" | "0")) = daemon.node.as_str() {
            let message = format!("the text {text:?} counts as true");
            let report = daemon.warning("truthy-text", message);
            self.sink
                .push(report.fix(daemon.head(), "false", "write the boolean"));
        }
    }

    fn run_list(&mut self, run: &Spot<'_>, file: &Template) -> Vec<Step> {
        match &run.node.kind {
            Kind::Missing => Vec::new(),
            Kind::Array(items) if items.is_empty() => {
                self.sink.push(run.error("empty-run", "`run` has no steps"));
                Vec::new()
            }
            Kind::Array(_) => self.steps(run, file.get("run")),
            Kind::Object(_) => {
                let report = run.wrong_type("`run`", "a list");
                self.sink
                    .push(report.hint("put the step in brackets: `\"run\": [{ … }]`"));
                Vec::new()
            }
            _ => {
                self.sink.push(run.wrong_type("`run`", "a list of steps"));
                Vec::new()
            }
        }
    }

    /// Reads a list of steps, which is `template`.
    fn steps(&mut self, list: &Spot<'_>, template: Option<&Template>) -> Vec<Step> {
        let limit = self.options.limits.steps;
        if let Some(first) = list.items().nth(limit) {
            let message = format!("a list has at most {limit} steps");
            self.sink.push(first.error("too-many-steps", message));
        }
        let items: Vec<Spot<'_>> = list.items().take(limit).collect();
        let templates = template.map(Template::items).unwrap_or_default();
        let indexed = items.iter().zip(templates).enumerate();
        let steps = indexed.map(|(index, (spot, template))| self.step(index, spot, template));
        let mut steps: Vec<Step> = steps.collect();
        self.resolve_next(&items, &mut steps);
        steps
    }

    /// Every other list of steps, by its key.
    fn actions(&mut self, root: &Spot<'_>, file: &Template) -> BTreeMap<String, Vec<Step>> {
        let mut actions = BTreeMap::new();
        for (member, value) in root.members() {
            let known = FILE_KEYS.iter().any(|param| param.name == member.key);
            if !known && is_step_list(value.node) {
                let steps = self.steps(&value, file.get(&member.key));
                actions.insert(member.key.clone().into_owned(), steps);
            }
        }
        actions
    }

    fn on_stop(&mut self, root: &Spot<'_>, file: &Template) -> Option<Box<Step>> {
        let on = root.given("on")?;
        let stop = on.given("stop")?;
        if stop.node.as_array().is_some() {
            let report = stop.wrong_type("`on.stop`", "one step");
            self.sink
                .push(report.hint("name a script with several steps by `script.start`"));
            return None;
        }
        // `{"uri": "x.json"}` alone starts that script.
        if stop.get("method").is_none() && stop.get("uri").is_some() {
            return Some(Box::new(self.start_request(&stop)));
        }
        let template = file.get("on")?.get("stop")?;
        Some(Box::new(self.step(0, &stop, template)))
    }
}

/// Launcher files are merged from these.
fn is_metadata(file: &str) -> bool {
    let name = file.rsplit(['/', '\\']).next().unwrap_or(file);
    matches!(name, "pinokio.json" | "pinokio_meta.json")
}

/// Whether a value is a list of objects of which one has a method.
fn is_step_list(node: &Node<'_>) -> bool {
    let items = node.as_array().unwrap_or_default();
    items.iter().all(Node::is_object) && items.iter().any(|item| item.get("method").is_some())
}

/// `pre`, else `env`: items that name a variable.
fn prerequisites(root: &Spot<'_>) -> Vec<Prerequisite> {
    let list = ["pre", "env"].into_iter().filter_map(|key| root.get(key));
    let list = list.into_iter().find(|list| list.node.as_array().is_some());
    let items = list.iter().flat_map(Spot::items);
    items.filter_map(|item| prerequisite(&item)).collect()
}

fn prerequisite(item: &Spot<'_>) -> Option<Prerequisite> {
    let text = |key: &str| {
        let value = item.given(key)?.node.to_value();
        Some(value.to_text()).filter(|text| !is_template(text))
    };
    Some(Prerequisite {
        name: text("env").or_else(|| text("key"))?,
        title: text("title"),
        description: text("description"),
        default: text("default"),
    })
}

/// What is said about a text that is no JSON at all.
pub(crate) fn not_json(source: &str) -> Option<Diagnostic> {
    let start = source.len() - source.trim_start_matches('\u{feff}').trim_start().len();
    let text = source.get(start..).unwrap_or_default();
    let first_line = text.lines().next().unwrap_or_default().trim_end();
    let span = start..start + first_line.len();
    let error = |code, message: &str| Diagnostic::new(Severity::Error, code, span.clone(), message);
    let javascript = [
        "module.exports",
        "export default",
        "const ",
        "let ",
        "var ",
        "import ",
    ];
    if text.is_empty() {
        Some(error("empty-file", "the file is empty"))
    } else if text.starts_with('<') {
        let report = error("not-json", "this is markup, not JSON");
        Some(report.hint("the download may have given an error page"))
    } else if javascript.iter().any(|start| text.starts_with(start))
        && !Syntax::of(source).is_module()
    {
        let report = error("not-json", "this is JavaScript that exports nothing");
        Some(report.hint("a module that is data says `module.exports = { … }`"))
    } else {
        None
    }
}
