//! Failures that somebody asked for.

use collodi_backend::ErrorKind;
use collodi_file::FileErrorKind;

/// Failures still to happen, each once.
#[derive(Debug)]
pub(crate) struct Faults {
    spawns: Vec<(String, ErrorKind)>,
    files: Vec<(String, FileErrorKind)>,
}

impl Faults {
    pub(crate) const fn new() -> Self {
        Self {
            spawns: Vec::new(),
            files: Vec::new(),
        }
    }

    pub(crate) fn add_spawn(&mut self, program: &str, kind: ErrorKind) {
        self.spawns.push((program.to_owned(), kind));
    }

    pub(crate) fn add_file(&mut self, operation: &str, kind: FileErrorKind) {
        self.files.push((operation.to_owned(), kind));
    }

    pub(crate) fn take_spawn(&mut self, program: &str) -> Option<ErrorKind> {
        take(&mut self.spawns, |wanted| wanted == program)
    }

    pub(crate) fn take_file(&mut self, operation: &str) -> Option<FileErrorKind> {
        take(&mut self.files, |wanted| operation.starts_with(wanted))
    }
}

fn take<K: Copy>(faults: &mut Vec<(String, K)>, hits: impl Fn(&str) -> bool) -> Option<K> {
    let at = faults.iter().position(|(wanted, _)| hits(wanted))?;
    Some(faults.remove(at).1)
}
