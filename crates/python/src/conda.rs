//! Conda environments.

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

impl CondaEnv {
    /// The arguments after `conda` that run `program` with `args` in the
    /// environment, its output unbuffered and as it comes.
    pub fn run_args(&self, program: &str, args: &[String]) -> Vec<String> {
        let which = match self {
            Self::Name(name) => ["-n".to_owned(), name.as_str().to_owned()],
            Self::Path(path) => ["-p".to_owned(), path.absolute()],
        };
        let run = ["run", "--no-capture-output"].map(ToOwned::to_owned);
        let program = [program.to_owned()];
        [&run[..], &which, &program, args].concat()
    }
}
