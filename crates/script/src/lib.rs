#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod check;
mod code;
pub mod daemon;
mod data;
mod decode;
mod diagnostic;
mod environments;
mod example;
#[doc(hidden)]
pub mod fuzz;
mod json;
mod locate;
mod method;
mod options;
mod outside;
mod parsed;
mod place;
mod reference;
mod render;
mod schema;
mod script;
mod sink;
mod step_at;
mod suggest;
mod table;

use alloc::{borrow::ToOwned, vec::Vec};

pub use code::{codes, explain};
pub use collodi_template::Template;
pub use data::{read_json, read_module};
pub use decode::decode;
pub use diagnostic::{Diagnostic, Fix, Severity};
pub use environments::{NamedEnvironments, mentions};
pub use example::{Example, example};
pub use locate::locate;
pub use method::Method;
pub use options::{Limits, Options};
pub use outside::{is_checkout_path, is_outside};
pub use parsed::{Document, Parsed, ScriptError};
pub use place::{Place, places};
pub use reference::{code_reference, json_schema, method_reference, reference};
pub use schema::{Class, Kinds, MethodSpec, Param, Role};
pub use script::{Dialect, Next, Prerequisite, Script, Step, Supervision};
pub use step_at::{List, NotAStep, StepAt};
pub use suggest::nearest;
pub use table::methods;

use sink::Sink;

/// Reads a script file's text: the document, and everything there is to say about it.
///
/// Never fails and never panics: what cannot be read is a diagnostic, and reading goes on after
/// it. Time and memory are linear in the text, which is not read at all beyond
/// [`Limits::bytes`].
pub fn parse(source: &str, options: &Options) -> Parsed {
    let mut sink = Sink::new(options.limits.diagnostics);
    let document = read(source, options, &mut sink);
    Parsed {
        document,
        diagnostics: sink.finish(source),
        file: options.file.to_owned(),
    }
}

/// Reads a script file's bytes, as [`parse`] reads text.
///
/// Bytes that are not UTF-8 are errors with their place. Spans and places are those of the text
/// that [`decode`] makes of the bytes.
pub fn parse_bytes(source: &[u8], options: &Options) -> Parsed {
    let mut sink = Sink::new(options.limits.diagnostics);
    if let Some(report) = too_large(source.len(), options).or_else(|| decode::utf16(source)) {
        sink.push(report);
        return broken(options, sink.finish(""));
    }
    let text = decode(source);
    decode::invalid_bytes(source, &mut sink);
    let document = read(&text, options, &mut sink);
    Parsed {
        document,
        diagnostics: sink.finish(&text),
        file: options.file.to_owned(),
    }
}

fn read(source: &str, options: &Options, sink: &mut Sink) -> Document {
    if let Some(report) = too_large(source.len(), options).or_else(|| check::not_json(source)) {
        sink.push(report);
        return Document::Broken;
    }
    decode::byte_order_mark(source, sink);
    match json::read(source, &options.limits, sink) {
        Some(root) => check::document(&root, source, options, sink),
        None => Document::Broken,
    }
}

fn too_large(bytes: usize, options: &Options) -> Option<Diagnostic> {
    let limit = options.limits.bytes;
    (bytes > limit).then(|| {
        let message = alloc::format!("the file has {bytes} bytes, and is read up to {limit}");
        Diagnostic::new(Severity::Error, "too-large", 0..0, message)
    })
}

fn broken(options: &Options, diagnostics: Vec<Diagnostic>) -> Parsed {
    Parsed {
        document: Document::Broken,
        diagnostics,
        file: options.file.to_owned(),
    }
}
