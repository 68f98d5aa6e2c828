//! What a script says about its daemons.

use super::{
    Checker,
    params::has_template_key,
    spot::{Spot, is_template},
};
use crate::{
    Diagnostic, Method, Script, Step,
    daemon::{Fault, Problem, Reading, Ready, Restart, depends_on},
    json::{Kind, Member},
    schema::Param,
    sink::clip,
    table::{GIVE_UP_KEYS, READY_KEYS, RESTART_KEYS},
};
use alloc::{collections::BTreeMap, format, string::String, vec::Vec};
use collodi_restart::RestartClass;
use collodi_value::Value;
use core::{fmt, ops::Range};

/// The daemons of earlier steps, by the ids that others depend on.
#[derive(Default)]
struct Named {
    ids: BTreeMap<String, Holder>,
    /// Whether there is one whose id is only known later.
    is_open: bool,
}

/// A step that runs a command.
struct Command<'n> {
    step: Spot<'n>,
    params: Spot<'n>,
    is_daemon: bool,
}

/// Who has an id.
#[derive(Clone, Copy)]
struct Holder {
    /// Whether it is the label of the step.
    is_label: bool,
    /// Whether the step may be left out.
    may_be_absent: bool,
}

impl Checker<'_, '_> {
    /// The parameters of one step: what stands there is read as when the step is run.
    pub(super) fn daemon(&mut self, params: &Spot<'_>) {
        if let Some(ready) = params.given("ready").filter(|ready| self.may_read(ready)) {
            self.members("ready", &ready, READY_KEYS);
            self.read(params, Ready::read(&ready.node.to_value()));
        }
        if let Some(restart) = params.given("restart") {
            self.moot_auto_restart(params, &restart);
            self.members("restart", &restart, RESTART_KEYS);
            if let Some(give_up) = restart.given("giveUp") {
                self.members("giveUp", &give_up, GIVE_UP_KEYS);
            }
            let class = RestartClass::Never;
            self.read(params, Restart::read(&restart.node.to_value(), class));
        }
        if let Some(depends) = params.given("dependsOn") {
            self.read(params, depends_on(&depends.node.to_value()));
        }
    }

    /// Of both, `restart` counts; only one without a `policy` has that of an `autoRestart` that is true.
    fn moot_auto_restart(&mut self, params: &Spot<'_>, restart: &Spot<'_>) {
        let auto = params.given("autoRestart");
        let is_off = |auto: &Spot<'_>| match auto.node.as_str() {
            Some(text) => !is_template(text) && !text.eq_ignore_ascii_case("true"),
            None => !auto.node.is_truthy(),
        };
        let is_moot = |auto: &Spot<'_>| match restart.given("policy") {
            None if restart.node.is_object() => is_off(auto) && !has_template_key(restart),
            None => restart.static_text().is_some(),
            Some(policy) => policy.static_text().is_some(),
        };
        if let Some(auto) = auto.filter(is_moot) {
            let message = "`autoRestart` has no effect beside this `restart`, which counts";
            let report = auto.warning("odd-value", message);
            self.sink.push(report.hint("leave one of them out"));
        }
    }

    /// Whether its pattern, if it has one, may still be tried.
    fn may_read(&mut self, ready: &Spot<'_>) -> bool {
        if ready.node.get("pattern").is_none() {
            return true;
        }
        let left = self.patterns;
        self.patterns = left.saturating_sub(1);
        left > 0
    }

    /// Says what was found, as far as it stands there.
    fn read<T>(&mut self, params: &Spot<'_>, reading: Reading<T>) {
        for fault in &reading.faults {
            if let Some(spot) = params.below(&fault.pointer).filter(|at| stands(fault, at)) {
                let mut report = self.fault(fault, &spot);
                if matches!(fault.problem, Problem::Key { .. }) {
                    report.span = key_span(params, &fault.pointer).unwrap_or(report.span);
                }
                self.sink.push(report);
            }
        }
        for remark in &reading.remarks {
            if let Some(spot) = params.below(&remark.pointer) {
                let message = format!("`{}`: {}", dotted(&remark.pointer), remark.says);
                let report = spot.warning("odd-value", message);
                self.sink.push(report.hint(remark.hint));
            }
        }
    }

    fn fault(&self, fault: &Fault, spot: &Spot<'_>) -> Diagnostic {
        let (code, message) = told(fault);
        let report = spot.error(code, message);
        let Problem::Name { names, .. } = &fault.problem else {
            return report;
        };
        let text = spot.node.as_str().unwrap_or_default();
        match self.suggestion(text, names.iter().copied()) {
            Some(meant) => report.hint(format!("did you mean `{meant}`?")),
            None => report,
        }
    }

    /// The keys of an object; what their values can be is found where they are read.
    fn members(&mut self, what: &str, object: &Spot<'_>, known: &'static [Param]) {
        for (member, value) in object.members() {
            if !known.iter().any(|param| param.name == member.key) {
                self.unknown_member(format_args!("`{what}`"), member, &value, known);
            }
        }
    }

    /// Says that `holder` has no such key, and which one may be meant.
    pub(super) fn unknown_member(
        &mut self,
        holder: fmt::Arguments<'_>,
        member: &Member<'_>,
        value: &Spot<'_>,
        known: &'static [Param],
    ) {
        if member.key.starts_with('_') || is_template(&member.key) {
            return;
        }
        let message = format!("{holder} has no key `{}`", clip(&member.key));
        let mut report = value.warning("unknown-key", message);
        report.span = member.key_span.clone();
        let meant = self.suggestion(&member.key, known.iter().map(|param| param.name));
        self.sink.push(match meant {
            Some(meant) => report.hint(format!("did you mean `{meant}`?")).fix(
                member.key_span.clone(),
                &format!("\"{meant}\""),
                "rename the key",
            ),
            None => report.note("it has no effect"),
        });
    }

    /// The daemons of a script as a whole: who waits for whom.
    pub(super) fn daemons(&mut self, root: &Spot<'_>, script: &Script) {
        let mut before = Named::default();
        for command in commands(root, "run", &script.steps) {
            self.dependencies(&command.params, &before);
            if command.is_daemon || script.daemon {
                self.name(&command, !command.is_daemon, &mut before);
            }
            self.misplaced_daemon(&command, script.daemon);
        }
        // The other lists are begun in any order, or never.
        let lists = script.actions.iter();
        let others: Vec<_> = lists
            .flat_map(|(key, steps)| commands(root, key, steps))
            .collect();
        for command in others.iter().filter(|c| c.is_daemon || script.daemon) {
            self.name(command, true, &mut before);
        }
        for command in &others {
            self.dependencies(&command.params, &before);
            self.misplaced_daemon(command, script.daemon);
        }
    }

    /// What others call the daemon. Commands of a script that stays up may share a shell's id, and of
    /// steps with a `when` there may be one of several.
    fn name(&mut self, command: &Command<'_>, may_be_absent: bool, before: &mut Named) {
        let is_name = |id: &Spot<'_>| id.node.as_str() != Some("");
        let (step, own) = (&command.step, command.params.given("id"));
        let own = own.filter(|own| command.is_daemon || is_name(own));
        let holder = Holder {
            is_label: own.is_none(),
            may_be_absent: may_be_absent || step.given("when").is_some(),
        };
        let Some(spot) = own.or_else(|| step.given("id")) else {
            return;
        };
        if !is_name(&spot) {
            return self.nameless(command, &spot);
        }
        let Some(id) = literal(&spot) else {
            before.is_open = true;
            return;
        };
        let other = before.ids.get(&id).copied();
        if other.is_some_and(|other| holder.clashes_with(other)) {
            let message = format!("another daemon has the id `{}`", clip(&id));
            let report = spot.warning("repeated-id", message);
            self.sink
                .push(report.note("who depends on it waits for one of them alone"));
        }
        if other.is_none_or(|other| other.may_be_absent) {
            before.ids.insert(id, holder);
        }
    }

    /// An empty id; what is no daemon of its own step has none then.
    fn nameless(&mut self, command: &Command<'_>, id: &Spot<'_>) {
        if command.is_daemon {
            let report = id.error("bad-choice", "the `id` of a daemon is a name, not \"\"");
            self.sink
                .push(report.hint("give it a name, or leave the `id` out"));
        }
    }

    /// What is for daemons, of a command that is none.
    fn misplaced_daemon(&mut self, command: &Command<'_>, stays_up: bool) {
        let keys: &[&str] = match (command.is_daemon, stays_up) {
            (true, _) => &[],
            (false, true) => &["dependsOn", "ready"],
            (false, false) => &["dependsOn", "ready", "restart"],
        };
        for key in keys {
            if let Some(value) = command.params.given(key) {
                let message = format!("`{key}` is for daemons, and this command is none");
                let report = value.warning("not-a-daemon", message);
                self.sink.push(report.hint("add `\"daemon\": true`"));
            }
        }
    }

    fn dependencies(&mut self, params: &Spot<'_>, before: &Named) {
        let Some(depends) = params.given("dependsOn").filter(|_| !before.is_open) else {
            return;
        };
        let items: Vec<_> = match depends.node.as_array() {
            Some(_) => depends.items().collect(),
            None => Vec::from([depends]),
        };
        for item in items {
            let name = literal(&item).filter(|name| !before.ids.contains_key(name));
            let Some(name) = name else {
                continue;
            };
            let message = format!("no daemon of an earlier step has the id `{}`", clip(&name));
            let report = item.error("bad-dependency", message);
            let meant = self.suggestion(&name, before.ids.keys().map(String::as_str));
            self.sink.push(match meant {
                Some(meant) => report.hint(format!("did you mean `{meant}`?")),
                None => report.hint("give the other daemon an `id`, and start it before this one"),
            });
        }
    }
}

/// The steps of a list that run a command.
fn commands<'n, 's>(
    root: &Spot<'n>,
    list: &str,
    steps: &'s [Step],
) -> impl Iterator<Item = Command<'n>> + use<'n, 's> {
    let spots = root.get(list).into_iter().flat_map(|list| list.items());
    let runs = spots
        .zip(steps)
        .filter(|(_, step)| step.method == Method::ShellRun);
    runs.filter_map(|(step, _)| {
        let params = step
            .given("params")
            .filter(|params| params.node.is_object())?;
        Some(Command {
            step,
            is_daemon: is_daemon(&params),
            params,
        })
    })
}

/// Whether a command with these is a daemon; a template may make it one.
pub(super) fn is_daemon(params: &Spot<'_>) -> bool {
    let daemon = params.given("daemon").map(|daemon| daemon.node);
    daemon.is_some_and(|d| d.is_truthy() && d.as_str() != Some("false"))
}

/// The ids that daemons depend on.
pub(super) fn dependencies(root: &Spot<'_>) -> Vec<String> {
    let steps = root.get("run");
    let depends = steps.iter().flat_map(Spot::items).filter_map(|step| {
        let depends = step.given("params")?.given("dependsOn")?;
        Some(depends.node.to_value())
    });
    let names = depends.flat_map(|value| match value {
        Value::Array(items) => items,
        other => Vec::from([other]),
    });
    names.map(|name| name.to_text()).collect()
}

impl Holder {
    /// Whether an id means two daemons, and nothing else says so: of two labels the steps are told.
    const fn clashes_with(self, other: Self) -> bool {
        let are_labels = self.is_label && other.is_label;
        !(self.may_be_absent || other.may_be_absent || are_labels)
    }
}

/// Whether the fault is in what stands there: what a template gives is known when the step is run.
fn stands(fault: &Fault, spot: &Spot<'_>) -> bool {
    let is_open = |text: Option<&str>| text.is_some_and(is_template);
    let mut members = spot.node.members().iter();
    let is_known = match fault.problem {
        Problem::Key { .. } => true,
        Problem::Missing(_) => !members.any(|m| is_template(&m.key) || m.value.is_missing()),
        Problem::Several { .. } => !members.any(|member| is_open(member.value.as_str())),
        _ => !is_open(spot.node.as_str()),
    };
    is_known && !is_template(&fault.pointer)
}

/// The code of a fault, and the words for it.
fn told(fault: &Fault) -> (&'static str, String) {
    let name = dotted(&fault.pointer);
    let is = |expected: &str, found: &str| format!("`{name}` is {expected}, not {}", clip(found));
    match &fault.problem {
        Problem::Kind { expected, found } => ("wrong-type", is(expected, found)),
        Problem::Range { expected, found }
        | Problem::Name {
            expected, found, ..
        } => ("bad-choice", is(expected, found)),
        Problem::Key { expected, found } => {
            let found = clip(found);
            (
                "bad-choice",
                format!("a rule is for {expected}, not for {found}"),
            )
        }
        Problem::Missing(expected) => ("missing-parameter", format!("`{name}` needs {expected}")),
        Problem::Several { expected, found } => (
            "bad-choice",
            format!("`{name}` has {expected}, not {found}"),
        ),
        Problem::Pattern { text, error } => {
            let text = clip(text);
            (
                "bad-pattern",
                format!("`{text}` cannot be used as a pattern: {error}"),
            )
        }
        Problem::Address { text, error } => {
            let text = clip(text);
            (
                "bad-choice",
                format!("`{name}` cannot be asked: {error}, not {text:?}"),
            )
        }
    }
}

/// Where the key stands of the value that a pointer names.
fn key_span(params: &Spot<'_>, pointer: &str) -> Option<Range<usize>> {
    let (object, _) = pointer.rsplit_once('/')?;
    let (object, value) = (params.below(object)?, params.below(pointer)?);
    let mut members = object.node.members().iter();
    let member = members.find(|member| core::ptr::eq(&raw const member.value, value.node))?;
    Some(member.key_span.clone())
}

/// `restart.giveUp.within`
fn dotted(pointer: &str) -> String {
    let name = pointer.trim_start_matches('/').replace('/', ".");
    clip(&name.replace("~1", "/").replace("~0", "~"))
}

/// A name that stands there.
fn literal(spot: &Spot<'_>) -> Option<String> {
    match &spot.node.kind {
        Kind::String(text) if !is_template(text) => Some(text.clone().into_owned()),
        Kind::Number(_) => Some(spot.node.to_value().to_text()),
        _ => None,
    }
}
