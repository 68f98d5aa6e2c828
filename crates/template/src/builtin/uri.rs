//! Percent encoding.

use super::{Builtin, arg};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::{Js, Text},
};
use alloc::{format, string::String, vec::Vec};

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("decodeURI", |evaluator, args| {
        decode(evaluator, args, b";/?:@&=+$,#")
    }),
    ("decodeURIComponent", |evaluator, args| {
        decode(evaluator, args, b"")
    }),
    ("encodeURI", |evaluator, args| {
        encode(evaluator, args, b"-_.!~*'();/?:@&=+$,#")
    }),
    ("encodeURIComponent", |evaluator, args| {
        encode(evaluator, args, b"-_.!~*'()")
    }),
];

fn encode(evaluator: &mut Evaluator<'_>, args: &[Js], kept: &[u8]) -> Result<Js> {
    let text = evaluator.text_of(arg(args, 0))?;
    evaluator.make(text.as_str().len().saturating_mul(3))?;
    let keep = |byte: u8| byte.is_ascii_alphanumeric() || kept.contains(&byte);
    Ok(Text::new(escape(text.as_str(), keep), text.is_author()).into())
}

/// Every byte that `keep` does not keep as `%XX`.
pub(super) fn escape(text: &str, keep: impl Fn(u8) -> bool) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if keep(byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

fn decode(evaluator: &mut Evaluator<'_>, args: &[Js], reserved: &[u8]) -> Result<Js> {
    let text = evaluator.text_of(arg(args, 0))?;
    evaluator.make(text.as_str().len())?;
    let decoded = unescape(text.as_str(), reserved)
        .ok_or_else(|| Stop::thrown("the percent encoding cannot be read"))?;
    Ok(Text::new(decoded, text.is_author()).into())
}

fn unescape(text: &str, reserved: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [byte, after @ ..] = rest {
        rest = after;
        if *byte != b'%' {
            bytes.push(*byte);
            continue;
        }
        let [high, low, after @ ..] = rest else {
            return None;
        };
        let digit = |b: u8| char::from(b).to_digit(16);
        let value = u8::try_from(digit(*high)? * 16 + digit(*low)?).ok()?;
        if reserved.contains(&value) {
            bytes.extend_from_slice(&[b'%', *high, *low]);
        } else {
            bytes.push(value);
        }
        rest = after;
    }
    String::from_utf8(bytes).ok()
}
