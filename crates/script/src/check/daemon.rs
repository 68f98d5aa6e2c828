//! What a script says about its daemons.

use super::{
    Checker,
    spot::{Spot, is_template},
};
use crate::{
    Method, Script,
    json::{Kind, Member},
    schema::{Kinds, Param},
    sink::clip,
    table::{GIVE_UP_KEYS, READY_KEYS, RESTART_KEYS},
};
use alloc::{format, string::String, vec::Vec};
use collodi_value::Value;
use core::fmt;

/// What is looked at to find out whether a daemon is up: one of these.
const PROBES: [&str; 4] = ["pattern", "port", "http", "command"];
/// After which deaths a daemon is started again.
const POLICIES: [&str; 4] = ["never", "on-failure", "always", "unless-stopped"];
/// What a rule says.
const VERDICTS: [&str; 3] = ["restart", "restart-now", "leave"];

impl Checker<'_, '_> {
    /// The parameters of one step.
    pub(super) fn daemon(&mut self, params: &Spot<'_>) {
        if let Some(ready) = params.given("ready").filter(|ready| ready.node.is_object()) {
            self.ready(&ready);
        }
        if let Some(restart) = params.given("restart") {
            self.restart(&restart);
        }
    }

    fn ready(&mut self, ready: &Spot<'_>) {
        self.members("ready", ready, READY_KEYS);
        let given = PROBES.iter().filter(|probe| ready.given(probe).is_some());
        if given.count() != 1 && !has_template_key(ready) {
            let message = "`ready` has one of `pattern`, `port`, `http` and `command`";
            self.sink.push(ready.error("missing-parameter", message));
        }
        if let Some(pattern) = ready.given("pattern") {
            self.event(&pattern);
        }
        if let Some(port) = ready.given("port")
            && let Kind::Number(number) = port.node.kind
            && !(1.0..=65_535.0).contains(&number)
        {
            let message = "`port` is a number from 1 to 65535";
            self.sink.push(port.error("bad-choice", message));
        }
    }

    fn restart(&mut self, restart: &Spot<'_>) {
        if let Some(text) = restart.static_text() {
            return self.choice("restart", text, restart, &POLICIES);
        }
        if !restart.node.is_object() {
            return;
        }
        self.members("restart", restart, RESTART_KEYS);
        if let Some(policy) = restart.given("policy")
            && let Some(text) = policy.static_text()
        {
            self.choice("policy", text, &policy, &POLICIES);
        }
        if let Some(give_up) = restart.given("giveUp").filter(|g| g.node.is_object()) {
            self.members("giveUp", &give_up, GIVE_UP_KEYS);
        }
        let rules = restart.given("rules");
        for (member, then) in rules.iter().flat_map(Spot::members) {
            let text = then.static_text().unwrap_or_default();
            self.choice(&member.key, text, &then, &VERDICTS);
        }
    }

    fn choice(&mut self, key: &str, text: &str, spot: &Spot<'_>, names: &[&str]) {
        if !names.contains(&text) {
            self.not_one_of(key, text, spot, names);
        }
    }

    /// The keys of an object, with their kinds.
    fn members(&mut self, what: &str, object: &Spot<'_>, known: &'static [Param]) {
        for (member, value) in object.members() {
            match known.iter().find(|param| param.name == member.key) {
                Some(param) => self.kind(format_args!("`{}`", param.name), &value, param.kinds),
                None => self.unknown_member(format_args!("`{what}`"), member, &value, known),
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
        let Some(run) = root.get("run") else {
            return;
        };
        let mut before = Vec::new();
        for (spot, step) in run.items().zip(&script.steps) {
            let params = spot.given("params").filter(|p| p.node.is_object());
            let Some(params) = params.filter(|_| step.method == Method::ShellRun) else {
                continue;
            };
            let daemon = params.given("daemon").map(|daemon| daemon.node);
            let is_daemon = daemon.is_some_and(|d| d.is_truthy() && d.as_str() != Some("false"));
            self.misplaced_daemon(&params, is_daemon, script.daemon);
            self.dependencies(&params, &before);
            let name = params.given("id").or_else(|| spot.given("id"));
            let name = name.filter(|_| is_daemon || script.daemon);
            before.extend(name.and_then(|name| name.static_text()));
        }
    }

    /// What is for daemons, of a command that is none.
    fn misplaced_daemon(&mut self, params: &Spot<'_>, is_daemon: bool, stays_up: bool) {
        let keys: &[&str] = match (is_daemon, stays_up) {
            (true, _) => &[],
            (false, true) => &["dependsOn", "ready"],
            (false, false) => &["dependsOn", "ready", "restart"],
        };
        for key in keys {
            if let Some(value) = params.given(key) {
                let message = format!("`{key}` is for daemons, and this command is none");
                let report = value.warning("not-a-daemon", message);
                self.sink.push(report.hint("add `\"daemon\": true`"));
            }
        }
    }

    fn dependencies(&mut self, params: &Spot<'_>, before: &[&str]) {
        let Some(depends) = params.given("dependsOn") else {
            return;
        };
        let items: Vec<_> = match depends.node.as_array() {
            Some(_) => depends.items().collect(),
            None => Vec::from([depends]),
        };
        for item in items {
            self.kind(format_args!("a daemon's id"), &item, Kinds::STRING);
            let Some(text) = item.static_text().filter(|text| !before.contains(text)) else {
                continue;
            };
            let message = format!("no daemon of an earlier step has the id `{}`", clip(text));
            let report = item.error("bad-dependency", message);
            let meant = self.suggestion(text, before.iter().copied());
            self.sink.push(match meant {
                Some(meant) => report.hint(format!("did you mean `{meant}`?")),
                None => report.hint("give the other daemon an `id`, and start it before this one"),
            });
        }
    }
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

fn has_template_key(object: &Spot<'_>) -> bool {
    let mut members = object.node.members().iter();
    members.any(|member| is_template(&member.key))
}
