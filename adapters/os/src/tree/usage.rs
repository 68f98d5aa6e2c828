//! What processes use, as `/proc` and control groups say it.

use super::{Process, small::small_text};
use collodi_command::Usage;
use std::{fs, time::Duration};

/// In what fractions of a second `/proc` counts processor time: fixed for programs, whatever
/// the kernel's own clock does.
const TICKS: u64 = 100;

/// What these processes use; none when there are none.
pub(crate) fn of_processes(processes: &[Process]) -> Option<Usage> {
    processes.iter().filter_map(of_process).reduce(|a, b| a + b)
}

/// What a process uses, if it is still who it was.
fn of_process(process: &Process) -> Option<Usage> {
    let file = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", process.pid)).ok();
    let status = file("status").unwrap_or_default();
    // Read last: what is read before it is of the same process.
    let stat = file("stat")?;
    Some(Usage {
        cpu: cpu(&stat, process.started)?,
        memory: resident(&status),
        processes: 1,
    })
}

/// The time of `stat`, with that of the children that have ended; none of another process.
fn cpu(stat: &str, started: u64) -> Option<Duration> {
    let (_, rest) = stat.rsplit_once(") ")?;
    let fields: Vec<u64> = rest
        .split_whitespace()
        .map(|field| field.parse().unwrap_or(0))
        .collect();
    // The manual counts from 1, and what follows the name is field 3.
    let field = |number: usize| fields.get(number.checked_sub(3)?).copied();
    let ticks: u64 = (14..=17).filter_map(field).sum();
    (field(22)? == started).then(|| Duration::from_millis(ticks.saturating_mul(1000 / TICKS)))
}

/// The resident bytes of `status`; 0 where there are none to read.
fn resident(status: &str) -> u64 {
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kib = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    kib.unwrap_or(0).saturating_mul(1024)
}

/// The processor time of all who were in a control group since it was made, in microseconds.
pub(super) fn of_lives(path: &str) -> Option<u64> {
    small_text(&format!("{path}/cpu.stat"), |text| {
        value(text, "usage_usec")
    })
}

/// What a control group uses, by its files, where `processes` live in it, without the processor
/// time of who was in it `before`, in microseconds.
pub(super) fn of_group(path: &str, processes: &[Process], before: u64) -> Option<Usage> {
    let file = |name: &str| fs::read_to_string(format!("{path}/{name}")).ok();
    let counted = of_processes(processes)?;
    let micros = of_lives(path).map(|micros| micros.saturating_sub(before));
    let memory = file("memory.current").and_then(|text| text.trim().parse::<u64>().ok());
    let idle = file("memory.stat").and_then(|text| value(&text, "inactive_file"));
    Some(Usage {
        cpu: micros.map_or(counted.cpu, Duration::from_micros),
        memory: memory.map_or(counted.memory, |bytes| {
            bytes.saturating_sub(idle.unwrap_or(0))
        }),
        ..counted
    })
}

/// The number that stands behind this word.
fn value(text: &str, word: &str) -> Option<u64> {
    let line = |line: &str| line.strip_prefix(word)?.strip_prefix(' ')?.parse().ok();
    text.lines().find_map(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAT: &str = "42 (a) S (b) S 7 42 6 0 -1 0 1 2 3 4 150 25 300 5 20 0 1 0 777 9 9";

    #[test]
    fn time_is_that_of_the_process_and_of_its_dead_children() {
        assert_eq!(cpu(STAT, 777), Some(Duration::from_millis(4800)));
        assert_eq!(cpu(STAT, 778), None, "the id is another's by now");
        for half in ["", "42 (sh", "42 (sh) S 1 2"] {
            assert_eq!(cpu(half, 0), None, "{half:?}");
        }
    }

    #[test]
    fn memory_is_what_is_resident() {
        assert_eq!(resident("VmPeak:\t 9 kB\nVmRSS:\t  12 kB\n"), 12 << 10);
        assert_eq!(resident("Name:\tx\n"), 0);
    }

    #[test]
    fn a_word_is_a_whole_word() {
        let text = "usage_usecs 1\nusage_usec 22\nuser_usec 3\n";
        assert_eq!(value(text, "usage_usec"), Some(22));
        assert_eq!(value(text, "usage"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_uses_something() {
        let own = super::super::process(i32::try_from(std::process::id()).unwrap()).unwrap();
        let used = of_processes(&[own]).unwrap();
        assert!(used.memory > 0);
        assert_eq!(used.processes, 1);
        assert_eq!(of_processes(&[]), None);
    }
}
