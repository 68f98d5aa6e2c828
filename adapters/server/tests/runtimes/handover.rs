//! Another life of the program goes on for the one that was.

use super::{INSTALLS, SERVER, ps::row, stage, stage::Stage};
use std::{
    fs,
    io::{ErrorKind, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    thread::{self, JoinHandle},
};

on_each_runtime! {
    no_caller_is_refused_while_a_server_is_replaced
    what_is_begun_while_a_server_is_replaced_is_begun_by_the_next
    a_workspace_is_never_free_while_a_server_is_replaced
    a_server_that_cannot_be_replaced_goes_on
    a_server_whose_next_life_could_not_say_where_it_is_goes_on
    a_next_life_that_ends_at_once_is_not_waited_for
    a_next_life_that_is_followed_at_once_leaves
    a_signal_between_two_lives_is_taken_up_by_the_next
    an_installation_is_not_lost_to_a_handover
    what_is_said_between_two_lives_is_heard
    who_asks_one_that_was_killed_is_answered_by_the_next_wherever_it_is
}

/// It ends when it is told to.
const BRIEF: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "echo begun; while ! test -e go; do sleep 0.01; done; echo last words; echo and an error >&2; exit 3",
    "daemon": true, "restart": "never"}}]}"#;

/// It reads its input, which nobody writes to.
const READS: &str = r#"{"dialect": "vatn", "run": [{"method": "shell.run", "params": {
    "message": "echo reads; read word; echo \"heard '$word'\"; exec sleep 1000",
    "daemon": true, "input": true, "restart": "never"}}]}"#;

/// The next one has taken the workspace, and not said yet where it is.
fn who_asks_one_that_was_killed_is_answered_by_the_next_wherever_it_is(stage: Stage) {
    let place = stage.path(".vatn/python/server.json");
    let mut killed = stage.serve();
    let address: SocketAddr = stage.state("address").parse().unwrap();
    let old = fs::read(&place).unwrap();
    killed.signal("-KILL");
    killed.code();
    let mut serving = stage.serve();
    let new = fs::read(&place).unwrap();
    let nobody = TcpListener::bind(address).unwrap();
    fs::write(&place, old).unwrap();
    let mut asks = stage.guest(&["ps"]);
    let asked = nobody.accept().unwrap();
    fs::write(&place, new).unwrap();
    drop((asked, nobody));
    assert_eq!(asks.rest(), "nothing runs");
    assert_eq!(asks.code(), Some(0));
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// The daemon is the same process, and what it says goes on.
fn no_caller_is_refused_while_a_server_is_replaced(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    stage.post("/python/apps/demo/run");
    serving.until("\"text\":\"up\"");
    let (pid, token, address) = (
        stage.pid_of("demo"),
        stage.state("token"),
        stage.state("address"),
    );
    let listening = address.parse().unwrap();
    let refused = Often::asked(move || is_refused(listening));
    for again in 0..3 {
        match again {
            0 => assert_eq!(stage.post("/python/server/handover").status, 200),
            _ => serving.signal("-HUP"),
        }
        serving.until("listening");
    }
    assert_eq!(refused.times(), 0);
    assert_eq!(stage.pid_of("demo"), pid);
    assert_eq!(
        (stage.state("token"), stage.state("address")),
        (token, address)
    );
    assert_eq!(stage::listeners(serving.id()), 2, "no copies pile up");
    let environment = stage::environment(pid);
    assert!(!environment.contains("LISTEN_"), "{environment}");
    assert_eq!(stage::listeners(pid), 0);
    assert_eq!(stage.post("/python/shutdown").status, 202);
    assert_eq!(serving.code(), Some(0));
}

/// Each of these came at another moment of a handover, or kept it from being begun.
fn what_is_begun_while_a_server_is_replaced_is_begun_by_the_next(stage: Stage) {
    stage.app("demo", SERVER);
    stage.app(
        "quick",
        r#"{"run": [{"method": "log", "params": {"raw": "done"}}]}"#,
    );
    let serving = stage.serve_quietly();
    stage.post("/python/apps/demo/run");
    let pid = stage.living_pid_of("demo");
    for round in 0..12 {
        serving.signal("-HUP");
        let ran = stage.output(&["run", "quick", "--again", "--detach"]);
        assert_eq!(ran.code(), Some(0), "round {round}: {}", ran.stderr());
    }
    assert_eq!(stage.living_pid_of("demo"), pid);
}

/// A second server would start the daemons a second time.
fn a_workspace_is_never_free_while_a_server_is_replaced(stage: Stage) {
    let mut serving = stage.serve();
    let lock = stage.path(".vatn/python/server.lock");
    let free = Often::asked(move || {
        let lock = std::fs::File::open(&lock).unwrap();
        lock.try_lock_shared().is_ok()
    });
    for _ in 0..4 {
        serving.signal("-HUP");
        serving.until("listening");
    }
    assert_eq!(free.times(), 0);
    let open = stage::descriptors(serving.id());
    let locks = open.iter().filter(|path| path.ends_with("server.lock"));
    assert!(locks.count() <= 2, "no copies pile up: {open:?}");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// A program that is not there any more, as in an upgrade that went wrong.
fn a_server_that_cannot_be_replaced_goes_on(stage: Stage) {
    let (program, mut serving) = serve_by_a_copy(&stage);
    let pid = stage.pid_of("demo");
    std::fs::remove_file(&program).unwrap();
    serving.signal("-HUP");
    serving.until("the same program goes on");
    serving.until("listening");
    assert_eq!(stage.pid_of("demo"), pid);
    assert_eq!(stage.call("stop demo"), "demo has ended\n");
    assert!(!stage::is_alive(pid));
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// As on a full disk: this is found before the server lets go of anything.
fn a_server_whose_next_life_could_not_say_where_it_is_goes_on(stage: Stage) {
    stage.app("demo", SERVER);
    let mut serving = stage.serve();
    stage.post("/python/apps/demo/run");
    serving.until("\"text\":\"up\"");
    let pid = stage.pid_of("demo");
    std::fs::create_dir(stage.path(".vatn/python/server.json.tried")).unwrap();
    serving.signal("-HUP");
    serving.until("not handed over: failed to write");
    let takeover = ["serve", "--takeover"];
    for words in [&["reload"][..], &takeover] {
        let refused = stage.output(words);
        assert_eq!(refused.code(), Some(1));
        let said = refused.stderr();
        assert!(said.contains("server.json"), "{said}");
    }
    assert_eq!(stage.pid_of("demo"), pid);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// Whoever asked for it hears at once that it is gone, and how to go on.
fn a_next_life_that_ends_at_once_is_not_waited_for(stage: Stage) {
    let (program, mut serving) = serve_by_a_copy(&stage);
    let pid = stage.pid_of("demo");
    std::fs::remove_file(&program).unwrap();
    stage.executable(&program, "exit 7");
    let failed = stage.output(&["reload"]);
    assert_eq!(failed.code(), Some(1));
    let said = failed.stderr();
    assert!(said.contains("it has ended"), "{said}");
    assert_eq!(serving.code(), Some(7));
    let mut serving = stage.serve();
    assert_eq!(stage.pid_of("demo"), pid);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// Whoever asks for that waits at its socket before it is there.
fn a_next_life_that_is_followed_at_once_leaves(stage: Stage) {
    let (program, mut serving) = serve_by_a_copy(&stage);
    let pid = stage.pid_of("demo");
    std::fs::remove_file(&program).unwrap();
    let next = env!("CARGO_BIN_EXE_collodi");
    stage.executable(&program, &format!("sleep 1\nexec {next} \"$@\""));
    serving.signal("-HUP");
    // Until a shell is there in its place.
    let exe = format!("/proc/{}/exe", serving.id());
    while std::fs::read_link(&exe).is_ok_and(|exe| exe.to_string_lossy().contains("collodi")) {}
    let (address, token) = (stage.state("address"), stage.state("token"));
    let mut asking = stage.connect();
    let asked = format!(
        "POST /python/server/handover?other=true HTTP/1.1\r\nhost: {address}\r\n\
         authorization: Bearer {token}\r\ncontent-length: 0\r\n\r\n"
    );
    asking.write_all(asked.as_bytes()).unwrap();
    assert_eq!(serving.code(), Some(0));
    let mut serving = stage.serve();
    assert_eq!(stage.pid_of("demo"), pid);
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// What the server becomes ends itself before anybody could listen: that is not lost, and the
/// daemons end in order.
fn a_signal_between_two_lives_is_taken_up_by_the_next(stage: Stage) {
    let (program, mut serving) = serve_by_a_copy(&stage);
    let pid = stage.pid_of("demo");
    assert_eq!(stage::held(pid), 0, "a child holds nothing back");
    std::fs::remove_file(&program).unwrap();
    let real = env!("CARGO_BIN_EXE_collodi");
    stage.executable(&program, &format!("kill -TERM $$\nexec {real} \"$@\""));
    serving.signal("-HUP");
    serving.until("listening");
    serving.until("interrupted");
    assert_eq!(serving.code(), Some(0));
    assert!(!stage::is_alive(pid));
}

/// Of a daemon that ends between two lives of its server nothing is lost: neither its last words nor how
/// it ended. What reads an input does not see its end meanwhile.
fn what_is_said_between_two_lives_is_heard(stage: Stage) {
    let (program, mut serving) = serve_by_a_copy(&stage);
    stage.app("brief", BRIEF);
    stage.app("reader", READS);
    for (app, says) in [("brief", "begun"), ("reader", "reads")] {
        stage.post(&format!("/python/apps/{app}/run"));
        serving.until(&format!("\"text\":\"{says}\""));
    }
    std::fs::remove_file(&program).unwrap();
    let real = env!("CARGO_BIN_EXE_collodi");
    let brief = stage.pid_of("brief");
    let go = stage.path(".vatn/python/apps/brief/go");
    let go = go.display();
    // It starts nobody, and so waits for nobody.
    let between = format!(": > {go}\nwhile test -e /proc/{brief}/fd/1; do :; done");
    stage.executable(&program, &format!("{between}\nexec {real} \"$@\""));
    serving.signal("-HUP");
    serving.until("listening");
    row(&stage, "brief", "failed", "exit code 3");
    let said = stage.call("logs brief");
    assert_eq!(said.matches("last words\n").count(), 1, "{said}");
    assert_eq!(said.matches("and an error\n").count(), 1, "{said}");
    assert!(said.contains("Process exited (code=3)"), "{said}");
    let heard = stage.call("logs reader");
    assert!(!heard.contains("heard"), "{heard}");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// A copy of the program serves, and an app is up.
fn serve_by_a_copy(stage: &Stage) -> (PathBuf, stage::Running) {
    stage.app("demo", SERVER);
    let program = stage.path("collodi");
    std::fs::copy(env!("CARGO_BIN_EXE_collodi"), &program).unwrap();
    let mut command = stage.command_of(&program);
    let mut serving = stage::Running::of(command.args(stage.serving()));
    serving.until("listening");
    stage.post("/python/apps/demo/run");
    serving.until("\"text\":\"up\"");
    (program, serving)
}

fn an_installation_is_not_lost_to_a_handover(stage: Stage) {
    stage.app("demo", INSTALLS);
    let mut serving = stage.serve();
    let mut guest = stage.guest(&["run", "demo"]);
    guest.until("installing");
    let refused = stage.post("/python/server/handover");
    assert_eq!(refused.status, 409, "{}", refused.body);
    serving.signal("-HUP");
    serving.until("not handed over");
    stage.post("/python/shutdown");
    assert_eq!(serving.code(), Some(0));
}

/// Whether a caller is refused at that address.
fn is_refused(address: SocketAddr) -> bool {
    match TcpStream::connect(address) {
        Ok(socket) => call(socket),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => return true,
        Err(error) => panic!("{error}"),
    }
    false
}

/// One question, whose answer need not come.
fn call(mut socket: TcpStream) {
    let _ = socket.write_all(b"GET /livez HTTP/1.0\r\nhost: localhost\r\n\r\n");
    let _ = socket.read_to_end(&mut Vec::new());
}

/// Somebody who asks the same again and again.
struct Often {
    enough: Arc<AtomicBool>,
    times: JoinHandle<usize>,
}

impl Often {
    fn asked(question: impl Fn() -> bool + Send + 'static) -> Self {
        let enough = Arc::new(AtomicBool::new(false));
        let is_enough = Arc::clone(&enough);
        let times = thread::spawn(move || {
            let mut times = 0;
            while !is_enough.load(Relaxed) {
                times += usize::from(question());
            }
            times
        });
        Self { enough, times }
    }

    /// How many times it was so.
    fn times(self) -> usize {
        self.enough.store(true, Relaxed);
        self.times.join().unwrap()
    }
}
