//! The programs that scripts need.

use crate::{Finding, Heard, Interpreter, Observed, State};
use alloc::{format, string::String, vec::Vec};

/// The oldest Python that is cared for by its makers and by most packages.
const OLDEST: (u32, u32) = (3, 9);

pub(crate) fn findings(observed: &Observed) -> Vec<Finding> {
    let can_uv = observed.prefer_uv && matches!(observed.uv, Heard::Said(_));
    let mut findings = Vec::from([python(&observed.interpreter)]);
    if observed.interpreter.found.is_some() {
        findings.push(venv(&observed.interpreter.venv, can_uv));
    }
    findings.extend([
        uv(observed),
        conda(&observed.conda),
        git(&observed.git),
        bash(&observed.bash),
    ]);
    findings
}

fn python(interpreter: &Interpreter) -> Finding {
    let about = "python";
    let Some((program, version)) = &interpreter.found else {
        let tried = interpreter.refused.iter();
        let tried = tried.map(|(program, why)| format!("; {program}: {why}"));
        let tried: String = tried.collect();
        return Finding::problem(about, format!("no interpreter was found{tried}")).hint(
            "install python3 (on Debian: apt install python3 python3-venv), or name one with \
             `collodi config set python.python_binary PATH`",
        );
    };
    let seen = format!("{version} ({program})");
    match numbers(version) {
        Some(numbers) if numbers < OLDEST => Finding::warning(about, seen)
            .hint("many packages need a newer Python: install 3.10 or later"),
        _ => Finding::ok(about, seen),
    }
}

/// The first two numbers of `Python 3.12.1`.
fn numbers(version: &str) -> Option<(u32, u32)> {
    let mut numbers = version.rsplit(' ').next()?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

fn venv(heard: &Heard, can_uv: bool) -> Finding {
    let about = "venv";
    match heard {
        Heard::Said(_) => Finding::ok(about, "the interpreter can make environments"),
        heard => {
            let state = State::unless(!can_uv);
            let why = unheard(heard);
            Finding::new(
                about,
                state,
                format!("the interpreter makes no environments: {why}"),
            )
            .hint("on Debian: apt install python3-venv; or install uv, which needs it not")
        }
    }
}

fn uv(observed: &Observed) -> Finding {
    let about = "uv";
    match &observed.uv {
        Heard::Said(version) if observed.prefer_uv => Finding::ok(about, version.clone()),
        Heard::Said(version) => {
            Finding::ok(about, format!("{version}, not used: the settings say so"))
        }
        Heard::Missing => {
            Finding::warning(about, "not found: venv and pip are used, which take longer")
                .hint("install uv: pip install uv, or pipx install uv")
        }
        heard => {
            Finding::warning(about, unheard(heard)).hint("see what `uv --version` says by hand")
        }
    }
}

fn conda(heard: &Heard) -> Finding {
    let about = "conda";
    match heard {
        Heard::Said(version) => Finding::ok(about, version.clone()),
        Heard::Missing => Finding::ok(about, "not found; scripts that say `conda` need it"),
        heard => {
            Finding::warning(about, unheard(heard)).hint("see what `conda --version` says by hand")
        }
    }
}

fn git(heard: &Heard) -> Finding {
    let about = "git";
    match heard {
        Heard::Said(version) => Finding::ok(about, version.clone()),
        Heard::Missing => Finding::warning(about, "not found")
            .hint("install git: scripts fetch apps and models with it"),
        heard => {
            Finding::warning(about, unheard(heard)).hint("see what `git --version` says by hand")
        }
    }
}

fn bash(heard: &Heard) -> Finding {
    let about = "bash";
    match heard {
        Heard::Said(version) => Finding::ok(about, version.clone()),
        heard => Finding::problem(about, unheard(heard))
            .hint("install bash, and have it in PATH: commands of scripts are its lines"),
    }
}

fn unheard(heard: &Heard) -> String {
    match heard {
        Heard::Said(text) => text.clone(),
        Heard::Missing => "not found".into(),
        Heard::Failed(why) => format!("failed: {why}"),
        Heard::Silent => "did not answer in time".into(),
    }
}
