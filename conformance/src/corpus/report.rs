//! The committed report.

use super::{Ended, Tally};
use crate::Broken;
use std::{collections::BTreeMap, fmt::Write as _};

const HEAD: &str = "# Corpus report

How the scripts of this crate and those of a corpus of real ones end in a simulated world in which
every command succeeds. `COLLODI_BLESS=1 cargo test -p collodi-conformance --test corpus` writes it
anew. The corpus is other people's work: numbers are all that is kept of it.

";
const CORPUS: &str = "## Corpus\n";
const COMPLETED: &str = "completed";

/// The report: what came of the fixtures, and the section about the corpus.
pub fn render(fixtures: &str, corpus: &str) -> String {
    format!("{HEAD}{fixtures}\n{corpus}")
}

/// The section about the scripts of this crate: name, ending, and what each said.
pub fn fixtures_section(fixtures: &[(String, Ended)]) -> String {
    let mut text =
        String::from("## Fixtures\n\n| Script | Ending | Ran and logged |\n|---|---|---|\n");
    for (name, ended) in fixtures {
        let said: Vec<_> = ended.said.iter().map(|line| cell(line)).collect();
        // Writing to a String cannot fail.
        let _ = writeln!(text, "| {name} | {} | {} |", ended.how, said.join("<br>"));
    }
    text
}

fn cell(line: &str) -> String {
    format!("`{}`", line.replace('|', "\\|").replace('\n', "⏎"))
}

impl Tally {
    /// The section about the corpus.
    pub fn section(&self) -> String {
        let mut text = format!("{CORPUS}\nCorpus `{:016x}`.\n\n", self.fingerprint);
        let invalid = self.invalid.values().sum();
        let totals = [
            ("files", self.files),
            ("accepted: scripts, which are run", self.runs()),
            ("accepted: descriptions without steps", self.metadata),
            ("refused, each with an error and its place", invalid),
        ];
        table(&mut text, "Files", totals);
        table(&mut text, "Ending", by_count(&self.endings));
        let without = "Ending without the steps that cannot be run";
        table(&mut text, without, by_count(&self.without));
        table(&mut text, "First error of a file", by_count(&self.invalid));
        self.diagnostics(&mut text);
        table(&mut text, "Note", by_count(&self.notes));
        text.push_str("| Method that cannot be run | Steps | Scripts | Runs it ended |\n|---|---:|---:|---:|\n");
        let mut methods: Vec<_> = self.methods.iter().collect();
        methods.sort_by_key(|(_, lack)| std::cmp::Reverse((lack.runs, lack.steps)));
        for (name, lack) in methods {
            let (steps, scripts, runs) = (lack.steps, lack.scripts, lack.runs);
            let _ = writeln!(text, "| {name} | {steps} | {scripts} | {runs} |");
        }
        text
    }
}

impl Tally {
    /// What is said about the files, the worst first.
    fn diagnostics(&self, text: &mut String) {
        text.push_str("| Diagnostic | Severity | Files | Times |\n|---|---|---:|---:|\n");
        for ((severity, code), count) in self.codes.iter().rev() {
            let (files, times) = (count.files, count.times);
            let _ = writeln!(text, "| {code} | {severity} | {files} | {times} |");
        }
        text.push('\n');
    }
}

fn by_count<N: AsRef<str> + Ord>(counts: &BTreeMap<N, usize>) -> Vec<(&str, usize)> {
    let mut rows: Vec<_> = counts.iter().map(|(name, n)| (name.as_ref(), *n)).collect();
    rows.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    rows
}

fn table<'a>(text: &mut String, head: &str, rows: impl IntoIterator<Item = (&'a str, usize)>) {
    let _ = writeln!(text, "| {head} | Count |\n|---|---:|");
    for (name, count) in rows {
        let _ = writeln!(text, "| {name} | {count} |");
    }
    text.push('\n');
}

/// The report as it was committed.
#[derive(Clone, Debug)]
pub struct Committed(String);

impl Committed {
    /// The report with this text.
    pub fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Its section about the corpus.
    pub fn corpus(&self) -> &str {
        let at = self.0.find(CORPUS).unwrap_or(self.0.len());
        self.0.get(at..).unwrap_or_default()
    }

    /// Whether it is about the same corpus.
    pub fn is_about(&self, tally: &Tally) -> bool {
        self.corpus()
            .contains(&format!("`{:016x}`", tally.fingerprint))
    }

    /// Compares a run of the same corpus.
    ///
    /// # Errors
    ///
    /// An ending that is not in the report, or fewer completed runs.
    pub fn compare(&self, tally: &Tally) -> Result<(), Broken> {
        let endings = self.endings();
        let new = tally
            .endings
            .keys()
            .find(|name| !endings.contains_key(name.as_str()));
        if let Some(name) = new {
            return Err(Broken::new(format!("a new ending: {name}")));
        }
        let count = |of: Option<&usize>| of.copied().unwrap_or_default();
        let before = count(endings.get(COMPLETED));
        let now = count(tally.endings.get(COMPLETED));
        if now < before {
            return Err(Broken::new(format!("{now} runs complete, {before} did")));
        }
        Ok(())
    }

    /// The table of endings.
    pub fn endings(&self) -> BTreeMap<&str, usize> {
        let lines = self.corpus().lines();
        let rows = lines
            .skip_while(|line| !line.starts_with("| Ending |"))
            .skip(2);
        rows.map_while(|line| {
            let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
            let (name, count) = row.rsplit_once(" | ")?;
            Some((name, count.parse().ok()?))
        })
        .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(endings: &[(&str, usize)]) -> Tally {
        let endings = endings.iter().map(|(name, n)| ((*name).to_owned(), *n));
        Tally {
            endings: endings.collect(),
            ..Tally::default()
        }
    }

    #[test]
    fn a_report_notices_what_is_worse() {
        let before = tally(&[("completed", 7), ("failed: a (b)", 3)]);
        let committed = Committed::new(&render("## Fixtures\n", &before.section()));
        let table = [
            (&[("completed", 7), ("failed: a (b)", 3)][..], "as before"),
            (&[("completed", 10)], "as before"),
            (
                &[("completed", 6), ("failed: a (b)", 4)],
                "6 runs complete, 7 did",
            ),
            (&[("failed: a (b)", 10)], "0 runs complete, 7 did"),
            (
                &[("completed", 9), ("failed: c", 1)],
                "a new ending: failed: c",
            ),
        ];
        for (endings, expected) in table {
            let found = committed.compare(&tally(endings));
            let found = found.map_or_else(|why| why.to_string(), |()| "as before".to_owned());
            assert_eq!(found, expected, "{endings:?}");
        }
    }

    #[test]
    fn a_report_knows_its_corpus() {
        let tally = tally(&[]);
        let other = Tally {
            fingerprint: 1,
            ..tally.clone()
        };
        let committed = Committed::new(&render("", &tally.section()));
        assert!(committed.is_about(&tally) && !committed.is_about(&other));
        assert_eq!(committed.corpus(), tally.section());
    }
}
