//! The secret that callers must know.

use std::fmt::{self, Write as _};
use subtle::ConstantTimeEq as _;

/// The secret that callers must know. Its text is in no debug output.
#[derive(Clone)]
pub struct Token(String);

impl Token {
    /// The token of this text. An empty one lets nobody in.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// A token of 256 bits that the caller has drawn at random, as hex digits.
    pub fn generate(random: [u8; 32]) -> Self {
        Self(random.iter().fold(String::new(), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        }))
    }

    /// The text, for whoever may know it.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Whether `presented` is the token. How long this takes depends on the lengths
    /// only.
    pub fn matches(&self, presented: &str) -> bool {
        let same = self.0.as_bytes().ct_eq(presented.as_bytes());
        !self.0.is_empty() && bool::from(same)
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::Token;

    #[test]
    fn only_the_token_matches() {
        let token = Token::new("open sesame");
        assert!(token.matches("open sesame"));
        for wrong in ["", "open", "open sesame ", "open sesamE", "Open sesame"] {
            assert!(!token.matches(wrong), "{wrong:?}");
        }
        assert!(!Token::new("").matches(""));
    }

    #[test]
    fn generated_text_is_safe_anywhere() {
        let mut random = [0xab; 32];
        random[0] = 1;
        let token = Token::generate(random);
        assert_eq!(token.reveal().len(), 64);
        assert!(token.reveal().starts_with("01abab"));
    }

    #[test]
    fn debug_keeps_the_secret() {
        assert_eq!(format!("{:?}", Token::new("hush")), "Token(..)");
    }
}
