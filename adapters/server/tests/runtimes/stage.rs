//! A workspace, the program in it, and its callers.

use rustix::pty::{self, OpenptFlags};
use serde_json::Value;
use std::{
    ffi::OsStr,
    fs::{self, File},
    io::{BufRead as _, BufReader, Lines, Read},
    net::TcpStream,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};
use tempfile::TempDir;

/// A workspace of its own, for one runtime.
pub(crate) struct Stage {
    dir: TempDir,
    runtime: &'static str,
}

/// The program while it runs.
pub(crate) struct Running {
    child: Child,
    lines: Lines<BufReader<Box<dyn Read + Send>>>,
}

/// The program when it has ended.
pub(crate) struct Ended(Output);

/// What was answered.
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

impl Stage {
    pub(crate) fn new(runtime: &'static str) -> Self {
        let dir = TempDir::new().unwrap();
        Self { dir, runtime }
    }

    pub(crate) fn path(&self, path: &str) -> PathBuf {
        self.dir.path().join(path)
    }

    /// Writes the script of an app of the workspace.
    pub(crate) fn app(&self, name: &str, script: &str) {
        let dir = self.path(".vatn/python/apps").join(name);
        fs::create_dir_all(&dir).unwrap();
        fs::write(dir.join("pinokio.json"), script).unwrap();
    }

    /// Writes the settings.
    pub(crate) fn settings(&self, text: &str) {
        fs::create_dir_all(self.path(".vatn")).unwrap();
        fs::write(self.path(".vatn/vatn.toml"), text).unwrap();
    }

    /// Writes a file of an app of the workspace.
    pub(crate) fn app_file(&self, path: &str, text: &str) {
        let path = self.path(".vatn/python/apps").join(path);
        fs::write(path, text).unwrap();
    }

    /// Makes a program of this shell script, found before all others.
    pub(crate) fn program(&self, name: &str, script: &str) {
        fs::create_dir_all(self.path("bin")).unwrap();
        self.executable(&self.path("bin").join(name), script);
    }

    /// Writes a program of this shell script there.
    pub(crate) fn executable(&self, path: &Path, script: &str) {
        fs::write(path, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
    }

    /// Starts the program with these words, on the runtime.
    pub(crate) fn start(&self, words: &[&str]) -> Running {
        let options = ["--runtime", self.runtime, "--restart-delay", "10ms"];
        self.guest(&[words, &options].concat())
    }

    /// Starts the program with these words alone.
    pub(crate) fn guest(&self, words: &[&str]) -> Running {
        self.reading(words, Stdio::null())
    }

    /// Starts the program on the runtime; what is read is its standard error.
    pub(crate) fn logging(&self, words: &[&str]) -> Running {
        let mut command = self.command();
        command.args(words).args(["--runtime", self.runtime]);
        let command = command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let said = child.stderr.take().unwrap();
        Running::reading(child, said)
    }

    /// As [`guest`](Self::guest), at a terminal on which somebody types.
    pub(crate) fn at_terminal(&self, words: &[&str]) -> (Running, File) {
        let (terminal, keyboard) = terminal();
        (self.reading(words, keyboard.into()), terminal)
    }

    /// Starts the program with these words; what it says is shown on a terminal, which is read.
    pub(crate) fn on_terminal(&self, words: &[&str]) -> (Child, File) {
        let (terminal, screen) = terminal();
        let child = self.command().args(words).stdout(screen).spawn();
        (child.unwrap(), terminal)
    }

    fn reading(&self, words: &[&str], input: Stdio) -> Running {
        Running::of(self.command().args(words).stdin(input))
    }

    /// The words that start a server on the runtime.
    pub(crate) fn serving(&self) -> Vec<&'static str> {
        let serve = ["--json", "serve", "--runtime", self.runtime];
        [&serve[..], &["--listen", "127.0.0.1:0"]].concat()
    }

    /// Serves, and has said where.
    pub(crate) fn serve(&self) -> Running {
        let mut running = self.start(&["--json", "serve", "--listen", "127.0.0.1:0"]);
        running.until("listening");
        running
    }

    /// Serves without a word of what apps say, as nobody reads it.
    pub(crate) fn serve_quietly(&self) -> Running {
        let mut running = Running::of(self.command().args(self.serving()).arg("--quiet"));
        running.until("listening");
        running
    }

    /// What the program says with these words; it must go well.
    pub(crate) fn call(&self, line: &str) -> String {
        let mut command = self.command();
        command.args(line.split(' '));
        if line.starts_with("plan") {
            command.args(["--runtime", self.runtime]);
        }
        let output = command.output().unwrap();
        assert!(output.status.success(), "{line}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What the program says with these words, and how it ends.
    pub(crate) fn output(&self, words: &[&str]) -> Ended {
        Ended(self.command().args(words).output().unwrap())
    }

    fn command(&self) -> Command {
        self.command_of(env!("CARGO_BIN_EXE_collodi"))
    }

    /// A program in the workspace.
    pub(crate) fn command_of(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        let first = self.path("bin").into_os_string();
        let path = std::env::var_os("PATH").unwrap();
        let all = [first, path].join(":".as_ref());
        command.current_dir(self.dir.path()).env("PATH", all);
        command.stdin(Stdio::null());
        command
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, Some(&self.bearer()))
    }

    /// What is answered there, which is no JSON.
    pub(crate) fn text(&self, path: &str) -> String {
        let url = format!("http://{}{path}", self.state("address"));
        let asked = ureq::get(&url).header("authorization", &self.bearer());
        let mut answer = asked.call().unwrap();
        answer.body_mut().read_to_string().unwrap()
    }

    pub(crate) fn post(&self, path: &str) -> Answer {
        self.ask("POST", path, Some(&self.bearer()))
    }

    pub(crate) fn ask(&self, method: &str, path: &str, bearer: Option<&str>) -> Answer {
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        let request = ureq::http::Request::builder()
            .method(method)
            .uri(format!("http://{}{path}", self.state("address")));
        let request = match bearer {
            Some(bearer) => request.header("authorization", bearer),
            None => request,
        };
        let mut answer = agent.run(request.body(()).unwrap()).unwrap();
        Answer {
            status: answer.status().as_u16(),
            body: answer.body_mut().read_json().unwrap(),
        }
    }

    /// A connection to the server.
    pub(crate) fn connect(&self) -> TcpStream {
        TcpStream::connect(self.state("address")).unwrap()
    }

    /// The process of the app's server.
    pub(crate) fn pid_of(&self, app: &str) -> u64 {
        let path = format!("/python/apps/{app}/processes");
        let body = self.get(&path).body;
        body["processes"][0]["pid"].as_u64().unwrap()
    }

    /// The process of the app that lives, beside those that have ended.
    pub(crate) fn living_pid_of(&self, app: &str) -> u64 {
        let body = self.get(&format!("/python/apps/{app}/processes")).body;
        let all = body["processes"].as_array().unwrap();
        let mut pids = all.iter().filter_map(|process| process["pid"].as_u64());
        pids.next().unwrap()
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.state("token"))
    }

    pub(crate) fn state(&self, key: &str) -> String {
        let text = fs::read_to_string(self.path(".vatn/python/server.json")).unwrap();
        let state: Value = serde_json::from_str(&text).unwrap();
        state[key].as_str().unwrap().to_owned()
    }
}

impl Ended {
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.0.stdout.clone()).unwrap()
    }

    pub(crate) fn stderr(&self) -> String {
        String::from_utf8(self.0.stderr.clone()).unwrap()
    }

    pub(crate) fn code(&self) -> Option<i32> {
        self.0.status.code()
    }
}

impl Running {
    /// Starts a program, and reads what it says.
    pub(crate) fn of(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let said = child.stdout.take().unwrap();
        Self::reading(child, said)
    }

    fn reading(child: Child, said: impl Read + Send + 'static) -> Self {
        let said: Box<dyn Read + Send> = Box::new(said);
        let lines = BufReader::new(said).lines();
        Self { child, lines }
    }

    pub(crate) fn id(&self) -> u64 {
        self.child.id().into()
    }

    /// Reads what it says up to a line that has this text.
    pub(crate) fn until(&mut self, text: &str) -> String {
        let mut heard = Vec::new();
        for line in self.lines.by_ref() {
            heard.push(line.unwrap());
            if heard.last().is_some_and(|line| line.contains(text)) {
                return heard.join("\n");
            }
        }
        panic!("never {text}: {heard:#?}");
    }

    /// What it says, line by line.
    pub(crate) fn lines(&mut self) -> impl Iterator<Item = String> {
        self.lines.by_ref().map(Result::unwrap)
    }

    pub(crate) fn signal(&self, name: &str) {
        signal(u64::from(self.child.id()), name);
    }

    /// Asks it once more to end, until it does: what comes at once is the same wish.
    pub(crate) fn insist(&mut self, name: &str) {
        while let Ok(None) = self.child.try_wait() {
            let _ = Command::new("kill")
                .args([name, &self.child.id().to_string()])
                .status();
        }
    }

    /// All that it says from now on to its end.
    pub(crate) fn rest(&mut self) -> String {
        let lines: Result<Vec<_>, _> = self.lines.by_ref().collect();
        lines.unwrap().join("\n")
    }

    /// How it ends, when all it says was read.
    pub(crate) fn code(&mut self) -> Option<i32> {
        for line in self.lines.by_ref() {
            drop(line);
        }
        self.child.wait().unwrap().code()
    }
}

/// A story that breaks off leaves nothing behind.
impl Drop for Running {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            let _ = self.child.kill();
        }
    }
}

/// A terminal, and what is at it.
fn terminal() -> (File, File) {
    let terminal = pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    pty::grantpt(&terminal).unwrap();
    pty::unlockpt(&terminal).unwrap();
    let name = pty::ptsname(&terminal, Vec::new()).unwrap();
    let mut options = File::options();
    let at = options.read(true).write(true).open(name.to_str().unwrap());
    (terminal.into(), at.unwrap())
}

pub(crate) fn signal(pid: u64, name: &str) {
    let sent = Command::new("kill").args([name, &pid.to_string()]).status();
    assert!(sent.unwrap().success());
}

/// One that has ended may be in the process table until its parent has waited for it.
pub(crate) fn is_alive(pid: u64) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat"));
    stat.is_ok_and(|stat| !stat.contains(") Z "))
}

/// The signals that the process holds back, a bit each.
pub(crate) fn held(pid: u64) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let mut lines = status.lines();
    let held = lines.find_map(|line| line.strip_prefix("SigBlk:")).unwrap();
    u64::from_str_radix(held.trim(), 16).unwrap()
}

/// The variables of the process. It has none in the moment in which it becomes another program.
pub(crate) fn environment(pid: u64) -> String {
    let read = || fs::read(format!("/proc/{pid}/environ")).unwrap();
    let mut reads = std::iter::repeat_with(read);
    let bytes = reads.find(|bytes| !bytes.is_empty()).unwrap();
    String::from_utf8_lossy(&bytes).into_owned()
}

/// What the descriptors of the process are open for.
pub(crate) fn descriptors(pid: u64) -> Vec<PathBuf> {
    let descriptors = fs::read_dir(format!("/proc/{pid}/fd")).unwrap().flatten();
    let targets = descriptors.filter_map(|descriptor| fs::read_link(descriptor.path()).ok());
    targets.collect()
}

/// How many descriptors of the process are sockets that listen.
pub(crate) fn listeners(pid: u64) -> usize {
    let table = fs::read_to_string("/proc/net/tcp").unwrap();
    let rows = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>());
    let listening: Vec<_> = rows
        .filter(|row| row[3] == "0A")
        .map(|row| PathBuf::from(format!("socket:[{}]", row[9])))
        .collect();
    let open = descriptors(pid);
    open.iter()
        .filter(|target| listening.contains(target))
        .count()
}
