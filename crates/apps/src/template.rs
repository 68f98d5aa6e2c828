//! Templates of apps.

use alloc::string::{String, ToString};
use collodi_script::read_json;

/// An app that is made anew from files of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Template {
    /// Its name.
    pub name: &'static str,
    /// Its files.
    pub files: &'static [TemplateFile],
}

/// A file of a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateFile {
    /// Its name in the app's folder.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// A template with these files of its folder.
macro_rules! template {
    ($name:literal: $($file:literal),+) => {
        Template {
            name: $name,
            files: &[$(TemplateFile {
                name: $file,
                text: include_str!(concat!("../templates/", $name, "/", $file)),
            }),+],
        }
    };
}

const TEMPLATES: [Template; 6] = [
    template!("fastapi": "pinokio.json", "main.py", "README.md"),
    template!("gradio": "pinokio.json", "app.py", "README.md"),
    template!("mlx-fuse-adapter": "pinokio.json", "README.md"),
    template!("mlx-inference-server": "pinokio.json", "README.md"),
    template!("mlx-lora": "pinokio.json", "data/train.jsonl", "data/valid.jsonl", "README.md"),
    template!("vllm": "pinokio.json", "README.md"),
];

/// All templates, by name.
pub const fn templates() -> &'static [Template] {
    &TEMPLATES
}

/// The template of this name.
pub fn template(name: &str) -> Option<&'static Template> {
    TEMPLATES.iter().find(|template| template.name == name)
}

impl Template {
    /// What it is, in a line: its script says so.
    pub fn about(&self) -> String {
        let script = self.files.iter().find(|file| file.name == "pinokio.json");
        let script = script.and_then(|file| read_json(file.text).ok());
        let about = script.as_ref().and_then(|s| s.pointer("/description"));
        let about = about.and_then(|about| about.as_str());
        about.unwrap_or_default().to_string()
    }
}
