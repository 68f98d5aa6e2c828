//! Where a folder came from that git cloned, by git's own files. Git is not run: what is in the
//! folder could have it run more.

use alloc::{
    borrow::ToOwned,
    format,
    string::{String, ToString},
};
use core::fmt;

/// The most letters of an address that are shown.
const MOST_SHOWN: usize = 2048;

/// A folder that git cloned, by a script or by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitClone {
    /// The address of the remote `origin`, without what would let its reader in.
    pub url: String,
    /// The branch that it is on; none when it is at a commit alone.
    pub branch: Option<String>,
    /// Its commit, where that is in plain sight.
    pub commit: Option<String>,
}

impl GitClone {
    /// The file with the settings of a clone.
    pub const CONFIG: &str = ".git/config";
    /// The file that says what it is at.
    pub const HEAD: &str = ".git/HEAD";
    /// The file with the commits of branches that have no file of their own.
    pub const PACKED: &str = ".git/packed-refs";

    /// Reads the texts of [`CONFIG`](Self::CONFIG) and [`HEAD`](Self::HEAD). None when there is
    /// no remote `origin`.
    pub fn read(config: &str, head: &str) -> Option<Self> {
        let head = head.trim();
        let branch = head.strip_prefix("ref: refs/heads/").map(ToOwned::to_owned);
        let commit = is_commit(head).then(|| head.to_owned());
        Some(Self {
            url: without_credentials(&origin_of(config)?),
            branch,
            commit,
        })
    }

    /// The file that has the commit of its branch, unless it is among the
    /// [packed](Self::PACKED).
    pub fn branch_file(&self) -> Option<String> {
        let branch = self.branch.as_ref()?;
        Some(format!(".git/refs/heads/{branch}"))
    }

    /// The same with the commit that the text of [`branch_file`](Self::branch_file) names, or
    /// else that of [`PACKED`](Self::PACKED).
    #[must_use]
    pub fn at(self, own: Option<&str>, packed: Option<&str>) -> Self {
        let own = own.map(str::trim).filter(|text| is_commit(text));
        let commit = own.or_else(|| packed_commit(self.branch.as_deref()?, packed?));
        let commit = commit.map(ToOwned::to_owned).or(self.commit);
        Self { commit, ..self }
    }
}

fn packed_commit<'a>(branch: &str, packed: &'a str) -> Option<&'a str> {
    let name = format!("refs/heads/{branch}");
    let mut lines = packed.lines().filter_map(|line| line.split_once(' '));
    let (commit, _) = lines.find(|(_, of)| *of == name)?;
    is_commit(commit).then_some(commit)
}

fn is_commit(text: &str) -> bool {
    matches!(text.len(), 40 | 64) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// The address of the remote `origin`: as in git, the last one counts of its first kind.
fn origin_of(config: &str) -> Option<String> {
    let mut in_origin = false;
    let mut url = None;
    for line in config.lines().map(str::trim) {
        if line.starts_with('[') {
            in_origin = is_origin(line);
        } else if let Some((key, value)) = line.split_once('=')
            && in_origin
            && key.trim().eq_ignore_ascii_case("url")
        {
            url = Some(meant(value.trim()));
        }
    }
    url.filter(|url| !url.is_empty() && url.len() <= MOST_SHOWN)
}

/// `[remote "origin"]`
fn is_origin(line: &str) -> bool {
    let inner = line.trim_start_matches('[').split(']').next();
    let words = inner.and_then(|inner| inner.split_once(char::is_whitespace));
    words.is_some_and(|(section, name)| {
        section.eq_ignore_ascii_case("remote") && name.trim() == "\"origin\""
    })
}

/// What a value means: quotes group, a backslash takes the next letter as it is, and what
/// follows `#` or `;` is a comment.
fn meant(value: &str) -> String {
    let (mut text, mut quoted) = (String::new(), false);
    let mut chars = value.chars();
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            '\\' => text.extend(chars.next()),
            '#' | ';' if !quoted => break,
            c => text.push(c),
        }
    }
    text.trim_end().to_string()
}

/// An address without a password or token in it. The user of `ssh` is no secret.
fn without_credentials(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    let Some((user, host)) = host.rsplit_once('@') else {
        return url.to_owned();
    };
    match (scheme, user.split_once(':')) {
        ("ssh", None) => url.to_owned(),
        ("ssh", Some((user, _))) => format!("{scheme}://{user}@{host}/{path}"),
        _ => format!("{scheme}://{host}/{path}"),
    }
}

impl fmt::Display for GitClone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cloned from {}", self.url)?;
        let commit = self.commit.as_ref();
        if let Some(short) = commit.and_then(|commit| commit.get(..crate::origin::SHORT)) {
            write!(f, " at {short}")?;
        }
        match &self.branch {
            Some(branch) => write!(f, " ({branch})"),
            None => f.write_str(" (no branch)"),
        }
    }
}
