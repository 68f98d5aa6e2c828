//! Who may depend on whom.

use super::graph::{Graph, Layer};

/// Crates that must not reach others, not even through a third one.
struct Never {
    from: &'static [&'static str],
    to: &'static [&'static str],
    because: &'static str,
}

const NEVER: &[Never] = &[
    Never {
        from: MACHINES,
        to: &[TRAITS],
        because: "machines speak in data",
    },
    Never {
        from: &[
            "collodi-os",
            "collodi-sandbox-linux",
            "collodi-sandbox-look",
            "collodi-sandbox-macos",
            "collodi-sim",
            "collodi-smol",
            "collodi-tokio",
        ],
        to: &["collodi-host", "collodi-run", "collodi-script"],
        because: "a backend does what it is told and knows no script",
    },
];

const MACHINES: &[&str] = &["collodi-host", "collodi-run"];
const TRAITS: &str = "collodi-backend";
const DRIVER: &str = "collodi-driver";

/// Dependencies of others a pure crate may have.
const EXTERNAL_LIMIT: usize = 4;

/// What in the graph breaks a rule, one sentence each.
pub(crate) fn broken(graph: &Graph) -> Vec<String> {
    let rules = [
        uses_higher_layers,
        reaches_forbidden,
        knows_both_sides,
        has_many_external,
    ];
    rules.iter().flat_map(|rule| rule(graph)).collect()
}

fn uses_higher_layers(graph: &Graph) -> Vec<String> {
    let mut found = Vec::new();
    for (name, node) in &graph.nodes {
        for dependency in &node.ours {
            let layer = graph
                .nodes
                .get(dependency)
                .map_or(Layer::Tooling, |other| other.layer);
            if layer > node.layer {
                found.push(format!("{name} is {}, {dependency} is {layer}: a crate uses its own layer and lower ones", node.layer));
            }
        }
    }
    found
}

fn reaches_forbidden(graph: &Graph) -> Vec<String> {
    NEVER.iter().flat_map(|rule| rule.broken(graph)).collect()
}

impl Never {
    fn broken(&self, graph: &Graph) -> Vec<String> {
        let pairs = self
            .from
            .iter()
            .flat_map(|from| self.to.iter().map(move |to| (from, to)));
        pairs
            .filter_map(|(from, to)| graph.way(from, to))
            .map(|way| format!("{}: {}", way.join(" > "), self.because))
            .collect()
    }
}

/// Machines and backends meet in the driver; who knows both stands on it.
fn knows_both_sides(graph: &Graph) -> Vec<String> {
    let names = graph.nodes.keys().filter(|name| *name != DRIVER);
    names
        .filter(|name| graph.way(name, TRAITS).is_some() && graph.way(name, DRIVER).is_none())
        .filter_map(|name| MACHINES.iter().find_map(|machine| graph.way(name, machine)))
        // A machine that reaches the traits is told so by its own rule.
        .filter(|way| !way.first().is_some_and(|name| MACHINES.contains(name)))
        .map(|way| {
            format!(
                "{}, and {TRAITS} too: only {DRIVER} and what stands on it knows both",
                way.join(" > ")
            )
        })
        .collect()
}

fn has_many_external(graph: &Graph) -> Vec<String> {
    let pure = graph
        .nodes
        .iter()
        .filter(|(_, node)| node.layer == Layer::Pure);
    pure.filter(|(_, node)| node.external.len() > EXTERNAL_LIMIT)
        .map(|(name, node)| {
            let names = Vec::from_iter(node.external.iter().map(String::as_str)).join(", ");
            format!("{name} has {} external dependencies ({names}): a pure crate has at most {EXTERNAL_LIMIT}", node.external.len())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::broken;
    use crate::deps::graph::tests::graph;

    #[track_caller]
    fn check(lines: &[&str], expected: &[&str]) {
        assert_eq!(broken(&graph(lines)), expected);
    }

    #[test]
    fn a_workspace_that_obeys() {
        check(
            &[
                "crates/time: a b c d dev=e",
                "crates/script: collodi-time",
                "crates/run: collodi-script",
                "crates/host: collodi-run",
                "crates/backend: collodi-time",
                "adapters/os: collodi-backend rustix tokio futures serde libc",
                "adapters/tokio: collodi-os collodi-backend",
                "adapters/driver: collodi-host collodi-backend",
                "adapters/server: collodi-driver collodi-host collodi-tokio collodi-backend",
                "conformance: collodi-backend collodi-driver collodi-host",
            ],
            &[],
        );
    }

    #[test]
    fn pure_crates_use_pure_crates() {
        check(
            &[
                "crates/run: collodi-sim",
                "adapters/sim: collodi-conformance",
                "conformance:",
            ],
            &[
                "collodi-run is pure, collodi-sim is adapter: a crate uses its own layer and lower ones",
                "collodi-sim is adapter, collodi-conformance is tooling: a crate uses its own layer and lower ones",
            ],
        );
    }

    #[test]
    fn machines_never_reach_the_traits() {
        check(
            &[
                "crates/run: collodi-backend",
                "crates/host: collodi-run",
                "crates/backend:",
            ],
            &[
                "collodi-host > collodi-run > collodi-backend: machines speak in data",
                "collodi-run > collodi-backend: machines speak in data",
            ],
        );
    }

    #[test]
    fn backends_never_reach_machines_or_scripts() {
        check(
            &[
                "adapters/tokio: collodi-os",
                "adapters/os: collodi-script",
                "crates/script:",
            ],
            &[
                "collodi-os > collodi-script: a backend does what it is told and knows no script",
                "collodi-tokio > collodi-os > collodi-script: a backend does what it is told and knows no script",
            ],
        );
    }

    #[test]
    fn only_the_driver_knows_both_sides() {
        check(
            &[
                "crates/host:",
                "crates/backend:",
                "adapters/driver: collodi-host collodi-backend",
                "adapters/http: collodi-host collodi-backend",
                "adapters/server: collodi-http collodi-driver",
            ],
            &[
                "collodi-http > collodi-host, and collodi-backend too: only collodi-driver and what stands on it knows both",
            ],
        );
    }

    #[test]
    fn pure_crates_have_few_external_dependencies() {
        check(
            &["crates/api: a b c d e", "adapters/http: a b c d e f"],
            &[
                "collodi-api has 5 external dependencies (a, b, c, d, e): a pure crate has at most 4",
            ],
        );
    }
}
