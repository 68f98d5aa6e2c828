//! Amounts of bytes.

use crate::form::{Fault, Form};
use collodi_value::Value;
use toml::{Spanned, de::DeValue};

/// An amount of bytes: a whole number, or a text with a unit (`"512 MiB"`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Size(pub u64);

const UNITS: [(&str, u32); 4] = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40)];

impl Form for Size {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        match value.get_ref() {
            DeValue::String(text) => with_unit(text).map(Self).ok_or_else(|| {
                let why = "a size is a number and KiB, MiB, GiB or TiB, below 2^53 bytes";
                Fault::bad(value, why)
            }),
            DeValue::Integer(_) => u64::read(value).map(Self),
            _ => Err(Fault::of(
                value,
                "a number of bytes, or a text as \"512 MiB\"",
            )),
        }
    }

    fn shown(&self) -> Value {
        self.0.shown()
    }
}

fn with_unit(text: &str) -> Option<u64> {
    let unit = |(unit, power): &(&str, u32)| Some((text.strip_suffix(unit)?, *power));
    let (number, power) = UNITS.iter().find_map(unit)?;
    let bytes = number.trim().parse::<u64>().ok()?.checked_mul(1 << power)?;
    (bytes <= 1 << 53).then_some(bytes)
}
