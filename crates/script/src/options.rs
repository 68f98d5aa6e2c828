//! What the caller knows beyond the text.

use crate::Dialect;
use alloc::{borrow::ToOwned, string::String};
use collodi_contain::RelPath;

/// How a file is to be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The file's name, for messages and for the rules that go by name: `pinokio.json` may be
    /// metadata, `vatn-node.json` is always of the VATN dialect.
    pub file: String,
    /// The folder of the file below the app's root. Relative paths in the script start here, and
    /// may climb to the root, not above it.
    pub base: RelPath,
    /// The dialect, when the caller knows it. Overrules everything in the file.
    pub dialect: Option<Dialect>,
    /// The dialect of a file that does not show which one it is written in.
    pub default_dialect: Dialect,
    /// Whether unknown methods are warnings, and skipped by the run, instead of errors. In the
    /// VATN dialect they always are.
    pub lenient_methods: bool,
    /// The sizes beyond which reading stops.
    pub limits: Limits,
}

impl Options {
    /// The defaults for a file of this name.
    pub fn for_file(file: &str) -> Self {
        Self {
            file: file.to_owned(),
            ..Self::default()
        }
    }
}

/// `pinokio.json` in the app's root, of the Pinokio dialect unless it shows otherwise, strict.
impl Default for Options {
    fn default() -> Self {
        Self {
            file: "pinokio.json".to_owned(),
            base: RelPath::root(),
            dialect: None,
            default_dialect: Dialect::Pinokio,
            lenient_methods: false,
            limits: Limits::default(),
        }
    }
}

/// Sizes beyond which a file is not read on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest file, in bytes.
    pub bytes: usize,
    /// The deepest nesting of lists and objects; at most [`Limits::MAX_DEPTH`] counts.
    pub depth: usize,
    /// The most steps of one list.
    pub steps: usize,
    /// The most diagnostics; one more says how many were left out.
    pub diagnostics: usize,
}

impl Limits {
    /// The nesting beyond which no setting leads, so that no stack overflows. Templates have it,
    /// too.
    pub const MAX_DEPTH: usize = 128;
}

/// 8 MiB, 128 levels, 10 000 steps, 256 diagnostics.
impl Default for Limits {
    fn default() -> Self {
        Self {
            bytes: 8 << 20,
            depth: 128,
            steps: 10_000,
            diagnostics: 256,
        }
    }
}
