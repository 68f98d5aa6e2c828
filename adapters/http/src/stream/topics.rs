//! What a client wants to hear of.

use crate::{
    fault::{Fault, Kind},
    query::QueryString,
};

/// The most logs that one stream follows.
const MOST_LOGS: usize = 64;

/// What a client wants to hear of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Topics {
    pub(super) runs: bool,
    pub(super) processes: bool,
    pub(super) envs: bool,
    /// Runs and processes, and the lines from which on.
    pub(super) logs: Vec<(String, u64)>,
}

impl Topics {
    /// The topics of parameter `topics`: runs, processes and environments when it is left out.
    pub(super) fn of(query: &QueryString) -> Result<Self, Fault> {
        let Some(words) = query.text("topics")? else {
            return Ok(Self {
                runs: true,
                processes: true,
                envs: true,
                logs: Vec::new(),
            });
        };
        let mut topics = Self::default();
        for word in words.split(',') {
            topics.add(word).ok_or_else(|| unknown(word))?;
        }
        if topics.logs.len() > MOST_LOGS {
            let detail = format!("a stream follows at most {MOST_LOGS} logs");
            return Err(Fault::new(Kind::BadParameter, detail));
        }
        Ok(topics)
    }

    fn add(&mut self, word: &str) -> Option<()> {
        match word {
            "runs" => self.runs = true,
            "processes" => self.processes = true,
            "envs" => self.envs = true,
            _ => {
                let log = word.strip_prefix("logs:")?;
                let (name, from) = match log.split_once(':') {
                    Some((name, from)) => (name, from.parse().ok()?),
                    None => (log, 0),
                };
                let added = self.logs.iter().any(|(other, _)| other == name);
                if name.is_empty() || added {
                    return None;
                }
                self.logs.push((name.to_owned(), from));
            }
        }
        Some(())
    }
}

fn unknown(word: &str) -> Fault {
    Fault::new(Kind::BadParameter, format!("there is no topic {word:?}"))
        .hint("topics are runs, processes, envs, and once for each run or process logs:ID or logs:ID:LINE")
        .with(|problem| problem.pointer = Some("/topics".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::Topics;
    use crate::{openapi::Parameter, query::QueryString, routes};

    const KNOWN: &[Parameter] = &[routes::query("topics", "string", "")];

    #[test]
    fn words() {
        let read = |text: &str| Topics::of(&QueryString::of(text, KNOWN)).ok();
        let all = read("/x").unwrap();
        assert!(all.runs && all.processes && all.envs && all.logs.is_empty());
        let some = read("/x?topics=runs,logs:a-0123abcd,logs:b:17").unwrap();
        let logs = [("a-0123abcd".to_owned(), 0), ("b".to_owned(), 17)];
        assert!(some.runs && !some.processes && some.logs == logs);
        let encoded = read("/x?topics=runs%2Clogs%3Ab").unwrap();
        assert_eq!(encoded.logs, [("b".to_owned(), 0)]);
        let many: Vec<_> = (0..65).map(|n| format!("logs:{n}")).collect();
        let many = format!("/x?topics={}", many.join(","));
        for wrong in [
            "/x?topics=",
            "/x?topics=run",
            "/x?topics=runs,",
            "/x?topics=logs",
            "/x?topics=logs:",
            "/x?topics=logs:a:b",
            "/x?topics=logs:a,logs:a:2",
            "/x?topics=%ff",
            &many,
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
