//! A plan for people.

use crate::failure::{ERROR, HINT};
use anstyle::{AnsiColor, Effects, Style};
use collodi_api::{
    Effect, FileEffect, Plan, PlanEnding, PlanStatus, PlanStep, PlannedCommand, PlannedSandbox,
    PlannedScript, PlannedVariable,
};
use collodi_logs::plain;
use collodi_script::locate;
use std::collections::BTreeMap;

const STEP: Style = AnsiColor::Blue.on_default().effects(Effects::BOLD);
const GOOD: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
const WARN: Style = AnsiColor::Yellow.on_default();
const DIM: Style = Style::new().effects(Effects::DIMMED);

/// Shows a plan of a script with the text `source`; with `env`, every variable.
pub(super) fn show(plan: &Plan, source: &str, env: bool) {
    let (app, root, file) = (&plan.app_id, &plan.root, &plan.file);
    say!(
        "{STEP}{app}{STEP:#}  {DIM}{root}/{file}, {} dialect{DIM:#}",
        plan.dialect
    );
    plan.sandbox
        .iter()
        .for_each(|sandbox| say!("{}", kept_in(sandbox)));
    let mut shown = Shown {
        env,
        root,
        indent: String::new(),
        last: None,
    };
    plan.steps.iter().for_each(|step| shown.step(step));
    ending(&plan.ending, source);
    if !plan.assumptions.is_empty() {
        say!("\nassumed:");
    }
    for assumption in &plan.assumptions {
        let list = assumption.list.as_ref().map(|list| format!("{list}/"));
        let list = list.unwrap_or_default();
        let step = assumption
            .step
            .map(|step| format!("step {list}{}", step + 1));
        let script = assumption.script.as_ref();
        let script = script.map(|script| format!(" of {}", plain(script)));
        let of = step.map(|step| format!("{step}{}: ", script.unwrap_or_default()));
        say!("  - {}{}", of.unwrap_or_default(), plain(&assumption.text));
    }
    say!("\n{}", sum(plan));
}

/// What all commands of a script are kept in, in a line.
fn kept_in(sandbox: &PlannedSandbox) -> String {
    let level = &sandbox.level;
    if let Some(why) = &sandbox.refused {
        return format!(
            "{WARN}{level}: no command would be started: {}{WARN:#}",
            plain(why)
        );
    }
    let by = sandbox.mechanism.as_deref().unwrap_or_default();
    let missing = match sandbox.missing.is_empty() {
        true => "all of it".to_owned(),
        false => format!("all of it but {}", sandbox.missing.join(", ")),
    };
    format!("{DIM}{level}: {by} holds {missing} here, for every command{DIM:#}")
}

struct Shown<'a> {
    env: bool,
    /// The folder of the app whose script is shown.
    root: &'a str,
    /// What stands before every line of the script.
    indent: String,
    /// The variables that were shown last.
    last: Option<&'a [PlannedVariable]>,
}

impl<'a> Shown<'a> {
    fn step(&mut self, step: &'a PlanStep) {
        let indent = self.indent.clone();
        let (number, method, line) = (step.step + 1, &step.method, step.line);
        let list = step.list.as_ref().map(|list| format!("{} ", plain(list)));
        let list = list.unwrap_or_default();
        say!("{indent}{STEP}{list}[{number}]{STEP:#} {method}  {DIM}line {line}{DIM:#}");
        if let Some(why) = &step.skipped {
            say!("{indent}      {DIM}left out: {}{DIM:#}", plain(why));
        } else if let Some(when) = &step.when {
            say!("{indent}      {DIM}because {} holds{DIM:#}", plain(when));
        }
        for effect in &step.effects {
            self.effect(effect);
        }
        for note in &step.notes {
            say!("{indent}      {WARN}note: {}{WARN:#}", plain(note));
        }
    }

    /// The steps of a script that a step runs, further in.
    fn script(&mut self, script: &'a PlannedScript) {
        let outer = (self.root, self.indent.clone());
        self.indent += "      ";
        let (indent, root, file) = (&self.indent, &script.root, &script.file);
        say!(
            "{indent}{DIM}{root}/{DIM:#}{STEP}{}{STEP:#}  {DIM}with {}{DIM:#}",
            plain(file),
            plain(&script.args)
        );
        script
            .sandbox
            .iter()
            .for_each(|sandbox| say!("{indent}{}", kept_in(sandbox)));
        self.root = root;
        script.steps.iter().for_each(|step| self.step(step));
        let indent = &self.indent;
        let (style, words) = verdict(script.ending.status);
        let reason = reason(&script.ending);
        say!("{indent}{style}{words}{style:#}{reason}");
        (self.root, self.indent) = outer;
    }

    fn effect(&mut self, effect: &'a Effect) {
        let (indent, root) = (self.indent.clone(), self.root);
        let below = |path: &str| {
            let rest = path
                .strip_prefix(root)
                .and_then(|rest| rest.strip_prefix('/'));
            rest.map_or_else(|| path.to_owned(), str::to_owned)
        };
        match effect {
            Effect::Command(command) => self.command(command, &below(&command.cwd)),
            Effect::Typed { line } => say!("{indent}      > {}", plain(line)),
            Effect::Environment {
                path,
                python,
                exists,
            } => {
                let of = python
                    .as_ref()
                    .map(|python| format!(" with Python {python}"));
                let verb = if *exists { "use" } else { "make" };
                let (path, of) = (below(path), of.unwrap_or_default());
                say!("{indent}      {verb} the Python environment {path}{of}");
            }
            Effect::File { .. } => say!("{indent}      {}", file(effect, &below)),
            Effect::Port { from } => say!("{indent}      take a free port from {from} on"),
            Effect::Connect { address } => say!("{indent}      connect to {}", plain(address)),
            Effect::Network { method, url, to } => {
                let verb = method.as_deref().unwrap_or("download");
                let to = to.as_deref().map(|to| format!(" to {}", below(to)));
                say!(
                    "{indent}      network: {verb} {}{}",
                    plain(url),
                    plain(&to.unwrap_or_default())
                );
            }
            Effect::Ask { fields } => say!("{indent}      ask for {}", plain(&fields.join(", "))),
            Effect::Show { method, params } => {
                say!("{indent}      {DIM}event {method} {}{DIM:#}", plain(params));
            }
            Effect::Log { text } => say!("{indent}      log {}", plain(text)),
            Effect::Wait { reason } => say!("{indent}      wait: {}", plain(reason)),
            Effect::Script(script) => self.script(script),
            Effect::Other { text } => say!("{indent}      {WARN}{}{WARN:#}", plain(text)),
        }
    }

    fn command(&mut self, command: &'a PlannedCommand, cwd: &str) {
        let indent = self.indent.clone();
        for (i, line) in command.line.lines().enumerate() {
            let mark = if i == 0 { '$' } else { ' ' };
            say!("{indent}      {mark} {}", plain(line));
        }
        let daemon = command.daemon.then_some("a daemon");
        let restarts = command.restarts.then_some("started again when it ends");
        let lives_on = command.lives_on.then_some("goes on after the step");
        let facts = [daemon, restarts, lives_on].into_iter().flatten();
        let facts: String = facts.map(|fact| format!(", {fact}")).collect();
        say!("{indent}        {DIM}in {cwd}{facts}{DIM:#}");
        for fetched in &command.network {
            say!("{indent}        network: {}", plain(fetched));
        }
        self.variables(&command.env);
    }

    fn variables(&mut self, env: &'a [PlannedVariable]) {
        let indent = self.indent.clone();
        if self.last == Some(env) {
            return say!("{indent}        {DIM}variables as before{DIM:#}");
        }
        let before = self.last.replace(env).unwrap_or_default();
        if self.env {
            env.iter()
                .for_each(|variable| say!("{indent}        {}", in_full(variable)));
            return;
        }
        if !before.is_empty() {
            say!("{indent}        {DIM}variables as before, but{DIM:#}");
        }
        let has = |name: &str| env.iter().any(|variable| variable.name == name);
        let gone = before
            .iter()
            .filter(|old| old.passed && !has(&old.name))
            .map(|old| plain(&old.name).into_owned());
        let gone: Vec<_> = gone.collect();
        if !gone.is_empty() {
            say!("{indent}        {DIM}without {}{DIM:#}", gone.join(", "));
        }
        let mut groups: BTreeMap<(bool, &str), Vec<String>> = BTreeMap::new();
        for variable in env.iter().filter(|variable| !before.contains(variable)) {
            let group = (!variable.passed, in_short(&variable.rule));
            groups.entry(group).or_default().push(in_brief(variable));
        }
        for ((dropped, rule), names) in groups {
            let what = if dropped { "without" } else { "with" };
            if dropped && rule == NOT_LISTED {
                let count = names.len();
                say!("{indent}        {DIM}without {count} variables of the host: {rule}{DIM:#}");
            } else {
                say!(
                    "{indent}        {DIM}{what} {}: {rule}{DIM:#}",
                    names.join(", ")
                );
            }
        }
    }
}

/// The rule that leaves out most of what a host has.
const NOT_LISTED: &str = "not in the list of what is inherited";

/// A rule without the pattern in it, which is mostly the name again.
fn in_short(rule: &str) -> &str {
    let shorts = [
        "inherited",
        "withheld from the host",
        "the host needs a grant",
    ];
    let short = shorts.into_iter().find(|short| rule.starts_with(short));
    short.unwrap_or(rule)
}

/// The name; with its value, when it is not just the host's.
fn in_brief(variable: &PlannedVariable) -> String {
    let name = plain(&variable.name);
    match &variable.value {
        Some(value) if variable.rule.contains("set") => format!("{name}={}", plain(value)),
        None if variable.passed => format!("{name} (secret)"),
        _ => name.into_owned(),
    }
}

fn in_full(variable: &PlannedVariable) -> String {
    let (name, rule) = (plain(&variable.name), &variable.rule);
    match &variable.value {
        Some(value) => format!("{name}={}  {DIM}{rule}{DIM:#}", plain(value)),
        None if variable.passed => format!("{name}=<secret>  {DIM}{rule}{DIM:#}"),
        None => format!("{DIM}without {name}: {rule}{DIM:#}"),
    }
}

fn file(effect: &Effect, below: &impl Fn(&str) -> String) -> String {
    let Effect::File {
        what,
        path,
        from,
        exists,
        bytes,
    } = effect
    else {
        return String::new();
    };
    let path = match below(path) {
        path if path.is_empty() => ".".to_owned(),
        path => plain(&path).into_owned(),
    };
    let there = |yes: &str, no: &str| {
        if *exists {
            yes.to_owned()
        } else {
            no.to_owned()
        }
    };
    let from = from.as_ref().map(|from| below(from)).unwrap_or_default();
    let size = bytes
        .map(|bytes| format!(", {bytes} bytes"))
        .unwrap_or_default();
    match what {
        FileEffect::Read => format!("read {path}{}", there("", ", which is not there")),
        FileEffect::Look => format!("look at {path}: {}", there("it is there", "not there")),
        FileEffect::Write => format!("{} {path}{size}", there("replace", "write")),
        FileEffect::Append => format!("append to {path}{size}"),
        FileEffect::MakeDir => format!("folder {path}{}", there(", which is there", "")),
        FileEffect::Delete => format!("delete {path}{}", there("", ", which is not there")),
        FileEffect::Copy => format!("copy {from} to {path}"),
        FileEffect::Move => format!("move {from} to {path}"),
        FileEffect::List => format!("list {path}"),
    }
}

fn ending(ending: &PlanEnding, source: &str) {
    let (style, words) = verdict(ending.status);
    let place = ending.pointer.as_ref().map(|at| locate(source, at));
    let place = place
        .map(|place| format!(" at {place}"))
        .unwrap_or_default();
    say!("{style}{words}{style:#}{place}{}", reason(ending));
    if let Some(hint) = &ending.hint {
        say!("{HINT}hint:{HINT:#} {hint}");
    }
}

const fn verdict(status: PlanStatus) -> (Style, &'static str) {
    match status {
        PlanStatus::Completed => (GOOD, "then it is done"),
        PlanStatus::Serving => (GOOD, "then it stays up until it is stopped"),
        PlanStatus::StoppedEarly => (GOOD, "then `script.return` ends it"),
        PlanStatus::Failed => (ERROR, "then it fails"),
        PlanStatus::Waiting => (GOOD, "then it waits until it is stopped"),
        PlanStatus::Endless => (WARN, "it goes on and on; the plan was cut off here"),
    }
}

fn reason(ending: &PlanEnding) -> String {
    let reason = ending.reason.as_ref();
    let reason = reason.map(|reason| format!(": {}", plain(reason)));
    reason.unwrap_or_default()
}

/// All steps, those of scripts that are run too.
fn all_steps(plan: &Plan) -> Vec<&PlanStep> {
    let mut all: Vec<&PlanStep> = plan.steps.iter().collect();
    let mut seen = 0;
    while let Some(step) = all.get(seen).copied() {
        seen += 1;
        for effect in &step.effects {
            if let Effect::Script(script) = effect {
                all.extend(&script.steps);
            }
        }
    }
    all
}

/// The numbers.
fn sum(plan: &Plan) -> String {
    let steps = all_steps(plan);
    let effects = || steps.iter().flat_map(|step| &step.effects);
    let count = |of: fn(&Effect) -> bool| effects().filter(|effect| of(effect)).count();
    let commands = count(|e| matches!(e, Effect::Command(_)));
    let daemons = count(|e| matches!(e, Effect::Command(c) if c.daemon || c.lives_on));
    let is = |what| move |e: &&Effect| matches!(e, Effect::File { what: w, .. } if *w == what);
    let written = effects().filter(is(FileEffect::Write)).count();
    let deleted = effects().filter(is(FileEffect::Delete)).count();
    let left_out = steps.iter().filter(|step| step.skipped.is_some()).count();
    format!(
        "steps: {}, left out: {left_out}; commands: {commands}, of which stay up: {daemons}; \
         files written: {written}, deleted: {deleted}; nothing was run or changed",
        steps.len(),
    )
}
