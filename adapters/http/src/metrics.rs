//! Figures about a host, in the text format of Prometheus.

use crate::{usage::Used, views};
use collodi_backend::Usage;
use collodi_host::{Host, Process};
use collodi_webhooks::Figures;
use std::{
    collections::BTreeMap,
    fmt::{Display, Write as _},
};

/// The figures of a host. There are as many as it keeps runs and processes, which are bounded.
pub(crate) fn of_host(host: &Host, used: &[Used]) -> String {
    let mut text = Text::default();
    let ready = u64::from(host.found().is_some());
    text.family(
        "collodi_ready",
        "gauge",
        "1 when the server knows what the machine has.",
    );
    text.sample("collodi_ready", &[], ready);
    text.family("collodi_runs", "gauge", "Runs that are kept, by state.");
    let runs = host.runs().map(|run| views::run(run).status.to_string());
    text.counts("collodi_runs", runs);
    text.family(
        "collodi_processes",
        "gauge",
        "Processes that are kept, by state.",
    );
    let processes = host
        .processes()
        .map(|process| views::process(process, host));
    text.counts(
        "collodi_processes",
        processes.map(|process| process.status.to_string()),
    );
    text.family(
        "collodi_process_up",
        "gauge",
        "1 when it runs and is ready.",
    );
    for process in host.processes() {
        let labels = [("app", process.app()), ("process", process.id().as_str())];
        text.sample("collodi_process_up", &labels, u64::from(process.is_up()));
    }
    text.used(used);
    text.each(
        host,
        "collodi_process_restarts_total",
        "Restarts.",
        |process| u64::from(process.status().restarts),
    );
    text.each(
        host,
        "collodi_process_log_bytes_total",
        "Bytes that it said since the server looks after it.",
        |process| process.log().totals().bytes,
    );
    text.each(
        host,
        "collodi_process_log_dropped_lines_total",
        "Lines that fell out of its log since the server looks after it.",
        |process| process.log().totals().dropped_lines,
    );
    text.0
}

/// The figures of webhooks; nothing where there are none.
pub(crate) fn of_hooks(hooks: &[(String, Figures)]) -> String {
    let mut text = Text::default();
    if hooks.is_empty() {
        return text.0;
    }
    let name = "collodi_webhook_deliveries_total";
    text.family(
        name,
        "counter",
        "What webhooks were told, by what became of it.",
    );
    for (hook, figures) in hooks {
        for (outcome, count) in [
            ("delivered", figures.delivered),
            ("given_up", figures.given_up),
            ("dropped", figures.dropped),
        ] {
            text.sample(name, &[("webhook", hook), ("outcome", outcome)], count);
        }
    }
    let name = "collodi_webhook_failed_tries_total";
    text.family(name, "counter", "Tries to tell webhooks that failed.");
    for (hook, figures) in hooks {
        text.sample(name, &[("webhook", hook)], figures.failed_tries);
    }
    text.0
}

/// Text that is being written. Writing to a String cannot fail.
#[derive(Debug, Default)]
struct Text(String);

impl Text {
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}");
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &str)], value: impl Display) {
        self.0.push_str(name);
        for (at, (label, text)) in labels.iter().enumerate() {
            let before = if at == 0 { '{' } else { ',' };
            let _ = write!(self.0, "{before}{label}=\"{}\"", escaped(text));
        }
        let after = if labels.is_empty() { "" } else { "}" };
        let _ = writeln!(self.0, "{after} {value}");
    }

    fn counts(&mut self, name: &str, states: impl Iterator<Item = String>) {
        let mut counts = BTreeMap::<String, u64>::new();
        for state in states {
            *counts.entry(state).or_default() += 1;
        }
        for (state, count) in counts {
            self.sample(name, &[("status", &state)], count);
        }
    }

    /// What each process uses that lives, with all that it has started.
    fn used(&mut self, used: &[Used]) {
        let cpu = "collodi_process_cpu_seconds_total";
        self.family(cpu, "counter", "Processor time since its last start.");
        self.of_used(cpu, used, |usage| usage.cpu.as_secs_f64());
        let memory = "collodi_process_resident_bytes";
        self.family(memory, "gauge", "Memory.");
        self.of_used(memory, used, |usage| usage.memory);
        let members = "collodi_process_members";
        self.family(members, "gauge", "Processes of the system that it is.");
        self.of_used(members, used, |usage| usage.processes);
    }

    fn of_used<T: Display>(&mut self, name: &str, used: &[Used], figure: impl Fn(&Usage) -> T) {
        for Used { id, app, usage } in used {
            let labels = [("app", app.as_str()), ("process", id.as_str())];
            self.sample(name, &labels, figure(usage));
        }
    }

    /// A figure of each process.
    fn each(&mut self, host: &Host, name: &str, help: &str, figure: impl Fn(&Process) -> u64) {
        self.family(name, "counter", help);
        for process in host.processes() {
            let labels = [("app", process.app()), ("process", process.id().as_str())];
            self.sample(name, &labels, figure(process));
        }
    }
}

fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('"', "\\\"")
        .replace('\n', "\\n")
}

#[cfg(test)]
mod tests {
    use super::Text;

    #[test]
    fn labels_stay_labels() {
        let mut text = Text::default();
        text.sample("x", &[], 1);
        text.sample("x", &[("a", "q\"\\\n"), ("b", "c")], 2);
        assert_eq!(text.0, "x 1\nx{a=\"q\\\"\\\\\\n\",b=\"c\"} 2\n");
    }
}
