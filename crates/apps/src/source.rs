//! Where an app is fetched from.

use alloc::{borrow::ToOwned, format, string::String, vec::Vec};
use collodi_contain::Name;
use core::fmt;

/// The longest address, in bytes.
const MAX_ADDRESS: usize = 2048;
/// The longest name of a branch or tag, in bytes.
const MAX_REFERENCE: usize = 200;

/// How a repository is reached. No others are ever used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// `https://`
    Https,
    /// `http://`: neither secret nor certain to come from whom it says.
    Http,
    /// `ssh://`, with the keys of whoever runs the program.
    Ssh,
    /// `git://`: neither secret nor certain to come from whom it says.
    Git,
    /// `file://`: a repository of this machine.
    File,
}

impl Scheme {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Https, Self::Http, Self::Ssh, Self::Git, Self::File];

    /// The word before `://`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
            Self::Ssh => "ssh",
            Self::Git => "git",
            Self::File => "file",
        }
    }
}

/// The address of a repository, and what of it is wanted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    scheme: Scheme,
    url: String,
    reference: Option<Reference>,
}

/// A commit, tag or branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference(String);

impl Reference {
    /// Checks a name: letters, digits and `._/-+`, a letter or digit first, no `..`, so
    /// that it can be taken for neither an option nor a range.
    ///
    /// # Errors
    ///
    /// [`SourceError::Reference`].
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        let fits = |c: char| c.is_ascii_alphanumeric() || "._/-+".contains(c);
        let is_one = text.starts_with(|c: char| c.is_ascii_alphanumeric())
            && text.len() <= MAX_REFERENCE
            && text.chars().all(fits)
            && !text.contains("..");
        match is_one {
            true => Ok(Self(text.to_owned())),
            false => Err(SourceError::Reference(text.to_owned())),
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it names a commit in full: what is fetched then never changes.
    pub fn is_commit(&self) -> bool {
        matches!(self.0.len(), 40 | 64) && self.0.chars().all(|c| c.is_ascii_hexdigit())
    }
}

impl Source {
    /// Reads `scheme://host/path`, with `#reference` behind it when one commit, tag or
    /// branch is wanted.
    ///
    /// # Errors
    ///
    /// What is wrong with it. An address has no password in it, and no user but for `ssh`,
    /// since addresses are shown and written down.
    pub fn parse(text: &str) -> Result<Self, SourceError> {
        let (url, reference) = match text.split_once('#') {
            Some((url, reference)) => (url, Some(Reference::parse(reference)?)),
            None => (text, None),
        };
        let scheme = check(url)?;
        Ok(Self {
            scheme,
            url: url.to_owned(),
            reference,
        })
    }

    /// The same with this commit, tag or branch.
    #[must_use]
    pub fn at(self, reference: Option<Reference>) -> Self {
        Self { reference, ..self }
    }

    /// How it is reached.
    pub const fn scheme(&self) -> Scheme {
        self.scheme
    }

    /// The address of the repository alone.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What of it is wanted; its default branch when nothing is said.
    pub const fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    /// Whether it may be used where these schemes are.
    ///
    /// # Errors
    ///
    /// [`SourceError::NotAllowed`].
    pub fn allowed_among(&self, schemes: &[Scheme]) -> Result<(), SourceError> {
        match schemes.contains(&self.scheme) {
            true => Ok(()),
            false => Err(SourceError::NotAllowed {
                scheme: self.scheme,
                allowed: schemes.to_vec(),
            }),
        }
    }

    /// The name of the app that it becomes when nobody says another: the repository's.
    pub fn app_name(&self) -> Option<Name> {
        let path = self.url.trim_end_matches('/');
        let last = path.rsplit('/').next()?;
        let last = last.strip_suffix(".git").unwrap_or(last);
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        let name: String = last
            .chars()
            .map(|c| if fits(c) { c } else { '-' })
            .collect();
        Name::parse(name.trim_matches(['.', '-'])).ok()
    }
}

/// The scheme of the address, when all of it will do.
fn check(url: &str) -> Result<Scheme, SourceError> {
    let bad = |why| Err(SourceError::Address { why });
    let odd = |c: char| c.is_whitespace() || c.is_control() || "?\\\"'".contains(c);
    if url.len() > MAX_ADDRESS || url.contains(odd) {
        return bad("it is too long, or has characters that it cannot have");
    }
    let Some((word, rest)) = url.split_once("://") else {
        return bad("it does not begin with https:// or another scheme");
    };
    let mut known = Scheme::ALL.into_iter();
    let Some(scheme) = known.find(|scheme| scheme.word() == word) else {
        return Err(SourceError::UnknownScheme(word.to_owned()));
    };
    let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
    if path.trim_matches('/').is_empty() {
        return bad("it names no repository");
    }
    if scheme == Scheme::File {
        return match host.is_empty() {
            true => Ok(scheme),
            false => bad("a path on this machine has three slashes before it: file:///srv/app"),
        };
    }
    let (user, host) = host.rsplit_once('@').unwrap_or(("", host));
    match user {
        "" => {}
        _ if user.contains(':') || scheme != Scheme::Ssh => {
            return bad("it has a user name or password in it");
        }
        _ => {}
    }
    match host.is_empty() || host.starts_with('-') || user.starts_with('-') {
        true => bad("it names no host"),
        false => Ok(scheme),
    }
}

/// Why something is no source of an app.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceError {
    /// It is no address of a repository.
    Address {
        /// Why not.
        why: &'static str,
    },
    /// No repository is reached so.
    UnknownScheme(String),
    /// The settings do not allow it.
    NotAllowed {
        /// How it would be reached.
        scheme: Scheme,
        /// What is allowed.
        allowed: Vec<Scheme>,
    },
    /// Neither a commit nor a tag or branch can have this name.
    Reference(String),
}

impl SourceError {
    /// What to do about it.
    pub fn hint(&self) -> String {
        match self {
            Self::NotAllowed { scheme: Scheme::File, .. } => {
                "a repository of this machine is added from its command line: collodi add file:///…".to_owned()
            }
            Self::NotAllowed { scheme, allowed } => {
                let remote = allowed.iter().filter(|scheme| **scheme != Scheme::File);
                let words = remote.map(|scheme| scheme.word());
                let words: Vec<_> = words.chain([scheme.word()]).map(|word| format!("{word:?}")).collect();
                format!(
                    "allow it in .vatn/vatn.toml: [python] app_schemes = [{}]",
                    words.join(", ")
                )
            }
            Self::Reference(_) => "name a branch, a tag, or a commit by all of its 40 hex digits".to_owned(),
            Self::Address { .. } | Self::UnknownScheme(_) => {
                "name a repository as https://host/owner/repository, or ssh://git@host/owner/repository".to_owned()
            }
        }
    }
}

impl fmt::Display for SourceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address { why } => write!(f, "the address of the repository will not do: {why}"),
            Self::UnknownScheme(scheme) => write!(f, "no repository is reached by {scheme:?}"),
            Self::NotAllowed { scheme, .. } => {
                write!(f, "apps may not be fetched by {scheme} here")
            }
            Self::Reference(name) => write!(f, "{name:?} names no commit, tag or branch"),
        }
    }
}

impl core::error::Error for SourceError {}

impl fmt::Display for Scheme {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.reference {
            Some(reference) => write!(f, "{}#{reference}", self.url),
            None => f.write_str(&self.url),
        }
    }
}
