//! What an app's launcher says of it.

use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use collodi_script::{read_json, read_module};
use collodi_value::{Object, Value};

/// The most entries of a menu that are read.
const MOST_ITEMS: usize = 200;
/// The longest text that is kept, in characters.
const MOST_TEXT: usize = 2000;

/// What a launcher says of its app, as far as it is data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Launcher {
    /// The app's title.
    pub title: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// The path of its picture, below the app's folder.
    pub icon: Option<String>,
    /// The version of the format that it was written for.
    pub version: Option<String>,
    /// The entries of its menu, those of menus in it after their own.
    pub menu: Vec<MenuItem>,
    /// Whether some of it is a program in JavaScript, which is not run.
    pub needs_javascript: bool,
}

/// An entry of a menu.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MenuItem {
    /// What it says.
    pub text: String,
    /// The script or address that it opens.
    pub href: Option<String>,
    /// Whether it is opened when nobody chooses.
    pub is_default: bool,
    /// How many menus it is in.
    pub depth: usize,
}

impl Launcher {
    /// The files that say it, in the order in which later ones win.
    pub const FILES: [&'static str; 3] = ["pinokio.js", "pinokio_meta.json", "pinokio.json"];

    /// Makes a launcher of the texts of [`FILES`](Self::FILES) that are there. What is
    /// no data is left out.
    pub fn of(texts: [Option<&str>; 3]) -> Self {
        let [module, meta, json] = texts;
        let mut launcher = Self::default();
        match module.map(read_module) {
            Some(Ok(Value::Object(members))) => launcher.take(&members),
            Some(_) => launcher.needs_javascript = true,
            None => {}
        }
        for text in [meta, json].into_iter().flatten() {
            if let Ok(Value::Object(members)) = read_json(text) {
                launcher.take(&members);
            }
        }
        launcher
    }

    fn take(&mut self, members: &Object) {
        let fields = [
            ("title", &mut self.title),
            ("description", &mut self.description),
            ("icon", &mut self.icon),
            ("version", &mut self.version),
        ];
        for (key, field) in fields {
            if let Some(said) = text(members, key) {
                *field = Some(said);
            }
        }
        if let Some(Value::Array(items)) = members.get("menu") {
            self.menu = menu(items);
        }
    }
}

/// The entries, each before those of its own menu.
fn menu(items: &[Value]) -> Vec<MenuItem> {
    let mut found = Vec::new();
    let mut open: Vec<(usize, &Value)> = items.iter().rev().map(|item| (0, item)).collect();
    while let Some((depth, item)) = open.pop() {
        let Value::Object(members) = item else {
            continue;
        };
        if found.len() == MOST_ITEMS {
            break;
        }
        found.push(MenuItem {
            text: text(members, "text").unwrap_or_default(),
            href: text(members, "href"),
            is_default: members.get("default").is_some_and(Value::is_truthy),
            depth,
        });
        if let Some(Value::Array(inner)) = members.get("menu") {
            open.extend(inner.iter().rev().map(|item| (depth + 1, item)));
        }
    }
    found
}

fn text(members: &Object, key: &str) -> Option<String> {
    let text = members.get(key)?.as_str()?.trim();
    let text: String = text.chars().take(MOST_TEXT).collect();
    (!text.is_empty()).then(|| text.to_string())
}
