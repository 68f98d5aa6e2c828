//! A workspace with an app, and programs that run it.

use std::{
    fs,
    os::unix::process::ExitStatusExt as _,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

/// What makes environments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tool {
    Uv,
    Venv,
}

impl Tool {
    pub(crate) const fn all() -> [Self; 2] {
        [Self::Uv, Self::Venv]
    }
}

/// Where `cargo xtask tools` puts uv, unless it is on `PATH` already.
const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../.tools/bin");

/// A folder that is a workspace, with the app `demo` in it.
pub(crate) struct Stage {
    _temp: Option<TempDir>,
    root: PathBuf,
    tool: Tool,
    first_in_path: Option<PathBuf>,
    variables: Vec<(String, String)>,
}

/// What came of a run.
pub(crate) struct Told {
    pub(crate) success: bool,
    pub(crate) text: String,
}

impl Stage {
    pub(crate) fn new(tool: Tool, script: &str) -> Self {
        let temp = tempfile::tempdir().unwrap();
        let root = temp.path().canonicalize().unwrap();
        let stage = Self::at(&root, tool, script);
        let _temp = Some(temp);
        Self { _temp, ..stage }
    }

    /// In a directory of the test's own.
    pub(crate) fn at(root: &Path, tool: Tool, script: &str) -> Self {
        let app = root.join("demo");
        fs::create_dir_all(&app).unwrap();
        fs::write(app.join("pinokio.json"), script).unwrap();
        Self {
            _temp: None,
            root: root.to_owned(),
            tool,
            first_in_path: None,
            variables: Vec::new(),
        }
    }

    /// With variables of the machine's.
    pub(crate) fn with_variables(self, variables: &[(&str, &str)]) -> Self {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let variables = variables.iter().map(owned).collect();
        Self { variables, ..self }
    }

    /// With the programs of this folder.
    pub(crate) fn with_path(self, dir: &Path) -> Self {
        let first_in_path = Some(dir.to_owned());
        Self {
            first_in_path,
            ..self
        }
    }

    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    pub(crate) fn env(&self, name: &str) -> PathBuf {
        self.envs().join(name)
    }

    pub(crate) fn envs(&self) -> PathBuf {
        self.path(".vatn/python/envs")
    }

    /// What is beside the environments: nothing, when all went well.
    pub(crate) fn leftovers(&self) -> Vec<String> {
        let dirs = [self.envs(), self.path("demo")];
        let entries = dirs.iter().flat_map(fs::read_dir).flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with('.')).collect()
    }

    pub(crate) fn run(&self) -> Told {
        told(self.start_in(""))
    }

    /// Runs the app as the one of another workspace: a workspace has one program at a
    /// time, an app's own folder may be that of many.
    pub(crate) fn start_in(&self, workspace: impl AsRef<Path>) -> Child {
        let workspace = self.root.join(workspace);
        fs::create_dir_all(&workspace).unwrap();
        self.command(&workspace).spawn().unwrap()
    }

    /// A server of the workspace.
    pub(crate) fn serve(&self) -> Child {
        self.call(&["serve", "--listen", "127.0.0.1:0"])
    }

    /// The program with these words.
    pub(crate) fn call(&self, words: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_collodi"));
        command.arg("--workspace").arg(&self.root).args(words);
        command.stderr(Stdio::piped());
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        command.spawn().unwrap()
    }

    fn command(&self, workspace: &Path) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_collodi"));
        command
            .env("UV_PYTHON_DOWNLOADS", "never")
            .env("PIP_DISABLE_PIP_VERSION_CHECK", "1")
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .arg("--workspace")
            .arg(workspace)
            .arg("run");
        if self.tool == Tool::Venv {
            command.arg("--no-uv");
        }
        command
            .arg(self.path("demo"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let first = self.first_in_path.iter().map(PathBuf::as_path);
        let path = std::env::var_os("PATH").unwrap();
        let all = first
            .chain([Path::new(TOOLS)])
            .map(Path::to_path_buf)
            .chain(std::env::split_paths(&path));
        command.env("PATH", std::env::join_paths(all).unwrap());
        command
    }
}

pub(crate) fn told(child: Child) -> Told {
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout) + String::from_utf8_lossy(&output.stderr);
    let how = match output.status.signal() {
        Some(signal) => format!("signal {signal}"),
        None => format!("{:?}", output.status.code()),
    };
    Told {
        success: output.status.success(),
        text: format!("{said}\n[ended: {how}]"),
    }
}

/// The wheel of the package `demo-NAME`, whose program `demo-NAME` says where it is.
pub(crate) fn wheel(folder: &Path, name: &str) {
    fs::create_dir_all(folder).unwrap();
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/envs/wheel.py");
    let mut command = Command::new("python3");
    let status = command.arg(program).arg(folder).arg(name).status();
    assert!(status.unwrap().success());
}
