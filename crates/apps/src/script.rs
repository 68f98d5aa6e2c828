//! Which files of an app are scripts.

use alloc::string::{String, ToString};
use collodi_script::{Document, Options, Severity, decode, parse_bytes};

/// The most scripts of an app that are looked for.
pub const MOST_SCRIPTS: usize = 100;

/// A script of an app, in short.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppScript {
    /// Its file, below the app's folder.
    pub file: String,
    /// Its title, when it has one.
    pub title: Option<String>,
    /// How many steps it has.
    pub steps: usize,
    /// How many errors `check` finds in it.
    pub errors: usize,
    /// How many warnings.
    pub warnings: usize,
    /// Whether it is a program in JavaScript, which is not run.
    pub needs_javascript: bool,
}

/// Whether a file of this name may be a script.
pub fn is_candidate(name: &str) -> bool {
    let is_other = matches!(
        name,
        "package.json" | "package-lock.json" | "tsconfig.json" | "pinokio_meta.json"
    );
    !name.starts_with('.') && !is_other && (name.ends_with(".json") || name.ends_with(".js"))
}

impl AppScript {
    /// The script in the file called `file` with this text; none when it is something else:
    /// metadata, or a program that has nothing to do with it.
    pub fn of(file: &str, text: &[u8]) -> Option<Self> {
        let parsed = parse_bytes(text, &Options::for_file(file));
        let count = |severity| {
            let found = parsed.diagnostics.iter();
            found.filter(|d| d.severity == severity).count()
        };
        let script = Self {
            file: file.to_string(),
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            ..Self::default()
        };
        match &parsed.document {
            Document::Script(parsed) => Some(Self {
                title: parsed.title.clone(),
                steps: parsed.steps.len(),
                ..script
            }),
            Document::Broken if is_program(file, text) => Some(Self {
                needs_javascript: true,
                ..script
            }),
            _ => None,
        }
    }
}

/// Whether the text, which is no data, looks like a script in JavaScript.
fn is_program(file: &str, text: &[u8]) -> bool {
    let text = decode(text);
    let has_steps = text.contains("run:") || text.contains("\"run\"") || text.contains("method:");
    file.ends_with(".js") && has_steps && text.contains("exports")
}
