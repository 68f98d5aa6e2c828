//! Entries as wire types.

use collodi_api::{AuditEntry, AuditEnvironment, AuditPage, AuditSandbox};
use collodi_audit::{Book, Entry, Query, State};
use collodi_time::{Duration, WallTime};

/// The entries that are asked for. `state` says what is known of each.
pub fn page(book: &Book, query: &Query, state: impl Fn(&Entry) -> State) -> AuditPage {
    let page = query.page(book);
    let entries = page.entries.iter();
    AuditPage {
        count: page.entries.len(),
        total: page.total,
        next: page.next.clone(),
        skipped: book.skipped(),
        lost: book.lost(),
        entries: entries.map(|entry| shown(entry, state(entry))).collect(),
    }
}

fn shown(entry: &Entry, state: State) -> AuditEntry {
    let (opened, closed) = (&entry.opened, entry.closed.as_ref());
    let execution = &opened.execution;
    let at = WallTime::since_unix_epoch(Duration::from_millis(opened.at));
    AuditEntry {
        session_id: opened.session.clone(),
        command: execution.command.clone(),
        exit_code: closed.and_then(|closed| closed.exit_code),
        duration_ms: entry.duration_ms(),
        timestamp: at.to_string(),
        id: opened.id.clone(),
        state: state.as_str().to_owned(),
        kind: execution.kind.clone(),
        app: execution.app.clone(),
        run: execution.run.clone(),
        step: execution.step.clone(),
        cwd: execution.cwd.clone(),
        signal: closed.and_then(|closed| closed.signal),
        error: closed.and_then(|closed| closed.error.clone()),
        sandbox: AuditSandbox {
            requested: execution.sandbox.requested.clone(),
            mechanism: execution.sandbox.mechanism.clone(),
            enforced: execution.sandbox.enforced.clone(),
            missing: execution.sandbox.missing.clone(),
        },
        environment: AuditEnvironment {
            passed: execution.environment.passed.clone(),
            refused: execution.environment.refused.clone(),
            not_inherited: execution.environment.not_inherited,
        },
    }
}
