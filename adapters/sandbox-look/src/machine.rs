//! What is on this machine.

use collodi_sandbox::{Kind, Machine, Place, Profile, Seen, home_of, is_gpu};
#[cfg(not(target_vendor = "apple"))]
use std::io::Read as _;
use std::{fs, path::Path};

/// Bytes that are read of the list of users.
#[cfg(not(target_vendor = "apple"))]
const MOST_OF_USERS: u64 = 1 << 20;

/// What a plan of `profile` needs to know of this machine.
pub fn machine(profile: &Profile) -> Machine {
    let homes = homes();
    let questions = Machine::questions(profile, &homes);
    let seen = questions.into_iter().filter_map(|path| {
        let seen = see(&path)?;
        Some((path, seen))
    });
    Machine {
        is_root: rustix::process::geteuid().is_root(),
        seen: seen.collect(),
        resolver: resolver(),
        gpus: if profile.gpu { gpus() } else { Vec::new() },
        homes,
    }
}

/// Who starts this may say that it lives elsewhere; its keys do not move for that.
fn homes() -> Vec<Place> {
    let said = std::env::home_dir().and_then(|home| real(&home));
    let mut homes: Vec<_> = said.into_iter().chain(listed()).collect();
    homes.dedup();
    homes
}

/// The home in the system's list of users.
fn listed() -> Option<Place> {
    let uid = rustix::process::geteuid().as_raw();
    let home = home_of(&users()?, uid)?;
    real(Path::new(home.as_str()))
}

#[cfg(not(target_vendor = "apple"))]
fn users() -> Option<String> {
    let mut text = Vec::new();
    let list = fs::File::open("/etc/passwd").ok()?;
    list.take(MOST_OF_USERS).read_to_end(&mut text).ok()?;
    Some(String::from_utf8_lossy(&text).into_owned())
}

/// The line of this user: the list is with a service there, which is asked once.
#[cfg(target_vendor = "apple")]
fn users() -> Option<String> {
    static OWN: std::sync::OnceLock<Option<String>> = std::sync::OnceLock::new();
    let ask = || {
        let mut id = std::process::Command::new("/usr/bin/id");
        let said = id.arg("-P").env_clear().output().ok()?;
        Some(String::from_utf8_lossy(&said.stdout).into_owned())
    };
    OWN.get_or_init(ask).clone()
}

/// Most of what is asked for is not there, so one look comes before the others.
fn see(path: &str) -> Option<Seen> {
    let is_link = fs::symlink_metadata(path).ok()?.is_symlink();
    let kind = match fs::metadata(path).ok()?.is_dir() {
        true => Kind::Folder,
        false => Kind::File,
    };
    let link = is_link.then(|| {
        fs::read_link(path)
            .ok()?
            .into_os_string()
            .into_string()
            .ok()
    });
    Some(Seen {
        kind,
        real: real(Path::new(path))?,
        link: link.flatten(),
    })
}

fn real(path: &Path) -> Option<Place> {
    Place::parse(fs::canonicalize(path).ok()?.to_str()?).ok()
}

/// Where names of hosts are looked up, when that is in `/run`, which a sandbox has its own of.
fn resolver() -> Option<Place> {
    real(Path::new("/etc/resolv.conf")).filter(|file| file.as_str().starts_with("/run/"))
}

fn gpus() -> Vec<Place> {
    let entries = fs::read_dir("/dev").into_iter().flatten().flatten();
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut gpus: Vec<_> = names
        .filter(|name| is_gpu(name))
        .filter_map(|name| Place::parse(&format!("/dev/{name}")).ok())
        .collect();
    gpus.sort();
    gpus
}
