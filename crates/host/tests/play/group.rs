//! Scripts with daemons that depend on each other.

/// Each has a name, the names of those that it depends on, and a restart policy.
pub(crate) fn group(supervision: &str, daemons: &[(&str, &str, &str)]) -> String {
    let steps = daemons.iter().map(|(name, needs, restart)| {
        let needs: Vec<_> = needs.split_whitespace().collect();
        format!(
            r#"{{"method": "shell.run", "params": {{"message": "{name}", "daemon": true, "id": "{name}",
                "dependsOn": {needs:?}, "restart": {restart}}}}}"#
        )
    });
    let steps = steps.collect::<Vec<_>>().join(",");
    format!(r#"{{"dialect": "vatn", "supervision": "{supervision}", "run": [{steps}]}}"#)
}
