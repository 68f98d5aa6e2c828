//! Repositories: their addresses, their names among the apps, and the commands that
//! fetch them.

use crate::{
    HostOptions,
    confine::Confining,
    detection::{own_environment, own_vars},
    purpose::decided,
};
use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::{CommandSpec, Kind, Purpose, TreeId};
use collodi_contain::{ContainedPath, Name};
use collodi_env::Environment;
use collodi_file::FileOp;
use collodi_run::{Checkout, ScriptFault};

/// The folder among the apps in which a repository is cloned before it is an app. No
/// app can have this name.
const CLONING: &str = ".cloning";
/// As deep as a history can be, also of a checkout that has it all.
const WHOLE_HISTORY: &str = "2147483647";
/// All branches, also of a checkout that was made for one.
const BRANCHES: &str = "+refs/heads/*:refs/remotes/origin/*";
/// How much of `.git/HEAD` is read, in bytes.
const HEAD_BYTES: u64 = 4 << 10;
/// For every command: no hooks, and a connection that has died is noticed.
const SETTINGS: [(&str, &str); 3] = [
    ("core.hooksPath", "/dev/null"),
    ("http.lowSpeedLimit", "1"),
    ("http.lowSpeedTime", "60"),
];

/// For commands in a folder whose settings an app may have changed.
const APP_SETTINGS: [&str; 3] = [
    "core.fsmonitor=false",
    "submodule.recurse=false",
    "fetch.recurseSubmodules=false",
];

/// The address of a repository, and of something in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GitAddress {
    /// As it was written.
    pub uri: String,
    /// Up to `.git`.
    url: String,
    /// What stands after it; empty for the repository itself.
    pub path: String,
}

/// Something to do, in this order, to have a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deed {
    /// Something with files.
    File(FileOp),
    /// `git` with these arguments, in this folder.
    Git(Vec<String>, ContainedPath),
    /// The newest, which takes another command when `.git/HEAD`, that this reads, names
    /// no branch.
    Pull(FileOp),
}

impl GitAddress {
    /// Reads `https://host/owner/repository.git/path`; with `files_too`, also
    /// `file:///path/repository.git/path`.
    ///
    /// # Errors
    ///
    /// [`ScriptFault::Address`] when it is none of these, or has more in it.
    pub fn parse(uri: &str, files_too: bool) -> Result<Self, ScriptFault> {
        let fault = |why| ScriptFault::Address {
            uri: uri.to_owned(),
            why,
        };
        let (scheme, rest) = uri.split_once("://").unwrap_or_default();
        if !(scheme == "https" || (scheme == "file" && files_too)) {
            return Err(fault("repositories are fetched over https only"));
        }
        let odd = |c: char| c.is_whitespace() || c.is_control() || "?#\\".contains(c);
        if rest.contains(odd) {
            return Err(fault("the address has characters that it cannot have"));
        }
        if rest
            .split('/')
            .next()
            .is_some_and(|host| host.contains('@'))
        {
            return Err(fault("an address has no user name or password in it"));
        }
        let (repository, path) =
            split(rest).ok_or_else(|| fault("the address of a repository has `.git` in it"))?;
        Ok(Self {
            uri: uri.to_owned(),
            url: format!("{scheme}://{repository}"),
            path: path.to_owned(),
        })
    }

    /// The address of the repository itself.
    pub fn repository(&self) -> &str {
        &self.url
    }

    /// Whether a checkout whose `.git/config` has this text is one of it.
    pub fn is_origin_of(&self, config: &str) -> bool {
        origin(config).is_some_and(|url| plain(url).eq_ignore_ascii_case(&plain(&self.url)))
    }

    /// The name of the app that a clone of it becomes: the repository's, with the
    /// owner's and a number behind it as long as `is_taken`.
    pub fn app_name(&self, is_taken: impl Fn(&str) -> bool) -> Option<Name> {
        let url = plain(&self.url);
        let mut parts = url.rsplit('/');
        let repository = clean(parts.next().unwrap_or_default());
        let owner = clean(parts.next().unwrap_or_default());
        let both = format!("{repository}-{owner}");
        let numbered = (2..100).map(|number| format!("{both}-{number}"));
        [repository, both.clone()]
            .into_iter()
            .chain(numbered)
            .filter_map(|name| Name::parse(&name).ok())
            .find(|name| !is_taken(&name.as_str().to_ascii_lowercase()))
    }

    /// What makes a checkout at `dir`, one of the `apps`: cloned beside it, so that
    /// one that was interrupted is not taken for whole.
    ///
    /// # Errors
    ///
    /// [`ScriptFault::Address`] when the branch or commit cannot be one.
    pub fn clone_into(
        &self,
        checkout: &Checkout,
        apps: &ContainedPath,
        dir: ContainedPath,
    ) -> Result<Vec<Deed>, ScriptFault> {
        self.check(checkout)?;
        let new = apps.join(CLONING).map_err(|_| self.no_place())?;
        let mut clone = alloc::vec!["clone"];
        if checkout.hash.as_deref().is_none_or(is_whole) {
            clone.extend(["--depth", "1"]);
        }
        if let Some(branch) = &checkout.branch {
            clone.extend(["--branch", branch]);
        }
        clone.extend(["--", &self.url, CLONING]);
        let mut deeds = alloc::vec![
            Deed::File(FileOp::Remove { path: new.clone() }),
            git(&clone, apps),
        ];
        if let Some(hash) = &checkout.hash {
            if is_whole(hash) {
                deeds.push(git(&["fetch", "--depth", "1", "origin", hash], &new));
            }
            deeds.push(git(&["checkout", "--detach", hash, "--"], &new));
        }
        let (from, to) = (new, dir);
        deeds.push(Deed::File(FileOp::Rename { from, to }));
        Ok(deeds)
    }

    /// What brings the checkout at `dir` to the state that is wanted.
    ///
    /// # Errors
    ///
    /// [`ScriptFault::Address`] when the branch or commit cannot be one.
    pub fn update(
        &self,
        checkout: &Checkout,
        dir: &ContainedPath,
    ) -> Result<Vec<Deed>, ScriptFault> {
        self.check(checkout)?;
        Ok(match (&checkout.hash, &checkout.branch) {
            (Some(hash), _) => {
                // A server is asked for whole names only; others are looked up here.
                let fetch = if is_whole(hash) {
                    git(&["fetch", "origin", hash], dir)
                } else {
                    git(
                        &["fetch", "--depth", WHOLE_HISTORY, "origin", BRANCHES],
                        dir,
                    )
                };
                [fetch, git(&["checkout", "--detach", hash, "--"], dir)].into()
            }
            (None, Some(branch)) => {
                let remote = format!("refs/remotes/origin/{branch}");
                let tracked = format!("remote.origin.fetch={BRANCHES}");
                let fetched = format!("+refs/heads/{branch}:{remote}");
                [
                    git(&["fetch", "origin", &fetched], dir),
                    git(&["-c", &tracked, "checkout", branch, "--"], dir),
                    git(&["merge", "--ff-only", &remote], dir),
                ]
                .into()
            }
            (None, None) if checkout.pull => {
                let head = dir.join(".git/HEAD").map_err(|_| self.no_place())?;
                [Deed::Pull(FileOp::read(head, HEAD_BYTES))].into()
            }
            (None, None) => Vec::new(),
        })
    }

    /// What a script gives must not be taken for an option or a pattern.
    fn check(&self, checkout: &Checkout) -> Result<(), ScriptFault> {
        let fault = |why| {
            let uri = self.uri.clone();
            Err(ScriptFault::Address { uri, why })
        };
        let plain = |c: char| c.is_ascii_alphanumeric() || "._/-+".contains(c);
        let is_branch = |name: &String| {
            name.starts_with(|c: char| c.is_ascii_alphanumeric())
                && name.chars().all(plain)
                && !name.contains("..")
        };
        let is_hash = |hash: &String| {
            (7..=64).contains(&hash.len()) && hash.chars().all(|c| c.is_ascii_hexdigit())
        };
        if !checkout.branch.iter().all(is_branch) {
            return fault("the branch has a name that none has");
        }
        if !checkout.hash.iter().all(is_hash) {
            return fault("a commit is named by 7 to 64 hex digits");
        }
        Ok(())
    }

    fn no_place(&self) -> ScriptFault {
        ScriptFault::Address {
            uri: self.uri.clone(),
            why: "there is no place for it among the apps",
        }
    }
}

/// What brings the newest to the checkout at `dir`, whose `.git/HEAD` has this text:
/// that of its branch, else that of the repository.
pub fn pull(head: &[u8], dir: &ContainedPath) -> Deed {
    if head.starts_with(b"ref:") {
        return git(&["pull", "--ff-only"], dir);
    }
    let all = ["--depth", WHOLE_HISTORY, "origin", "HEAD"];
    git(&[["pull", "--ff-only"].as_slice(), &all].concat(), dir)
}

/// A hash that a server can be asked for.
const fn is_whole(hash: &str) -> bool {
    hash.len() >= 40
}

fn git(args: &[&str], dir: &ContainedPath) -> Deed {
    let args = args.iter().map(ToString::to_string);
    Deed::Git(args.collect(), dir.clone())
}

/// `git` with these arguments in `dir`, and what the policy made of the host's variables for
/// it. The command has a few more of its own.
pub fn command(
    options: &HostOptions,
    args: &[String],
    dir: ContainedPath,
    tree: &TreeId,
) -> (CommandSpec, Environment) {
    let own = own_environment(options);
    let spec = CommandSpec::new("git", dir, tree.clone())
        .args(args.iter().map(String::as_str))
        .envs(&own_vars(options))
        .envs(&variables(protocols(options.local_repositories)));
    (spec, own)
}

/// `git` with these arguments in `dir`, for the app of this name, in whose sandbox it is kept.
/// It speaks `protocol` alone, fetches no submodules, and starts no programs that the
/// settings of a repository name for its watching.
pub fn app_command(
    options: &HostOptions,
    app: &str,
    args: &[String],
    dir: ContainedPath,
    tree: &TreeId,
    protocol: &str,
) -> CommandSpec {
    let mut spec = CommandSpec::new("git", dir, tree.clone())
        .args(APP_SETTINGS.into_iter().flat_map(|setting| ["-c", setting]))
        .args(args.iter().map(String::as_str))
        .envs(&own_vars(options))
        .envs(&variables(protocol))
        .env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
    spec.bounds = options.bounds;
    spec.purpose = Purpose {
        kind: Kind::Repository,
        app: Some(app.into()),
        environment: decided(&own_environment(options)),
        ..Purpose::default()
    };
    Confining::of(options).fill(&mut spec);
    spec
}

const fn protocols(files_too: bool) -> &'static str {
    if files_too { "https:file" } else { "https" }
}

/// The variables of a command: it asks nobody anything, and speaks no other protocols.
fn variables(protocols: &str) -> BTreeMap<String, String> {
    let fixed = [
        ("GIT_TERMINAL_PROMPT", "0"),
        ("GIT_ASKPASS", "true"),
        ("GIT_ALLOW_PROTOCOL", protocols),
        ("LC_ALL", "C"),
    ];
    let fixed = fixed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut variables = BTreeMap::from(fixed);
    for (number, (name, value)) in SETTINGS.into_iter().enumerate() {
        variables.insert(format!("GIT_CONFIG_KEY_{number}"), name.to_owned());
        variables.insert(format!("GIT_CONFIG_VALUE_{number}"), value.to_owned());
    }
    variables.insert("GIT_CONFIG_COUNT".to_owned(), SETTINGS.len().to_string());
    variables
}

/// The address up to `.git`, and what stands after it.
fn split(rest: &str) -> Option<(&str, &str)> {
    rest.match_indices(".git").find_map(|(at, _)| {
        let (repository, path) = rest.split_at_checked(at + ".git".len())?;
        let path = match path.strip_prefix('/') {
            Some(path) => path,
            None if path.is_empty() => path,
            None => return None,
        };
        Some((repository, path))
    })
}

/// The address without what differs between two ways to write it.
fn plain(url: &str) -> String {
    let url = url.trim().trim_end_matches('/');
    let url = url.strip_suffix(".git").unwrap_or(url);
    match url.split_once("://") {
        Some((_, rest)) => rest.to_owned(),
        // `git@host:owner/repository`
        None => url
            .split_once('@')
            .map_or(url, |(_, rest)| rest)
            .replacen(':', "/", 1),
    }
}

fn clean(part: &str) -> String {
    let allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    let name = part.chars().map(|c| if allowed(c) { c } else { '_' });
    let name: String = name.take(24).collect();
    name.trim_matches(['.', '-']).to_owned()
}

/// The address of the remote `origin` in the text of a `.git/config`.
fn origin(config: &str) -> Option<&str> {
    let mut lines = config.lines().map(str::trim);
    lines.find(|line| *line == "[remote \"origin\"]")?;
    let section = lines.take_while(|line| !line.starts_with('['));
    let mut entries = section.filter_map(|line| line.split_once('='));
    let url = entries.find(|(name, _)| name.trim() == "url");
    url.map(|(_, url)| url.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(uri: &str) -> GitAddress {
        GitAddress::parse(uri, true).unwrap()
    }

    #[test]
    fn addresses_are_cut_at_the_repository() {
        let table = [
            (
                "https://host/owner/repo.git",
                "https://host/owner/repo.git",
                "",
            ),
            (
                "https://host/o/repo.git/a/b.json",
                "https://host/o/repo.git",
                "a/b.json",
            ),
            (
                "https://host/o/x.github.git/a.json",
                "https://host/o/x.github.git",
                "a.json",
            ),
            ("file:///srv/r.git/a.json", "file:///srv/r.git", "a.json"),
        ];
        for (uri, url, path) in table {
            let found = address(uri);
            assert_eq!((found.url.as_str(), found.path.as_str()), (url, path));
        }
    }

    #[test]
    fn other_addresses_are_refused() {
        let table = [
            "http://host/owner/repo.git",
            "ssh://host/owner/repo.git",
            "ext::sh -c id://x.git",
            "file:///srv/repo.git",
            "https://user:secret@host/repo.git",
            "https://host/owner/repo",
            "https://host/owner/repo.git?x=1",
            "https://host/owner/re po.git",
        ];
        for uri in table {
            assert!(GitAddress::parse(uri, false).is_err(), "{uri}");
        }
    }

    #[test]
    fn a_checkout_is_known_by_its_origin() {
        let repo = address("https://Host/owner/repo.git/x.json");
        let config = |url| format!("[core]\n\tbare = false\n[remote \"origin\"]\n\turl = {url}\n");
        for url in [
            "https://host/owner/repo",
            "https://host/owner/repo.git/",
            "git@host:owner/repo.git",
        ] {
            assert!(repo.is_origin_of(&config(url)), "{url}");
        }
        assert!(!repo.is_origin_of(&config("https://host/other/repo.git")));
        assert!(!repo.is_origin_of("[remote \"other\"]\nurl = https://host/owner/repo.git"));
    }

    #[test]
    fn a_name_that_is_taken_gets_the_owners() {
        let repo = address(
            "https://host/some owner/My Repo.git"
                .replace(' ', "+")
                .as_str(),
        );
        let name = |taken: &[&str]| {
            let name = repo.app_name(|name| taken.contains(&name)).unwrap();
            name.to_string()
        };
        assert_eq!(name(&[]), "My_Repo");
        assert_eq!(name(&["my_repo"]), "My_Repo-some_owner");
        assert_eq!(
            name(&["my_repo", "my_repo-some_owner"]),
            "My_Repo-some_owner-2"
        );
    }

    #[test]
    fn options_are_no_branches() {
        let repo = address("https://host/owner/repo.git");
        let dir = collodi_contain::Root::new("/w").at(collodi_contain::RelPath::root());
        for branch in ["--upload-pack=x", "a b", "a..b", "", "+x"] {
            let checkout = Checkout {
                branch: Some(branch.into()),
                ..Checkout::default()
            };
            assert!(repo.update(&checkout, &dir).is_err(), "{branch}");
        }
    }
}
