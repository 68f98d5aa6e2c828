//! Another life of the same program: it goes on with the daemons, at the same socket and
//! with the same token.

#[cfg_attr(not(target_os = "linux"), path = "handover/no_reception.rs")]
mod reception;

use crate::{
    client::Client,
    failure::Failure,
    interrupts::Interrupts,
    listening,
    node::Life,
    state::{self, Hold},
};
use anyhow::{Context as _, Result};
use collodi_api::Answer;
use collodi_os::Left;
use futures::channel::oneshot;
use reception::Reception;
use rustix::io::{FdFlags, fcntl_setfd};
use std::{
    collections::BTreeMap,
    ffi::{CString, OsStr, OsString},
    io,
    net::{SocketAddr, TcpListener},
    os::{
        fd::{AsFd as _, AsRawFd as _, BorrowedFd, RawFd},
        unix::ffi::OsStringExt as _,
    },
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
    time::Duration,
};

/// Set for a program that goes on for another one, which it has replaced: the number of the descriptor
/// that holds the workspace.
const WORKSPACE: &str = "COLLODI_HANDOVER";

/// Set along with it: the number of the descriptor that children come from, with what is open of them.
const CHILDREN: &str = "COLLODI_HANDOVER_CHILDREN";

/// Those variables. They are for this program alone.
pub(crate) const VARIABLES: [&str; 2] = [WORKSPACE, CHILDREN];

/// How long a server that has agreed may take until it has let go: it gives up after 20 seconds itself.
const PATIENCE: Duration = Duration::from_secs(30);

/// What the end of a path says when its file was replaced.
const DELETED: &str = " (deleted)";

/// Which life of its process this program begins, in this workspace. What the one before has left of its
/// children is in `left` then.
pub(crate) fn life(workspace: &Path, left: &Left) -> Result<Life> {
    if std::env::var_os(WORKSPACE).is_none() {
        return Ok(Life::First);
    }
    // Another version passes nothing on.
    if let Some(Ok(children)) = number(CHILDREN).map(collodi_spawn::left_open) {
        left.take_in(&children);
    }
    let kept = number(WORKSPACE).and_then(|number| Hold::kept(workspace, number).ok());
    // Another version may have kept nothing.
    kept.map_or_else(|| Hold::take(workspace), Ok)
        .map(Life::Next)
}

/// The descriptor that a variable names.
fn number(variable: &str) -> Option<RawFd> {
    std::env::var(variable).ok()?.parse().ok()
}

/// Waits until the server of the workspace, if there is one, has left what it runs and the
/// workspace to this process. Its address, which is the next one's too.
///
/// # Errors
///
/// When it does not answer, says what would be lost, or does not end.
pub(crate) async fn take_over(
    workspace: &Path,
    left: &Arc<Left>,
) -> Result<Option<(SocketAddr, Hold)>> {
    let (tell, told) = oneshot::channel();
    let (workspace, left) = (workspace.to_owned(), Arc::clone(left));
    // A signal is heard meanwhile.
    thread::spawn(move || tell.send(left_by_another(&workspace, &left)));
    told.await.context("nobody waits for the server")?
}

fn left_by_another(workspace: &Path, left: &Left) -> Result<Option<(SocketAddr, Hold)>> {
    let Some(server) = Client::of_running(workspace)? else {
        return Ok(None);
    };
    let pid = server.server().pid;
    // Without one those are found that live.
    let mut reception = Reception::open(&state::state_dir(workspace)).ok();
    let asked = server.post::<Answer>("/python/server/handover?other=true");
    asked.map_err(|error| {
        Failure::new(format!(
            "the server (pid {pid}) is not taken over: {error:#}"
        ))
        .hint(format!(
            "try again when that is done; one that hangs may be ended by `kill -KILL {pid}`: \
             `collodi serve` goes on with its daemons"
        ))
    })?;
    reception.take_if(|reception| reception.announce().is_err());
    let hold = let_go(workspace.to_owned())?;
    if let Some(reception) = reception {
        reception.take_in(left);
    }
    Ok(Some((server.server().address, hold)))
}

/// The workspace, once its server has let go of it.
fn let_go(workspace: PathBuf) -> Result<Hold> {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || tell.send(Hold::take_next(&workspace)));
    let taken = told.recv_timeout(PATIENCE);
    taken.map_err(|_| {
        Failure::new("the server has agreed, and has not let go")
            .hint("what it says tells why, as a disk without room; it goes on as before")
    })?
}

/// Gives what is left of the children to the process that takes over, as long as this one has the workspace.
pub(crate) fn give(workspace: &Path, left: &Left) {
    // One of an earlier version finds those that live.
    let _ = reception::give(&state::state_dir(workspace), left);
}

/// Replaces this program by itself, as it is on the disk by now, with the same arguments,
/// and gives it the socket, the workspace and what was left of the children. They live on, and signals
/// that come meanwhile are for the next life. Comes back only when that fails.
pub(crate) fn replace(
    listener: &TcpListener,
    hold: &Hold,
    left: &Left,
    interrupts: &mut Interrupts,
) -> io::Error {
    become_next(listener, hold, left, interrupts).unwrap_or_else(|error| error)
}

fn become_next(
    listener: &TcpListener,
    hold: &Hold,
    left: &Left,
    interrupts: &mut Interrupts,
) -> io::Result<io::Error> {
    // Who cannot have what is open of them finds those that live all the same.
    let children = left.pass_on().ok();
    let children = children.as_ref().map(|children| children.as_fd());
    let (program, args, env) = next_life(listener, hold, children)?;
    let kept = [Some(listener.as_fd()), Some(hold.as_fd()), children];
    set_each(kept, FdFlags::empty())?;
    // The next life raises it itself, and must know what its children had.
    collodi_spawn::restore_open_files();
    let replaced = interrupts.without(|| collodi_spawn::replace(&program, &args, &env));
    collodi_spawn::raise_open_files();
    // No child is to have them.
    set_each(kept, FdFlags::CLOEXEC)?;
    replaced
}

fn set_each(descriptors: [Option<BorrowedFd<'_>>; 3], flags: FdFlags) -> io::Result<()> {
    for descriptor in descriptors.into_iter().flatten() {
        fcntl_setfd(descriptor, flags)?;
    }
    Ok(())
}

/// A program, its arguments and its environment.
type Next = (CString, Vec<CString>, Vec<CString>);

fn next_life(
    listener: &TcpListener,
    hold: &Hold,
    children: Option<BorrowedFd<'_>>,
) -> io::Result<Next> {
    let program = on_disk(std::env::current_exe()?);
    let args = std::env::args_os().map(word).collect::<io::Result<_>>()?;
    let mut env: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
    VARIABLES
        .iter()
        .for_each(|old| drop(env.remove(OsStr::new(old))));
    env.extend(listening::variables(listener).map(|(name, value)| (name.into(), value.into())));
    let mut tell = |variable: &str, descriptor: BorrowedFd<'_>| {
        let number = descriptor.as_raw_fd().to_string();
        env.insert(variable.into(), number.into());
    };
    tell(WORKSPACE, hold.as_fd());
    children.into_iter().for_each(|it| tell(CHILDREN, it));
    let variable = |(name, value)| word([name, value].join(OsStr::new("=")));
    let env = env.into_iter().map(variable).collect::<io::Result<_>>()?;
    Ok((word(program.into())?, args, env))
}

fn word(text: OsString) -> io::Result<CString> {
    Ok(CString::new(text.into_vec())?)
}

/// The path of a program that was replaced is that of its successor.
fn on_disk(path: PathBuf) -> PathBuf {
    match path.to_str().and_then(|text| text.strip_suffix(DELETED)) {
        Some(path) => OsString::from(path).into(),
        None => path,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_successor_is_at_the_same_path() {
        for path in ["/bin/collodi", "/bin/collodi (deleted)"] {
            assert_eq!(on_disk(path.into()), PathBuf::from("/bin/collodi"));
        }
    }
}
