//! What a peer is asked to watch over.

use std::time::Duration;

/// How long a child has between SIGTERM and SIGKILL, with every peer.
pub(crate) const GRACE: Duration = Duration::from_secs(2);

/// Children, and how they are treated.
#[derive(Debug, Default)]
pub(crate) struct Load {
    pub(crate) jobs: Vec<Job>,
    /// Whether a child that dies is started again, without a wait.
    pub(crate) respawn: bool,
}

/// One child: its number, and its program with its words. No word has a blank in it.
#[derive(Debug)]
pub(crate) struct Job {
    pub(crate) number: usize,
    pub(crate) words: Vec<String>,
}

impl Job {
    /// The command line.
    pub(crate) fn line(&self) -> String {
        self.words.join(" ")
    }

    /// What the child is called where a peer wants a name.
    pub(crate) fn name(&self) -> String {
        format!("j{}", self.number)
    }
}
