//! Real scripts, each run to its end in a simulated world in which every command
//! succeeds and says what servers say. What is of interest is how the runs end.
//!
//! The scripts are other people's and are not part of this repository: they are
//! read from the directory that `COLLODI_CORPUS` names, which holds
//! `OWNER/NAME/…` like the places that they come from.

mod caller;
mod ending;
mod play;
mod report;
mod world;

use crate::Broken;
use collodi_contain::RelPath;
use collodi_script::{Document, Method, Options, Parsed, Script, Severity, parse_bytes};
use std::{
    collections::BTreeMap,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

pub use play::Ended;
pub use report::{Committed, fixtures_section, render};

/// A file of a corpus.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path below the corpus, for people.
    pub path: String,
    /// Its folder below the app's root.
    pub base: RelPath,
    /// Its name.
    pub name: String,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// What came of a corpus: numbers only.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Tells one corpus from another.
    pub fingerprint: u64,
    /// Files that were read.
    pub files: usize,
    /// Files that describe an app and have no steps.
    pub metadata: usize,
    /// Files that give no script: the code of the first error, and how many.
    pub invalid: BTreeMap<&'static str, usize>,
    /// Runs by how they ended.
    pub endings: BTreeMap<String, usize>,
    /// The same runs without the steps that cannot be run.
    pub without: BTreeMap<String, usize>,
    /// Methods that cannot be run.
    pub methods: BTreeMap<String, Lack>,
    /// Files with at least one diagnostic of a code, by how bad it is, and how often it is said.
    pub codes: BTreeMap<(Severity, &'static str), Count>,
    /// What was noted about expressions.
    pub notes: BTreeMap<&'static str, usize>,
}

/// How much is said of something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Count {
    /// In so many files.
    pub files: usize,
    /// So many times.
    pub times: usize,
}

/// How much a method is missed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lack {
    /// Steps that use it.
    pub steps: usize,
    /// Scripts that use it.
    pub scripts: usize,
    /// Runs that ended because of it.
    pub runs: usize,
}

/// The corpus, when there is one: every `*.json` below its directory but for those in
/// the directory itself, in the order of their paths.
///
/// # Errors
///
/// When it cannot be read.
pub fn files() -> Result<Option<Vec<File>>, Broken> {
    let beside = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/pinokio-corpus");
    let named = std::env::var_os("COLLODI_CORPUS").map(PathBuf::from);
    let dir = named.unwrap_or_else(|| beside.into());
    if dir.is_dir() {
        below(&dir, 2).map(Some)
    } else {
        Ok(None)
    }
}

/// The scripts of this crate that show what the format is particular about.
///
/// # Errors
///
/// When they cannot be read.
pub fn fixtures() -> Result<Vec<File>, Broken> {
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures"), 0)
}

/// Runs every script of a corpus, as it is and without the steps that cannot be run.
/// `tells` hears of both runs of each.
///
/// # Errors
///
/// When one panics or does not end: which.
pub fn survey(files: &[File], mut tells: impl FnMut(&File, [&Ended; 2])) -> Result<Tally, Broken> {
    let mut tally = Tally {
        fingerprint: fingerprint(files),
        files: files.len(),
        ..Tally::default()
    };
    for (file, beside) in files.iter().zip(neighbours(files)) {
        let parsed = file.parse();
        tally.add_diagnostics(&parsed);
        match parsed.script() {
            Ok(script) => {
                let ended = file.play(script, beside)?;
                let without = file.play(&without_unsupported(script), beside)?;
                tells(file, [&ended, &without]);
                tally.add(script, &ended);
                *tally.without.entry(without.how).or_default() += 1;
            }
            Err(_) => tally.add_invalid(&parsed),
        }
    }
    Ok(tally)
}

/// The files of the same app, for each file. Those of an app follow each other.
fn neighbours(files: &[File]) -> Vec<&[File]> {
    let app_of = |file: &File| {
        let parts: Vec<_> = file
            .path
            .splitn(3, '/')
            .take(2)
            .map(str::to_owned)
            .collect();
        parts
    };
    let apps = files.chunk_by(|a, b| app_of(a) == app_of(b));
    apps.flat_map(|app| app.iter().map(move |_| app)).collect()
}

impl File {
    /// Reads the file as a script of an app.
    pub fn parse(&self) -> Parsed {
        let options = Options {
            base: self.base.clone(),
            ..Options::for_file(&self.name)
        };
        parse_bytes(&self.bytes, &options)
    }

    /// Runs the script of this file to its end; `beside` are the files of its app.
    ///
    /// # Errors
    ///
    /// When it panics or does not end.
    pub fn play(&self, script: &Script, beside: &[Self]) -> Result<Ended, Broken> {
        let ended = catch_unwind(AssertUnwindSafe(|| play::play(self, script, beside)));
        let ended = ended.unwrap_or_else(|_| Err(Broken::new("a panic")));
        ended.map_err(|why| Broken::new(format!("{}: {why}", self.path)))
    }
}

impl Tally {
    /// How many runs there were.
    pub fn runs(&self) -> usize {
        self.endings.values().sum()
    }

    fn add(&mut self, script: &Script, ended: &Ended) {
        *self.endings.entry(ended.how.clone()).or_default() += 1;
        for note in &ended.notes {
            *self.notes.entry(note).or_default() += 1;
        }
        for (method, steps) in unsupported(script) {
            let lack = self.methods.entry(method).or_default();
            lack.steps += steps;
            lack.scripts += 1;
        }
        if let Some(method) = &ended.unsupported {
            let name = public_name(&Method::from_name(method));
            self.methods.entry(name).or_default().runs += 1;
        }
    }

    fn add_diagnostics(&mut self, parsed: &Parsed) {
        let mut here: BTreeMap<(Severity, &'static str), usize> = BTreeMap::new();
        for diagnostic in &parsed.diagnostics {
            *here
                .entry((diagnostic.severity, diagnostic.code))
                .or_default() += 1;
        }
        for (code, times) in here {
            let count = self.codes.entry(code).or_default();
            count.files += 1;
            count.times += times;
        }
    }

    fn add_invalid(&mut self, parsed: &Parsed) {
        match (&parsed.document, parsed.errors().next()) {
            (_, Some(error)) => *self.invalid.entry(error.code).or_default() += 1,
            (Document::Metadata(_), None) => self.metadata += 1,
            _ => *self.invalid.entry("no script").or_default() += 1,
        }
    }
}

/// The script with steps that do nothing in place of those that cannot be run: what
/// comes after them is of interest too.
fn without_unsupported(script: &Script) -> Script {
    let mut script = script.clone();
    for step in &mut script.steps {
        if !collodi_run::supports(&step.method) {
            step.method = Method::LoadingEnd;
        }
    }
    script
}

/// The methods of the script that cannot be run, and how many steps use each.
fn unsupported(script: &Script) -> BTreeMap<String, usize> {
    let mut methods = BTreeMap::new();
    let steps = script.steps.iter().map(|step| &step.method);
    for method in steps.filter(|method| !collodi_run::supports(method)) {
        *methods.entry(public_name(method)).or_default() += 1;
    }
    methods
}

/// The name of the method, unless the script made it up.
fn public_name(method: &Method) -> String {
    match method {
        Method::Module(_) | Method::Unknown(_) => "a function of a module".to_owned(),
        Method::Kernel(_) => "a function of the desktop program".to_owned(),
        method => method.name().to_owned(),
    }
}

/// The files below `dir`; the first `depth` folders are the app's address.
fn below(dir: &Path, depth: usize) -> Result<Vec<File>, Broken> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder)? {
            let entry = entry?;
            let path = entry.path();
            if entry.file_type()?.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "json") {
                files.extend(file(dir, &path, depth)?);
            }
        }
    }
    files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(files)
}

fn file(dir: &Path, path: &Path, depth: usize) -> Result<Option<File>, Broken> {
    let below = path.strip_prefix(dir)?;
    let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
    let Some((name, folders)) = parts.split_last() else {
        return Ok(None);
    };
    let Some(base) = folders.get(depth..) else {
        return Ok(None);
    };
    Ok(Some(File {
        path: parts.join("/"),
        base: RelPath::parse(&base.join("/"))?,
        name: name.clone().into_owned(),
        bytes: std::fs::read(path)?,
    }))
}

/// FNV-1a over paths and contents.
fn fingerprint(files: &[File]) -> u64 {
    let bytes = files
        .iter()
        .flat_map(|file| file.path.as_bytes().iter().chain(&file.bytes));
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}
