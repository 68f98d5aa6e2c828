#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod disk;
mod env_plan;
mod guard;
mod network;
mod play;
mod record;
mod variables;
mod words;

pub use env_plan::env_plan;

use collodi_api::{Assumption, Plan, PlanEnding};
use collodi_backend::FileSystem;
use collodi_run::RunOptions;
use collodi_script::{Method, Script, StepAt};
use disk::Disk;
use play::{Ended, Player};
use record::Recorder;
use std::{collections::BTreeMap, sync::Arc};

/// The most steps whose success is taken for granted because they cannot be played.
const MOST_ASSUMED: usize = 64;

/// Plays a run with these options and says what it would do.
///
/// What the script reads of files comes from `files`, which is asked only for what is there:
/// it reads, looks and lists. Everything else happens in memory.
pub async fn plan(options: RunOptions, files: &dyn FileSystem) -> Plan {
    let mut assumed = unsupported(&options.script);
    loop {
        let recorder = Recorder::new(&options, &assumed);
        let played = RunOptions {
            script: Arc::new(without(&options.script, &assumed)),
            ..options.clone()
        };
        let disk = Disk::new(&options, files);
        let (recorder, ended) = Player::new(played, disk, recorder).play().await;
        match ended {
            Ended::Unplayable { step, text } if assumed.len() < MOST_ASSUMED => {
                assumed.insert(step, text);
            }
            Ended::Unplayable { text, .. } => return recorder.finish(&options, failed(text)),
            Ended::As(ending) => return recorder.finish(&options, ending),
        }
    }
}

/// The steps that cannot be run, and why.
fn unsupported(script: &Script) -> BTreeMap<StepAt, String> {
    let lacking = script.all_steps().filter(|(_, step)| {
        let known = !matches!(step.method, Method::Unknown(_));
        known && !collodi_run::supports(&step.method)
    });
    lacking
        .map(|(at, _)| (at, "it cannot be run yet".to_owned()))
        .collect()
}

fn failed(reason: String) -> PlanEnding {
    PlanEnding {
        status: collodi_api::PlanStatus::Failed,
        reason: Some(reason),
        hint: None,
        pointer: None,
    }
}

/// The script with steps that do nothing in place of those whose success is assumed.
fn without(script: &Script, assumed: &BTreeMap<StepAt, String>) -> Script {
    let mut script = script.clone();
    for at in assumed.keys() {
        if let Some(step) = script.step_mut(at) {
            step.method = Method::LoadingEnd;
        }
    }
    script
}

/// An assumption about a step.
fn assumption(step: Option<&StepAt>, text: impl Into<String>) -> Assumption {
    Assumption {
        step: step.map(|step| step.index),
        list: step.and_then(|step| step.list.name().map(ToOwned::to_owned)),
        text: text.into(),
    }
}
