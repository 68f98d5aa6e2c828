//! `Buffer`: bytes, as JSON `{"type": "Buffer", "base64": "…"}`.

use super::{Builtin, arg};
use crate::{
    eval::{Evaluator, Result, Stop},
    value::Js,
};
use alloc::{format, string::String, sync::Arc, vec::Vec};
use collodi_value::{Object, Value};

pub(super) const FUNCTIONS: &[(&str, Builtin)] = &[
    ("Buffer.from", from),
    ("Buffer.isBuffer", |_, args| {
        Ok(Js::Bool(matches!(arg(args, 0), Js::Bytes(_))))
    }),
];

/// `Buffer.from(text, encoding)` or `Buffer.from(list of numbers)`.
fn from(evaluator: &mut Evaluator<'_>, args: &[Js]) -> Result<Js> {
    let bytes: Vec<u8> = match arg(args, 0) {
        Js::Bytes(bytes) => return Ok(Js::Bytes(bytes.clone())),
        Js::List(list) => {
            let mut bytes = Vec::with_capacity(list.items.len());
            for item in &list.items {
                let value = evaluator.number_of(item)?;
                evaluator.make(1)?;
                bytes.push((crate::value::number::to_uint32(value) & 0xFF) as u8);
            }
            bytes
        }
        Js::Text(text) => {
            evaluator.make(text.as_str().len())?;
            let encoding = encoding(evaluator, args, 1)?;
            decode(text.as_str(), &encoding)?
        }
        _ => return Err(Stop::thrown("bytes are made from a text or a list")),
    };
    Ok(Js::Bytes(bytes.into()))
}

fn encoding(evaluator: &mut Evaluator<'_>, args: &[Js], index: usize) -> Result<String> {
    Ok(match arg(args, index) {
        Js::Undefined => String::from("utf8"),
        name => evaluator.text_of(name)?.as_str().to_ascii_lowercase(),
    })
}

fn decode(text: &str, encoding: &str) -> Result<Vec<u8>> {
    match encoding {
        "utf8" | "utf-8" => Ok(text.as_bytes().to_vec()),
        "base64" | "base64url" => Ok(from_base64(text)),
        "hex" => Ok(from_hex(text)),
        "latin1" | "binary" | "ascii" => Ok(text.chars().map(|c| c as u32 as u8).collect()),
        other => Err(Stop::Thrown(format!("unknown encoding {other}"))),
    }
}

pub(crate) fn method(
    evaluator: &mut Evaluator<'_>,
    data: &[u8],
    name: &str,
    args: &[Js],
) -> Result<Js> {
    evaluator.make(data.len().saturating_mul(2))?;
    if name != "toString" {
        let (start, end) = super::array::range(evaluator, args, data.len())?;
        return Ok(Js::Bytes(data.get(start..end).unwrap_or_default().into()));
    }
    let encoding = encoding(evaluator, args, 0)?;
    match bytes_to_text(data, &encoding) {
        Some(text) => Ok(Js::data(text)),
        None => Err(Stop::Thrown(format!("unknown encoding {encoding}"))),
    }
}

pub(crate) fn to_utf8(data: &[u8]) -> String {
    String::from_utf8_lossy(data).into_owned()
}

/// The JSON form of a `Buffer` with these bytes: `{"type": "Buffer", "base64": "…"}`.
pub fn buffer_value(data: &[u8]) -> Value {
    let mut object = Object::new();
    object.set("type", Value::from("Buffer"));
    object.set("base64", Value::from(to_base64(data)));
    Value::Object(object)
}

/// The bytes of a JSON form: ours, or Node's.
pub(crate) fn from_object(object: &Object) -> Option<Arc<[u8]>> {
    if object.len() != 2 || object.get("type")?.as_str()? != "Buffer" {
        return None;
    }
    match (object.get("base64"), object.get("data")) {
        (Some(Value::String(text)), _) => Some(from_base64(text).into()),
        (None, Some(Value::Array(items))) => items.iter().map(byte).collect(),
        _ => None,
    }
}

fn byte(value: &Value) -> Option<u8> {
    let number = value.as_number()?;
    (0.0..256.0).contains(&number).then_some(number as u8)
}

/// The bytes that a value stands for: a `Buffer` in either JSON form,
/// `{"type": "Buffer", "base64": "…"}` or `{"type": "Buffer", "data": [1, 2]}`, a list
/// of numbers below 256, or a text, which is its own bytes. None for anything else.
pub fn bytes_of(value: &Value) -> Option<Vec<u8>> {
    match value {
        Value::String(text) => Some(text.clone().into_bytes()),
        Value::Array(items) => items.iter().map(byte).collect(),
        Value::Object(object) => from_object(object).map(|bytes| bytes.to_vec()),
        _ => None,
    }
}

/// Bytes as a text in one of Node's encodings; none for an encoding that is none.
pub fn bytes_to_text(data: &[u8], encoding: &str) -> Option<String> {
    Some(match encoding.to_ascii_lowercase().as_str() {
        "utf8" | "utf-8" => to_utf8(data),
        "base64" => to_base64(data),
        "base64url" => {
            let text = to_base64(data).replace('+', "-").replace('/', "_");
            text.trim_end_matches('=').into()
        }
        "hex" => data.iter().map(|byte| format!("{byte:02x}")).collect(),
        "latin1" | "binary" => data.iter().copied().map(char::from).collect(),
        "ascii" => data.iter().map(|byte| char::from(byte & 0x7F)).collect(),
        _ => return None,
    })
}

/// Whether an object may be a JSON form of bytes.
pub(crate) fn is_buffer(object: &Object) -> bool {
    object.len() == 2 && object.get("type").and_then(Value::as_str) == Some("Buffer")
}

const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn to_base64(data: &[u8]) -> String {
    let mut out = String::with_capacity(data.len().div_ceil(3) * 4);
    for chunk in data.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let group = byte(0) << 16 | byte(1) << 8 | byte(2);
        for place in 0..4_usize {
            let digit = group >> (18 - 6 * place) & 63;
            let c = DIGITS.get(digit as usize).copied().unwrap_or(b'=');
            out.push(if place <= chunk.len() {
                char::from(c)
            } else {
                '='
            });
        }
    }
    out
}

/// Reads both alphabets, up to the padding, and skips what is in neither.
fn from_base64(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut group, mut bits) = (0_u32, 0_u32);
    for byte in text.bytes().take_while(|byte| *byte != b'=') {
        let Some(digit) = base64_digit(byte) else {
            continue;
        };
        group = (group << 6 | digit) & 0xFFFF;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            out.push((group >> bits & 0xFF) as u8);
        }
    }
    out
}

fn base64_digit(byte: u8) -> Option<u32> {
    Some(match byte {
        b'A'..=b'Z' => u32::from(byte - b'A'),
        b'a'..=b'z' => u32::from(byte - b'a') + 26,
        b'0'..=b'9' => u32::from(byte - b'0') + 52,
        b'+' | b'-' => 62,
        b'/' | b'_' => 63,
        _ => return None,
    })
}

fn from_hex(text: &str) -> Vec<u8> {
    let pairs = text.as_bytes().chunks_exact(2);
    pairs
        .map_while(|pair| {
            let text = core::str::from_utf8(pair).ok()?;
            u8::from_str_radix(text, 16).ok()
        })
        .collect()
}
