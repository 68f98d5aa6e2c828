//! Files, changes, and what is in the file afterwards.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use collodi_backend::FileSystem;
use collodi_config::Settings;
use collodi_contain::Root;
use collodi_file::{FileAnswer, FileError, FileOp};
use collodi_os::Files;
use collodi_settings::{Change, NewValue, SettingsError, SettingsFile, edited};
use futures::executor::block_on;
use insta::assert_snapshot;
use proptest::prelude::*;
use std::fs;

#[derive(Debug)]
struct Disk;

#[async_trait::async_trait]
impl FileSystem for Disk {
    async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        Files.perform(op)
    }
}

const FILE: &str = "# ours\n\n[python]\nprefer_uv   = true # uv is quick\nenvs_dir = 'e'\n\n\
    [other]\n  x = 1   # theirs\n";

fn change(key: &str, value: &str) -> Change {
    Change::new(
        &key.split('.').collect::<Vec<_>>(),
        Some(NewValue::meant(value)),
    )
}

#[test]
fn all_else_stays_byte_for_byte() {
    let changes = [
        change("python.prefer_uv", "false"),
        change("python.python_binary", "/opt/py\"thon\n[sandbox]"),
        change("sandbox.shell_env.exclude", "['A_*']"),
    ];
    insta::assert_snapshot!(edited(FILE, &changes).unwrap(), @r#"
    # ours

    [python]
    prefer_uv   = false # uv is quick
    envs_dir = 'e'
    python_binary = """
    /opt/py"thon
    [sandbox]"""

    [other]
      x = 1   # theirs

    [sandbox.shell_env]
    exclude = ['A_*']
    "#);
    let removed = [Change::new(&["python", "envs_dir"], None)];
    assert_eq!(
        edited(FILE, &removed).unwrap(),
        FILE.replace("envs_dir = 'e'\n", "")
    );
    assert_eq!(
        edited(FILE, &[Change::new(&["no", "such"], None)]).unwrap(),
        FILE
    );
}

#[test]
fn line_ends_of_windows_stay() {
    let file = FILE.replace('\n', "\r\n");
    let changed = edited(&file, &[change("python.max_log_lines", "9")]).unwrap();
    let expected = file.replace("'e'\r\n", "'e'\r\nmax_log_lines = 9\r\n");
    assert_eq!(changed, expected);
}

#[test]
fn inline_and_dotted_sections_are_changed_where_they_are() {
    let file = "python = { prefer_uv = true }\nsandbox.level = 'full' # all\n";
    let changes = [
        change("python.prefer_uv", "false"),
        change("sandbox.level", "'restricted'"),
    ];
    assert_eq!(
        edited(file, &changes).unwrap(),
        "python = { prefer_uv = false }\nsandbox.level = 'restricted' # all\n"
    );
}

#[test]
fn a_change_is_made_as_a_whole_or_not_at_all() {
    let dir = tempfile::tempdir().unwrap();
    let workspace = Root::new(dir.path().to_str().unwrap());
    let (file, path) = (
        SettingsFile::of(&workspace),
        dir.path().join(".vatn/vatn.toml"),
    );
    fs::create_dir(dir.path().join(".vatn")).unwrap();
    assert_eq!(block_on(file.read(&Disk)).unwrap(), Settings::default());

    let made = block_on(file.change(&Disk, &[change("python.prefer_uv", "false")])).unwrap();
    assert!(!made.python.prefer_uv.value());
    assert_eq!(block_on(file.read(&Disk)).unwrap(), made);

    let before = fs::read(&path).unwrap();
    let mut said = Vec::new();
    for (key, value) in [
        ("python.prefer_uw", "true"),
        ("python.prefer_uv", "7"),
        ("python.prefer_uv.below", "7"),
        ("sandbox.level", "none"),
    ] {
        let changes = [change("python.max_log_lines", "9"), change(key, value)];
        let refused = block_on(file.change(&Disk, &changes)).unwrap_err();
        said.push(refused.to_string());
        assert_eq!(fs::read(&path).unwrap(), before, "{key}");
    }
    assert_snapshot!(said.join("\n"));
}

/// Somebody writes the file between our look and our write.
#[test]
fn what_somebody_else_wrote_meanwhile_stays() {
    #[derive(Debug)]
    struct Meddled;
    #[async_trait::async_trait]
    impl FileSystem for Meddled {
        async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
            let path = op.path().absolute();
            let answer = Files.perform(op);
            fs::write(path, "[python]\nmax_log_lines = 7\n").unwrap();
            answer
        }
    }
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join(".vatn")).unwrap();
    let file = SettingsFile::of(&Root::new(dir.path().to_str().unwrap()));
    let changed = block_on(file.change(&Meddled, &[change("python.prefer_uv", "false")]));
    assert_eq!(changed, Err(SettingsError::Changed(file.path().clone())));
    let settings = block_on(file.read(&Disk)).unwrap();
    assert_eq!(*settings.python.max_log_lines.value(), 7);
}

#[test]
fn a_file_that_is_wrong_or_no_file_is_never_the_default() {
    let dir = tempfile::tempdir().unwrap();
    let vatn = dir.path().join(".vatn");
    fs::create_dir_all(&vatn).unwrap();
    let file = SettingsFile::of(&Root::new(dir.path().to_str().unwrap()));
    let long = vec![b'#'; Settings::MAX_BYTES + 1];
    for bytes in [&b"[python"[..], &[0xff, 0xfe], &long] {
        fs::write(vatn.join("vatn.toml"), bytes).unwrap();
        assert!(block_on(file.read(&Disk)).is_err());
    }
    fs::remove_file(vatn.join("vatn.toml")).unwrap();
    fs::create_dir(vatn.join("vatn.toml")).unwrap();
    assert!(block_on(file.read(&Disk)).is_err());
}

proptest! {
    /// Whatever text is set, it is the value of its key, and of no other.
    #[test]
    fn no_text_writes_anything_else(text in "(\\PC|[\"'\n\r\t\\\\\\[\\]#=]){0,40}") {
        let value = Some(NewValue::Text(text.clone()));
        let after = edited(FILE, &[Change::new(&["other", "y"], value)]).unwrap();
        let document: toml_edit::DocumentMut = after.parse().unwrap();
        prop_assert_eq!(document["other"]["y"].as_str(), Some(text.as_str()));
        prop_assert_eq!(document.len(), 2);
        prop_assert_eq!(document["other"].as_table().unwrap().len(), 2);
        prop_assert_eq!(document["python"].as_table().unwrap().len(), 2);
    }
}
