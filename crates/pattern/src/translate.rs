//! From ECMAScript's grammar to that of the engine.

use crate::{
    PatternError,
    class::class,
    escape::{Escape, WORD, escape, literal},
    flags::Flags,
    source::{Groups, Source},
};
use alloc::{format, string::String, vec::Vec};

/// How deep groups may nest.
const MAX_DEPTH: usize = 100;
/// The longest source, in bytes.
const MAX_SOURCE: usize = 32 * 1024;
/// The largest count of a quantifier.
const MAX_COUNT: u32 = 10_000;

/// What `.` does not match, and what lines end with.
const LINE_ENDS: &str = r"\n\r\x{2028}\x{2029}";

/// `source` in the words of the engine, and its groups.
pub(crate) fn translate(source: &str, flags: Flags) -> Result<(String, Groups), PatternError> {
    if source.len() > MAX_SOURCE {
        return Err(PatternError::TooLarge);
    }
    let mut translator = Translator {
        source: Source::new(source),
        groups: Groups::of(source)?,
        flags,
        out: String::from(if flags.sticky { r"\G(?:" } else { "" }),
        open: Vec::new(),
        repeatable: false,
    };
    translator.run()?;
    if flags.sticky {
        translator.out.push(')');
    }
    Ok((translator.out, translator.groups))
}

struct Translator<'s> {
    source: Source<'s>,
    groups: Groups,
    flags: Flags,
    out: String,
    /// For each open group: where it began, and whether it may be repeated.
    open: Vec<(usize, bool)>,
    /// Whether a quantifier may follow.
    repeatable: bool,
}

impl Translator<'_> {
    fn run(&mut self) -> Result<(), PatternError> {
        while let Some(c) = self.source.next() {
            self.step(c)?;
        }
        match self.open.last() {
            Some((at, _)) => Err(PatternError::at(*at, "the group is not closed")),
            None => Ok(()),
        }
    }

    fn step(&mut self, c: char) -> Result<(), PatternError> {
        let at = self.source.at - c.len_utf8();
        match c {
            '\\' => return self.backslash(at),
            '^' => self.assertion(&self.line_start()),
            '$' => self.assertion(&self.line_end()),
            '(' => return self.group(at),
            ')' => return self.close(at),
            '|' => {
                self.out.push('|');
                self.repeatable = false;
            }
            '.' if self.flags.dot_all => self.atom("(?s:.)"),
            '.' => self.atom(&format!("[^{LINE_ENDS}]")),
            '[' => {
                let class = class(&mut self.source, self.flags)?;
                self.atom(&class);
            }
            '*' | '+' | '?' => return self.repeat(at, String::from(c)),
            '{' => return self.braces(at),
            '}' | ']' if self.flags.unicode => {
                return Err(PatternError::at(at, "the bracket opens nowhere"));
            }
            c => self.character(c),
        }
        Ok(())
    }

    fn atom(&mut self, text: &str) {
        self.out.push_str(text);
        self.repeatable = true;
    }

    fn assertion(&mut self, text: &str) {
        self.out.push_str(text);
        self.repeatable = false;
    }

    fn line_start(&self) -> String {
        if self.flags.multiline {
            format!("(?<![^{LINE_ENDS}])")
        } else {
            String::from(r"\A")
        }
    }

    fn line_end(&self) -> String {
        if self.flags.multiline {
            format!("(?![^{LINE_ENDS}])")
        } else {
            String::from(r"\z")
        }
    }

    fn character(&mut self, c: char) {
        let mut text = String::new();
        literal(c, &mut text);
        let folds_far = matches!(c, 'k' | 'K' | 's' | 'S');
        if folds_far && self.flags.ignore_case && !self.flags.unicode {
            let (lower, upper) = (c.to_ascii_lowercase(), c.to_ascii_uppercase());
            text = format!("(?-i:[{lower}{upper}])");
        }
        self.atom(&text);
    }

    fn backslash(&mut self, at: usize) -> Result<(), PatternError> {
        match self.source.peek() {
            Some('b') => self.word_edge(true),
            Some('B') => self.word_edge(false),
            Some('1'..='9') if self.numbered(at)? => {}
            Some('8' | '9') => {
                let digit = self.source.next().unwrap_or_default();
                self.character(digit);
            }
            Some('k') if self.flags.unicode || !self.groups.names.is_empty() => {
                return self.named(at);
            }
            _ => self.plain_escape()?,
        }
        Ok(())
    }

    fn plain_escape(&mut self) -> Result<(), PatternError> {
        match escape(&mut self.source, self.flags)? {
            Escape::Char(c) => self.character(c),
            Escape::Property(property) => self.atom(&property),
            Escape::Set { inside, negated } => {
                let not = if negated { "^" } else { "" };
                let case = if self.flags.ignore_case && !self.flags.unicode {
                    "-i"
                } else {
                    ""
                };
                self.atom(&format!("(?{case}:[{not}{inside}])"));
            }
        }
        Ok(())
    }

    /// The engine's own word edge knows the letters of all languages.
    fn word_edge(&mut self, edge: bool) {
        self.source.next();
        let (inside, outside) = if edge { ("?!", "?=") } else { ("?=", "?!") };
        // With `iu` the signs that fold to k and s are letters too.
        let folded = self.flags.ignore_case && self.flags.unicode;
        let more = if folded { r"\x{17F}\x{212A}" } else { "" };
        let word = format!("[{WORD}{more}]");
        let case = if self.flags.ignore_case { "-i" } else { "" };
        let text = format!("(?{case}:(?<={word})({inside}{word})|(?<!{word})({outside}{word}))");
        self.assertion(&text);
    }

    /// `\1`, when there is such a group; without `u` it is else an octal escape.
    fn numbered(&mut self, at: usize) -> Result<bool, PatternError> {
        let mut ahead = self.source;
        let number = ahead.digits().parse().unwrap_or(usize::MAX);
        if number > self.groups.count {
            return match self.flags.unicode {
                true => Err(PatternError::at(at, "there is no such group")),
                false => Ok(false),
            };
        }
        self.source = ahead;
        self.reference(number);
        Ok(true)
    }

    fn named(&mut self, at: usize) -> Result<(), PatternError> {
        self.source.next();
        let name = self
            .source
            .eat("<")
            .then(|| self.source.until('>'))
            .flatten();
        let number = name.and_then(|name| self.groups.number(name));
        let number = number.ok_or(PatternError::at(at, "there is no such group"))?;
        self.reference(number);
        Ok(())
    }

    /// A group that took no part matches nothing, anywhere.
    fn reference(&mut self, number: usize) {
        self.atom(&format!("(?:(?({number})\\{number}|))"));
    }

    fn group(&mut self, at: usize) -> Result<(), PatternError> {
        if self.open.len() >= MAX_DEPTH {
            return Err(PatternError::TooDeep);
        }
        let repeatable = self.opening(at)?;
        self.open.push((at, repeatable));
        self.repeatable = false;
        Ok(())
    }

    /// Writes what opens a group; says whether the group may be repeated.
    fn opening(&mut self, at: usize) -> Result<bool, PatternError> {
        for (kind, repeatable) in [
            ("?:", true),
            ("?=", false),
            ("?!", false),
            ("?<=", false),
            ("?<!", false),
        ] {
            if self.source.eat(kind) {
                self.out.push('(');
                self.out.push_str(kind);
                return Ok(repeatable);
            }
        }
        if self.source.eat("?<") {
            self.source.until('>');
        } else if self.source.rest().starts_with('?') {
            return Err(PatternError::at(at, "the kind of group is unknown"));
        }
        self.out.push('(');
        Ok(true)
    }

    fn close(&mut self, at: usize) -> Result<(), PatternError> {
        let Some((_, repeatable)) = self.open.pop() else {
            return Err(PatternError::at(at, "the parenthesis opens nowhere"));
        };
        self.out.push(')');
        self.repeatable = repeatable;
        Ok(())
    }

    /// `{2}`, `{2,}`, `{2,5}`; without `u`, any other brace is itself.
    fn braces(&mut self, at: usize) -> Result<(), PatternError> {
        let mut ahead = self.source;
        match quantifier(&mut ahead) {
            Some((least, most)) => {
                self.source = ahead;
                let (least, most) = (count(least)?, most.map(count).transpose()?);
                if most
                    .flatten()
                    .is_some_and(|most| least.is_some_and(|least| most < least))
                {
                    return Err(PatternError::at(at, "the counts are out of order"));
                }
                let least = least.unwrap_or(0);
                self.repeat(
                    at,
                    match most {
                        None => format!("{{{least}}}"),
                        Some(None) => format!("{{{least},}}"),
                        Some(Some(most)) => format!("{{{least},{most}}}"),
                    },
                )
            }
            None if self.flags.unicode => Err(PatternError::at(at, "the brace opens nothing")),
            None => {
                self.character('{');
                Ok(())
            }
        }
    }

    fn repeat(&mut self, at: usize, quantifier: String) -> Result<(), PatternError> {
        if !self.repeatable {
            return Err(PatternError::at(at, "there is nothing to repeat"));
        }
        self.out.push_str(&quantifier);
        if self.source.eat("?") {
            self.out.push('?');
        }
        self.repeatable = false;
        Ok(())
    }
}

/// The counts of a quantifier, of which the `{` has been taken.
fn quantifier<'s>(source: &mut Source<'s>) -> Option<(&'s str, Option<&'s str>)> {
    let least = source.digits();
    let most = source.eat(",").then(|| source.digits());
    (!least.is_empty() && source.eat("}")).then_some((least, most))
}

/// A count; none when there are no digits.
fn count(digits: &str) -> Result<Option<u32>, PatternError> {
    if digits.is_empty() {
        return Ok(None);
    }
    let count = digits
        .parse::<u32>()
        .ok()
        .filter(|count| *count <= MAX_COUNT);
    count.map(Some).ok_or(PatternError::TooLarge)
}
