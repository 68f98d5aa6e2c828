//! Pages of logs as text, which clients at the same place share: a thousand who follow one log
//! cost one page, and not a thousand.

use axum::body::Bytes;
use collodi_api::LogPage;
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// The most pages that are kept, and the most bytes of their lines; the latest is kept however
/// large it is.
const MOST_PAGES: usize = 32;
const BYTES: usize = 512 * 1024;

/// The pages that were told lately, oldest first.
#[derive(Debug, Default)]
pub(crate) struct SharedPages(Mutex<VecDeque<Arc<SharedPage>>>);

/// A page of a log: these lines of it never change.
#[derive(Debug)]
pub(super) struct SharedPage {
    id: String,
    from: u64,
    next: u64,
    bytes: usize,
    state: Mutex<State>,
}

#[derive(Debug)]
enum State {
    Page(LogPage),
    Text(Bytes),
}

impl SharedPages {
    /// The page of this log from the line `from` up to `next`, made when nobody has it.
    pub(super) fn page(
        &self,
        id: &str,
        (from, next): (u64, u64),
        make: impl FnOnce() -> LogPage,
    ) -> Arc<SharedPage> {
        let mut pages = held(&self.0);
        let is_it = |shared: &&Arc<SharedPage>| {
            shared.from == from && shared.next == next && shared.id == id
        };
        // Most are at the end of a log.
        if let Some(shared) = pages.iter().rev().find(is_it) {
            return Arc::clone(shared);
        }
        let page = make();
        let shared = Arc::new(SharedPage {
            id: id.to_owned(),
            from,
            next,
            bytes: page.lines.iter().map(|line| line.text.len()).sum(),
            state: Mutex::new(State::Page(page)),
        });
        pages.push_back(Arc::clone(&shared));
        forget_old(&mut pages);
        shared
    }
}

fn forget_old(pages: &mut VecDeque<Arc<SharedPage>>) {
    let mut bytes: usize = pages.iter().map(|shared| shared.bytes).sum();
    while pages.len() > 1 && (pages.len() > MOST_PAGES || bytes > BYTES) {
        let oldest = pages.pop_front();
        bytes -= oldest.map_or(0, |oldest| oldest.bytes);
    }
}

impl SharedPage {
    /// The number of the line behind its last one.
    pub(super) const fn next(&self) -> u64 {
        self.next
    }

    /// It as JSON. Who asks first writes it, the others have the same bytes.
    pub(super) fn text(&self) -> Bytes {
        let mut state = held(&self.state);
        let text = match &*state {
            State::Text(text) => return text.clone(),
            // Wire types are plain data: they can always be written.
            State::Page(page) => Bytes::from(serde_json::to_vec(page).unwrap_or_default()),
        };
        *state = State::Text(text.clone());
        text
    }
}

/// What is held is whole also where who had it before panicked.
fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use collodi_api::{LogLine, LogStream};
    use std::cell::Cell;

    fn page(from: u64, next: u64, text: &str) -> LogPage {
        let line = |seq| LogLine {
            seq,
            time: String::new(),
            stream: LogStream::Stdout,
            text: text.to_owned(),
            dropped: 0,
        };
        LogPage {
            id: "demo".to_owned(),
            lines: (from..next).map(line).collect(),
            next,
            gap: None,
            unfinished: Vec::new(),
        }
    }

    #[test]
    fn a_thousand_at_one_place_have_one_page_and_the_same_bytes() {
        let (pages, made) = (SharedPages::default(), Cell::new(0));
        let make = || {
            made.set(made.get() + 1);
            page(3, 5, "line")
        };
        let texts: Vec<_> = (0..1000)
            .map(|_| pages.page("demo", (3, 5), make).text().as_ptr())
            .collect();
        assert_eq!(made.get(), 1);
        assert!(texts.iter().all(|text| *text == texts[0]));
        pages.page("demo", (3, 6), make);
        pages.page("other", (3, 5), make);
        assert_eq!(made.get(), 3, "another place is another page");
    }

    #[test]
    fn few_are_kept_and_those_not_large() {
        let kept = |pages: &SharedPages| held(&pages.0).len();
        let many = SharedPages::default();
        for from in 0..1000 {
            many.page("demo", (from, from + 1), || page(from, from + 1, "line"));
        }
        assert_eq!(kept(&many), MOST_PAGES);
        let large = SharedPages::default();
        let text = "x".repeat(BYTES / 2);
        for (from, expected) in [(0, 1), (1, 2), (2, 2)] {
            large.page("demo", (from, from + 1), || page(from, from + 1, &text));
            assert_eq!(kept(&large), expected);
        }
        large.page("demo", (9, 12), || page(9, 12, &text));
        assert_eq!(kept(&large), 1, "the latest is kept however large it is");
    }
}
