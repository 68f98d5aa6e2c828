//! What was seen on a machine.

use alloc::{string::String, vec::Vec};
use collodi_disk::Space;

/// What was seen on a machine, and in a workspace on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Observed {
    /// The interpreter that environments are made from.
    pub interpreter: Interpreter,
    /// What uv said to `--version`.
    pub uv: Heard,
    /// Whether uv is to be used when it is there.
    pub prefer_uv: bool,
    /// What conda, mamba or micromamba said.
    pub conda: Heard,
    /// What git said.
    pub git: Heard,
    /// What bash said.
    pub bash: Heard,
    /// What sandboxes can be made of; none where the system has no such thing.
    pub sandbox: Option<Sandbox>,
    /// Whether Seatbelt makes sandboxes, else why not, and what would cure that; none on other
    /// systems than macOS.
    pub seatbelt: Option<Result<(), (String, String)>>,
    /// Whether the settings put an app into a sandbox.
    pub sandbox_is_asked: bool,
    /// What trees of processes can be.
    pub control_groups: ControlGroups,
    /// The graphics cards.
    pub gpus: Vec<Gpu>,
    /// The room on the disk of the workspace, when it could be told.
    pub space: Option<Space>,
    /// The port at which a server would listen, or does.
    pub port: Port,
    /// The folders of the workspace.
    pub folders: Vec<Folder>,
    /// The file that has the token of the server, when it is there.
    pub token: Option<TokenFile>,
    /// What is wrong with the settings, a line each.
    pub settings: Vec<String>,
    /// Daemons that live or wait on without the server that started them; none where one runs, and
    /// where they cannot be looked for.
    pub left: Option<Vec<LeftDaemon>>,
    /// The daemons that no server looks after, as their files cannot be used.
    pub left_alone: Vec<LeftAlone>,
    /// The files about daemons that a server could not use and has set aside.
    pub set_aside: Vec<String>,
}

/// A daemon that lives on without its server, or waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftDaemon {
    /// Its name.
    pub id: String,
    /// The app that it is of.
    pub app: String,
    /// Its processes, by their numbers.
    pub pids: Vec<u32>,
    /// Whether nothing of it lives, and the next server starts it.
    pub waits: bool,
}

/// A daemon that no server looks after: those leave it alone, or the next one ends it, or nothing of it
/// lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftAlone {
    /// Its name.
    pub id: String,
    /// Its file, and why that cannot be used.
    pub why: String,
    /// What to do about it.
    pub hint: String,
    /// Its processes, by their numbers; none where nobody knows which they are.
    pub pids: Vec<u32>,
    /// Whether nothing of it lives: a server that can use its file decides whether it runs again.
    pub is_dormant: bool,
}

/// How a program answered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Heard {
    /// It ended well and said this, in a line.
    Said(String),
    /// It is not there.
    Missing,
    /// It ended badly, or could not be started.
    Failed(String),
    /// It did not answer in time, or was not asked.
    #[default]
    Silent,
}

/// The interpreter that environments are made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interpreter {
    /// Its program, and what it says of itself: `Python 3.12.1`.
    pub found: Option<(String, String)>,
    /// The programs that were tried and not taken, each with the reason.
    pub refused: Vec<(String, String)>,
    /// Whether it can make environments by itself.
    pub venv: Heard,
}

/// What sandboxes can be made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sandbox {
    /// Whether bubblewrap makes them; else why not, and what would cure that.
    pub bubblewrap: Result<(), (String, String)>,
    /// The version of Landlock; 0 without.
    pub landlock: u32,
    /// Whether there is a seccomp program for this processor.
    pub seccomp: bool,
    /// What the kernel says of user namespaces.
    pub namespaces: UserNamespaces,
}

/// What the kernel says of user namespaces; none where it says nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserNamespaces {
    /// How many there may be.
    pub most: Option<u64>,
    /// Whether users other than root may make them.
    pub for_all: Option<bool>,
    /// Whether AppArmor keeps programs without a profile from them.
    pub restricted: Option<bool>,
}

/// What trees of processes can be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ControlGroups {
    /// Whether a tree is a control group, which nothing leaves.
    pub whole_trees: bool,
    /// Whether its memory can be bounded.
    pub memory: bool,
    /// Whether the number of its processes can be.
    pub processes: bool,
    /// Whether its processor time can be.
    pub cpu: bool,
}

/// A graphics card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gpu {
    /// Its name.
    pub model: String,
    /// The version of its driver, when that is known.
    pub driver: Option<String>,
    /// Its memory in bytes; 0 when not known.
    pub memory: u64,
    /// Whether it is of NVIDIA, whose driver programs need.
    pub is_nvidia: bool,
}

/// The port at which a server would listen, or does.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Port {
    /// It was not looked at.
    #[default]
    Unknown,
    /// This address is free.
    Free(String),
    /// The server of the workspace has it: its address and process.
    Ours(String, u32),
    /// Something else has it; what, when that is known.
    Taken(String, Option<String>),
    /// It cannot be listened at, for this reason.
    Refused(String, String),
}

/// A folder of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Folder {
    /// Its path.
    pub path: String,
    /// Whether it is there.
    pub is_there: bool,
    /// Whether this user may write in it; of one that is not there, in the folder above.
    pub is_writable: bool,
    /// Whether all users may.
    pub is_open: bool,
}

/// The file that has the token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TokenFile {
    /// Its path.
    pub path: String,
    /// Whether others than its owner may read or write it.
    pub is_open: bool,
}
