//! How text looks.

use core::fmt::{self, Write};

/// A colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Color {
    /// One of the terminal's palette: 0 to 7 and their bright forms 8 to 15, then
    /// the colour cube, then greys from 232.
    Indexed(u8),
    /// Red, green, blue.
    Rgb(u8, u8, u8),
}

/// How text looks. The default is whatever the reader's default is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Style {
    /// The colour of the text.
    pub foreground: Option<Color>,
    /// The colour behind the text.
    pub background: Option<Color>,
    /// Bold.
    pub bold: bool,
    /// Faint.
    pub dim: bool,
    /// Italic.
    pub italic: bool,
    /// Underlined.
    pub underline: bool,
    /// Foreground and background change places.
    pub reverse: bool,
}

impl Style {
    /// Changes the style as `ESC [ params m` would. Unknown parameters are
    /// skipped; so is a sequence with private or intermediate bytes.
    pub(crate) fn apply(&mut self, params: &str) {
        if params.bytes().any(|b| !matches!(b, b'0'..=b';')) {
            return;
        }
        let mut groups = params.split(';');
        while let Some(group) = groups.next() {
            let (code, detail) = group.split_once(':').unwrap_or((group, ""));
            match number(code) {
                Some(38) => set(&mut self.foreground, extended(detail, &mut groups)),
                Some(48) => set(&mut self.background, extended(detail, &mut groups)),
                // Underlined in its own colour, which is not kept.
                Some(58) => drop(extended(detail, &mut groups)),
                Some(4) => self.underline = detail != "0",
                Some(code) => self.apply_code(code),
                None => {}
            }
        }
    }

    fn apply_code(&mut self, code: u8) {
        match code {
            0 => *self = Self::default(),
            1 => self.bold = true,
            2 => self.dim = true,
            3 => self.italic = true,
            7 => self.reverse = true,
            21 => self.underline = true,
            22 => (self.bold, self.dim) = (false, false),
            23 => self.italic = false,
            24 => self.underline = false,
            27 => self.reverse = false,
            30..=37 => self.foreground = Some(Color::Indexed(code - 30)),
            39 => self.foreground = None,
            40..=47 => self.background = Some(Color::Indexed(code - 40)),
            49 => self.background = None,
            90..=97 => self.foreground = Some(Color::Indexed(code - 82)),
            100..=107 => self.background = Some(Color::Indexed(code - 92)),
            _ => {}
        }
    }

    /// Writes the sequence that makes this the style, whatever it was before.
    pub(crate) fn write(self, out: &mut impl Write) -> fmt::Result {
        out.write_str("\x1b[0")?;
        let flags = [
            (self.bold, ";1"),
            (self.dim, ";2"),
            (self.italic, ";3"),
            (self.underline, ";4"),
            (self.reverse, ";7"),
        ];
        for (_, code) in flags.iter().filter(|(on, _)| *on) {
            out.write_str(code)?;
        }
        write_color(out, self.foreground, 38)?;
        write_color(out, self.background, 48)?;
        out.write_char('m')
    }
}

fn write_color(out: &mut impl Write, color: Option<Color>, code: u8) -> fmt::Result {
    match color {
        None => Ok(()),
        Some(Color::Indexed(n)) => write!(out, ";{code};5;{n}"),
        Some(Color::Rgb(r, g, b)) => write!(out, ";{code};2;{r};{g};{b}"),
    }
}

fn set(to: &mut Option<Color>, color: Option<Color>) {
    if color.is_some() {
        *to = color;
    }
}

/// The colour after 38 or 48: in the same group behind colons, else in the next groups.
fn extended<'a>(detail: &str, groups: &mut impl Iterator<Item = &'a str>) -> Option<Color> {
    if detail.is_empty() {
        return match number(groups.next()?)? {
            5 => indexed(groups),
            2 => rgb(groups),
            _ => None,
        };
    }
    let mut parts = detail.split(':');
    match number(parts.next()?)? {
        5 => indexed(&mut parts),
        // With all six parts, the first of the four left names a colour space.
        2 if detail.split(':').count() > 4 => rgb(&mut parts.skip(1)),
        2 => rgb(&mut parts),
        _ => None,
    }
}

fn indexed<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<Color> {
    Some(Color::Indexed(number(parts.next()?)?))
}

fn rgb<'a>(parts: &mut impl Iterator<Item = &'a str>) -> Option<Color> {
    let mut part = || parts.next().map(number);
    let (r, g, b) = (part()?, part()?, part()?);
    Some(Color::Rgb(r?, g?, b?))
}

/// A parameter; an empty one is 0.
fn number(text: &str) -> Option<u8> {
    if text.is_empty() {
        return Some(0);
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn after(sequences: &[&str]) -> Style {
        let mut style = Style::default();
        for params in sequences {
            style.apply(params);
        }
        style
    }

    #[track_caller]
    fn foreground(params: &str, expected: Option<Color>) {
        assert_eq!(after(&[params]).foreground, expected, "{params}");
    }

    #[test]
    fn colours() {
        foreground("31", Some(Color::Indexed(1)));
        foreground("97", Some(Color::Indexed(15)));
        foreground("38;5;208", Some(Color::Indexed(208)));
        foreground("38:5:208", Some(Color::Indexed(208)));
        foreground("38;2;1;2;3", Some(Color::Rgb(1, 2, 3)));
        foreground("38:2:1:2:3", Some(Color::Rgb(1, 2, 3)));
        foreground("38:2::1:2:3", Some(Color::Rgb(1, 2, 3)));
        foreground("38;2;1;2", None);
        foreground("38;2;999;2;3", None);
        foreground("38", None);
        foreground("31;39", None);
        foreground("?31", None);
        foreground("48;5;1;31", Some(Color::Indexed(1)));
        foreground("58;5;1", None);
    }

    #[test]
    fn attributes() {
        let all = after(&["1;3;4;7"]);
        assert!(all.bold && all.italic && all.underline && all.reverse);
        assert_eq!(after(&["1;3;4;7", ""]), Style::default());
        assert_eq!(after(&["1;2", "22"]), Style::default());
        assert_eq!(after(&["4:3", "4:0"]), Style::default());
        assert_eq!(after(&["99999999999999999999;1"]), after(&["1"]));
    }

    #[test]
    fn written_and_applied_again() {
        for params in ["", "1;31", "2;3;4;7;38;5;9;48;2;1;2;3"] {
            let mut text = String::new();
            after(&[params]).write(&mut text).unwrap();
            let inner = text.strip_prefix("\x1b[").and_then(|t| t.strip_suffix('m'));
            assert_eq!(
                after(&["35;1", inner.unwrap()]),
                after(&[params]),
                "{text:?}"
            );
        }
    }
}
