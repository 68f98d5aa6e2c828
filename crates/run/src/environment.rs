//! The variables that `ENVIRONMENT` files give.

use crate::{RunOptions, dotenv};
use alloc::{
    collections::{BTreeMap, BTreeSet},
    string::{String, ToString},
    vec::Vec,
};
use collodi_contain::{ContainedPath, PathError, RelPath};
use collodi_env::{LOADERS, StepValue, StepVariables};

/// The most folders that are made because a value names them.
const MAX_FOLDERS: usize = 64;

/// Variables for the commands of a run, and the files that have more of them. Later
/// layers win over earlier ones, a step's own `env` over all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EnvironmentFiles {
    /// What a variable is when neither the host nor a file has it.
    pub defaults: BTreeMap<String, String>,
    /// The files; the last layer is the app's own, which `env.set` changes.
    pub layers: Vec<EnvironmentLayer>,
}

/// Files of which one counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvironmentLayer {
    /// Where values that begin with `./` start.
    pub dir: ContainedPath,
    /// The files: the last one that is there counts. None need be there.
    pub files: Vec<ContainedPath>,
}

impl EnvironmentLayer {
    /// The layer of an app's folder: its `ENVIRONMENT`, or the one in its `pinokio`.
    pub fn of_app(app: &ContainedPath) -> Self {
        let file = |path: &str| app.join(path).ok();
        Self {
            dir: app.clone(),
            files: ["ENVIRONMENT", "pinokio/ENVIRONMENT"]
                .into_iter()
                .filter_map(file)
                .collect(),
        }
    }
}

/// What gives a variable to all commands of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Giver {
    /// An `ENVIRONMENT` file.
    File,
    /// The workspace, as neither the host nor a file has it.
    Workspace,
}

/// The variables of the files that have been read.
#[derive(Clone, Debug)]
pub(crate) struct Environment {
    layers: Vec<Layer>,
    /// What the script says it requires: its commands get it, when a file has it.
    required: BTreeSet<String>,
}

#[derive(Clone, Debug)]
struct Layer {
    dir: ContainedPath,
    file: Option<ContainedPath>,
    text: String,
    values: BTreeMap<String, String>,
    bad: Vec<(String, PathError)>,
}

impl Environment {
    pub(crate) fn new(options: &RunOptions) -> Self {
        let mut layers: Vec<Layer> = options.environment.layers.iter().map(Layer::new).collect();
        if layers.is_empty() {
            let app = options.app.root.at(RelPath::root());
            let file = app.join("ENVIRONMENT").ok();
            let dir = app;
            let files = file.into_iter().collect();
            layers.push(Layer::new(&EnvironmentLayer { dir, files }));
        }
        Self {
            layers,
            required: BTreeSet::new(),
        }
    }

    /// Takes in what stands in the file of a layer.
    pub(crate) fn read(&mut self, layer: usize, file: &ContainedPath, text: String) {
        if let Some(layer) = self.layers.get_mut(layer) {
            layer.read(text);
            layer.file = Some(file.clone());
        }
    }

    /// What the app's file says now.
    pub(crate) fn changed(&mut self, text: String) {
        if let Some(layer) = self.layers.last_mut() {
            layer.read(text);
        }
    }

    /// The app's file, and what stands in it.
    pub(crate) fn app_file(&self) -> Option<(&ContainedPath, &str)> {
        let layer = self.layers.last()?;
        Some((layer.file.as_ref()?, &layer.text))
    }

    /// Folders that values name with `./`.
    pub(crate) fn folders(&self) -> Vec<ContainedPath> {
        let folders = self.layers.iter().flat_map(Layer::folders);
        folders.take(MAX_FOLDERS).collect()
    }

    /// Values that are no paths in their folder.
    pub(crate) fn bad(&self) -> impl Iterator<Item = &(String, PathError)> {
        self.layers.iter().flat_map(|layer| &layer.bad)
    }

    /// The script requires this variable: it is passed on like any that a step sets,
    /// unless it chooses code to load.
    pub(crate) fn require(&mut self, name: &str) {
        if !LOADERS.iter().any(|glob| glob.matches(name)) {
            self.required.insert(name.to_string());
        }
    }

    /// The names that the files have.
    pub(crate) fn names(&self) -> BTreeSet<&str> {
        let names = self.layers.iter().flat_map(|layer| layer.values.keys());
        names.map(String::as_str).collect()
    }

    /// The names that the files have and the script requires.
    pub(crate) fn granted(&self) -> impl Iterator<Item = &str> {
        let required = |name: &&str| self.required.contains(*name);
        self.names().into_iter().filter(required)
    }

    /// What gives the variable this value, unless a step does.
    pub(crate) fn giver(&self, options: &RunOptions, name: &str, value: &str) -> Option<Giver> {
        let files = self.layers.iter().rev();
        let of_file = files.map(|layer| &layer.values).find_map(|v| v.get(name));
        let of_workspace = || options.environment.defaults.get(name);
        let (given, giver) = match of_file {
            Some(given) => (given, Giver::File),
            None => (of_workspace()?, Giver::Workspace),
        };
        (given == value).then_some(giver)
    }

    /// Everything that the files and the defaults give, below what `step` sets.
    pub(crate) fn below(&self, options: &RunOptions, mut step: StepVariables) -> StepVariables {
        let files = self.layers.iter().rev().flat_map(|layer| &layer.values);
        let is_new = |(name, _): &(&String, &String)| !options.host_vars.contains_key(*name);
        let defaults = options.environment.defaults.iter().filter(is_new);
        for (name, value) in files.chain(defaults) {
            let value = || StepValue::Text(value.clone());
            step.set.entry(name.clone()).or_insert_with(value);
        }
        step
    }
}

impl Layer {
    fn new(layer: &EnvironmentLayer) -> Self {
        Self {
            dir: layer.dir.clone(),
            file: layer.files.first().cloned(),
            text: String::new(),
            values: BTreeMap::new(),
            bad: Vec::new(),
        }
    }

    /// Empty values count as none.
    fn read(&mut self, text: String) {
        self.values.clear();
        self.bad.clear();
        for (name, value) in dotenv::values(&text) {
            match self.meant(&value) {
                _ if value.is_empty() => {}
                Ok(value) => drop(self.values.insert(name, value)),
                Err(error) => self.bad.push((name, error)),
            }
        }
        self.text = text;
    }

    fn meant(&self, value: &str) -> Result<String, PathError> {
        if value.starts_with("./") {
            self.dir.join(value).map(|path| path.absolute())
        } else {
            Ok(value.to_string())
        }
    }

    fn folders(&self) -> impl Iterator<Item = ContainedPath> {
        let values = dotenv::values(&self.text).into_iter();
        let is_folder =
            |(name, value): &(String, String)| value.starts_with("./") && !is_file(name);
        let path = |(_, value): (String, String)| self.dir.join(&value).ok();
        values.filter(is_folder).filter_map(path)
    }
}

/// Names whose values are files.
fn is_file(name: &str) -> bool {
    matches!(name, "PIP_CONFIG_FILE" | "CONDARC" | "HF_TOKEN_PATH")
}

/// Whether the mark of UTF-16 stands before a text.
pub(crate) const fn is_utf_16(bytes: &[u8]) -> bool {
    matches!(bytes, [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..])
}

/// The text of a file, which may be UTF-8 or, by its mark, UTF-16.
pub(crate) fn decoded(bytes: &[u8]) -> String {
    let units = |rest: &[u8], read: fn([u8; 2]) -> u16| {
        let pairs = rest.chunks_exact(2).filter_map(|pair| pair.try_into().ok());
        String::from_utf16_lossy(&pairs.map(read).collect::<Vec<_>>())
    };
    match bytes {
        [0xFF, 0xFE, rest @ ..] => units(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => units(rest, u16::from_be_bytes),
        bytes => String::from_utf8_lossy(bytes).into_owned(),
    }
}
