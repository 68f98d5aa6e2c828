//! Conda environments.

use crate::Tool;
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use collodi_contain::{ContainedPath, Name};

/// A conda environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CondaEnv {
    /// By name, below conda's own root.
    Name(Name),
    /// By path.
    Path(ContainedPath),
}

/// Which words a conda program knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CondaWords {
    /// Those of conda, and of mamba 1, which is conda with another solver.
    Conda,
    /// Those of micromamba, and of mamba 2, which is micromamba by another name.
    Micromamba,
}

impl CondaWords {
    /// The words of a tool, by what it says of itself: conda says its name before its
    /// version, micromamba does not.
    pub fn of(tool: &Tool) -> Self {
        if tool.version.starts_with(|c: char| c.is_ascii_digit()) {
            Self::Micromamba
        } else {
            Self::Conda
        }
    }

    /// What runs a program so that its output is told as it comes.
    const fn run(self) -> &'static [&'static str] {
        match self {
            Self::Conda => &["run", "--no-capture-output"],
            Self::Micromamba => &["run"],
        }
    }
}

impl CondaEnv {
    /// The arguments after the tool that run `program` with `args` in the environment,
    /// its output as it comes.
    pub fn run_args(&self, words: CondaWords, program: &str, args: &[String]) -> Vec<String> {
        let run: Vec<_> = words.run().iter().map(|word| (*word).to_owned()).collect();
        let program = [program.to_owned()];
        [&run[..], &self.which(), &program, args].concat()
    }

    /// The arguments after the tool that make the environment with these specifications
    /// and options.
    pub fn create_args(&self, new: &[String]) -> Vec<String> {
        let create = ["create", "-y"].map(ToOwned::to_owned);
        [&create[..], &self.which(), new].concat()
    }

    fn which(&self) -> [String; 2] {
        match self {
            Self::Name(name) => ["-n".to_owned(), name.as_str().to_owned()],
            Self::Path(path) => ["-p".to_owned(), path.absolute()],
        }
    }
}
