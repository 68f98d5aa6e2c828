//! The files that a sandboxed process sees.

use super::{Clause, Descriptor, Features, Word, bound, clause, memory, names, numbered};
use crate::{Confinement, Job, Kind, Machine, Place, Profile, Seen, Temp};
use alloc::{borrow::ToOwned, vec, vec::Vec};

/// Bytes of a file system in memory that only hides what is below.
const COVER: u64 = 1 << 20;
/// Bytes of `/run`.
const RUN: u64 = 64 << 20;

/// In the order in which one is put over the other: what is there, what of it is hidden,
/// and then what the process may read and change.
pub(super) fn clauses(job: &Job<'_>, machine: &Machine, has: Features) -> Vec<Clause> {
    let profile = job.profile;
    let mut all = system(profile.confinement, machine);
    all.extend(devices(profile, machine));
    all.extend(kernel(machine));
    all.extend(temporary(profile, machine, has));
    all.extend(run(profile, machine));
    all.extend(credentials(profile, machine));
    all.extend(own(profile, machine, has));
    all.extend(protected(profile, machine));
    all.extend(sealed(profile, machine));
    all
}

fn system(confinement: Confinement, machine: &Machine) -> Vec<Clause> {
    if confinement == Confinement::Restricted {
        return vec![clause(
            &["--ro-bind", "/", "/"],
            "reads the machine, and changes nothing",
        )];
    }
    let why = "the system, without homes, sockets and data";
    let present = names::SYSTEM
        .iter()
        .filter_map(|path| Some((*path, machine.seen.get(*path)?)));
    present
        .map(|(path, seen)| match &seen.link {
            Some(target) => clause(&["--symlink", target, path], why),
            None => bound("--ro-bind", path, why),
        })
        .collect()
}

fn devices(profile: &Profile, machine: &Machine) -> Vec<Clause> {
    let own = clause(
        &["--dev", "/dev"],
        "devices that do no harm, own terminals, own /dev/shm",
    );
    let gpus = machine.gpus.iter().filter(|_| profile.gpu);
    let gpus = gpus.map(|gpu| bound("--dev-bind-try", gpu.as_str(), "the GPUs were granted"));
    core::iter::once(own).chain(gpus).collect()
}

fn kernel(machine: &Machine) -> Vec<Clause> {
    let present = |path: &&&str| machine.seen.contains_key(**path);
    let proc = clause(&["--proc", "/proc"], "its own processes");
    let knobs = names::KNOBS.iter().filter(present);
    let knobs = knobs.map(|path| bound("--ro-bind", path, "user zero owns settings of the kernel"));
    let tales = names::TALES.iter().filter(present);
    let tales = tales.map(|path| covered(path, "tells of the kernel and of others"));
    let roots = names::ROOTS
        .iter()
        .filter(|_| machine.is_root)
        .filter_map(|path| {
            cover(
                machine.seen.get(*path)?,
                "the own user reads them when it is root",
            )
        });
    core::iter::once(proc)
        .chain(knobs)
        .chain(tales)
        .chain(roots)
        .collect()
}

/// What the process may change, in the order in which it is handed over.
pub(super) fn handed<'a>(
    profile: &'a Profile,
    machine: &'a Machine,
) -> impl Iterator<Item = &'a Place> {
    profile.folders(machine).chain(profile.temp.folder())
}

fn temporary(profile: &Profile, machine: &Machine, has: Features) -> Vec<Clause> {
    let why = "its own, gone with it";
    let tmp = match &profile.temp {
        Temp::Memory(bytes) => memory("/tmp", *bytes, why),
        Temp::Folder(_) if has.bind_fd => {
            let number = profile.folders(machine).count();
            folder_clause(number, "/tmp", "its own, on the disk")
        }
        Temp::Folder(folder) => {
            clause(&["--bind", folder.as_str(), "/tmp"], "its own, on the disk")
        }
    };
    match profile.confinement {
        Confinement::Restricted => vec![tmp],
        Confinement::Sandboxed => vec![tmp, memory("/var/tmp", Profile::TEMP_BYTES, why)],
    }
}

/// Sockets of services are in `/run`; so is, on many machines, the file of name servers.
fn run(profile: &Profile, machine: &Machine) -> Vec<Clause> {
    let run = memory(
        "/run",
        RUN,
        "hides the sockets of docker, D-Bus, keyrings and others",
    );
    let resolver = machine.resolver.iter().filter(|_| profile.has_network());
    let resolver =
        resolver.map(|file| bound("--ro-bind", file.as_str(), "names of hosts are resolved"));
    core::iter::once(run).chain(resolver).collect()
}

fn credentials(profile: &Profile, machine: &Machine) -> Vec<Clause> {
    let homes = match profile.confinement {
        Confinement::Restricted => machine.homes.as_slice(),
        Confinement::Sandboxed => &[],
    };
    let seen = names::credentials(homes).filter_map(|path| machine.seen.get(&path));
    seen.filter_map(|seen| cover(seen, "the network and readable keys are a leak"))
        .collect()
}

/// What is hidden and what is granted, those above others before them: each is put over what
/// is there of the one that it is in.
fn own(profile: &Profile, machine: &Machine, has: Features) -> Vec<Clause> {
    let hidden = present(&profile.hidden, machine).filter_map(|(place, seen)| {
        let clause = cover_own(profile, seen)?;
        Some((place.depth(), Rank::Hidden, clause))
    });
    let read = present(&profile.read, machine).map(|(place, _)| {
        let clause = bound("--ro-bind", place.as_str(), "granted for reading");
        (place.depth(), Rank::Read, clause)
    });
    let folders = profile
        .folders(machine)
        .enumerate()
        .map(|(number, folder)| (folder.depth(), Rank::Write, writable(number, folder, has)));
    let mut all: Vec<_> = hidden.chain(read).chain(folders).collect();
    all.sort_by_key(|(depth, rank, _)| (*depth, *rank));
    all.into_iter().map(|(.., clause)| clause).collect()
}

/// What comes first of the same path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Hidden,
    Read,
    Write,
}

fn writable(number: usize, folder: &Place, has: Features) -> Clause {
    let why = "its own folder, or granted for changing";
    match has.bind_fd {
        true => folder_clause(number, folder.as_str(), why),
        false => bound("--bind", folder.as_str(), why),
    }
}

/// What is granted is there, also below a folder that a sandbox has its own of.
fn cover_own(profile: &Profile, seen: &Seen) -> Option<Clause> {
    let granted = profile
        .writable()
        .chain(&profile.read)
        .any(|place| place.holds(&seen.real));
    match granted {
        true => Some(over(seen, "not for this app")),
        false => cover(seen, "not for this app"),
    }
}

fn folder_clause(number: usize, path: &str, why: &'static str) -> Clause {
    let mut clause = numbered("--bind-fd", Descriptor::Folder(number), why);
    clause.words.push(Word::Text(path.to_owned()));
    clause
}

/// A folder that has something bound in it could be renamed, and another put in its place;
/// one that is itself bound cannot. What is hidden is not brought back.
fn protected(profile: &Profile, machine: &Machine) -> Vec<Clause> {
    let mut all = Vec::new();
    let there = |(place, _): &(&Place, &Place)| machine.seen.contains_key(place.as_str());
    for (place, folder) in profile.guarded().filter(there) {
        let above = folder.between(place);
        all.extend(above.map(|path| bound("--bind", &path, "cannot be moved away")));
        all.push(bound(
            "--ro-bind",
            place.as_str(),
            "not for the app to change",
        ));
    }
    all
}

/// What only hides is not to be written to, once everything is bound in it.
fn sealed(profile: &Profile, machine: &Machine) -> Vec<Clause> {
    let folders = present(&profile.hidden, machine).filter(|(_, seen)| seen.kind == Kind::Folder);
    let covered = folders.filter(|(_, seen)| {
        let granted = profile
            .writable()
            .chain(&profile.read)
            .any(|place| *place == seen.real);
        !granted && cover_own(profile, seen).is_some()
    });
    let sealed = covered.map(|(_, seen)| {
        clause(
            &["--remount-ro", seen.real.as_str()],
            "a cover is no place to write to",
        )
    });
    sealed.collect()
}

fn present<'a>(
    places: &'a [Place],
    machine: &'a Machine,
) -> impl Iterator<Item = (&'a Place, &'a Seen)> {
    places
        .iter()
        .filter_map(|place| Some((place, machine.seen.get(place.as_str())?)))
}

/// Puts nothing over what is there. Without something there, a file would be made of it.
fn cover(seen: &Seen, why: &'static str) -> Option<Clause> {
    // Already in a file system of its own, or no file system at all.
    let gone = ["/run", "/tmp", "/dev", "/proc"].iter().any(|top| {
        let rest = seen.real.as_str().strip_prefix(top);
        rest.is_some_and(|rest| rest.starts_with('/'))
    });
    (!gone).then(|| over(seen, why))
}

fn over(seen: &Seen, why: &'static str) -> Clause {
    match seen.kind {
        Kind::Folder => memory(seen.real.as_str(), COVER, why),
        Kind::File => covered(seen.real.as_str(), why),
    }
}

fn covered(path: &str, why: &'static str) -> Clause {
    clause(&["--ro-bind", "/dev/null", path], why)
}
