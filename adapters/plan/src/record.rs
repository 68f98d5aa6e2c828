//! What happens, as a plan says it.

use crate::{assumption, guard, words::Words};
use collodi_api::{Assumption, Effect, Plan, PlanEnding, PlanStep};
use collodi_run::{Event, RunOptions};
use collodi_script::{Step, StepAt};
use collodi_value::Value;
use std::{collections::BTreeMap, sync::Arc};

/// How often a step is told of; more often it goes round in circles.
const TOLD: usize = 3;
/// The most notes and effects of one step.
const MOST: usize = 1_000;

/// Writes a plan.
#[derive(Debug)]
pub(crate) struct Recorder {
    pub(crate) words: Words,
    script: Arc<collodi_script::Script>,
    /// Steps whose success is taken for granted, and why.
    assumed: BTreeMap<StepAt, String>,
    steps: Vec<PlanStep>,
    /// What happens before the next step is begun: its templates ask.
    early: Vec<Effect>,
    told: BTreeMap<StepAt, usize>,
    assumptions: Vec<Assumption>,
    /// Whether what happens belongs to a step that was told of often enough.
    silent: bool,
    in_step: bool,
}

impl Recorder {
    pub(crate) fn new(options: &RunOptions, assumed: &BTreeMap<StepAt, String>) -> Self {
        Self {
            words: Words::new(options),
            script: options.script.clone(),
            assumed: assumed.clone(),
            steps: Vec::new(),
            early: Vec::new(),
            told: BTreeMap::new(),
            assumptions: Vec::new(),
            silent: false,
            in_step: false,
        }
    }

    /// The plan.
    pub(crate) fn finish(mut self, options: &RunOptions, mut ending: PlanEnding) -> Plan {
        ending.reason = ending.reason.map(|reason| self.words.show(&reason));
        for (step, times) in core::mem::take(&mut self.told) {
            if times > TOLD {
                let text = format!("it is done {times} times; {TOLD} of them are told");
                self.assume(Some(&step), text);
            }
        }
        Plan {
            app_id: options.app.name.clone(),
            root: options.app.root.to_string(),
            file: options.app.file.clone(),
            dialect: options.script.dialect.name().to_owned(),
            steps: self.steps,
            ending,
            assumptions: self.assumptions,
        }
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
    pub(crate) fn lives_on(&mut self, at: &StepAt) {
        let mut steps = self.steps.iter_mut().rev();
        let step =
            steps.find(|step| step.step == at.index && step.list.as_deref() == at.list.name());
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

    /// Something that is taken for granted, once.
    pub(crate) fn assume(&mut self, step: Option<&StepAt>, text: impl Into<String>) {
        let new = assumption(step, text);
        if self.assumptions.len() < MOST && !self.assumptions.contains(&new) {
            self.assumptions.push(new);
        }
    }

    /// Something that the run tells.
    pub(crate) fn event(&mut self, event: &Event, skipped: impl FnOnce(&Step, &Words) -> String) {
        match event {
            Event::StepStarted { step, .. } => self.begin(step, None),
            Event::StepSkipped { step } => {
                let script = self.script.clone();
                let why = script.step(step).map(|step| skipped(step, &self.words));
                self.begin(step, Some(why.unwrap_or_default()));
                self.in_step = false;
            }
            Event::StepDone { .. } => self.in_step = false,
            Event::Log { text, .. } => {
                let text = self.words.show(text);
                self.effect(Effect::Log { text });
            }
            Event::Show {
                step,
                method,
                params,
            } if !self.assumed.contains_key(step) => {
                let (method, params) = (method.clone(), self.words.show(params));
                self.effect(Effect::Show { method, params });
            }
            Event::Note { text, .. } => self.note(text),
            _ => {}
        }
    }

    fn begin(&mut self, at: &StepAt, skipped: Option<String>) {
        let early = core::mem::take(&mut self.early);
        let told = self.told.entry(at.clone()).or_default();
        *told += 1;
        self.silent = *told > TOLD;
        self.in_step = true;
        let Some(step) = self.script.step(at).filter(|_| !self.silent) else {
            return;
        };
        self.steps.push(PlanStep {
            step: at.index,
            list: at.list.name().map(ToOwned::to_owned),
            method: step.method.name().to_owned(),
            pointer: step.pointer.clone(),
            when: guard::text(step),
            skipped,
            effects: early,
            notes: Vec::new(),
        });
        if let Some(why) = self.assumed.get(at).cloned() {
            let params = Some(step.params.source()).filter(|params| *params != Value::Null);
            let params = params.as_ref().map(Value::to_json).unwrap_or_default();
            let text = self.words.show(&format!("{} {params}", step.method));
            self.effect(Effect::Other { text });
            self.assume(
                Some(at),
                format!("it succeeds ({why}), and gives nothing to later steps"),
            );
        }
    }

    fn note(&mut self, text: &str) {
        let text = self.words.show(text);
        if let Some(step) = self.steps.last_mut()
            && step.notes.len() < MOST
            && !self.silent
        {
            step.notes.push(text);
        }
    }
}
