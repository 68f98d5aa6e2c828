//! What `git clone` leaves behind.

use collodi_contain::RelPath;

/// The folders that the `git clone` commands of a shell line make.
pub fn cloned(line: &str) -> Vec<RelPath> {
    let commands = line.split(['&', ';']).filter_map(|command| {
        let (_, rest) = command.split_once("git clone ")?;
        let mut words = rest
            .split_whitespace()
            .filter(|word| !word.starts_with('-'));
        let address = words.find(|word| word.contains('/'))?;
        let name = address.trim_end_matches('/').rsplit('/').next()?;
        let name = words
            .next()
            .unwrap_or_else(|| name.trim_end_matches(".git"));
        RelPath::parse(name.trim_matches(['\'', '"'])).ok()
    });
    commands.collect()
}
