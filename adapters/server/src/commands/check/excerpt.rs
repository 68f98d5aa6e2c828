//! A diagnostic with the line it is about.

use annotate_snippets::{
    Annotation, AnnotationKind, Element, Group, Level, Origin, Patch, Renderer, Snippet,
};
use collodi_script::{Diagnostic, Fix, Place, Severity, places};
use std::ops::Range;

/// Lines are clipped to about this many columns.
const WIDTH: usize = 120;
/// The longest line that is looked at whole, in bytes.
const WHOLE: usize = 64 << 10;
/// How much of a longer one, before and after what it is about, is looked at.
const AROUND: usize = 2_000;
/// U+FEFF at the start of a file, which has no column.
const BYTE_ORDER_MARK: usize = 3;
/// A longer line is not shown a second time to show an edit.
const EDITED: usize = 200;

/// The diagnostic as text with colours, for `file` with the text `source`.
pub(super) fn render(file: &str, source: &str, diagnostic: &Diagnostic) -> String {
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
        Severity::Notice => Level::INFO.with_name(Some("notice")),
    };
    let title = level.primary_title(&diagnostic.message).id(diagnostic.code);
    let mut group = match Window::around(source, &diagnostic.span, diagnostic.start) {
        Some(window) if window.whole => title.element(window.marked().path(file)),
        Some(window) => title
            .element(place(file, diagnostic))
            .element(window.marked()),
        None => title.element(place(file, diagnostic)),
    };
    if let Some(note) = &diagnostic.note {
        group = group.element(Level::NOTE.message(note));
    }
    let edit = diagnostic.fix.as_ref().and_then(|fix| edit(source, fix));
    let title = diagnostic.fix.as_ref().map(|fix| fix.title.as_str());
    let words = diagnostic.hint.as_deref().or(title);
    if let (Some(words), None) = (words, &edit) {
        group = group.element(Level::HELP.message(words));
    }
    let help = edit.map(|edit| {
        let words = words.unwrap_or_default();
        Level::HELP.secondary_title(words).element(edit)
    });
    let groups: Vec<Group<'_>> = [group].into_iter().chain(help).collect();
    Renderer::styled().term_width(WIDTH).render(&groups)
}

fn place<'a>(file: &'a str, diagnostic: &Diagnostic) -> Origin<'a> {
    Origin::path(file)
        .line(diagnostic.start.line)
        .char_column(diagnostic.start.column)
}

/// What an edit makes of its line, when that can be shown.
fn edit<'a>(source: &'a str, fix: &'a Fix) -> Option<Element<'a>> {
    let start = places(source, &[fix.span.start]).first().copied()?;
    let window = Window::around(source, &fix.span, start)?;
    let whole = window.text.len() <= EDITED && fix.span.end - fix.span.start == window.span.len();
    let one_line = !fix.replacement.contains(['\n', '\r', '\u{feff}']);
    let shown = !window.text.contains('\u{feff}') && whole && one_line;
    let patch = Patch::new(window.span.clone(), fix.replacement.as_str());
    shown.then(|| window.snippet().patch(patch).into())
}

/// The part of a line that is looked at.
struct Window<'a> {
    text: &'a str,
    line: usize,
    /// What it is about, in the text.
    span: Range<usize>,
    /// Whether the text begins where the line does, so that its columns are the line's.
    whole: bool,
}

impl<'a> Window<'a> {
    /// The line that `span` begins on, which is at `start`. None when `source` is not the
    /// text that was read.
    fn around(source: &'a str, span: &Range<usize>, start: Place) -> Option<Self> {
        let line = line_around(source, span.start)?;
        let whole = line.len() <= WHOLE;
        let (from, to) = if whole {
            (line.start, line.end)
        } else {
            let from = source.floor_char_boundary(span.start.saturating_sub(AROUND));
            let to = source.ceil_char_boundary(span.start.saturating_add(AROUND));
            (from.max(line.start), to.min(line.end))
        };
        let text = source.get(from..to)?.trim_end_matches('\r');
        let within = |at: usize| (at - from).min(text.len());
        Some(Self {
            text,
            line: start.line,
            span: within(span.start)..within(span.end),
            whole,
        })
    }

    fn snippet<T: Clone>(&self) -> Snippet<'a, T> {
        Snippet::source(self.text).line_start(self.line)
    }

    fn marked(&self) -> Snippet<'a, Annotation<'a>> {
        let mark = AnnotationKind::Primary.span(self.span.clone());
        self.snippet().annotation(mark)
    }
}

/// The line that holds the byte `at`, without a byte order mark before it.
fn line_around(source: &str, at: usize) -> Option<Range<usize>> {
    let start = source.get(..at)?.rfind('\n').map_or(0, |end| end + 1);
    let end = at + source.get(at..)?.find('\n').unwrap_or(source.len() - at);
    let marked = start == 0 && at >= BYTE_ORDER_MARK && source.starts_with('\u{feff}');
    Some(if marked { BYTE_ORDER_MARK } else { start }..end)
}
