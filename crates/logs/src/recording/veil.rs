//! Hiding secrets in bytes that come in pieces cut anywhere.

use crate::Mask;
use alloc::vec::Vec;

/// The most bytes that are held back because a secret may be among them.
const MOST_HELD: usize = 64 << 10;

/// Hides secrets in a stream that comes in pieces: what may be the beginning of one is held
/// back until it is known.
#[derive(Clone, Debug, Default)]
pub struct Veil(Vec<u8>);

impl Veil {
    /// What of all that came so far can be shown, secrets hidden. Bytes that are no text
    /// stay as they are.
    pub fn push(&mut self, mask: &Mask, bytes: &[u8]) -> Vec<u8> {
        let mut text = core::mem::take(&mut self.0);
        text.extend_from_slice(bytes);
        let held = held(mask, &text)
            .filter(|held| *held <= MOST_HELD)
            .unwrap_or(0);
        self.0 = text.split_off(text.len() - held);
        hide(mask, &text)
    }

    /// Whether anything is held back.
    pub const fn holds(&self) -> bool {
        !self.0.is_empty()
    }

    /// What is held back: no more will come.
    pub fn end(&mut self, mask: &Mask) -> Vec<u8> {
        hide(mask, &core::mem::take(&mut self.0))
    }
}

/// How many bytes at the end of `bytes` may become a secret, or a character.
fn held(mask: &Mask, bytes: &[u8]) -> Option<usize> {
    let last = bytes.utf8_chunks().last()?;
    let cut = last.invalid();
    let is_begun = core::str::from_utf8(cut).is_err_and(|error| error.error_len().is_none());
    if !cut.is_empty() && !is_begun {
        return None;
    }
    let text = last.valid();
    Some(text.len() - mask.showable(text).len() + cut.len())
}

fn hide(mask: &Mask, bytes: &[u8]) -> Vec<u8> {
    let mut hidden = Vec::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        hidden.extend_from_slice(mask.apply(chunk.valid()).as_bytes());
        hidden.extend_from_slice(chunk.invalid());
    }
    hidden
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::String;

    fn shown(pieces: &[&[u8]]) -> (Vec<Vec<u8>>, Vec<u8>) {
        let (mask, mut veil) = (Mask::new(["hunter2!", "päßwört"]), Veil::default());
        let shown = pieces.iter().map(|piece| veil.push(&mask, piece)).collect();
        (shown, veil.end(&mask))
    }

    #[test]
    fn secrets_are_hidden_wherever_pieces_are_cut() {
        let said = "a hunter2! b päßwört c hunter3 \u{fffd}".as_bytes();
        for cut in 0..=said.len() {
            let (first, second) = said.split_at(cut);
            let (shown, end) = shown(&[first, second]);
            let all = [shown.concat(), end].concat();
            assert_eq!(
                String::from_utf8(all).unwrap(),
                "a *** b *** c hunter3 \u{fffd}",
                "{cut}"
            );
        }
    }

    #[test]
    fn only_what_may_be_a_secret_is_held_back() {
        let (shown, end) = shown(&[b"x\xffhun", b"t?", b"\xc3", b"\x28hunter2"]);
        assert_eq!(
            shown,
            [
                b"x\xff".to_vec(),
                b"hunt?".to_vec(),
                b"".to_vec(),
                b"\xc3\x28".to_vec()
            ]
        );
        assert_eq!(end, b"hunter2");
    }
}
