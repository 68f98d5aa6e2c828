//! Reading scripts, against `serde_json` reading the same bytes into a `Value`.
//!
//! The scripts are those below the directory `COLLODI_CORPUS`, or those that the
//! repository has. Reading is measured as a whole (`parse`: text, templates, all checks),
//! and without what makes a script of the JSON (`read_json`).

use collodi_benches::compare;
use collodi_script::{Options, parse, read_json};
use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

/// How each is read, and its text.
type Scripts = Vec<(Options, String)>;

fn main() -> Result<(), Box<dyn Error>> {
    let (from, scripts) = scripts()?;
    let bytes: usize = scripts.iter().map(|(_, text)| text.len()).sum();
    println!("{} scripts, {bytes} bytes, from {from}", scripts.len());
    let serde = || -> usize {
        let values = scripts.iter();
        let values = values.map(|(_, text)| serde_json::from_str::<serde_json::Value>(text));
        values.filter(Result::is_ok).count()
    };
    let checked = || -> usize {
        let parsed = scripts.iter().map(|(options, text)| parse(text, options));
        parsed.map(|parsed| parsed.diagnostics.len()).sum()
    };
    let read = || -> usize {
        let values = scripts.iter().map(|(_, text)| read_json(text));
        values.filter(Result::is_ok).count()
    };
    println!("  the JSON only        {}", compare(read, serde));
    println!("  parsed and checked   {}", compare(checked, serde));
    Ok(())
}

/// Where the scripts are from, and how each is read.
fn scripts() -> Result<(String, Scripts), Box<dyn Error>> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let named = env::var_os("COLLODI_CORPUS").map(PathBuf::from);
    let folders = match &named {
        Some(corpus) => vec![corpus.clone()],
        None => vec![
            repository.join("conformance/fixtures"),
            repository.join("examples"),
        ],
    };
    let mut files = Vec::new();
    for folder in &folders {
        json_files(folder, &mut files)?;
    }
    let mut scripts = Vec::new();
    for path in files {
        let Ok(text) = String::from_utf8(fs::read(&path)?) else {
            continue;
        };
        // What serde_json refuses is no measure of it.
        if serde_json::from_str::<serde_json::Value>(&text).is_ok() {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            scripts.push((Options::for_file(&name), text));
        }
    }
    let from = named.map_or("the repository".to_owned(), |path| {
        path.display().to_string()
    });
    Ok((from, scripts))
}

fn json_files(folder: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            json_files(&path, found)?;
        } else if path
            .extension()
            .is_some_and(|extension| extension == "json")
        {
            found.push(path);
        }
    }
    Ok(())
}
