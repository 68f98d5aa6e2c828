//! What commands look like they fetch. Words of a shell line, not what it really does.

/// Programs that fetch packages, and the words after them that say so.
const PACKAGES: &[(&str, &[&str])] = &[
    ("pip", &["install", "download", "sync"]),
    ("pip3", &["install", "download"]),
    ("uv", &["sync", "add", "run"]),
    ("conda", &["install", "create", "update"]),
    ("mamba", &["install", "create", "update"]),
    ("npm", &["install", "i", "ci", "update"]),
    ("yarn", &["install", "add"]),
    ("pnpm", &["install", "add"]),
    ("bun", &["install", "add"]),
    ("npx", &[]),
    ("uvx", &[]),
    ("brew", &["install"]),
    ("apt", &["install", "update"]),
    ("apt-get", &["install", "update"]),
    ("cargo", &["install", "build"]),
];
/// What git does with other machines; of `lfs`, all but what sets it up.
const GIT: &[&str] = &["clone", "pull", "fetch", "submodule", "lfs"];
const SET_UP: &[&str] = &["install", "uninstall", "track", "untrack"];
/// Programs that fetch files.
const FILES: &[&str] = &["curl", "wget", "aria2c", "hf", "huggingface-cli"];
/// The most that is said of one line.
const MOST: usize = 16;

/// What a shell line looks like it fetches.
pub(crate) fn fetched(line: &str) -> Vec<String> {
    let commands = line.split(['&', ';', '|', '\n']);
    let mut found: Vec<String> = Vec::new();
    for command in commands {
        let words: Vec<&str> = command.split_whitespace().collect();
        let said = (0..words.len()).find_map(|at| fetches(words.get(at..)?));
        found.extend(said.filter(|said| !found.contains(said)));
    }
    found.truncate(MOST);
    found
}

/// What the words of a command fetch, when the first is a program that does.
fn fetches(words: &[&str]) -> Option<String> {
    let (program, rest) = words.split_first()?;
    let program = program.rsplit('/').next().unwrap_or(program);
    let next = rest.first().copied().unwrap_or_default();
    let address = || rest.iter().find(|word| word.contains("://")).copied();
    let sets_up = next == "lfs" && rest.get(1).is_some_and(|word| SET_UP.contains(word));
    if program == "git" && GIT.contains(&next) && !sets_up {
        let of = address().map(|address| format!(" {address}"));
        return Some(format!("git {next}{}", of.unwrap_or_default()));
    }
    if FILES.contains(&program) {
        return Some(format!("{program} {}", address().unwrap_or(next)));
    }
    let (_, verbs) = PACKAGES.iter().find(|(name, _)| *name == program)?;
    let fetches = verbs.is_empty() || verbs.contains(&next);
    fetches.then(|| format!("{program} {next}").trim_end().to_owned())
}

#[cfg(test)]
mod tests {
    use super::fetched;

    #[test]
    fn words_that_fetch() {
        let table = [
            ("echo pip", ""),
            ("uv pip install torch && python app.py", "pip install"),
            (
                "git clone https://example.org/a/b app",
                "git clone https://example.org/a/b",
            ),
            ("cd app && git pull; npm ci", "git pull, npm ci"),
            ("git status", ""),
            ("git lfs install && git lfs pull", "git lfs"),
            ("git lfs install", ""),
            (
                "curl -L https://example.org/x -o x",
                "curl https://example.org/x",
            ),
            ("npx create-app", "npx create-app"),
            (
                "python -m pip install a\npython -m pip install b",
                "pip install",
            ),
        ];
        for (line, expected) in table {
            assert_eq!(fetched(line).join(", "), expected, "{line}");
        }
    }
}
