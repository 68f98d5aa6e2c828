//! All findings.

use crate::{Finding, Observed, machine, sandbox, tools, workspace};
use alloc::vec::Vec;

/// What there is to say about what was seen, in a fixed order: tools, sandboxes, the machine,
/// the workspace.
pub fn examine(observed: &Observed) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(tools::findings(observed));
    findings.extend(sandbox::findings(observed));
    findings.extend(machine::findings(observed));
    findings.extend(workspace::findings(observed));
    findings
}
