//! The program, and a server of a workspace of its own.

use crate::{Result, caller::Caller};
use serde_json::Value;
use std::{
    fs,
    io::{BufRead as _, BufReader},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
};
use tempfile::TempDir;

pub(crate) struct Program(PathBuf);

pub(crate) struct Server {
    child: Child,
    dir: TempDir,
    pub(crate) address: SocketAddr,
    pub(crate) token: String,
}

impl Program {
    pub(crate) fn find() -> Option<Self> {
        let built = Path::new(env!("CARGO_MANIFEST_DIR")).join("../target/release/collodi");
        let path = std::env::var_os("COLLODI").map_or(built, PathBuf::from);
        path.is_file().then_some(Self(path))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// Serves, and has said where.
    pub(crate) fn serve(&self) -> Result<Server> {
        let dir = TempDir::new()?;
        let mut child = Command::new(&self.0)
            .args(["--json", "serve", "--quiet", "--listen", "127.0.0.1:0"])
            .current_dir(dir.path())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut said = String::new();
        let output = child.stdout.take().ok_or("no output")?;
        BufReader::new(output).read_line(&mut said)?;
        let state = fs::read(dir.path().join(".vatn/python/server.json"))?;
        let state: Value = serde_json::from_slice(&state)?;
        let text = |key: &str| state.get(key).and_then(Value::as_str).ok_or("no state");
        Ok(Server {
            address: text("address")?.parse()?,
            token: text("token")?.to_owned(),
            child,
            dir,
        })
    }
}

impl Server {
    /// Starts a daemon of this line of shell.
    pub(crate) fn daemon(&self, name: &str, line: &str) -> Result<()> {
        let params = serde_json::json!({"message": line, "daemon": true});
        let script = serde_json::json!({"dialect": "vatn", "run": [
            {"method": "shell.run", "params": params}]});
        let app = self.dir.path().join(".vatn/python/apps").join(name);
        fs::create_dir_all(&app)?;
        fs::write(app.join("pinokio.json"), script.to_string())?;
        let path = format!("/python/apps/{name}/run");
        Caller::of(self.address)?.ask("POST", &path, &self.token)?;
        Ok(())
    }

    /// The name of the app's process.
    pub(crate) fn process(&self, app: &str) -> Result<String> {
        let path = format!("/python/apps/{app}/processes");
        let body = Caller::of(self.address)?.get(&path, &self.token)?;
        let body: Value = serde_json::from_str(&body)?;
        let id = body.pointer("/processes/0/id").and_then(Value::as_str);
        Ok(id.ok_or("no process")?.to_owned())
    }

    /// The memory that it has, in MiB.
    pub(crate) fn memory(&self) -> Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kib.ok_or("no VmRSS")?.trim().parse::<f64>()? / 1024.0)
    }
}

/// Ends with what it started.
impl Drop for Server {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        let _ = Command::new("kill").args(["-TERM", &pid]).status();
        let _ = self.child.wait();
    }
}
