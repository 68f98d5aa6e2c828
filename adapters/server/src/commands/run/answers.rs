//! The answers that come with a run, and who is asked for what they leave open.

use crate::{
    cli::PreparedArgs,
    failure::{Failure, MISUNDERSTOOD},
    given,
    prompt::Asks,
};
use anyhow::Result;
use collodi_value::{Object, Value};
use std::{io::IsTerminal as _, path::Path};

/// The answers that come with the run.
#[derive(Debug)]
pub(super) struct Given {
    pub(super) answers: Object,
    /// Nobody is there to be asked.
    pub(super) unattended: bool,
}

impl Given {
    /// Without a terminal nobody can be asked.
    pub(super) fn of(args: &PreparedArgs) -> Result<Self> {
        let mut answers = match &args.file {
            Some(file) => answers_in(file)?,
            None => Object::new(),
        };
        for (key, value) in &args.answers {
            answers.set(key.as_str(), Value::from(value.as_str()));
        }
        let nobody = !std::io::stdin().is_terminal() && !args.attended;
        Ok(Self {
            answers,
            unattended: args.unattended || nobody,
        })
    }
}

/// Who is asked what the answers that come with the run leave open.
pub(super) const fn asks(unattended: bool, json: bool) -> Asks {
    match (unattended, json) {
        (_, true) => Asks::Programs,
        (true, _) => Asks::Nobody,
        _ => Asks::Terminal,
    }
}

fn answers_in(file: &Path) -> Result<Object> {
    let shown = file.display();
    let text = given::text(file, given::MOST).map_err(|error| {
        Failure::new(format!("failed to read {shown}: {error}")).status(MISUNDERSTOOD)
    })?;
    match collodi_script::read_json(&text) {
        Ok(Value::Object(answers)) => Ok(answers),
        Ok(_) => Err(Failure::new(format!("{shown} is no JSON object"))
            .hint("write {\"KEY\": \"answer\"}")
            .status(MISUNDERSTOOD)
            .into()),
        Err((place, what)) => Err(Failure::new(format!("{shown}:{place}: {what}"))
            .status(MISUNDERSTOOD)
            .into()),
    }
}
