//! Why settings cannot be had, or changed.

use collodi_config::{Problem, Problems};
use collodi_contain::ContainedPath;
use collodi_file::FileError;
use std::fmt;

/// Why settings cannot be had, or changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SettingsError {
    /// The file cannot be read, or written.
    File(FileError),
    /// The file is not text in UTF-8.
    NotText(ContainedPath),
    /// The file is wrong.
    Wrong(ContainedPath, Problems),
    /// With the change the file would be wrong. The places are those that it would have.
    WouldBeWrong(Problems),
    /// A part of the way to this key is a value, and no section.
    NoSection(String),
    /// Somebody else has changed the file meanwhile.
    Changed(ContainedPath),
}

/// Each problem on a line of its own, with the file before its place.
impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => write!(f, "{error}"),
            Self::NotText(path) => write!(f, "{path}: not text in UTF-8"),
            Self::Wrong(path, problems) => {
                let lines: Vec<_> = problems.iter().map(|p| format!("{path}:{p}")).collect();
                f.write_str(&lines.join("\n"))
            }
            Self::WouldBeWrong(problems) => {
                let lines: Vec<_> = problems.iter().map(without_place).collect();
                f.write_str(&lines.join("\n"))
            }
            Self::NoSection(key) => write!(f, "{key}: a value is where its section would be"),
            Self::Changed(path) => write!(f, "{path}: somebody else has changed it meanwhile"),
        }
    }
}

/// Of a text that is nowhere.
fn without_place(problem: &Problem) -> String {
    match problem.key.is_empty() {
        true => problem.what.to_string(),
        false => format!("{}: {}", problem.key.escape_debug(), problem.what),
    }
}

impl std::error::Error for SettingsError {}
