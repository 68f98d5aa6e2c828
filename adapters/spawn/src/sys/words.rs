//! Lists of words as C has them.

use std::ffi::{CString, c_char};

/// Pointers to words that live as long as the list they are of, a null at the end.
pub(super) struct Words<'a> {
    pointers: Vec<*const c_char>,
    _words: &'a [CString],
}

impl<'a> Words<'a> {
    pub(super) fn new(words: &'a [CString]) -> Self {
        let pointers = words.iter().map(|word| word.as_ptr());
        Self {
            pointers: pointers.chain([std::ptr::null()]).collect(),
            _words: words,
        }
    }

    pub(super) fn as_ptr(&self) -> *const *const c_char {
        self.pointers.as_ptr()
    }
}
