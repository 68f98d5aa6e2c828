//! What things look like on a terminal.

use anstyle::{AnsiColor, Effects, Style};

pub(crate) const STEP: Style = AnsiColor::Blue.on_default().effects(Effects::BOLD);
pub(crate) const GOOD: Style = AnsiColor::Green.on_default().effects(Effects::BOLD);
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
pub(crate) const DIM: Style = Style::new().effects(Effects::DIMMED);
