//! What the processes of a peer take.

use super::{process, samples::count, text};
use std::{fs, ops::Sub};

/// Sums over processes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Usage {
    pub(crate) processes: f64,
    /// Resident memory in MiB, what is shared counted for each.
    pub(crate) rss: f64,
    /// The most that it ever was.
    pub(crate) peak: f64,
    /// Resident memory in MiB, what is shared divided among those who share it.
    pub(crate) pss: f64,
    pub(crate) descriptors: f64,
    /// Seconds on the processor, in the system's coarse ticks; ended threads count.
    pub(crate) seconds: f64,
}

/// What wakes up, summed over threads.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Activity {
    pub(crate) switches: u64,
    pub(crate) nanos: u64,
}

/// What these processes take together.
pub(crate) fn of(pids: &[i32]) -> Usage {
    pids.iter().map(|pid| one(*pid)).fold(Usage::default(), sum)
}

/// How active these processes have been.
pub(crate) fn activity(pids: &[i32]) -> Activity {
    let mut sum = Activity::default();
    for pid in pids {
        let tasks = fs::read_dir(process::file(*pid, "task"))
            .into_iter()
            .flatten();
        for task in tasks.filter_map(Result::ok) {
            let read = |name| fs::read_to_string(task.path().join(name)).unwrap_or_default();
            sum.switches += text::switches(&read("status"));
            sum.nanos += text::on_processor(&read("schedstat"));
        }
    }
    sum
}

impl Sub for Activity {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            switches: self.switches.saturating_sub(earlier.switches),
            nanos: self.nanos.saturating_sub(earlier.nanos),
        }
    }
}

fn one(pid: i32) -> Usage {
    let read = |name| fs::read_to_string(process::file(pid, name)).unwrap_or_default();
    let (status, rollup) = (read("status"), read("smaps_rollup"));
    let mib = |text: &str, key| count(text::value(text, key).unwrap_or_default()) / 1024.0;
    let descriptors = fs::read_dir(process::file(pid, "fd"))
        .into_iter()
        .flatten()
        .count();
    let per_second = count(rustix::param::clock_ticks_per_second());
    let ticks = process::stat(pid).map_or(0, |stat| stat.ticks);
    Usage {
        processes: 1.0,
        rss: mib(&status, "VmRSS"),
        peak: mib(&status, "VmHWM"),
        pss: mib(&rollup, "Pss"),
        descriptors: count(u64::try_from(descriptors).unwrap_or(u64::MAX)),
        seconds: count(ticks) / per_second,
    }
}

fn sum(a: Usage, b: Usage) -> Usage {
    Usage {
        processes: a.processes + b.processes,
        rss: a.rss + b.rss,
        peak: a.peak + b.peak,
        pss: a.pss + b.pss,
        descriptors: a.descriptors + b.descriptors,
        seconds: a.seconds + b.seconds,
    }
}

#[cfg(test)]
mod tests {
    use super::{Usage, activity, of};

    #[test]
    fn of_this_process() {
        let this = std::process::id().cast_signed();
        let usage = of(&[this]);
        assert_eq!(usage.processes, 1.0);
        assert!(usage.pss > 0.0 && usage.pss <= usage.rss && usage.rss <= usage.peak);
        assert!(usage.descriptors >= 3.0);
        assert!(activity(&[this]).switches > 0);
        assert_eq!(of(&[]), Usage::default());
    }
}
