//! What a fuzzer runs: any bytes, and what must hold for them.

use crate::{Book, Query, Record};
use alloc::string::String;

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[("audit_book", book)];

/// Reads `data` as a file of records, and asks for all pages.
///
/// # Panics
///
/// When a record does not read back as it was written, or the pages are not all entries.
pub fn book(data: &[u8]) {
    let mut book = Book::default();
    book.read(data);
    for line in String::from_utf8_lossy(data).lines() {
        if let Some(record) = Record::from_line(line) {
            let again = record.to_line();
            assert_eq!(Record::from_line(again.trim_end()), Some(record));
        }
    }
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
    let distinct: alloc::collections::BTreeSet<_> = book
        .entries()
        .iter()
        .map(|entry| &entry.opened.id)
        .collect();
    assert!(seen == most || distinct.len() < most);
}
