//! Programs that are asked something.

use collodi_backend::{Backends, ChildEvent, Error};
use collodi_command::{CommandSpec, Exit, Kind, Stream, TreeId};
use collodi_contain::RelPath;
use collodi_host::{HostOptions, own_vars};

/// What a program said, and how it ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// How it ended; none when nobody knows.
    pub exit: Option<Exit>,
    /// What it said on its standard output, up to the limit.
    pub stdout: String,
    /// What it said on its standard error, up to the limit.
    pub stderr: String,
}

/// Runs a program in the workspace to its end, with the variables of the host's own commands,
/// and keeps `limit` bytes of each of its streams. Who keeps a record reads that it was a probe.
/// It takes as long as the program does: who does not want to wait signals the tree.
///
/// # Errors
///
/// Why it could not be started.
pub async fn ask(
    backends: &Backends,
    options: &HostOptions,
    (program, args): (&str, &[&str]),
    tree: &TreeId,
    limit: usize,
) -> Result<Said, Error> {
    let cwd = options.layout.workspace().at(RelPath::root());
    let mut spec = CommandSpec::new(program, cwd, tree.clone())
        .args(args.iter().copied())
        .envs(&own_vars(options));
    spec.purpose.kind = Kind::Probe;
    heard(backends, &spec, limit).await
}

/// Runs a command to its end, and keeps `limit` bytes of each of its streams.
pub(crate) async fn heard(
    backends: &Backends,
    spec: &CommandSpec,
    limit: usize,
) -> Result<Said, Error> {
    let mut child = backends.process.spawn(spec).await?;
    let (mut stdout, mut stderr, mut exit) = (Vec::new(), Vec::new(), None);
    while let Some(event) = child.next_event().await {
        match event {
            ChildEvent::Output { stream, bytes } => {
                let said = match stream {
                    Stream::Stdout => &mut stdout,
                    Stream::Stderr => &mut stderr,
                };
                let room = limit.saturating_sub(said.len());
                said.extend(bytes.iter().take(room));
            }
            ChildEvent::Exited(how) => exit = Some(how),
            _ => {}
        }
    }
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ok(Said {
        exit,
        stdout: text(stdout),
        stderr: text(stderr),
    })
}
