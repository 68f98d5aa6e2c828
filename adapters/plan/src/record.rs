//! What happens in one run, as a plan says it.

use crate::{guard, notes::Notes, words::Words};
use collodi_api::{Effect, PlanEnding, PlanStep};
use collodi_run::Event;
use collodi_script::{Script, Step};
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
    lines: Vec<usize>,
    /// Steps whose success is taken for granted, and why.
    assumed: BTreeMap<usize, String>,
    steps: Vec<PlanStep>,
    /// What happens before the next step is begun: its templates ask.
    early: Vec<Effect>,
    told: BTreeMap<usize, usize>,
    /// Whether what happens belongs to a step that was told of often enough.
    silent: bool,
    in_step: bool,
}

impl Record {
    /// A record of a script, as its text `source` has it.
    pub(crate) fn new(
        name: Option<String>,
        script: Arc<Script>,
        source: &str,
        assumed: BTreeMap<usize, String>,
    ) -> Self {
        Self {
            name,
            lines: lines(&script, source),
            script,
            assumed,
            steps: Vec::new(),
            early: Vec::new(),
            told: BTreeMap::new(),
            silent: false,
            in_step: false,
        }
    }

    /// A step as people call it, in whichever script.
    pub(crate) fn step_name(&self, step: usize) -> String {
        let of = self.name.as_ref().map(|name| format!(" of {name}"));
        format!("step {}{}", step + 1, of.unwrap_or_default())
    }

    /// Something that is taken for granted about a step, once.
    pub(crate) fn assume(&self, notes: &mut Notes, step: usize, text: impl Into<String>) {
        notes.assume_of(self.name.as_deref(), step, text.into());
    }

    /// The steps, and the ending as it is shown. Nothing is left.
    pub(crate) fn finish(
        &mut self,
        mut ending: PlanEnding,
        notes: &mut Notes,
    ) -> (Vec<PlanStep>, PlanEnding) {
        ending.reason = ending.reason.map(|reason| notes.words.show(&reason));
        for (step, times) in self.told.iter().filter(|(_, times)| **times > TOLD) {
            let text = format!("it is done {times} times; {TOLD} of them are told");
            self.assume(notes, *step, text);
        }
        (core::mem::take(&mut self.steps), ending)
    }

    /// Something that a step does.
    pub(crate) fn effect(&mut self, effect: Effect) {
        let list = match self.steps.last_mut() {
            Some(step) if self.in_step => &mut step.effects,
            _ => &mut self.early,
        };
        if list.len() < MOST && !(self.silent && self.in_step) {
            list.push(effect);
        }
    }

    /// Marks the last command of a step: it goes on when the step is done.
    pub(crate) fn lives_on(&mut self, index: usize) {
        let mut steps = self.steps.iter_mut().rev();
        let step = steps.find(|step| step.step == index);
        let effects = step
            .into_iter()
            .flat_map(|step| step.effects.iter_mut().rev());
        for effect in effects {
            if let Effect::Command(command) = effect {
                command.lives_on = true;
                return;
            }
        }
    }

    /// Something that the run tells.
    pub(crate) fn event(
        &mut self,
        event: &Event,
        notes: &mut Notes,
        skipped: impl FnOnce(&Step, &Words) -> String,
    ) {
        match event {
            Event::StepStarted { step, .. } => self.begin(*step, None, notes),
            Event::StepSkipped { step } => {
                let script = self.script.clone();
                let why = script
                    .steps
                    .get(*step)
                    .map(|step| skipped(step, &notes.words));
                self.begin(*step, Some(why.unwrap_or_default()), notes);
                self.in_step = false;
            }
            Event::StepDone { .. } => self.in_step = false,
            Event::Log { text, .. } => {
                let text = notes.words.show(text);
                self.effect(Effect::Log { text });
            }
            Event::Show {
                step,
                method,
                params,
            } if !self.assumed.contains_key(step) => {
                let (method, params) = (method.clone(), notes.words.show(params));
                self.effect(Effect::Show { method, params });
            }
            Event::Note { text, .. } => self.note(notes.words.show(text)),
            _ => {}
        }
    }

    fn begin(&mut self, index: usize, skipped: Option<String>, notes: &mut Notes) {
        let early = core::mem::take(&mut self.early);
        let told = self.told.entry(index).or_default();
        *told += 1;
        self.silent = *told > TOLD;
        self.in_step = true;
        let Some(step) = self.script.steps.get(index).filter(|_| !self.silent) else {
            return;
        };
        self.steps.push(PlanStep {
            step: index,
            method: step.method.name().to_owned(),
            pointer: step.pointer.clone(),
            line: self.lines.get(index).copied().unwrap_or_default(),
            when: guard::text(step),
            skipped,
            effects: early,
            notes: Vec::new(),
        });
        if let Some(why) = self.assumed.get(&index) {
            let params = self
                .script
                .value
                .pointer(&format!("{}/params", step.pointer));
            let params = params
                .map(collodi_value::Value::to_json)
                .unwrap_or_default();
            let text = notes.words.show(&format!("{} {params}", step.method));
            let why = format!("it succeeds ({why}), and gives nothing to later steps");
            self.assume(notes, index, why);
            self.effect(Effect::Other { text });
        }
    }

    fn note(&mut self, text: String) {
        if let Some(step) = self.steps.last_mut()
            && step.notes.len() < MOST
            && !self.silent
        {
            step.notes.push(text);
        }
    }
}

/// The line of each step, counted from 1.
fn lines(script: &Script, source: &str) -> Vec<usize> {
    let (mut at, mut line) = (0, 1);
    let of_step = |step: &Step| {
        let between = source.as_bytes().get(at..step.span.start);
        let ends = between.unwrap_or_default().iter();
        line += ends.filter(|byte| **byte == b'\n').count();
        at = at.max(step.span.start);
        line
    };
    script.steps.iter().map(of_step).collect()
}
