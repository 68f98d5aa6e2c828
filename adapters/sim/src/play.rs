//! Plays the steps of a process.

use crate::{
    clock::Sleep,
    disk::{self, End, Node},
    executor::Shared,
    pipe::Pipe,
    shell,
    state::{Job, Key, Pid, State},
    table::{Process, Reaction},
    words::{self, Given, Parentage, Step},
};
use collodi_backend::BoxFuture;
use collodi_command::{Exit, Stream};
use collodi_file::FileErrorKind;
use std::{
    future::poll_fn,
    sync::Arc,
    task::{Context, Poll},
};

/// The exit code of a child that could not do what a word says.
const FAILED: i32 = words::FAILED;

/// How much of a flood is written at once.
const PIECE: usize = 16 * 1024;

/// Runs a job of process `pid`, and ends the process when the job says so.
pub(crate) async fn run(world: Arc<Shared>, pid: Pid, job: Job) {
    let player = Player { world, pid };
    let code = match job {
        Job::Program(behaviour, args) => Some(player.program(&behaviour, &args).await),
        Job::Handler(steps) => player.steps(&steps).await,
    };
    if let Some(code) = code {
        player.world.state().end(pid, Exit::Code(code & 0xff));
    }
}

/// The hands of one process.
pub(crate) struct Player {
    pub(crate) world: Arc<Shared>,
    pub(crate) pid: Pid,
}

impl Player {
    /// Runs a program in this process, and gives its exit code.
    pub(crate) fn program<'a>(
        &'a self,
        behaviour: &'a crate::Behaviour,
        args: &'a [String],
    ) -> BoxFuture<'a, i32> {
        Box::pin(async move {
            if behaviour.is_shell() {
                return shell::run(self, args).await;
            }
            match behaviour.steps(args) {
                Ok(steps) => self.steps(&steps).await.unwrap_or(0),
                Err(error) => {
                    self.say(Stream::Stderr, format!("{error}\n").as_bytes())
                        .await;
                    words::USAGE
                }
            }
        })
    }

    /// Plays the steps until one of them ends the process, and says with which code.
    pub(crate) fn steps<'a>(&'a self, steps: &'a [Step]) -> BoxFuture<'a, Option<i32>> {
        Box::pin(async move {
            for step in steps {
                if let Some(code) = self.step(step).await {
                    return Some(code);
                }
            }
            None
        })
    }

    async fn step(&self, step: &Step) -> Option<i32> {
        match step {
            Step::Exit(code) => return Some(*code),
            Step::Repeat(times, steps) => return self.repeat(*times, steps).await,
            Step::Say(stream, bytes) => self.say(*stream, bytes).await,
            Step::Flood(stream, len) => self.flood(*stream, *len).await,
            Step::Sleep(time) => Sleep::after(Arc::clone(&self.world), *time).await,
            Step::Wait => std::future::pending().await,
            Step::Until(path) => self.until(path).await,
            Step::Raise(signal) => self.raise(*signal).await,
            Step::Ignore(signal) => self.react(*signal, Reaction::Ignore),
            Step::On(signal, steps) => self.react(*signal, Reaction::Play(steps.clone())),
            Step::Spawn(parentage, words) => self.spawn(*parentage, words.clone()),
            Step::Session => self.change(|process, pid| process.group = pid),
            Step::Join => self.join().await,
            Step::Hold(_) => {}
            Step::Print(given) => self.print(*given).await,
            Step::Args(args) => self.args(args).await,
            Step::Cat => self.cat().await,
            Step::Read(path) => return self.read(path).await,
            other => return self.world.state().arrange(self.pid, other).err(),
        }
        None
    }

    async fn repeat(&self, times: u32, steps: &[Step]) -> Option<i32> {
        for _ in 0..times {
            if let Some(code) = self.steps(steps).await {
                return Some(code);
            }
        }
        None
    }

    /// Writes all of `bytes`, waiting while the pipe is full.
    pub(crate) async fn say(&self, stream: Stream, bytes: &[u8]) {
        let mut left = bytes;
        poll_fn(|cx| {
            let mut state = self.world.state();
            let taken = state.say(self.pid, stream, left, cx);
            left = left.get(taken..).unwrap_or_default();
            if left.is_empty() {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    async fn flood(&self, stream: Stream, len: usize) {
        let mut done = 0;
        while done < len {
            let piece = words::flood(done, PIECE.min(len - done));
            self.say(stream, &piece).await;
            done += piece.len();
        }
    }

    async fn until(&self, path: &str) {
        poll_fn(|cx| {
            let mut state = self.world.state();
            if state
                .place(self.pid, path, End::Keep)
                .is_ok_and(|place| state.disk.get(&place).is_some())
            {
                return Poll::Ready(());
            }
            state.watch(Key::Disk, cx.waker());
            Poll::Pending
        })
        .await;
    }

    /// Goes on only when the signal is taken.
    async fn raise(&self, signal: collodi_command::Signal) {
        self.world.state().signal(self.pid, signal);
        poll_fn(|_| {
            if self.world.state().table.is_live(self.pid) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
        .await;
    }

    fn react(&self, signal: collodi_command::Signal, reaction: Reaction) {
        self.change(|process, _| {
            process.on_signal.insert(signal, reaction);
        });
    }

    fn change(&self, how: impl FnOnce(&mut Process, Pid)) {
        if let Some(process) = self.world.state().table.get_mut(self.pid) {
            how(process, self.pid);
        }
    }

    fn spawn(&self, parentage: Parentage, words: Vec<String>) {
        self.world.state().fork(self.pid, parentage, words);
    }

    async fn join(&self) {
        poll_fn(|cx| {
            let mut state = self.world.state();
            let table = &state.table;
            let children = table
                .get(self.pid)
                .map(|p| p.children.clone())
                .unwrap_or_default();
            if !children.iter().any(|child| table.is_live(*child)) {
                return Poll::Ready(());
            }
            state.watch(Key::Processes, cx.waker());
            Poll::Pending
        })
        .await;
    }

    async fn print(&self, given: Given) {
        let text = self.world.state().given(self.pid, given);
        self.say(Stream::Stdout, text.as_bytes()).await;
    }

    async fn args(&self, args: &[String]) {
        for arg in args {
            self.say(Stream::Stdout, format!("[{arg}]\n").as_bytes())
                .await;
        }
    }

    async fn cat(&self) {
        let read = |cx: &mut Context<'_>| self.world.state().hear(self.pid, Pipe::read, cx);
        while let Some(chunk) = poll_fn(read).await {
            self.say(Stream::Stdout, &chunk).await;
        }
    }

    /// The next line of standard input with its end, which is left out at the end of it.
    /// Nothing after the line is taken.
    pub(crate) async fn line(&self) -> Option<Vec<u8>> {
        let mut line = Vec::new();
        while !line.ends_with(b"\n") {
            let read = |cx: &mut Context<'_>| {
                let mut state = self.world.state();
                state.hear(self.pid, Pipe::read_line, cx)
            };
            match poll_fn(read).await {
                Some(piece) => line.extend_from_slice(&piece),
                None => break,
            }
        }
        (!line.is_empty()).then_some(line)
    }

    async fn read(&self, path: &str) -> Option<i32> {
        let content = {
            let state = self.world.state();
            let place = state.place(self.pid, path, End::Follow).ok();
            match place.and_then(|place| state.disk.get(&place).cloned()) {
                Some(Node::File(bytes)) => bytes,
                _ => return Some(FAILED),
            }
        };
        self.say(Stream::Stdout, &content).await;
        None
    }
}

impl State {
    fn say(&mut self, pid: Pid, stream: Stream, bytes: &[u8], cx: &Context<'_>) -> usize {
        let process = self.table.get(pid);
        let pipe = process.and_then(|process| match stream {
            Stream::Stdout => process.stdout,
            Stream::Stderr => process.stderr,
        });
        let order = self.next_order();
        let Some((id, pipe)) = pipe.and_then(|id| Some((id, self.pipes.get(id)?))) else {
            return bytes.len();
        };
        let taken = pipe.write(order, bytes);
        if taken > 0 {
            self.notify(Key::Pipe(id));
        }
        if taken < bytes.len() {
            self.watch(Key::Pipe(id), cx.waker());
        }
        taken
    }

    fn hear(
        &mut self,
        pid: Pid,
        read: fn(&mut Pipe) -> Option<Arc<[u8]>>,
        cx: &Context<'_>,
    ) -> Poll<Option<Arc<[u8]>>> {
        let id = self.table.get(pid).and_then(|process| process.stdin);
        let Some((id, pipe)) = id.and_then(|id| Some((id, self.pipes.get(id)?))) else {
            return Poll::Ready(None);
        };
        if let Some(chunk) = read(pipe) {
            self.notify(Key::Pipe(id));
            return Poll::Ready(Some(chunk));
        }
        if pipe.at_end() {
            return Poll::Ready(None);
        }
        self.watch(Key::Pipe(id), cx.waker());
        Poll::Pending
    }

    fn given(&self, pid: Pid, given: Given) -> String {
        let Some(process) = self.table.get(pid) else {
            return String::new();
        };
        match given {
            Given::Env => {
                let vars = process.env.iter();
                vars.map(|(name, value)| format!("{name}={value}\n"))
                    .collect()
            }
            Given::Cwd => format!("{}\n", process.cwd),
            Given::Pid => format!("{pid}\n"),
            Given::Group if process.group == pid => "leader\n".to_owned(),
            Given::Group => "member\n".to_owned(),
            Given::Descriptors => "0\n1\n2\n".to_owned(),
            Given::Terminal => "none\n".to_owned(),
        }
    }

    pub(crate) fn place(
        &self,
        pid: Pid,
        path: &str,
        end: End,
    ) -> Result<disk::Place, FileErrorKind> {
        let cwd = self.table.get(pid).map_or("/", |process| &process.cwd);
        self.disk.find(cwd, path, end)
    }

    fn fork(&mut self, parent: Pid, parentage: Parentage, words: Vec<String>) {
        let Some(mut child) = self.table.get(parent).cloned() else {
            return;
        };
        child.children.clear();
        child.on_signal.clear();
        if parentage == Parentage::Shared {
            self.share_streams(&child);
        } else {
            (child.stdin, child.stdout, child.stderr) = (None, None, None);
        }
        let is_daemon = matches!(parentage, Parentage::Detached | Parentage::Hidden);
        if is_daemon {
            child.group = 0;
        }
        if parentage == Parentage::Hidden {
            child.env.clear();
        }
        let pid = self.start(child, Job::Program(crate::Behaviour::arguments(), words));
        if let Some(process) = self.table.get_mut(parent).filter(|_| !is_daemon) {
            process.children.insert(pid);
        }
    }

    fn share_streams(&mut self, process: &Process) {
        for id in process.stdout.into_iter().chain(process.stderr) {
            if let Some(pipe) = self.pipes.get(id) {
                pipe.writers += 1;
            }
        }
        if let Some(pipe) = process.stdin.and_then(|id| self.pipes.get(id)) {
            pipe.readers += 1;
        }
    }

    /// Plays a step about files or ports; the exit code when it cannot be done.
    fn arrange(&mut self, pid: Pid, step: &Step) -> Result<(), i32> {
        let done = match step {
            Step::Write(path, bytes) => self.put(pid, path, End::Follow, Node::File(bytes.clone())),
            Step::Append(path, bytes) => self.append(pid, path, bytes),
            Step::Link { path, target } => {
                self.put(pid, path, End::Keep, Node::Link(target.clone()))
            }
            Step::Fifo(path) => self.put(pid, path, End::Keep, Node::Special),
            Step::Dir(path) => self
                .place(pid, path, End::Follow)
                .or_else(|_| Ok(self.lexical(pid, path)))
                .and_then(|place| self.disk.make_dirs(&place)),
            Step::Listen(port) => self.listen(pid, *port),
            Step::Web(port) => self
                .listen(pid, *port)
                .inspect(|()| _ = self.web.sites.insert(*port)),
            _ => Err(FileErrorKind::Unsupported),
        };
        self.notify(Key::Disk);
        done.map_err(|_| FAILED)
    }

    fn put(&mut self, pid: Pid, path: &str, end: End, node: Node) -> Result<(), FileErrorKind> {
        let place = self.place(pid, path, end)?;
        match self.disk.get(&place) {
            Some(Node::Dir(_)) => Err(FileErrorKind::IsADirectory),
            Some(_) if end == End::Keep => Err(FileErrorKind::AlreadyExists),
            _ => self.disk.put(&place, node),
        }
    }

    fn append(&mut self, pid: Pid, path: &str, bytes: &[u8]) -> Result<(), FileErrorKind> {
        let place = self.place(pid, path, End::Follow)?;
        match self.disk.get_mut(&place) {
            Some(Node::File(content)) => content.extend_from_slice(bytes),
            Some(_) => return Err(FileErrorKind::Special),
            None => self.disk.put(&place, Node::File(bytes.to_vec()))?,
        }
        Ok(())
    }

    fn lexical(&self, pid: Pid, path: &str) -> disk::Place {
        let cwd = self.table.get(pid).map_or("/", |process| &process.cwd);
        let base = if path.starts_with('/') { "" } else { cwd };
        let parts = base.split('/').chain(path.split('/'));
        parts
            .filter(|part| !part.is_empty())
            .map(str::to_owned)
            .collect()
    }

    fn listen(&mut self, pid: Pid, port: u16) -> Result<(), FileErrorKind> {
        match self.ports.get(&port) {
            Some(_) => Err(FileErrorKind::AlreadyExists),
            None => {
                self.ports.insert(port, pid);
                Ok(())
            }
        }
    }
}
