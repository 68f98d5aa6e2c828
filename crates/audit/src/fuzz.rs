//! What a fuzzer runs: any bytes, and what must hold for them.

use crate::{Book, Entry, LeftOpen, Query, Record};
use alloc::{collections::BTreeMap, string::String};

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[("audit_book", book)];

/// Reads `data` as a file of records, and asks for all pages.
///
/// # Panics
///
/// When a record does not read back as it was written, the pages are not all entries, or
/// [`LeftOpen`] does not know an entry that has not ended.
pub fn book(data: &[u8]) {
    let mut book = Book::default();
    book.read(data);
    let mut lines = String::new();
    for line in String::from_utf8_lossy(data).lines() {
        if let Some(record) = Record::from_line(line) {
            let again = record.to_line();
            assert_eq!(Record::from_line(again.trim_end()), Some(record));
            lines += &again;
        }
    }
    left_open(&lines);
    let mut query = Query {
        since: Some(0),
        limit: 3,
        ..Query::default()
    };
    let (mut seen, most) = (0, book.entries().len());
    loop {
        let page = query.page(&book);
        assert!(page.entries.len() <= 3 && page.total == most);
        seen += page.entries.len();
        // Records that somebody else wrote may have one id twice.
        if page.next.is_none() || seen > most {
            break;
        }
        query.after = page.next;
    }
    assert!(seen == most || by_id(&book).len() < most);
}

/// What has not ended is known by its tree, whoever reads the lines.
fn left_open(lines: &str) {
    let (mut book, mut left) = (Book::default(), LeftOpen::default());
    book.read(lines.as_bytes());
    left.read(lines.as_bytes());
    let left = left.by_tree();
    for entry in by_id(&book).into_values().filter(|e| e.closed.is_none()) {
        assert!(left.contains_key(&entry.opened.execution.tree));
    }
}

/// The entries; of those with one id, the last.
fn by_id(book: &Book) -> BTreeMap<&str, &Entry> {
    let entries = book.entries().iter();
    entries.map(|entry| (&*entry.opened.id, entry)).collect()
}
