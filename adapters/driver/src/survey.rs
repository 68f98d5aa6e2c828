//! What the machine is, asked of its files and of a few programs.

use crate::ask::ask as ask_program;
use collodi_backend::Backends;
use collodi_command::{Exit, Signal, TreeId};
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_facts::{Facts, Folder, Sources, Texts};
use collodi_file::{FileAnswer, FileOp};
use collodi_host::HostOptions;
use collodi_python::Os;
use collodi_time::Duration;
use futures::future::{Either, select};
use std::pin::pin;

/// How long all sources together may take. A card that sleeps takes some seconds.
const TIME: Duration = Duration::from_secs(20);

/// The interpreter that is asked when nobody chose one.
const PYTHON: &str = "python3";

/// Finds out what the machine is that a host with these options would be on. Asks what can be
/// asked within 20 seconds; what does not answer says nothing. Programs get the variables that
/// the host's own commands get.
pub async fn survey(backends: &Backends, options: &HostOptions) -> Facts {
    let sources = match options.layout.platform().os {
        Os::Linux => Sources::LINUX,
        Os::MacOs => Sources::MACOS,
        Os::Windows => return Facts::default(),
    };
    let mut texts = Texts::default();
    let tree = TreeId::new(&format!("survey-{:016x}", options.seed));
    let over = {
        let end = backends.clock.now() + TIME;
        let asking = pin!(ask(backends, options, &sources, &tree, &mut texts));
        matches!(
            select(asking, backends.clock.sleep_until(end)).await,
            Either::Right(_)
        )
    };
    if over {
        // A program that cannot be killed says nothing either.
        let _ = backends.process.signal_tree(&tree, Signal::KILL).await;
    }
    Facts::of(&texts)
}

async fn ask(
    backends: &Backends,
    options: &HostOptions,
    sources: &Sources,
    tree: &TreeId,
    texts: &mut Texts,
) {
    for file in sources.files {
        read(backends, file, texts).await;
    }
    for folder in sources.folders {
        for entry in entries(backends, folder).await {
            for file in folder.files {
                read(backends, &format!("{}/{entry}/{file}", folder.path), texts).await;
            }
        }
    }
    for program in sources.programs {
        if !texts.has(program.name) {
            let said = run(backends, options, (program.name, program.args), tree).await;
            texts.add(program.name, &said.unwrap_or_default());
        }
    }
    let python = options.python_binary.as_deref().unwrap_or(PYTHON);
    for question in sources.python {
        let said = run(backends, options, (python, question.args), tree).await;
        texts.add(question.name, &said.unwrap_or_default());
    }
}

async fn read(backends: &Backends, file: &str, texts: &mut Texts) {
    let Some(path) = at(file) else { return };
    let op = FileOp::read(path, Sources::TEXT_BYTES);
    if let Ok(FileAnswer::Bytes(bytes)) = backends.files.perform(op).await {
        texts.add(file, &String::from_utf8_lossy(&bytes));
    }
}

async fn entries(backends: &Backends, folder: &Folder) -> Vec<String> {
    let Some(path) = at(folder.path) else {
        return Vec::new();
    };
    let Ok(FileAnswer::Entries(entries)) = backends.files.perform(FileOp::List { path }).await
    else {
        return Vec::new();
    };
    let names = entries.into_iter().map(|entry| entry.name);
    let its = names.filter(|name| folder.has(name));
    its.take(Sources::MOST_ENTRIES).collect()
}

/// What a program says on its standard output; none when it does not end well.
async fn run(
    backends: &Backends,
    options: &HostOptions,
    (program, args): (&str, &[&str]),
    tree: &TreeId,
) -> Option<String> {
    let most = usize::try_from(Sources::TEXT_BYTES).unwrap_or(usize::MAX);
    let asked = (program, args);
    let said = ask_program(backends, options, asked, tree, most)
        .await
        .ok()?;
    said.exit
        .is_some_and(Exit::is_success)
        .then_some(said.stdout)
}

/// A place on the machine.
fn at(path: &str) -> Option<ContainedPath> {
    Root::new("/").at(RelPath::root()).join(path).ok()
}
