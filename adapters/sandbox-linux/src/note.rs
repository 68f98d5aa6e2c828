//! What the helper is told, as a file.

use collodi_sandbox::{Access, Domain, Grant, Lifetime, seccomp::Set};
use std::fmt::Write as _;

/// Everything that the helper needs to know. No text in it has a zero byte.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// Who started the helper.
    pub(crate) parent: u32,
    pub(crate) lifetime: Lifetime,
    /// The descriptor to say on how far it came.
    pub(crate) status: i32,
    /// The version of Landlock.
    pub(crate) landlock: u32,
    pub(crate) domain: Domain,
    pub(crate) set: Set,
    /// `NAME=VALUE` each.
    pub(crate) env: Vec<String>,
    /// The program first.
    pub(crate) command: Vec<String>,
}

impl Note {
    /// As bytes: words that end with a zero, each list after its length.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        let mut text = String::new();
        let mut word = |word: &dyn std::fmt::Display| {
            // Writing to a string does not fail.
            let _ = write!(text, "{word}\0");
        };
        let sockets = !matches!(self.set, Set::Alone { sockets: false });
        word(&self.parent);
        word(&u8::from(self.lifetime == Lifetime::Parent));
        word(&self.status);
        word(&self.landlock);
        word(&u8::from(self.domain.scopes));
        word(&u8::from(self.domain.tcp));
        word(&u8::from(sockets));
        let files = self.domain.files.as_deref().unwrap_or_default();
        word(&files.len());
        for grant in files {
            word(&letter(grant.access));
            word(&grant.path);
        }
        for list in [&self.domain.withheld, &self.env, &self.command] {
            word(&list.len());
            list.iter().for_each(|text| word(text));
        }
        text.into_bytes()
    }

    /// Reads what [`to_bytes`](Self::to_bytes) wrote; none for anything else.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        let mut words = text.strip_suffix('\0')?.split('\0');
        let note = Self {
            parent: number(&mut words)?,
            lifetime: if flag(&mut words)? {
                Lifetime::Parent
            } else {
                Lifetime::Own
            },
            status: number(&mut words)?,
            landlock: number(&mut words)?,
            domain: Domain {
                scopes: flag(&mut words)?,
                tcp: flag(&mut words)?,
                files: None,
                withheld: Vec::new(),
            },
            set: Set::Alone {
                sockets: flag(&mut words)?,
            },
            env: Vec::new(),
            command: Vec::new(),
        };
        let count: usize = number(&mut words)?;
        let grants = (0..count)
            .map(|_| grant(&mut words))
            .collect::<Option<_>>()?;
        let domain = Domain {
            files: Some(grants),
            withheld: list(&mut words)?,
            ..note.domain
        };
        let (env, command) = (list(&mut words)?, list(&mut words)?);
        words.next().is_none().then_some(Self {
            domain,
            env,
            command,
            ..note
        })
    }
}

type Words<'a> = std::str::Split<'a, char>;

fn number<T: std::str::FromStr>(words: &mut Words<'_>) -> Option<T> {
    words.next()?.parse().ok()
}

fn flag(words: &mut Words<'_>) -> Option<bool> {
    match words.next()? {
        "0" => Some(false),
        "1" => Some(true),
        _ => None,
    }
}

fn list(words: &mut Words<'_>) -> Option<Vec<String>> {
    let count: usize = number(words)?;
    (0..count)
        .map(|_| words.next().map(str::to_owned))
        .collect()
}

fn grant(words: &mut Words<'_>) -> Option<Grant> {
    let access = match words.next()? {
        "r" => Access::Read,
        "o" => Access::ReadOthers,
        "w" => Access::Change,
        "d" => Access::Device,
        _ => return None,
    };
    Some(Grant {
        path: words.next()?.to_owned(),
        access,
    })
}

const fn letter(access: Access) -> char {
    match access {
        Access::Read => 'r',
        Access::ReadOthers => 'o',
        Access::Change => 'w',
        Access::Device => 'd',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let grant = |path: &str, access| Grant {
            path: path.to_owned(),
            access,
        };
        let note = Note {
            parent: 7,
            lifetime: Lifetime::Parent,
            status: 5,
            landlock: 6,
            domain: Domain {
                scopes: true,
                tcp: true,
                files: Some(vec![
                    grant("/", Access::ReadOthers),
                    grant("/a b", Access::Change),
                ]),
                withheld: vec!["/root/.ssh".to_owned()],
            },
            set: Set::Alone { sockets: false },
            env: vec!["A=".to_owned(), "B=\n1".to_owned()],
            command: vec!["/bin/true".to_owned(), String::new()],
        };
        let bytes = note.to_bytes();
        assert_eq!(Note::read(&bytes), Some(note));
        for cut in 0..bytes.len() {
            assert_eq!(Note::read(&bytes[..cut]), None, "{cut}");
        }
        assert_eq!(Note::read(&[&bytes[..], b"x\0"].concat()), None);
    }
}
