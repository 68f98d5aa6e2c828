//! What `sandbox-exec` is started with, so that variables act inside alone.

use crate::{Job, Place, Unfit};
use alloc::{borrow::ToOwned, format, string::String, vec::Vec};

/// Sets variables for a program, from inside.
const ENV: &str = "/usr/bin/env";

/// Beginnings of variables that act on whatever program is started with them: the loader's, and
/// those of the system's libraries.
const OF_THE_LOADER: [&str; 4] = ["DYLD_", "LD_", "Malloc", "OBJC_"];

type Variables = Vec<(String, String)>;

/// The command as it is run inside, and the variables that whoever makes the sandbox has
/// already.
pub(super) fn split(job: &Job<'_>, temp: &Place) -> Result<(Vec<String>, Variables), Unfit> {
    let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
    let all = job.variables(temp.as_str()).map(owned);
    let (inside, outside): (Variables, _) = all.partition(|(name, _)| acts_early(name));
    let words = core::iter::once(job.program.to_owned()).chain(job.args.iter().cloned());
    if inside.is_empty() {
        return Ok((words.collect(), outside));
    }
    if job.program.contains('=') {
        // It would be read as one more variable.
        return Err(Unfit::ProgramName(job.program.to_owned()));
    }
    let set = inside.iter().map(|(name, value)| format!("{name}={value}"));
    let command = core::iter::once(ENV.to_owned()).chain(set).chain(words);
    Ok((command.collect(), outside))
}

fn acts_early(name: &str) -> bool {
    OF_THE_LOADER.iter().any(|prefix| name.starts_with(prefix))
}
