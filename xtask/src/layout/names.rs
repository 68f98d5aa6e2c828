//! The names of functions, as patterns that outlive a change of versions.

use std::collections::{BTreeMap, BTreeSet};

/// The names of functions that are called, or patterns of them.
pub(crate) type Called = BTreeSet<String>;

/// Longer beginnings are cut: what follows are the types that a function is made for.
const BEGINNING: usize = 56;
/// The bytes of functions that are not called which a pattern may bring in with each that is.
const BESIDE: u64 = 512;
/// What the system reads around a function that is called.
const PIECE: u64 = 64 << 10;

/// Patterns of the functions that are called, by the `symbols` of the program that `nm -S` tells:
/// the widest each that bring in little besides. Some are the names that this compiler gives.
pub(crate) fn close(symbols: &str, called: &Called) -> Called {
    let functions: Vec<_> = symbols.lines().filter_map(function).collect();
    let names = functions.iter().map(|(name, _)| *name);
    let mut left: Vec<&str> = names.filter(|name| called.contains(*name)).collect();
    let mut found = Called::new();
    for pattern in [beginning, named] {
        let kept = kept(&functions, called, pattern, BESIDE);
        left.retain(|name| {
            let pattern = pattern(name);
            let is_named = kept.contains(&pattern);
            if is_named {
                found.insert(pattern);
            }
            !is_named
        });
    }
    found.extend(left.into_iter().map(exact));
    found
}

/// Patterns of the functions that are called that hold with other compilers as well, but for those
/// that would bring in more than they save.
pub(crate) fn wide(symbols: &str, called: &Called) -> Called {
    let functions: Vec<_> = symbols.lines().filter_map(function).collect();
    kept(&functions, called, beginning, PIECE)
}

/// The patterns of what is called that bring in at most so much besides for each call.
fn kept(
    functions: &[(&str, u64)],
    called: &Called,
    pattern: fn(&str) -> String,
    most: u64,
) -> Called {
    let mut found: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for (name, size) in functions {
        let (beside, calls) = found.entry(pattern(name)).or_default();
        match called.contains(*name) {
            true => *calls += 1,
            false => *beside += size,
        }
    }
    found.retain(|_, (beside, calls)| *calls > 0 && *beside <= most * *calls);
    found.into_keys().collect()
}

/// `ADDRESS SIZE t NAME`
fn function(line: &str) -> Option<(&str, u64)> {
    let mut words = line.split_ascii_whitespace().skip(1);
    let size = u64::from_str_radix(words.next()?, 16).ok()?;
    matches!(words.next()?, "t" | "T").then_some(())?;
    Some((words.next()?, size))
}

/// The function by the beginning of its name, whatever types it is made for.
fn beginning(name: &str) -> String {
    let mut pattern = named(name);
    if pattern.len() > BEGINNING {
        pattern.truncate(BEGINNING);
        pattern.push('*');
    }
    pattern
}

/// The function by its name, without what the compiler, its version, and the versions of crates
/// add to it. A name that no compiler has made is as it is.
fn named(name: &str) -> String {
    let name = without_number(name);
    match (name.strip_prefix("_R"), name.starts_with("_ZN")) {
        (Some(name), _) => without_hashes(name) + "*",
        // What is inside of this function has its name, and more before the hash.
        (None, true) => {
            let kept = name.rsplit_once("17h").map(|(kept, _)| kept);
            kept.map_or_else(|| name.to_owned(), |kept| format!("{kept}17h*"))
        }
        (None, false) => name.to_owned(),
    }
}

/// This function alone, as long as the compiler names it so.
fn exact(name: &str) -> String {
    match without_number(name) {
        name if name.starts_with("_R") || name.starts_with("_ZN") => name.to_owned() + "*",
        name => name.to_owned(),
    }
}

/// Copies of a function that the linker is given have numbers behind their names.
fn without_number(name: &str) -> &str {
    match name.rsplit_once('.') {
        Some((name, number)) if number.chars().all(|c| c.is_ascii_digit()) => name,
        _ => name,
    }
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
    use super::{Called, close, wide};

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
        let kept: Vec<String> = close(symbols, &called).into_iter().collect();
        assert_eq!(
            kept,
            [
                "_RNvNtCs*_3std2rt10lang_start*",
                "_ZN5tokio7runtime3run17h*",
                "main"
            ]
        );
    }

    #[test]
    fn what_would_bring_in_much_besides_is_named_more_exactly() {
        let generic = "_ZN103_$LT$collodi_host..a..very..long..name..of..a..type..of..ours";
        let symbols = format!(
            "\
0000000000001000 0000000000010000 t _ZN4core5slice4sort17h0123456789abcdefE
0000000000002000 0000000000000010 t _ZN4core5slice4sort17hfedcba9876543210E
0000000000003000 0000000000010000 t {generic}$GT$4stop17h0123456789abcdefE
0000000000004000 0000000000000010 t {generic}$GT$3run17h0123456789abcdefE
0000000000007000 0000000000000010 t _ZN9collodi_a_name_that_is_longer_than_a_beginning_and_of_one_function17h0E
0000000000005000 0000000000000010 t _RNvNtCsjrHSEGnQ3l9_5alloc3fmt6format.3083
0000000000006000 0000000000000010 t _RNvNtCsjrHSEGnQ3l9_5alloc3fmt6format
"
        );
        let called = [
            "_ZN4core5slice4sort17hfedcba9876543210E",
            &format!("{generic}$GT$3run17h0123456789abcdefE"),
            "_RNvNtCsjrHSEGnQ3l9_5alloc3fmt6format.3083",
            "_ZN9collodi_a_name_that_is_longer_than_a_beginning_and_of_one_function17h0E",
        ];
        let called: Called = called.map(str::to_owned).into();
        let kept: Vec<String> = close(&symbols, &called).into_iter().collect();
        assert_eq!(
            kept,
            [
                "_RNvNtCs*_5alloc3fmt6format*",
                &format!("{generic}$GT$3run17h*"),
                "_ZN4core5slice4sort17hfedcba9876543210E*",
                "_ZN9collodi_a_name_that_is_longer_than_a_beginning_and_o*",
            ]
        );
    }

    #[test]
    fn for_other_compilers_more_is_brought_in_but_not_more_than_it_saves() {
        let symbols = "\
0000000000001000 0000000000008000 t _ZN4core5slice4sort17h0123456789abcdefE
0000000000002000 0000000000000010 t _ZN4core5slice4sort17hfedcba9876543210E
0000000000003000 0000000000010010 t _ZN4core3ptr4drop17h0123456789abcdefE
0000000000004000 0000000000000010 t _ZN4core3ptr4drop17hfedcba9876543210E
";
        let called = [
            "_ZN4core5slice4sort17hfedcba9876543210E",
            "_ZN4core3ptr4drop17hfedcba9876543210E",
        ];
        let called: Called = called.map(str::to_owned).into();
        let kept = wide(symbols, &called);
        assert_eq!(kept, Called::from(["_ZN4core5slice4sort17h*".to_owned()]));
    }
}
