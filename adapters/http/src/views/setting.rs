//! Settings.

use collodi_api::{Setting, SettingSource};
use collodi_config::{Entry, Origin};

/// A setting as it is shown.
pub(crate) fn setting(entry: Entry) -> Setting {
    let (source, place) = match entry.origin {
        Origin::Default => (SettingSource::Default, None),
        Origin::File(place) => (SettingSource::File, Some(place)),
        Origin::Program => (SettingSource::Program, None),
    };
    Setting {
        key: entry.key,
        counts: entry.counts.map(str::to_owned),
        about: entry.about.to_owned(),
        value: serde_json::from_str(&entry.value.to_json()).unwrap_or_default(),
        source,
        line: place.map(|place| place.line),
        column: place.map(|place| place.column),
    }
}
