//! `JSON.parse`.

use crate::{
    builtin::arg,
    eval::{Evaluator, Result, Stop},
    value::{Js, MAX_DEPTH, Text, number},
};
use alloc::{string::String, sync::Arc, vec::Vec};

/// Reads JSON. The second argument of JavaScript's is not looked at.
pub(super) fn parse(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let text = evaluator.text_of(arg(args, 0))?;
    evaluator.make(text.as_str().len())?;
    evaluator.spend(text.as_str().len() / 4)?;
    let mut reader = Reader {
        rest: text.as_str(),
        author: text.is_author(),
    };
    reader
        .value(0)
        .filter(|_| {
            reader.blanks();
            reader.rest.is_empty()
        })
        .ok_or_else(|| Stop::thrown("the text is not JSON"))
}

struct Reader<'t> {
    rest: &'t str,
    author: bool,
}

impl<'t> Reader<'t> {
    fn blanks(&mut self) {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\n', '\r']);
    }

    fn eat(&mut self, text: &str) -> bool {
        self.blanks();
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn value(&mut self, depth: u32) -> Option<Js> {
        if depth >= MAX_DEPTH {
            return None;
        }
        if self.eat("{") {
            return self.object(depth);
        }
        if self.eat("[") {
            return self.list(depth);
        }
        if self.eat("\"") {
            return Some(Text::new(self.text()?, self.author).into());
        }
        let words = [
            ("null", Js::Null),
            ("true", Js::Bool(true)),
            ("false", Js::Bool(false)),
        ];
        let word = words.into_iter().find(|(word, _)| self.eat(word));
        word.map(|(_, value)| value).or_else(|| self.number())
    }

    fn list(&mut self, depth: u32) -> Option<Js> {
        let mut items = Vec::new();
        if self.eat("]") {
            return Some(Js::list(items));
        }
        loop {
            items.push(self.value(depth + 1)?);
            if self.eat("]") {
                return Some(Js::list(items));
            }
            self.eat(",").then_some(())?;
        }
    }

    fn object(&mut self, depth: u32) -> Option<Js> {
        let mut members: Vec<(Arc<str>, Js)> = Vec::new();
        if self.eat("}") {
            return Some(Js::map(members));
        }
        loop {
            self.eat("\"").then_some(())?;
            let key = self.text()?;
            self.eat(":").then_some(())?;
            members.push((key.into(), self.value(depth + 1)?));
            if self.eat("}") {
                return Some(Js::map(members));
            }
            self.eat(",").then_some(())?;
        }
    }

    fn take(&mut self) -> Option<char> {
        let c = self.rest.chars().next()?;
        self.rest = self.rest.get(c.len_utf8()..)?;
        Some(c)
    }

    fn text(&mut self) -> Option<String> {
        let mut units: Vec<u16> = Vec::new();
        loop {
            match self.take()? {
                '"' => return Some(String::from_utf16_lossy(&units)),
                '\\' => units.push(self.escape()?),
                c if c < ' ' => return None,
                c => units.extend_from_slice(c.encode_utf16(&mut [0; 2])),
            }
        }
    }

    fn escape(&mut self) -> Option<u16> {
        Some(match self.take()? {
            c @ ('"' | '\\' | '/') => c as u16,
            'b' => 8,
            'f' => 12,
            'n' => 10,
            'r' => 13,
            't' => 9,
            'u' => {
                let (digits, rest) = self.rest.split_at_checked(4)?;
                self.rest = rest;
                let all = digits.bytes().all(|b| b.is_ascii_hexdigit());
                all.then(|| u16::from_str_radix(digits, 16).ok())??
            }
            _ => return None,
        })
    }

    fn number(&mut self) -> Option<Js> {
        let is_part = |c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E');
        let length = self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len());
        let (text, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        let magnitude = text.strip_prefix('-').unwrap_or(text);
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let padded = magnitude.starts_with('0') && digit(magnitude.chars().nth(1));
        let cut = magnitude.split(['e', 'E']).next()?.ends_with('.');
        if padded || cut || !digit(magnitude.chars().next()) {
            return None;
        }
        let value = number::decimal(magnitude)?;
        Some(Js::Number(if magnitude.len() < text.len() {
            -value
        } else {
            value
        }))
    }
}
