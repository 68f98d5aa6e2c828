//! The texts below `/proc`.

/// What `/proc/PID/stat` says, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stat {
    /// A zombie is dead, and waits for its parent to notice.
    pub(crate) is_zombie: bool,
    pub(crate) parent: i32,
    /// Time on the processor, in ticks of the system.
    pub(crate) ticks: u64,
}

/// Reads `/proc/PID/stat`. The name in it may have blanks and brackets.
pub(crate) fn stat(text: &str) -> Option<Stat> {
    let (_, fields) = text.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    Some(Stat {
        is_zombie: matches!(*fields.first()?, "Z" | "X"),
        parent: fields.get(1)?.parse().ok()?,
        ticks: ticks(11)?.saturating_add(ticks(12)?),
    })
}

/// The number behind `key:` in `/proc/PID/status` or `smaps_rollup`.
pub(crate) fn value(text: &str, key: &str) -> Option<u64> {
    let mut values = text.lines().filter_map(|line| line.split_once(':'));
    let (_, value) = values.find(|(name, _)| *name == key)?;
    value.split_ascii_whitespace().next()?.parse().ok()
}

/// How often a thread was put on a processor, by its `status`.
pub(crate) fn switches(status: &str) -> u64 {
    let count = |key| value(status, key).unwrap_or_default();
    count("voluntary_ctxt_switches") + count("nonvoluntary_ctxt_switches")
}

/// Nanoseconds on the processor, by a thread's `schedstat`.
pub(crate) fn on_processor(schedstat: &str) -> u64 {
    let first = schedstat.split_ascii_whitespace().next();
    first
        .and_then(|nanos| nanos.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Stat, on_processor, stat, switches, value};

    const STATUS: &str = "Name:\tcollodi\nState:\tS (sleeping)\nVmHWM:\t   12345 kB\n\
        VmRSS:\t    9876 kB\nvoluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t2\n";

    #[test]
    fn a_name_with_brackets_and_blanks() {
        let text = "17 (a) b (c)) S 4 17 17 0 -1 4194560 90 0 0 0 7 5 0 0 20 0 1 0 99 1 2 3";
        let expected = Stat {
            is_zombie: false,
            parent: 4,
            ticks: 12,
        };
        assert_eq!(stat(text), Some(expected));
    }

    #[test]
    fn the_dead_are_zombies() {
        let text = "17 (sh) Z 1 17 17 0 -1 4194560 90 0 0 0 0 0 0 0 20 0 1 0 99 0 0";
        assert!(stat(text).unwrap().is_zombie);
    }

    #[test]
    fn texts_that_are_cut_say_nothing() {
        for text in [
            "",
            "17",
            "17 (sh",
            "17 (sh) ",
            "17 (sh) S",
            "17 (sh) S 1 2 3",
        ] {
            assert_eq!(stat(text), None, "{text:?}");
        }
        assert_eq!(value("VmRSS", "VmRSS"), None);
        assert_eq!(value("VmRSS:", "VmRSS"), None);
        assert_eq!(switches(""), 0);
        assert_eq!(on_processor(""), 0);
    }

    #[test]
    fn numbers_by_name() {
        assert_eq!(value(STATUS, "VmRSS"), Some(9876));
        assert_eq!(value(STATUS, "VmHWM"), Some(12345));
        assert_eq!(value(STATUS, "VmSwap"), None);
        assert_eq!(value(STATUS, "Name"), None);
        let rollup = "55d0-7ffd ---p 00000000 00:00 0   [rollup]\nRss:  1200 kB\nPss:   321 kB\n";
        assert_eq!(value(rollup, "Pss"), Some(321));
    }

    #[test]
    fn a_thread() {
        assert_eq!(switches(STATUS), 42);
        assert_eq!(on_processor("123456 789 10\n"), 123_456);
    }
}
