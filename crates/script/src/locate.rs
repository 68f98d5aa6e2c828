//! From a JSON pointer back to the text.

use crate::{Limits, Place, json, place::places, sink::Sink};

/// Where the value that `pointer` names begins in `source`; of a value that is not
/// there, where the innermost one around it does. The start of the text when it
/// cannot be read at all.
///
/// A run tells what failed by pointer; this tells people where that is.
pub fn locate(source: &str, pointer: &str) -> Place {
    let limits = Limits::default();
    let mut unheard = Sink::new(limits.diagnostics);
    let Some(root) = json::read(source, &limits, &mut unheard) else {
        return Place::START;
    };
    let node = prefixes(pointer)
        .find_map(|prefix| root.pointer(prefix))
        .unwrap_or(&root);
    places(source, &[node.span.start])
        .first()
        .copied()
        .unwrap_or_default()
}

/// The pointer, and then the pointers of what is around it, inside out.
fn prefixes(pointer: &str) -> impl Iterator<Item = &str> {
    let shorter = |prefix: &&str| prefix.rfind('/').and_then(|end| pointer.get(..end));
    core::iter::successors(Some(pointer), move |prefix| shorter(prefix))
}

#[cfg(test)]
mod tests {
    use super::locate;
    use alloc::string::ToString;

    #[test]
    fn finds_the_value_or_what_is_around_it() {
        let source = "{\n  \"run\": [\n    {\"method\": \"log\", \"params\": {\"a\": 1}}\n  ]\n}";
        let table = [
            ("/run/0/params/a", "3:39"),
            ("/run/0/params/nothing", "3:33"),
            ("/run/7/params", "2:10"),
            ("", "1:1"),
            ("nonsense", "1:1"),
        ];
        for (pointer, place) in table {
            assert_eq!(locate(source, pointer).to_string(), place, "{pointer}");
        }
        assert_eq!(locate("", "/run").to_string(), "1:1");
    }
}
