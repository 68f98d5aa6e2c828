//! Where in a shell line something is about to stand.
//!
//! The scanner knows quotes, substitutions and comments. What it does not know
//! for certain (here-documents, `case` in a substitution, patterns in `${…}`)
//! makes it unsure for the rest of the line, and then data has to be digits.

use super::word::Words;
use alloc::vec::Vec;

/// How data may be written at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// As a word or a part of one.
    Word,
    SingleQuotes,
    DoubleQuotes,
    /// Anything but the end of the line.
    Comment,
    /// Only what needs no quoting anywhere.
    PlainOnly,
    /// Only digits.
    DigitsOnly,
}

#[derive(Clone, Debug)]
enum Frame {
    Single,
    Double,
    /// `$'…'`; not all shells know it.
    Dollar,
    Backtick,
    Comment,
    /// `${…}`
    Parameter,
    /// `$((…))` or `((…))`, with this many parentheses open.
    Arithmetic(u32),
    /// `$(…)`, with this many parentheses open in it, and what was known outside.
    Substitution(u32, Words),
}

#[derive(Clone, Debug, Default)]
pub(crate) struct Scanner {
    frames: Vec<Frame>,
    words: Words,
    /// Behind a backslash that takes the next character.
    escaped: bool,
    /// The last character, unless it was escaped.
    last: Option<char>,
    /// Behind exactly `<<`.
    here: bool,
    unsure: bool,
}

impl Scanner {
    /// Reads on.
    pub(crate) fn read(&mut self, text: &str) {
        text.chars().for_each(|c| self.step(c));
    }

    /// Goes on behind data, which changes nothing but that there is something.
    pub(crate) fn skip_data(&mut self, written: &str) {
        if !written.is_empty() {
            self.escaped = false;
            self.last = Some('x');
            self.words.letter('x');
        }
    }

    /// Where the next character will stand.
    pub(crate) fn place(&self) -> Place {
        if self.unsure || self.here {
            return Place::DigitsOnly;
        }
        if self.escaped || self.last == Some('$') && !self.in_single_quotes() {
            return Place::PlainOnly;
        }
        match self.frames.last() {
            Some(Frame::Comment) => Place::Comment,
            Some(Frame::Arithmetic(_)) => Place::DigitsOnly,
            Some(Frame::Dollar | Frame::Backtick | Frame::Parameter) => Place::PlainOnly,
            _ if self.is_evaluated() => Place::PlainOnly,
            Some(Frame::Single) => Place::SingleQuotes,
            Some(Frame::Double) => Place::DoubleQuotes,
            None | Some(Frame::Substitution(..)) => Place::Word,
        }
    }

    fn in_single_quotes(&self) -> bool {
        matches!(self.frames.last(), Some(Frame::Single | Frame::Comment))
    }

    /// Whether the command reads its words as a program again.
    fn is_evaluated(&self) -> bool {
        let outside = self.frames.iter().any(|frame| match frame {
            Frame::Substitution(_, words) => words.is_evaluated(),
            _ => false,
        });
        outside || self.words.is_evaluated()
    }

    fn step(&mut self, c: char) {
        if core::mem::take(&mut self.escaped) {
            self.last = None;
            // A line end that is escaped is not there at all.
            if c != '\n' {
                self.words.letter('x');
            }
            return;
        }
        match self.frames.last() {
            None | Some(Frame::Substitution(..)) => self.plain(c),
            Some(Frame::Double) => self.double(c),
            Some(Frame::Single) => self.pop_at(c, '\''),
            Some(Frame::Comment) => self.comment(c),
            Some(Frame::Dollar) => self.dollar(c),
            Some(Frame::Backtick) => self.backtick(c),
            Some(Frame::Parameter) => self.parameter(c),
            Some(Frame::Arithmetic(open)) => self.arithmetic(c, *open),
        }
        self.last = (!self.escaped).then_some(c);
    }

    fn pop_at(&mut self, c: char, end: char) {
        if c == end {
            self.frames.pop();
        }
    }

    fn comment(&mut self, c: char) {
        if c == '\n' {
            self.frames.pop();
            self.words.separator(c);
        }
    }

    /// A shell that does not know `$'…'` ends it at the first quote.
    fn dollar(&mut self, c: char) {
        self.unsure |= c == '\\';
        self.escaped = c == '\\';
        self.pop_at(c, '\'');
    }

    fn backtick(&mut self, c: char) {
        self.unsure |= matches!(c, '\\' | '\'' | '"');
        self.pop_at(c, '`');
    }

    fn parameter(&mut self, c: char) {
        self.unsure |= !c.is_ascii_alphanumeric() && !matches!(c, '_' | '}');
        self.pop_at(c, '}');
    }

    fn arithmetic(&mut self, c: char, open: u32) {
        self.unsure |= matches!(c, '\\' | '\'' | '"' | '`' | '{');
        let open = match c {
            '(' => open.saturating_add(1),
            ')' => open.saturating_sub(1),
            _ => open,
        };
        self.frames.pop();
        if open > 0 {
            self.frames.push(Frame::Arithmetic(open));
        }
    }

    fn double(&mut self, c: char) {
        match c {
            '"' => drop(self.frames.pop()),
            '\\' => self.escaped = true,
            '`' => self.push(Frame::Backtick),
            '(' if self.last == Some('$') => self.substitution(),
            '{' if self.last == Some('$') => self.push(Frame::Parameter),
            _ => {}
        }
    }

    fn push(&mut self, frame: Frame) {
        // So deep a line is none that the scanner has to follow.
        self.unsure |= self.frames.len() > 64;
        if !self.unsure {
            self.frames.push(frame);
        }
    }

    /// Quotes are a part of a word.
    fn quotes(&mut self, frame: Frame) {
        self.words.letter('x');
        self.push(frame);
    }

    fn substitution(&mut self) {
        let outside = core::mem::take(&mut self.words);
        self.push(Frame::Substitution(0, outside));
    }

    fn plain(&mut self, c: char) {
        self.here_document(c);
        match c {
            '\\' => self.escaped = true,
            '\'' if self.last == Some('$') => self.quotes(Frame::Dollar),
            '\'' => self.quotes(Frame::Single),
            '"' => self.quotes(Frame::Double),
            '`' => self.quotes(Frame::Backtick),
            '{' if self.last == Some('$') => self.push(Frame::Parameter),
            '(' if self.last == Some('$') => self.substitution(),
            '(' if self.last == Some('(') => self.begin_arithmetic(),
            '(' => self.parenthesis(1),
            ')' => self.parenthesis(-1),
            '#' if self.words.at_start() => self.push(Frame::Comment),
            _ => self.word(c),
        }
    }

    /// `<<` opens a here-document, `<<<` does not.
    fn here_document(&mut self, c: char) {
        if core::mem::take(&mut self.here) && c != '<' {
            self.unsure = true;
        }
        let previous = self.last == Some('<');
        self.here = c == '<' && previous && !self.words.in_here_string();
        self.words.here_string(c == '<' && previous);
    }

    fn word(&mut self, c: char) {
        if matches!(c, ' ' | '\t' | '\n' | ';' | '&' | '|' | '<' | '>') {
            let case = self.words.separator(c) == super::word::Ended::Case;
            self.unsure |= case && !self.frames.is_empty();
        } else {
            self.words.letter(c);
        }
    }

    /// `((` or `$((`: the first parenthesis was taken for another.
    fn begin_arithmetic(&mut self) {
        match self.frames.pop() {
            Some(Frame::Substitution(0, outside)) => self.words = outside,
            Some(Frame::Substitution(open, outside)) => {
                self.frames.push(Frame::Substitution(open - 1, outside));
            }
            Some(other) => self.frames.push(other),
            None => {}
        }
        self.push(Frame::Arithmetic(2));
    }

    fn parenthesis(&mut self, by: i32) {
        let case = self.words.separator('(') == super::word::Ended::Case;
        self.unsure |= case && !self.frames.is_empty();
        match self.frames.pop() {
            Some(Frame::Substitution(0, outside)) if by < 0 => {
                self.words = outside;
                self.words.letter('x');
            }
            Some(Frame::Substitution(open, outside)) => {
                let open = open.saturating_add_signed(by);
                self.frames.push(Frame::Substitution(open, outside));
            }
            Some(other) => self.frames.push(other),
            None => {}
        }
    }
}
