//! "Did you mean": the nearest of the names there are.

use alloc::{string::String, vec::Vec};

/// Longer words are not compared.
const LONGEST: usize = 64;

/// More candidates are not compared: a file can name as many as it likes.
const MOST: usize = 1_000;

/// The candidate nearest to `word`, when it is near enough to be meant.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = plain(word);
    if plain.is_empty() || plain.len() > LONGEST {
        return None;
    }
    let allowed = (plain.len() / 3).clamp(1, 3);
    // Each character that one has more is an edit.
    let near = |word: &&str| !word.is_ascii() || word.len().abs_diff(plain.len()) <= allowed;
    candidates
        .into_iter()
        .take(MOST)
        .filter(near)
        .map(|candidate| (distance(&plain, &self::plain(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= allowed && *distance < candidate.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// Lower case, with one sign between words.
fn plain(word: &str) -> Vec<char> {
    let one_sign = |c: char| if matches!(c, '_' | '-' | '/') { '.' } else { c };
    let lower: String = word.chars().take(LONGEST + 1).map(one_sign).collect();
    lower.to_lowercase().chars().collect()
}

/// Edits between two words, where swapping two neighbours is one.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.iter().enumerate() {
        let mut row = alloc::vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let of = |row: &[usize], at: usize| row.get(at).copied().unwrap_or(usize::MAX - 1);
            let replaced = of(&last, j) + usize::from(x != y);
            let mut best = replaced.min(of(&last, j + 1) + 1).min(of(&row, j) + 1);
            let swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if swapped {
                best = best.min(of(&before, j - 1) + 1);
            }
            row.push(best);
        }
        before = core::mem::replace(&mut last, row);
    }
    last.last().copied().unwrap_or(a.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_meant() {
        let names = ["shell.run", "fs.write", "fs.read", "local.set", "log"];
        let table = [
            ("shell.rn", Some("shell.run")),
            ("shel.run", Some("shell.run")),
            ("Shell_Run", Some("shell.run")),
            ("shlel.run", Some("shell.run")),
            ("fs.wirte", Some("fs.write")),
            ("lgo", Some("log")),
            ("process", None),
            ("x", None),
            ("", None),
        ];
        for (word, expected) in table {
            assert_eq!(nearest(word, names), expected, "{word}");
        }
    }

    #[test]
    fn long_words_are_not_compared() {
        let long = "a".repeat(10_000);
        assert_eq!(nearest(&long, [long.as_str()]), None);
    }
}
