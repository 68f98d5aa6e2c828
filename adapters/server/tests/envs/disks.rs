//! Disks that do not take what is written. Needs to mount some: where that is not
//! allowed, these tests say so and show nothing.

use crate::stage::{Stage, Tool, told};
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

const SCRIPT: &str = r#"{"dialect": "vatn", "run": [
    {"method": "shell.run", "params": {"message": "python -c 'print(40 + 2)'", "venv": "mine"}}
]}"#;

/// A file system of its own, gone when it is dropped.
struct Disk {
    dir: TempDir,
}

impl Disk {
    /// Of so many kilobytes; none where it may not be mounted.
    fn of(kilobytes: u32) -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let size = format!("size={kilobytes}k");
        let words = ["-t", "tmpfs", "-o", &size, "collodi-test"];
        if mount(&words, dir.path()) {
            return Some(Self { dir });
        }
        eprintln!("no disk can be mounted here: this test shows nothing");
        None
    }

    fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    fn remount(&self, option: &str) {
        let option = format!("remount,{option}");
        assert!(mount(&["-o", &option], self.dir.path()));
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.dir.path()).status();
    }
}

fn mount(words: &[&str], dir: &Path) -> bool {
    let mounted = Command::new("mount").args(words).arg(dir).output();
    mounted.is_ok_and(|output| output.status.success())
}

#[test]
fn a_full_disk_is_named_and_what_was_there_stays() {
    for tool in Tool::all() {
        let Some(disk) = Disk::of(2_000) else { return };
        let stage = Stage::at(&disk.root(), tool, SCRIPT);
        let told = stage.run();
        assert!(!told.success, "{tool:?}: {}", told.text);
        // venv keeps to itself what its pip says; then the hint has to.
        let reason = match tool {
            Tool::Uv => "no space left",
            Tool::Venv => "there must be room on the disk",
        };
        let text = told.text.to_lowercase();
        assert!(text.contains(reason), "{tool:?}: {text}");
        assert!(!stage.env("mine").exists(), "{tool:?}");
        assert_eq!(stage.leftovers(), [""; 0], "{tool:?}");
        assert!(stage.path("demo/pinokio.json").exists(), "{tool:?}");
        disk.remount("size=200m");
        let told = stage.run();
        assert!(told.success, "{tool:?}: {}", told.text);
    }
}

#[test]
fn an_environment_on_a_read_only_disk_is_used_and_none_is_made() {
    let Some(disk) = Disk::of(200_000) else {
        return;
    };
    let script = SCRIPT.replace("mine", "./mine");
    let stage = Stage::at(&disk.root(), Tool::Venv, &script);
    // The workspace is on another disk.
    let workspace = tempfile::tempdir().unwrap();
    let run = || told(stage.start_in(workspace.path()));
    let (mine, other) = (stage.path("demo/mine"), stage.path("demo/other"));
    assert!(run().success);
    disk.remount("ro");
    let used = run();
    assert!(used.success, "{}", used.text);
    disk.remount("rw");
    std::fs::rename(&mine, &other).unwrap();
    disk.remount("ro");
    let told = run();
    assert!(!told.success, "{}", told.text);
    assert!(told.text.contains("read-only"), "{}", told.text);
}
