//! `cargo xtask test`: the other tasks, in order, up to the first failure.

use crate::repo::Repo;
use anyhow::{Context, Result, bail};
use std::time::{Duration, Instant};

/// One task of the sequence.
struct Step {
    task: &'static str,
    arguments: &'static [&'static str],
    slow: bool,
}

/// What says no soonest comes first.
#[rustfmt::skip]
const STEPS: &[Step] = &[
    Step { task: "fmt", arguments: &["--check"], slow: false },
    Step { task: "deps", arguments: &[], slow: false },
    Step { task: "clippy", arguments: &[], slow: false },
    Step { task: "purity", arguments: &[], slow: false },
    Step { task: "suite", arguments: &[], slow: false },
    Step { task: "macos", arguments: &[], slow: true },
    Step { task: "page", arguments: &[], slow: true },
    Step { task: "api", arguments: &[], slow: true },
    Step { task: "doc", arguments: &[], slow: true },
    Step { task: "fuzz", arguments: &["--check"], slow: true },
    Step { task: "deny", arguments: &[], slow: true },
];

/// Runs everything a change must pass; `--quick` leaves out the slow steps.
pub(crate) fn test(repo: &Repo, arguments: &[String]) -> Result<()> {
    let quick = match arguments {
        [] => false,
        [only] if only == "--quick" => true,
        _ => bail!("`cargo xtask test` takes --quick and nothing else"),
    };
    let steps: Vec<&Step> = STEPS.iter().filter(|step| !(quick && step.slow)).collect();
    let start = Instant::now();
    for (index, step) in steps.iter().enumerate() {
        announced(repo, step, &format!("[{}/{}]", index + 1, steps.len()))?;
    }
    eprintln!(
        "all {} steps passed in {}",
        steps.len(),
        seconds(start.elapsed())
    );
    Ok(())
}

fn announced(repo: &Repo, step: &Step, place: &str) -> Result<()> {
    let line = step.line();
    eprintln!("{place} {line}");
    let start = Instant::now();
    let arguments: Vec<String> = step.arguments.iter().map(ToString::to_string).collect();
    let result = crate::perform(repo, step.task, &arguments);
    let took = seconds(start.elapsed());
    if result.is_ok() {
        eprintln!("{place} {line}: ok in {took}\n");
        return Ok(());
    }
    eprintln!("\n{place} {line}: FAILED after {took}; repeat it with: cargo xtask {line}");
    result.with_context(|| format!("step {line:?} failed"))
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

impl Step {
    fn line(&self) -> String {
        let words = std::iter::once(&self.task).chain(self.arguments);
        words.copied().collect::<Vec<_>>().join(" ")
    }
}

#[cfg(test)]
mod tests {
    use super::STEPS;
    use crate::TASKS;

    #[test]
    fn every_step_is_a_task() {
        for step in STEPS {
            assert!(
                TASKS.iter().any(|task| task.name == step.task),
                "{}",
                step.task
            );
        }
    }
}
