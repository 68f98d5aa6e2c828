//! What happens in one run, as a plan says it.

use crate::{guard, notes::Notes, words::Words};
use collodi_api::{Effect, PlanEnding, PlanStep};
use collodi_run::Event;
use collodi_script::{Method, Script, Step, StepAt};
use collodi_value::Value;
use std::{collections::BTreeMap, sync::Arc};

/// How often a step is told of; more often it goes round in circles.
const TOLD: usize = 3;
/// The most notes and effects of one step.
const MOST: usize = 1_000;

/// Writes down one run.
#[derive(Debug)]
pub(crate) struct Record {
    /// What the script is called, when it is not the one that the plan is of.
    pub(crate) name: Option<String>,
    script: Arc<Script>,
    /// The lines of its steps.
    lines: BTreeMap<StepAt, usize>,
    /// Steps whose success is taken for granted, and why.
    assumed: BTreeMap<StepAt, String>,
    steps: Vec<PlanStep>,
    /// Steps that have begun and are not done: their places among `steps`, unless they were
    /// told of often enough.
    open: BTreeMap<StepAt, Option<usize>>,
    /// What happens before a step is begun: its templates ask.
    early: BTreeMap<StepAt, Early>,
    told: BTreeMap<StepAt, usize>,
}

#[derive(Debug, Default)]
struct Early {
    effects: Vec<Effect>,
    notes: Vec<String>,
}

impl Record {
    /// A record of a script, as its text `source` has it.
    pub(crate) fn new(
        name: Option<String>,
        script: Arc<Script>,
        source: &str,
        assumed: BTreeMap<StepAt, String>,
    ) -> Self {
        Self {
            name,
            lines: lines(&script, source),
            script,
            assumed,
            steps: Vec::new(),
            open: BTreeMap::new(),
            early: BTreeMap::new(),
            told: BTreeMap::new(),
        }
    }

    /// A step as people call it, in whichever script.
    pub(crate) fn step_name(&self, at: &StepAt) -> String {
        let of = self.name.as_ref().map(|name| format!(" of {name}"));
        format!("step {}{}", at.counted(), of.unwrap_or_default())
    }

    /// Something that is taken for granted about a step, once.
    pub(crate) fn assume(&self, notes: &mut Notes, at: &StepAt, text: impl Into<String>) {
        notes.assume_of(self.name.as_deref(), at, text.into());
    }

    /// The steps, and the ending as it is shown. Nothing is left.
    pub(crate) fn finish(
        &mut self,
        mut ending: PlanEnding,
        notes: &mut Notes,
    ) -> (Vec<PlanStep>, PlanEnding) {
        ending.reason = ending.reason.map(|reason| notes.words.show(&reason));
        for (at, times) in core::mem::take(&mut self.told) {
            if times > TOLD {
                let text = format!("it is done {times} times; {TOLD} of them are told");
                self.assume(notes, &at, text);
            }
        }
        self.open.clear();
        (core::mem::take(&mut self.steps), ending)
    }

    /// Something that a step does.
    pub(crate) fn effect(&mut self, at: &StepAt, effect: Effect) {
        let list = match self.open.get(at) {
            Some(Some(place)) => self.steps.get_mut(*place).map(|step| &mut step.effects),
            Some(None) => None,
            None => Some(&mut self.early.entry(at.clone()).or_default().effects),
        };
        if let Some(list) = list.filter(|list| list.len() < MOST) {
            list.push(effect);
        }
    }

    /// The step that waits for something else than its commands waits this long.
    pub(crate) fn waits(&mut self, reason: String) {
        let waiting = self.open.keys().find(|at| {
            let step = self.script.step(at);
            step.is_some_and(|step| step.method == Method::ProcessWait)
        });
        if let Some(at) = waiting.cloned() {
            self.effect(&at, Effect::Wait { reason });
        }
    }

    /// Marks the last command of a step: it goes on when the step is done.
    pub(crate) fn lives_on(&mut self, at: &StepAt) {
        let effects = self.last(at).into_iter();
        let mut effects = effects.flat_map(|step| step.effects.iter_mut().rev());
        let command = effects.find_map(|effect| match effect {
            Effect::Command(command) => Some(command),
            _ => None,
        });
        if let Some(command) = command {
            command.lives_on = true;
        }
    }

    /// What was told last of a step.
    fn last(&mut self, at: &StepAt) -> Option<&mut PlanStep> {
        let mut steps = self.steps.iter_mut().rev();
        steps.find(|step| step.step == at.index && step.list.as_deref() == at.list.name())
    }

    /// Something that the run tells.
    pub(crate) fn event(
        &mut self,
        event: &Event,
        notes: &mut Notes,
        skipped: impl FnOnce(&Step, &Words) -> String,
    ) {
        match event {
            Event::StepStarted { step, .. } => self.begin(step, None, notes),
            Event::StepSkipped { step: at } => {
                let script = Arc::clone(&self.script);
                let why = script.step(at).map(|step| skipped(step, &notes.words));
                self.begin(at, Some(why.unwrap_or_default()), notes);
                self.open.remove(at);
            }
            Event::StepDone { step } => {
                self.open.remove(step);
            }
            Event::Log { step, text } => {
                let text = notes.words.show(text);
                self.effect(step, Effect::Log { text });
            }
            Event::Show {
                step,
                method,
                params,
            } if !self.assumed.contains_key(step) => {
                let (method, params) = (method.clone(), notes.words.show(params));
                self.effect(step, Effect::Show { method, params });
            }
            Event::Note { step, text } => self.note(step, notes.words.show(text)),
            _ => {}
        }
    }

    fn begin(&mut self, at: &StepAt, skipped: Option<String>, notes: &mut Notes) {
        let early = self.early.remove(at).unwrap_or_default();
        let is_done = skipped.is_none();
        let told = self.told.entry(at.clone()).or_default();
        *told += 1;
        let is_told = *told <= TOLD;
        let script = Arc::clone(&self.script);
        let step = script.step(at).filter(|_| is_told);
        let place = step.map(|_| self.steps.len());
        self.open.insert(at.clone(), place);
        let Some(step) = step else {
            return;
        };
        self.steps.push(PlanStep {
            step: at.index,
            list: at.list.name().map(ToOwned::to_owned),
            method: step.method.name().to_owned(),
            pointer: at.pointer(),
            line: self.lines.get(at).copied().unwrap_or_default(),
            when: guard::text(step),
            skipped,
            effects: early.effects,
            notes: early.notes,
        });
        for text in triggers(step).into_iter().filter(|_| is_done) {
            let text = notes.words.show(&text);
            self.assume(notes, at, text);
        }
        if let Some(why) = self.assumed.get(at) {
            let why = format!("it succeeds ({why}), and gives nothing to later steps");
            let text = notes.words.show(&Self::in_words(step));
            self.assume(notes, at, why);
            self.effect(at, Effect::Other { text });
        }
    }

    /// The step as the script has it.
    fn in_words(step: &Step) -> String {
        let params = Some(step.params.source()).filter(|params| *params != Value::Null);
        let params = params.as_ref().map(Value::to_json).unwrap_or_default();
        format!("{} {params}", step.method)
    }

    fn note(&mut self, at: &StepAt, text: String) {
        let list = match self.open.get(at) {
            Some(None) => None,
            Some(Some(_)) => self.last(at).map(|step| &mut step.notes),
            None => Some(&mut self.early.entry(at.clone()).or_default().notes),
        };
        if let Some(list) = list.filter(|list| list.len() < MOST) {
            list.push(text);
        }
    }
}

/// The lists that the step's handlers may begin, in words.
fn triggers(step: &Step) -> Vec<String> {
    let params = step.params.source();
    let handlers = params.pointer("/on").and_then(Value::as_array);
    let handlers = handlers.unwrap_or_default().iter();
    let text = |handler: &Value, key| Some(handler.pointer(key)?.as_str()?.to_owned());
    let named = handlers.filter_map(|handler| {
        let list = text(handler, "/trigger")?;
        let event = text(handler, "/event").unwrap_or_default();
        Some(format!(
            "it may begin the list `{list}`, when a command says {event}; those steps are not played"
        ))
    });
    named.collect()
}

/// The line of each step, counted from 1.
fn lines(script: &Script, source: &str) -> BTreeMap<StepAt, usize> {
    let steps = script.all_steps().map(|(at, step)| (step.span.start, at));
    let mut steps: Vec<_> = steps.collect();
    steps.sort_unstable();
    let (mut seen, mut line) = (0, 1);
    let of_step = |(start, at)| {
        let between = source.as_bytes().get(seen..start);
        let ends = between.unwrap_or_default().iter();
        line += ends.filter(|byte| **byte == b'\n').count();
        seen = start.max(seen);
        (at, line)
    };
    steps.into_iter().map(of_step).collect()
}
