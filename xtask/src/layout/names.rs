//! The names of functions, as patterns that outlive a change of versions.

use std::collections::{BTreeMap, BTreeSet};

/// The names of functions that are called, or patterns of them.
pub(crate) type Called = BTreeSet<String>;

/// Longer names are cut: what follows are the types that a function is made for.
const LONGEST: usize = 56;
/// What the system reads around a function that is called.
const PIECE: u64 = 64 << 10;

/// Patterns of the functions that are called, by the `symbols` of the program that `nm -S` tells;
/// but for those that would bring in more than they save.
pub(crate) fn patterns(symbols: &str, called: &Called) -> Called {
    let mut found: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (name, size) in symbols.lines().filter_map(function) {
        let (bytes, calls) = found.entry(pattern(name)).or_default();
        *bytes += size;
        *calls += u64::from(called.contains(name));
    }
    found.retain(|_, (bytes, calls)| *bytes < PIECE * *calls);
    found.into_keys().collect()
}

/// `ADDRESS SIZE t NAME`
fn function(line: &str) -> Option<(&str, u64)> {
    let mut words = line.split_ascii_whitespace().skip(1);
    let size = u64::from_str_radix(words.next()?, 16).ok()?;
    matches!(words.next()?, "t" | "T").then_some(())?;
    Some((words.next()?, size))
}

/// The name without what the compiler, its version, and the versions of crates add to it.
fn pattern(name: &str) -> String {
    let mut pattern = match name.strip_prefix("_R") {
        Some(name) => without_hashes(name),
        None if name.starts_with("_ZN") => {
            let end = name.rfind("17h");
            let kept = end.and_then(|end| name.get(..end));
            kept.unwrap_or(name).to_owned()
        }
        None => return name.to_owned(),
    };
    pattern.truncate(LONGEST);
    pattern + "*"
}

/// A name of Rust's own mangling: `Cs…_` before the name of a crate is its hash.
fn without_hashes(name: &str) -> String {
    let mut parts = name.split("Cs");
    let mut pattern = format!("_R{}", parts.next().unwrap_or_default());
    for part in parts {
        match part.split_once('_') {
            Some((hash, rest)) if hash.chars().all(|c| c.is_ascii_alphanumeric()) => {
                pattern += "Cs*_";
                pattern += rest;
            }
            _ => {
                pattern += "Cs";
                pattern += part;
            }
        }
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::{Called, patterns};

    #[test]
    fn names_lose_what_changes_with_versions() {
        let symbols = "\
0000000000001000 0000000000000010 t _ZN5tokio7runtime3run17h0123456789abcdefE
0000000000001010 0000000000000010 T _RNvNtCsjrHSEGnQ3l9_3std2rt10lang_start
0000000000001020 0000000000000010 t _ZN5tokio7runtime4stop17h0123456789abcdefE
0000000000001030 0000000000000010 r _ZN5tokio7runtime5TABLE17h0123456789abcdefE
0000000000001040 0000000000000010 t main
                 U malloc
";
        let called = [
            "_ZN5tokio7runtime3run17h0123456789abcdefE",
            "_RNvNtCsjrHSEGnQ3l9_3std2rt10lang_start",
            "main",
        ];
        let called: Called = called.map(str::to_owned).into();
        let kept: Vec<String> = patterns(symbols, &called).into_iter().collect();
        assert_eq!(
            kept,
            [
                "_RNvNtCs*_3std2rt10lang_start*",
                "_ZN5tokio7runtime3run*",
                "main"
            ]
        );
    }

    #[test]
    fn what_would_bring_in_more_than_it_saves_stays_where_it_is() {
        let symbols = "\
0000000000001000 0000000000010000 t _ZN4core5slice4sort17h0123456789abcdefE
0000000000002000 0000000000000010 t _ZN4core5slice4sort17hfedcba9876543210E
";
        let called = Called::from(["_ZN4core5slice4sort17hfedcba9876543210E".to_owned()]);
        assert_eq!(patterns(symbols, &called), Called::new());
    }
}
