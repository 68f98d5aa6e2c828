//! Sizes for people.

use alloc::{format, string::String};

/// A size as the plugin's clients know it: whole bytes below 1024, then `KB` and `MB` with
/// one decimal, then `GB` with two; each 1024 times the one before.
pub fn human(bytes: u64) -> String {
    const KB: u64 = 1 << 10;
    const MB: u64 = 1 << 20;
    const GB: u64 = 1 << 30;
    match bytes {
        0..KB => format!("{bytes} B"),
        KB..MB => format!("{} KB", decimal(bytes, KB, 1)),
        MB..GB => format!("{} MB", decimal(bytes, MB, 1)),
        GB.. => format!("{} GB", decimal(bytes, GB, 2)),
    }
}

/// `bytes` in units, cut after so many places: what is not there is not promised.
fn decimal(bytes: u64, unit: u64, places: u32) -> String {
    let scale = 10_u128.pow(places);
    let parts = u128::from(bytes) * scale / u128::from(unit);
    let width = usize::try_from(places).unwrap_or(1);
    format!("{}.{:0width$}", parts / scale, parts % scale)
}
