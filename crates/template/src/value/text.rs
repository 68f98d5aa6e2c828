//! Texts that know who wrote which part of them.

use alloc::{string::String, sync::Arc, vec::Vec};

/// A text, and for each part whether the script's author wrote it (a literal)
/// or it is data. A shell line takes the first as it is and quotes the second.
#[derive(Clone)]
pub(crate) struct Text {
    text: Arc<str>,
    origin: Origin,
}

#[derive(Clone)]
enum Origin {
    Author,
    Data,
    /// Where each part ends, and whether it is the author's. At least two.
    Mixed(Arc<[(usize, bool)]>),
}

impl Text {
    pub(crate) fn author(text: impl Into<Arc<str>>) -> Self {
        Self {
            text: text.into(),
            origin: Origin::Author,
        }
    }

    pub(crate) fn data(text: impl Into<Arc<str>>) -> Self {
        Self {
            text: text.into(),
            origin: Origin::Data,
        }
    }

    /// The author's if `by_author`, else data.
    pub(crate) fn new(text: impl Into<Arc<str>>, by_author: bool) -> Self {
        if by_author {
            Self::author(text)
        } else {
            Self::data(text)
        }
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn shared(&self) -> Arc<str> {
        self.text.clone()
    }

    /// Whether the author wrote all of it.
    pub(crate) fn is_author(&self) -> bool {
        matches!(self.origin, Origin::Author)
    }

    /// Whether all of it is data.
    pub(crate) fn is_data(&self) -> bool {
        matches!(self.origin, Origin::Data)
    }

    /// Whether it has parts of both.
    pub(crate) fn is_mixed(&self) -> bool {
        matches!(self.origin, Origin::Mixed(_))
    }

    /// The parts in order, with whether the author wrote them.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (&str, bool)> {
        let (whole, ends) = match &self.origin {
            Origin::Mixed(ends) => (None, &**ends),
            _ => (Some((self.text.len(), self.is_author())), [].as_slice()),
        };
        let mut start = 0;
        let ends = whole.into_iter().chain(ends.iter().copied());
        ends.map(move |(end, author)| {
            let part = self.text.get(start..end).unwrap_or_default();
            start = end;
            (part, author)
        })
    }
}

/// Collects parts into one text.
#[derive(Default)]
pub(crate) struct TextBuilder {
    text: String,
    ends: Vec<(usize, bool)>,
}

impl TextBuilder {
    pub(crate) fn push(&mut self, text: &Text) {
        text.parts()
            .for_each(|(part, author)| self.push_part(part, author));
    }

    pub(crate) fn push_part(&mut self, part: &str, author: bool) {
        // Nothing from the author is nothing; nothing as data is an empty word.
        if part.is_empty() && author && !self.ends.is_empty() {
            return;
        }
        let only_nothing = self.text.is_empty() && matches!(self.ends.as_slice(), [(_, true)]);
        self.text.push_str(part);
        let end = self.text.len();
        match self.ends.last_mut() {
            Some(last) if only_nothing => *last = (end, author),
            Some(last) if last.1 == author => last.0 = end,
            _ => self.ends.push((end, author)),
        }
    }

    pub(crate) const fn len(&self) -> usize {
        self.text.len()
    }

    pub(crate) fn build(self) -> Text {
        let origin = match self.ends.as_slice() {
            [] | [(_, true)] => Origin::Author,
            [(_, false)] => Origin::Data,
            ends => Origin::Mixed(ends.into()),
        };
        Text {
            text: self.text.into(),
            origin,
        }
    }
}
