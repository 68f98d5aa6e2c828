//! Paths that matter on every machine.

use crate::{Machine, Place};
use alloc::{borrow::ToOwned, string::String};

/// What a system consists of, besides the user's data.
pub(crate) const SYSTEM: [&str; 12] = [
    "/usr",
    "/etc",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/sys",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
];

/// Entries of `/proc` with files that a user zero writes by owning them, without a
/// capability. Bubblewrap means to cover some of them, and asks the wrong question.
pub(super) const KNOBS: [&str; 8] = [
    "/proc/sys",
    "/proc/irq",
    "/proc/bus",
    "/proc/fs",
    "/proc/acpi",
    "/proc/mtrr",
    "/proc/pressure",
    "/proc/sysrq-trigger",
];

/// Entries of `/proc` that tell of others.
pub(super) const TALES: [&str; 4] = [
    "/proc/kcore",
    "/proc/keys",
    "/proc/timer_list",
    "/proc/sched_debug",
];

/// What only root reads, and a sandbox of root has no need of.
pub(super) const ROOTS: [&str; 9] = [
    "/etc/shadow",
    "/etc/shadow-",
    "/etc/gshadow",
    "/etc/gshadow-",
    "/etc/ssl/private",
    "/etc/ssh/ssh_host_rsa_key",
    "/etc/ssh/ssh_host_ecdsa_key",
    "/etc/ssh/ssh_host_ed25519_key",
    "/etc/krb5.keytab",
];

/// The program that has a command lead a session, and take a terminal.
pub(super) const SETSID: &str = "/usr/bin/setsid";

/// Keys, passwords and histories below a user's home.
const CREDENTIALS: [&str; 33] = [
    ".ssh",
    ".gnupg",
    ".aws",
    ".azure",
    ".kube",
    ".docker",
    ".config/gcloud",
    ".config/gh",
    ".config/hub",
    ".config/containers",
    ".config/git/credentials",
    ".config/google-chrome",
    ".config/chromium",
    ".config/BraveSoftware",
    ".config/rclone",
    ".mozilla",
    ".thunderbird",
    ".password-store",
    ".local/share/keyrings",
    ".cargo/credentials",
    ".cargo/credentials.toml",
    ".cache/huggingface/token",
    ".huggingface/token",
    ".netrc",
    ".npmrc",
    ".pypirc",
    ".pgpass",
    ".git-credentials",
    ".my.cnf",
    ".bash_history",
    ".zsh_history",
    ".python_history",
    ".node_repl_history",
];

/// The paths that a plan for a user who lives in `homes` wants to know about.
pub(crate) fn questions(homes: &[Place]) -> impl Iterator<Item = String> {
    let fixed = SYSTEM.iter().chain(&KNOBS).chain(&TALES).chain(&ROOTS);
    fixed
        .chain([&SETSID])
        .map(|path| (*path).to_owned())
        .chain(credentials(homes))
}

/// What a system consists of, and the folder of its processes.
pub(crate) fn system() -> impl Iterator<Item = &'static str> {
    SYSTEM.into_iter().chain(["/proc"])
}

/// The keys and passwords of the user and, where that is root, of the machine.
pub(crate) fn secrets(machine: &Machine) -> impl Iterator<Item = String> {
    let roots = ROOTS
        .iter()
        .filter(|_| machine.is_root)
        .map(|path| (*path).to_owned());
    roots.chain(credentials(&machine.homes))
}

/// The paths below `homes` that have keys and passwords.
pub(super) fn credentials(homes: &[Place]) -> impl Iterator<Item = String> {
    homes
        .iter()
        .flat_map(|home| CREDENTIALS.iter().map(|name| home.join(name)))
}
