//! What a fuzzer runs: any bytes as a job, and what must hold for its plans.

use crate::{
    Bwrap, Confinement, Features, Job, Kind, Lifetime, Machine, Place, Profile, Seatbelt, Seen,
    Temp,
};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[("sandbox_bwrap", bwrap), ("sandbox_seatbelt", seatbelt)];

/// The most lines that are read.
const MOST: usize = 64;

/// A job, and the machine it is planned for, which has all that the job names.
struct Read {
    profile: Profile,
    cwd: Place,
    program: String,
    args: Vec<String>,
    env: BTreeMap<String, String>,
    terminal: bool,
}

impl Read {
    /// A letter begins each line, and says what the rest of it is.
    fn of(data: &[u8]) -> Option<Self> {
        let text = String::from_utf8_lossy(data);
        let root = Place::parse("/srv/app").ok()?;
        let mut read = Self {
            cwd: root.clone(),
            profile: Profile::new(Confinement::Sandboxed, root),
            program: "/usr/bin/env".to_string(),
            args: Vec::new(),
            env: BTreeMap::new(),
            terminal: false,
        };
        for line in text.split('\n').take(MOST) {
            let mut letters = line.chars();
            read.take(letters.next(), letters.as_str());
        }
        Some(read)
    }

    fn take(&mut self, what: Option<char>, rest: &str) {
        let profile = &mut self.profile;
        match (what, Place::parse(rest)) {
            (Some('r'), Ok(place)) => profile.read.push(place),
            (Some('w'), Ok(place)) => profile.write.push(place),
            (Some('h'), Ok(place)) => profile.hidden.push(place),
            (Some('p'), Ok(place)) => profile.protected.push(place),
            (Some('t'), Ok(place)) => profile.temp = Temp::Folder(place),
            (Some('c'), Ok(place)) => self.cwd = place,
            (Some('o'), Ok(place)) => (profile.root, self.cwd) = (place.clone(), place),
            (Some('l'), _) => profile.confinement = Confinement::Restricted,
            (Some('n'), _) => profile.network = Some(rest.is_empty()),
            (Some('g'), _) => profile.gpu = true,
            (Some('y'), _) => self.terminal = true,
            (Some('x'), _) => self.program = rest.to_string(),
            (Some('a'), _) => self.args.push(rest.to_string()),
            (Some('e'), _) => {
                let (name, value) = rest.split_once('=').unwrap_or((rest, ""));
                self.env.insert(name.to_string(), value.to_string());
            }
            _ => {}
        }
    }

    fn job(&self) -> Job<'_> {
        Job {
            profile: &self.profile,
            cwd: &self.cwd,
            program: &self.program,
            args: &self.args,
            env: &self.env,
            lifetime: Lifetime::Parent,
            terminal: self.terminal,
        }
    }

    fn machine(&self) -> Machine {
        let places = self.profile.places();
        let seen = places.map(|place| {
            let seen = Seen {
                kind: Kind::Folder,
                real: place.clone(),
                link: None,
            };
            (place.to_string(), seen)
        });
        Machine {
            homes: Place::parse("/home/ada").into_iter().collect(),
            seen: seen.collect(),
            ..Machine::default()
        }
    }
}

/// Plans `data` for bubblewrap.
///
/// # Panics
///
/// When a word is not read as the one word that was written, or the command does not stand
/// behind the options, word by word.
pub fn bwrap(data: &[u8]) {
    let Some(read) = Read::of(data) else { return };
    let Ok(plan) = Bwrap::plan(&read.job(), &read.machine(), Features::ALL) else {
        return;
    };
    let options = plan.options(|_| 9);
    let words: usize = plan.clauses.iter().map(|clause| clause.words.len()).sum();
    assert_eq!(options.iter().filter(|byte| **byte == 0).count(), words);
    assert!(plan.clauses.iter().all(|clause| !clause.words.is_empty()));
    let arguments = plan.arguments(9);
    let command: Vec<_> = arguments.iter().skip(3).collect();
    let meant: Vec<_> = core::iter::once(&read.program).chain(&read.args).collect();
    assert_eq!(command, meant);
}

/// Writes `data` as a profile for macOS.
///
/// # Panics
///
/// When the text is not that of names alone, does not give each of them, or what acts on
/// whoever makes the sandbox is not set inside.
pub fn seatbelt(data: &[u8]) {
    let Some(read) = Read::of(data) else { return };
    let Ok(temp) = Place::parse("/private/tmp/t") else {
        return;
    };
    let Ok(plan) = Seatbelt::plan(&read.job(), &temp, &read.machine()) else {
        return;
    };
    balanced(&plan.text);
    let names: BTreeSet<&str> = plan
        .parameters
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names.len(), plan.parameters.len());
    let used = plan.text.split("(param \"").skip(1);
    let used: BTreeSet<&str> = used.filter_map(|rest| rest.split('"').next()).collect();
    assert_eq!(used, names);
    assert!(plan.text.trim_end().ends_with("file-write-umount)"));
    let early = plan
        .variables
        .iter()
        .find(|(name, _)| name.starts_with("DYLD_"));
    assert_eq!(early, None);
    let meant = core::iter::once(&read.program).chain(&read.args);
    let (command, meant): (Vec<_>, Vec<_>) = (plan.command.iter().collect(), meant.collect());
    assert!(command.ends_with(&meant), "{command:?}");
}

/// Every parenthesis that is opened is closed, and no string is left open.
fn balanced(text: &str) {
    let (mut depth, mut quoted) = (0_i32, false);
    for letter in text
        .lines()
        .filter(|line| !line.starts_with(';'))
        .flat_map(str::chars)
    {
        match letter {
            '"' => quoted = !quoted,
            '(' if !quoted => depth += 1,
            ')' if !quoted => depth -= 1,
            _ => {}
        }
        assert!(depth >= 0, "{text}");
    }
    assert!(depth == 0 && !quoted, "{text}");
}
