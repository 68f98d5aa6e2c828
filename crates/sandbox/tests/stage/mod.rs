//! A machine and a job on it.
#![allow(dead_code, unreachable_pub, reason = "every test takes what it needs")]
#![allow(clippy::unwrap_used, reason = "the paths are written here")]

use collodi_sandbox::{
    Bwrap, Confinement, Features, Job, Kind, Lifetime, Machine, Place, Profile, Seen, Unfit,
};
use std::collections::BTreeMap;

/// A job with all that belongs to it.
#[derive(Clone, Debug)]
pub struct Stage {
    pub profile: Profile,
    pub cwd: Place,
    pub program: String,
    pub args: Vec<String>,
    pub env: BTreeMap<String, String>,
    pub lifetime: Lifetime,
    pub terminal: bool,
    pub machine: Machine,
}

const FOLDERS: &[&str] = &[
    "/srv/app",
    "/srv/app/tmp",
    "/srv/app/.vatn",
    "/srv/app/a/b/kept",
    "/srv/.vatn",
    "/srv/.vatn/python/env/a",
    "/srv/.vatn/python/env/shared",
    "/usr",
    "/etc",
    "/opt",
    "/sys",
    "/proc/sys",
    "/proc/irq",
    "/home/ada/.ssh",
];
const FILES: &[&str] = &[
    "/proc/sysrq-trigger",
    "/proc/keys",
    "/etc/shadow",
    "/home/ada/.netrc",
];

impl Stage {
    pub fn new(confinement: Confinement) -> Self {
        let mut machine = machine(FOLDERS);
        machine
            .seen
            .extend(FILES.iter().map(|path| seen(path, Kind::File)));
        for (path, target) in [("/bin", "usr/bin"), ("/lib", "usr/lib")] {
            let (path, mut seen) = seen(path, Kind::Folder);
            seen.link = Some(target.to_owned());
            machine.seen.insert(path, seen);
        }
        machine.gpus = vec![place("/dev/dri"), place("/dev/nvidia0")];
        machine.resolver = Some(place("/run/systemd/resolve/stub-resolv.conf"));
        Self {
            profile: Profile::new(confinement, place("/srv/app")),
            cwd: place("/srv/app"),
            program: "/usr/bin/python3".to_owned(),
            args: vec!["-c".to_owned(), "print(1)".to_owned()],
            env: [
                ("HOME", "/home/ada"),
                ("PATH", "/usr/bin"),
                ("TMP", "/var/tmp"),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .into(),
            lifetime: Lifetime::Parent,
            terminal: false,
            machine,
        }
    }

    pub fn job(&self) -> Job<'_> {
        Job {
            profile: &self.profile,
            cwd: &self.cwd,
            program: &self.program,
            args: &self.args,
            env: &self.env,
            lifetime: self.lifetime,
            terminal: self.terminal,
        }
    }

    pub fn plan(&self, has: Features) -> Result<Bwrap, Unfit> {
        Bwrap::plan(&self.job(), &self.machine, has)
    }
}

pub fn place(text: &str) -> Place {
    Place::parse(text).unwrap()
}

/// A machine that has these folders alone.
pub fn machine(folders: &[&str]) -> Machine {
    Machine {
        homes: vec![place("/home/ada")],
        seen: folders
            .iter()
            .map(|path| seen(path, Kind::Folder))
            .collect(),
        ..Machine::default()
    }
}

fn seen(path: &str, kind: Kind) -> (String, Seen) {
    (
        path.to_owned(),
        Seen {
            kind,
            real: place(path),
            link: None,
        },
    )
}
