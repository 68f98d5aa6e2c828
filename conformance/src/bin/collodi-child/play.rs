//! Plays steps with real files, signals and processes.

use collodi_command::Stream;
use collodi_sim::words::{self, FAILED, Given, Parentage, Step};
use rustix::{fs, process};
use signal_hook::iterator::Signals;
use std::{
    cell::RefCell,
    env, io,
    io::{Read, Write},
    net::TcpListener,
    process::{Child, Command, Stdio, exit},
    thread,
    time::Duration,
};

/// How often `until` looks.
const LOOK: Duration = Duration::from_millis(2);

/// How much of a flood is written at once.
const PIECE: usize = 16 * 1024;

thread_local! {
    static CHILDREN: RefCell<Vec<Child>> = const { RefCell::new(Vec::new()) };
    static HELD: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// Plays the steps until one of them ends the process, and says with which code.
pub(crate) fn steps(steps: &[Step]) -> Option<i32> {
    steps.iter().find_map(|step| match play(step) {
        Ok(code) => code,
        Err(error) => {
            let _ = writeln!(io::stderr(), "{step:?}: {error}");
            Some(FAILED)
        }
    })
}

fn play(step: &Step) -> io::Result<Option<i32>> {
    match step {
        Step::Exit(code) => return Ok(Some(*code)),
        Step::Repeat(times, inner) => return Ok((0..*times).find_map(|_| steps(inner))),
        Step::Say(stream, bytes) => say(*stream, bytes),
        Step::Flood(stream, len) => flood(*stream, *len),
        Step::Sleep(time) => thread::sleep(*time),
        Step::Wait => loop {
            thread::park();
        },
        Step::Until(path) => {
            while std::fs::symlink_metadata(path).is_err() {
                thread::sleep(LOOK);
            }
        }
        Step::Print(given) => say(Stream::Stdout, print(*given)?.as_bytes()),
        Step::Args(args) => {
            for arg in args {
                say(Stream::Stdout, format!("[{arg}]\n").as_bytes());
            }
        }
        Step::Cat => cat()?,
        Step::Raise(_) | Step::Ignore(_) | Step::On(..) => signals(step)?,
        Step::Spawn(parentage, words) => spawn(*parentage, words)?,
        Step::Session => drop(process::setsid()?),
        Step::Hold(size) => HELD.with_borrow_mut(|held| held.push(vec![1; *size])),
        Step::Join => join()?,
        other => files(other)?,
    }
    Ok(None)
}

/// Writes all of `bytes`; when nobody reads, to nowhere.
fn say(stream: Stream, bytes: &[u8]) {
    let _ = match stream {
        Stream::Stdout => io::stdout()
            .write_all(bytes)
            .and_then(|()| io::stdout().flush()),
        Stream::Stderr => io::stderr().write_all(bytes),
    };
}

fn flood(stream: Stream, len: usize) {
    let mut done = 0;
    while done < len {
        let piece = words::flood(done, PIECE.min(len - done));
        say(stream, &piece);
        done += piece.len();
    }
}

fn cat() -> io::Result<()> {
    let mut buffer = [0; 4096];
    loop {
        match io::stdin().read(&mut buffer)? {
            0 => return Ok(()),
            n => say(Stream::Stdout, buffer.get(..n).unwrap_or_default()),
        }
    }
}

fn print(given: Given) -> io::Result<String> {
    let own = std::process::id();
    Ok(match given {
        Given::Env => {
            let mut lines: Vec<String> = env::vars_os()
                .map(|(name, value)| format!("{}={}\n", name.display(), value.display()))
                .collect();
            lines.sort();
            lines.concat()
        }
        Given::Cwd => format!("{}\n", env::current_dir()?.display()),
        Given::Pid => format!("{own}\n"),
        Given::Group if process::getpgrp() == process::getpid() => "leader\n".to_owned(),
        Given::Group => "member\n".to_owned(),
        Given::Descriptors => descriptors()?,
        Given::Terminal => terminal(),
    })
}

fn terminal() -> String {
    let sizes = (
        rustix::termios::tcgetwinsize(io::stdin()),
        rustix::termios::tcgetwinsize(io::stdout()),
        rustix::termios::tcgetwinsize(io::stderr()),
    );
    match sizes {
        (Ok(size), Ok(_), Ok(_)) => format!("{}x{}\n", size.ws_col, size.ws_row),
        _ => "none\n".to_owned(),
    }
}

/// The open descriptors, except the one that it takes to look.
fn descriptors() -> io::Result<String> {
    let mut numbers = Vec::new();
    for entry in std::fs::read_dir("/dev/fd")? {
        let name = entry?.file_name();
        numbers.extend(name.to_str().and_then(|name| name.parse::<i32>().ok()));
    }
    numbers.sort_unstable();
    numbers.retain(|n| std::fs::metadata(format!("/dev/fd/{n}")).is_ok());
    Ok(numbers.iter().map(|n| format!("{n}\n")).collect())
}

fn signals(step: &Step) -> io::Result<()> {
    match step {
        Step::Raise(signal) => {
            let signal = process::Signal::from_named_raw(signal.number());
            let signal = signal.ok_or(io::ErrorKind::InvalidInput)?;
            process::kill_process(process::getpid(), signal)?;
        }
        Step::Ignore(signal) => react(signal.number(), Vec::new())?,
        Step::On(signal, steps) => react(signal.number(), steps.clone())?,
        _ => {}
    }
    Ok(())
}

fn react(signal: i32, reaction: Vec<Step>) -> io::Result<()> {
    let mut signals = Signals::new([signal])?;
    thread::spawn(move || {
        for _ in &mut signals {
            if let Some(code) = steps(&reaction) {
                exit(code);
            }
        }
    });
    Ok(())
}

fn spawn(parentage: Parentage, words: &[String]) -> io::Result<()> {
    let mut command = Command::new(env::current_exe()?);
    match parentage {
        Parentage::Shared => command.args(words),
        Parentage::Mute => mute(command.args(words)),
        Parentage::Detached | Parentage::Hidden => {
            if parentage == Parentage::Hidden {
                command.env_clear();
            }
            let daemon = format!("mute:({})", words.join(" "));
            return mute(command.args(["session", &daemon])).status().map(drop);
        }
    };
    let child = command.spawn()?;
    CHILDREN.with_borrow_mut(|children| children.push(child));
    Ok(())
}

fn mute(command: &mut Command) -> &mut Command {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
}

fn join() -> io::Result<()> {
    for mut child in CHILDREN.take() {
        child.wait()?;
    }
    Ok(())
}

fn files(step: &Step) -> io::Result<()> {
    match step {
        Step::Write(path, bytes) => std::fs::write(path, bytes),
        Step::Append(path, bytes) => std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)?
            .write_all(bytes),
        Step::Read(path) => {
            say(Stream::Stdout, &std::fs::read(path)?);
            Ok(())
        }
        Step::Dir(path) => std::fs::create_dir_all(path),
        Step::Link { path, target } => std::os::unix::fs::symlink(target, path),
        Step::Fifo(path) => {
            let (kind, mode) = (fs::FileType::Fifo, fs::Mode::RUSR | fs::Mode::WUSR);
            Ok(fs::mknodat(fs::CWD, path, kind, mode, 0)?)
        }
        Step::Listen(port) => listen(*port),
        Step::Web(port) => crate::web::serve(*port),
        _ => Err(io::ErrorKind::Unsupported.into()),
    }
}

fn listen(port: u16) -> io::Result<()> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    thread::spawn(move || listener.incoming().for_each(drop));
    Ok(())
}
