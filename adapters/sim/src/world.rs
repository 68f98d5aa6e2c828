//! A world to run things in.

use crate::{
    Behaviour, Stuck,
    clock::VirtualClock,
    disk::{End, Node},
    executor::Shared,
    files::Files,
    network::Ports,
    process::Processes,
    state::State,
    web::Internet,
};
use collodi_backend::{Backends, ErrorKind};
use collodi_file::FileErrorKind;
use std::{future::Future, sync::Arc};

/// A machine in memory: programs, files, ports and a clock, all of them scripted.
///
/// A world begins at `t+0.000s` with the directories `/bin` and `/tmp`, the
/// program `collodi-child`, and the shells `sh` and `bash`. Clones are handles to
/// the same world. Equal seeds give equal histories.
#[derive(Clone, Debug)]
pub struct World(Arc<Shared>);

impl World {
    /// A world in which whoever was ready first goes first.
    pub fn new() -> Self {
        Self::seeded(0)
    }

    /// A world in which `seed` decides who goes first. Zero is [`World::new`].
    pub fn seeded(seed: u64) -> Self {
        let world = Self(Arc::new(Shared::new(seed)));
        world.dir("/bin").dir("/tmp");
        world
            .program("collodi-child", Behaviour::arguments())
            .program("sh", Behaviour::shell())
            .program("bash", Behaviour::shell());
        world
    }

    /// The world as backends.
    pub fn backends(&self) -> Backends {
        Backends {
            process: Arc::new(Processes(Arc::clone(&self.0))),
            files: Arc::new(Files::new(&self.0)),
            clock: Arc::new(VirtualClock(Arc::clone(&self.0))),
            network: Arc::new(Ports(Arc::clone(&self.0))),
            web: Arc::new(Internet(Arc::clone(&self.0))),
        }
    }

    /// Runs `future` to its end, and the processes beside it. When all of them
    /// wait, time jumps to the next wake-up.
    ///
    /// # Errors
    ///
    /// [`Stuck`] when they wait for what will never come.
    pub fn block_on<F: Future>(&self, future: F) -> Result<F::Output, Stuck> {
        self.0.block_on(future)
    }

    /// Installs a program in `/bin`, or at an absolute path.
    pub fn program(&self, path: &str, behaviour: Behaviour) -> &Self {
        self.put(&in_bin(path), Node::Program(behaviour))
    }

    /// What the shells do when they are given this line, whole and exact.
    pub fn line(&self, line: &str, words: &str) -> &Self {
        let behaviour = Behaviour::words(words);
        self.0.state().lines.insert(line.to_owned(), behaviour);
        self
    }

    /// What is answered at an address, whatever its query: the words of a
    /// [path](crate::site). Another address of another machine answers with
    /// something plausible.
    pub fn page(&self, url: &str, words: &str) -> &Self {
        self.0
            .state()
            .web
            .pages
            .insert(url.to_owned(), words.to_owned());
        self
    }

    /// What the shells do when they are given any other line: the words that `answer`
    /// gives for it.
    pub fn lines(&self, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> &Self {
        let of_first = move |args: &[String]| answer(args.first().map_or("", String::as_str));
        self.0.state().any_line = Some(Behaviour::answer(of_first));
        self
    }

    /// Makes a directory, and those above it, at an absolute path.
    pub fn dir(&self, path: &str) -> &Self {
        let place: Vec<String> = components(path);
        // Fails only where a file is in the way: then nothing is made.
        let _ = self.0.state().disk.make_dirs(&place);
        self
    }

    /// Writes a file at an absolute path, and makes the directories above it.
    pub fn file(&self, path: &str, content: &str) -> &Self {
        self.put(path, Node::File(content.into()))
    }

    /// Makes a link at an absolute path, and the directories above it.
    pub fn link(&self, path: &str, target: &str) -> &Self {
        self.put(path, Node::Link(target.to_owned()))
    }

    /// So many bytes are free on the disk, whatever is written; a tebibyte when nobody says.
    pub fn free(&self, bytes: u64) -> &Self {
        self.0.state().disk.space.free = bytes;
        self
    }

    /// The content of the file at an absolute path, links followed.
    pub fn content(&self, path: &str) -> Option<String> {
        let state = self.0.state();
        let place = state.disk.find("/", path, End::Follow).ok()?;
        match state.disk.get(&place)? {
            Node::File(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        }
    }

    /// The next start of `program`, as the command names it, fails.
    pub fn fail_spawn(&self, program: &str, kind: ErrorKind) -> &Self {
        self.0.state().faults.add_spawn(program, kind);
        self
    }

    /// The next file operation whose text starts with `operation` fails:
    /// `write` for any, `write /srv/app/x` for one.
    pub fn fail_file(&self, operation: &str, kind: FileErrorKind) -> &Self {
        self.0.state().faults.add_file(operation, kind);
        self
    }

    /// What happened: processes, signals and file operations, a line each. The
    /// last 100,000 lines are kept.
    pub fn history(&self) -> String {
        self.0.state().history()
    }

    fn put(&self, path: &str, node: Node) -> &Self {
        // Fails only where a file is in the way: then nothing is made.
        let _ = put(&mut self.0.state(), path, node);
        self
    }
}

impl Default for World {
    fn default() -> Self {
        Self::new()
    }
}

fn put(state: &mut State, path: &str, node: Node) -> Result<(), FileErrorKind> {
    let place = components(path);
    if let Some((_, parent)) = place.split_last() {
        state.disk.make_dirs(parent)?;
    }
    state.disk.put(&place, node)
}

fn in_bin(path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/bin/{path}")
    }
}

fn components(path: &str) -> Vec<String> {
    let parts = path.split('/').filter(|part| !part.is_empty());
    parts.map(str::to_owned).collect()
}
