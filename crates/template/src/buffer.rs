//! Bytes as values.

use crate::builtin::bytes;
use alloc::vec::Vec;
use collodi_value::Value;

/// Bytes as a value that expressions take for a `Buffer`.
pub fn buffer_value(bytes: &[u8]) -> Value {
    bytes::to_value(bytes)
}

/// The bytes of a value that is a `Buffer`.
pub fn buffer_bytes(value: &Value) -> Option<Vec<u8>> {
    bytes::from_object(value.as_object()?).map(|bytes| bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        let bytes: Vec<u8> = (0..=255).collect();
        assert_eq!(buffer_bytes(&buffer_value(&bytes)), Some(bytes));
        assert_eq!(buffer_bytes(&Value::from("text")), None);
    }
}
