//! What children say of themselves, in a file that all of them append to.

use rustix::time::{ClockId, clock_gettime};
use std::{fmt, fs::OpenOptions, io, io::Write as _, path::Path, str::FromStr};

/// One line of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// What happened.
    pub moment: Moment,
    /// The number of the job.
    pub job: usize,
    /// Who says it.
    pub pid: i32,
    /// When, in nanoseconds of the clock that every process of the machine shares.
    pub at: u64,
}

/// What a child says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// Its `main` began.
    Main,
    /// Its output begins.
    Begin,
    /// Its output is written, or it is about to end.
    End,
    /// A process that a leader started is there.
    Left,
}

const WORDS: [(Moment, &str); 4] = [
    (Moment::Main, "main"),
    (Moment::Begin, "begin"),
    (Moment::End, "end"),
    (Moment::Left, "left"),
];

/// The time, in nanoseconds since the machine started.
pub fn now() -> u64 {
    let time = clock_gettime(ClockId::Monotonic);
    let (seconds, nanos) = (time.tv_sec.unsigned_abs(), time.tv_nsec.unsigned_abs());
    seconds.saturating_mul(1_000_000_000).saturating_add(nanos)
}

impl Stamp {
    /// This process, at this moment.
    pub fn of_this_process(moment: Moment, job: usize, at: u64) -> Self {
        let pid = std::process::id().cast_signed();
        Self {
            moment,
            job,
            pid,
            at,
        }
    }

    /// Adds it to the file in one write, so that lines of many processes stay whole.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn append_to(&self, file: &Path) -> io::Result<()> {
        let mut file = OpenOptions::new().append(true).create(true).open(file)?;
        file.write_all(format!("{self}\n").as_bytes())
    }

    /// The stamps of a file's text. A last line without its end is left out.
    pub fn all(text: &str) -> Vec<Self> {
        let whole = text.rsplit_once('\n').map_or("", |(whole, _)| whole);
        whole.lines().filter_map(|line| line.parse().ok()).collect()
    }
}

impl fmt::Display for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = WORDS.iter().find(|(moment, _)| *moment == self.moment);
        let word = word.map_or("", |(_, word)| word);
        write!(f, "{word} {} {} {}", self.job, self.pid, self.at)
    }
}

impl FromStr for Stamp {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let mut words = line.split(' ');
        let mut next = || words.next().ok_or(());
        let word = next()?;
        let (moment, _) = WORDS.iter().find(|(_, w)| *w == word).ok_or(())?;
        Ok(Self {
            moment: *moment,
            job: next()?.parse().map_err(|_| ())?,
            pid: next()?.parse().map_err(|_| ())?,
            at: next()?.parse().map_err(|_| ())?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Moment, Stamp, now};

    #[test]
    fn lines_come_back_and_rubbish_does_not() {
        let stamp = |moment, job| Stamp {
            moment,
            job,
            pid: 4711,
            at: 17,
        };
        let text = "main 3 4711 17\nrubbish\nend 4 4711 17\n\nmain 5 4711\nmain 5 47";
        let read = Stamp::all(text);
        assert_eq!(read, [stamp(Moment::Main, 3), stamp(Moment::End, 4)]);
        let written: Vec<String> = read.iter().map(ToString::to_string).collect();
        assert_eq!(written, ["main 3 4711 17", "end 4 4711 17"]);
        assert_eq!(Stamp::all("main 3 4711 17"), []);
    }

    #[test]
    fn children_add_to_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("stamps");
        let stamps = [Moment::Main, Moment::Begin, Moment::Left]
            .map(|moment| Stamp::of_this_process(moment, 1, now()));
        for stamp in &stamps {
            stamp.append_to(&file).unwrap();
        }
        assert_eq!(Stamp::all(&std::fs::read_to_string(file).unwrap()), stamps);
    }
}
