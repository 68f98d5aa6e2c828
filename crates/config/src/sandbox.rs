//! `[sandbox]` and `[sandbox.apps.NAME]`.

use crate::{
    Entry, Fallback, Network, Wrong,
    level::AbsolutePath,
    reader::{Reader, Section},
};
use alloc::{collections::BTreeMap, format, string::ToString, vec::Vec};
use collodi_contain::Name;
use collodi_sandbox::Level;

section! {
    /// `[sandbox]`: how programs are kept in bounds.
    Sandbox {
        /// How far programs are trusted; the program's default when absent.
        level: Option<Level> = None => "full",
        /// Which network they reach; that of the level when absent.
        network: Option<Network> = None => "that of the level",
        /// Whether they reach the graphics card, where they are kept in a sandbox.
        gpu: bool = false,
        /// Folders that they may read besides.
        read: Vec<AbsolutePath> = Vec::new(),
        /// Folders that they may write besides.
        write: Vec<AbsolutePath> = Vec::new(),
        /// What is done where the level cannot be had.
        fallback: Fallback = Fallback::Refuse,
        /// Whether a protection that is missing is a failure, also an optional one.
        strict: bool = false,
    }
}

section! {
    /// `[sandbox.apps.NAME]`: what is otherwise for one app.
    AppSandbox {
        /// In place of the level of all.
        level: Option<Level> = None => "that of all",
        /// In place of the network of all.
        network: Option<Network> = None => "that of all",
        /// In place of what is said for all.
        gpu: Option<bool> = None => "what is said for all",
        /// Folders that its programs may read besides those of all.
        read: Vec<AbsolutePath> = Vec::new(),
        /// Folders that its programs may write besides those of all.
        write: Vec<AbsolutePath> = Vec::new(),
    }
}

/// The apps that have a section of their own.
pub(crate) type Apps = BTreeMap<Name, AppSandbox>;

pub(crate) fn read_apps<'a>(mut section: Section<'a>, reader: &mut Reader<'a>) -> Apps {
    let mut apps = Apps::new();
    for (key, at) in section.keys() {
        let mut app = section.section(key, reader);
        match Name::parse(key) {
            Ok(name) => drop(apps.insert(name, AppSandbox::read(&mut app, reader))),
            Err(error) => {
                let (why, meant) = (error.to_string(), None);
                reader.tell(at, "sandbox.apps", Wrong::BadValue { why, meant });
            }
        }
        app.finish(reader);
    }
    apps
}

pub(crate) fn entries_of_apps(apps: &Apps) -> impl Iterator<Item = Entry> {
    let entries = |(name, app): (&Name, &AppSandbox)| app.entries(&format!("sandbox.apps.{name}"));
    apps.iter().flat_map(entries)
}
