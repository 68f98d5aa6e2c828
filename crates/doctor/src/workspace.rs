//! The workspace.

use crate::{Finding, Folder, LeftAlone, LeftDaemon, Observed, TokenFile};
use alloc::{
    format,
    string::{String, ToString},
    vec::Vec,
};

pub(crate) fn findings(observed: &Observed) -> Vec<Finding> {
    let mut findings = settings(&observed.settings);
    findings.extend(folders(&observed.folders));
    findings.push(token(observed.token.as_ref()));
    findings.extend(left(observed.left.as_deref()));
    findings.extend(observed.left_alone.iter().map(left_alone));
    findings.extend(observed.set_aside.iter().map(set_aside));
    findings
}

fn settings(problems: &[alloc::string::String]) -> Vec<Finding> {
    let about = "settings";
    if problems.is_empty() {
        return [Finding::ok(about, "nothing is wrong with them")].into();
    }
    let problem = |line: &alloc::string::String| {
        Finding::problem(about, line.clone())
            .hint("correct the file: nothing starts with settings that are wrong")
    };
    problems.iter().map(problem).collect()
}

fn folders(folders: &[Folder]) -> Vec<Finding> {
    if folders.is_empty() {
        let seen = "no folder of the workspace could be looked at in time";
        return [Finding::warning("folders", seen)].into();
    }
    let mut findings: Vec<_> = folders.iter().filter_map(folder).collect();
    if findings.is_empty() {
        findings.push(Finding::ok(
            "folders",
            "all can be written, by their owner alone",
        ));
    }
    findings
}

fn folder(folder: &Folder) -> Option<Finding> {
    let (about, path) = ("folders", &folder.path);
    if !folder.is_writable {
        let seen = match folder.is_there {
            true => format!("{path} cannot be written"),
            false => format!("{path} is not there and cannot be made"),
        };
        let hint = format!("give it to the user that runs collodi: chown -R USER {path}");
        return Some(Finding::problem(about, seen).hint(hint));
    }
    folder.is_open.then(|| {
        Finding::problem(about, format!("{path} can be changed by all users"))
            .hint(format!("chmod go-w {path}"))
    })
}

/// What a server that is gone has left. The next server goes on with it.
fn left(daemons: Option<&[LeftDaemon]>) -> Vec<Finding> {
    let finding = |daemon: &LeftDaemon| {
        let LeftDaemon {
            id,
            app,
            pids,
            waits,
        } = daemon;
        let (how, serve) = match waits {
            true => (
                "waits without a server for its next start".to_string(),
                "starts it when its time comes",
            ),
            false => (
                format!("lives without a server{}", shown(pids)),
                "goes on with it",
            ),
        };
        let hint = format!("`collodi serve` {serve}, and `collodi stop {id}` ends it then");
        Finding::warning("daemons", format!("{id} of app {app} {how}")).hint(hint)
    };
    daemons.unwrap_or_default().iter().map(finding).collect()
}

/// `, pid 7, 8`, where there are some.
fn shown(pids: &[u32]) -> String {
    let pids: Vec<_> = pids.iter().map(ToString::to_string).collect();
    match pids.is_empty() {
        true => String::new(),
        false => format!(", pid {}", pids.join(", ")),
    }
}

/// What a server cannot go on with: it does not touch it, or ends it.
fn left_alone(daemon: &LeftAlone) -> Finding {
    let LeftAlone {
        id,
        why,
        hint,
        pids,
        is_dormant,
    } = daemon;
    let lives = match pids.is_empty() {
        _ if *is_dormant => "does not live, and may run again".to_string(),
        true => "may live, and no server looks after it".to_string(),
        false => format!("lives, and no server looks after it{}", shown(pids)),
    };
    Finding::warning("daemons", format!("{id} {lives}: {why}")).hint(hint.clone())
}

/// What a server could not read. It has gone on without, and nobody needs the file but people.
fn set_aside(path: &String) -> Finding {
    let seen = format!("{path} is what was known of daemons, and could not be read");
    let hint = format!(
        "run its app again if it is to run, look whether the disk is sound, then: rm {path}"
    );
    Finding::warning("daemons", seen).hint(hint)
}

fn token(token: Option<&TokenFile>) -> Finding {
    let about = "token";
    match token {
        None => Finding::ok(about, "no server runs here, so there is none"),
        Some(TokenFile {
            path,
            is_open: false,
        }) => Finding::ok(about, format!("only its owner can read {path}")),
        Some(TokenFile { path, .. }) => Finding::problem(
            about,
            format!("others can read {path}, and rule the server with it"),
        )
        .hint(format!(
            "chmod 600 {path}, and start the server anew: it makes another token"
        )),
    }
}
