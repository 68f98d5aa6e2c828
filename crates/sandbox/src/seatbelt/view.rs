//! The paths of a profile as parameters, and the rules about them.

use super::text::{each, only};
use crate::{Machine, Place, Profile};
use alloc::{format, string::String, vec::Vec};

/// What a path is in a profile. What comes first of the same path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Role {
    Home,
    Hidden,
    Read,
    Write,
    /// Not for changing.
    Protected,
    /// In which something is hidden or protected: not to be moved away with it.
    Above,
}

/// A path with the name of its parameter.
pub(super) struct Named {
    pub(super) name: String,
    pub(super) place: Place,
    role: Role,
}

/// All paths that rules are about.
pub(super) fn named(profile: &Profile, temp: &Place, machine: &Machine) -> Vec<Named> {
    let alone = |name: &str, place: &Place| Named {
        name: name.into(),
        place: place.clone(),
        role: Role::Write,
    };
    let mut all = Vec::from([alone("APP_ROOT", &profile.root), alone("TMP_DIR", temp)]);
    all.extend(numbered("HOME", Role::Home, &machine.homes));
    all.extend(numbered("READ", Role::Read, &profile.read));
    all.extend(numbered("WRITE", Role::Write, &profile.write));
    all.extend(numbered("HIDDEN", Role::Hidden, &profile.hidden));
    let guarded = profile.guarded().map(|(place, _)| place);
    all.extend(numbered("PROTECTED", Role::Protected, guarded));
    all.extend(numbered("ABOVE", Role::Above, &above(profile)));
    all
}

fn numbered<'a>(
    prefix: &'static str,
    role: Role,
    places: impl IntoIterator<Item = &'a Place>,
) -> impl Iterator<Item = Named> {
    let places = places.into_iter().cloned().enumerate();
    places.map(move |(number, place)| Named {
        name: format!("{prefix}_{number}"),
        place,
        role,
    })
}

/// The folders between what is hidden or protected and the folder to be changed that it is in.
fn above(profile: &Profile) -> Vec<Place> {
    let hidden = profile.hidden.iter().flat_map(|hidden| {
        let folders = profile.writable().filter(|folder| folder.holds(hidden));
        folders.map(move |folder| (hidden, folder))
    });
    let within = hidden.chain(profile.guarded());
    let mut all: Vec<_> = within
        .flat_map(|(place, folder)| folder.between(place))
        .filter_map(|path| Place::parse(&path).ok())
        .collect();
    all.sort();
    all.dedup();
    all
}

/// The names of the user's homes.
pub(super) fn homes(all: &[Named]) -> impl Iterator<Item = &str> {
    let homes = all.iter().filter(|named| named.role == Role::Home);
    homes.map(|named| named.name.as_str())
}

/// What is hidden, read and changed: folders before what is in them, as later rules win. Then
/// what stays as it is.
pub(super) fn rules(all: &[Named]) -> String {
    let mut own: Vec<&Named> = all
        .iter()
        .filter(|named| matches!(named.role, Role::Hidden | Role::Read | Role::Write))
        .collect();
    own.sort_by_key(|named| (named.place.depth(), named.role));
    let rule = |named: &Named| match named.role {
        Role::Hidden => each("deny", "file-read* file-write*", &[&named.name]),
        Role::Read => each("allow", READ, &[&named.name]),
        _ => each("allow", WRITE, &[&named.name]),
    };
    let mut text: String = own.into_iter().map(rule).collect();
    text.push_str(&each("deny", "file-write*", &of(all, Role::Protected)));
    text.push_str(&only("deny", "file-write-unlink", &of(all, Role::Above)));
    text
}

const READ: &str = "file-read* file-map-executable";
const WRITE: &str = "file-read* file-write* file-map-executable";

fn of(all: &[Named], role: Role) -> Vec<&str> {
    let named = all.iter().filter(|named| named.role == role);
    named.map(|named| named.name.as_str()).collect()
}
