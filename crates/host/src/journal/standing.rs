//! What a supervisor knew, as it is written down: with the times of the world, because those of a host
//! mean nothing to the next one.

use super::{
    fields::{Fields, NotARecord, array, millis, millis_of, object, text},
    record::{read_give_up, write_give_up},
};
use crate::{process::instant, readiness::PATIENCE};
use alloc::string::{String, ToString};
use collodi_restart::{Course, Death, Ended, Ending, Jitter, Pause, Standing};
use collodi_time::WallTime;
use collodi_value::Value;

/// An end that somebody wanted, and one at which it was left.
const STOPPED: &str = "stopped";
const LEFT: &str = "left";

/// What a life was being ended for, where that is no death.
const AGAIN: &str = "again";
const HELD: &str = "held";

/// How far a life was, where no time belongs to that.
const READY: &str = "ready";

/// What a supervisor knew. Of what an earlier version of the program wrote down, only how often it was
/// started again and how it ended is known.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct WrittenStanding {
    pub(crate) known: Standing<WallTime>,
    /// What moves the delays to come is known, too.
    is_seeded: bool,
}

impl WrittenStanding {
    /// What the supervisor of a host of this epoch knows.
    pub(crate) fn of(standing: Standing, epoch: WallTime) -> Self {
        Self {
            known: standing.with_times(|at| epoch + at.since_origin()),
            is_seeded: true,
        }
    }

    /// Somebody looks again. Of the time to get ready, that since this was written counts as none, as
    /// nobody may have looked: as far as that leaves time for one look.
    pub(super) fn is_seen_again(&mut self, written: WallTime, now: WallTime) {
        if let Some(Course::ReadyBy(at)) = &mut self.known.course {
            let unseen = now.as_duration().saturating_sub(written.as_duration());
            *at = (*at).max((*at + unseen).min(now + PATIENCE));
        }
    }

    /// What a supervisor of a host of this epoch goes on from; with this seed, where none is
    /// written down.
    pub(crate) fn at(&self, epoch: WallTime, seed: u64) -> Standing {
        let mut standing = self.known.clone().with_times(|at| instant(epoch, at));
        if !self.is_seeded {
            standing.jitter = Jitter::new(seed);
        }
        standing
    }

    /// All but what has fields of its own in a record since its first version.
    pub(super) fn write(&self) -> Value {
        let optional = |text: Option<String>| text.map_or(Value::Null, Value::from);
        let known = &self.known;
        let until = match known.pause {
            Some(Pause::Until(at) | Pause::Held(Some(at))) => Some(millis_of(at)),
            _ => None,
        };
        let is_held = matches!(known.pause, Some(Pause::Held(_)));
        let seed = self.is_seeded.then(|| known.jitter.seed().to_string());
        object([
            ("consecutive", Value::from(f64::from(known.consecutive))),
            ("recent", array(known.recent.iter().copied().map(millis_of))),
            ("lastDelay", millis(Some(known.last_delay))),
            (
                "lastDeath",
                optional(known.last_death.map(|death| death.written().to_string())),
            ),
            ("startedAt", optional(known.started_at.map(millis_of))),
            ("waitsUntil", optional(until)),
            ("held", Value::from(is_held)),
            ("ending", optional(known.ending.and_then(write_ending))),
            ("course", known.course.map_or(Value::Null, write_course)),
            ("end", known.ended.map_or(Value::Null, write_end)),
            ("seed", optional(seed)),
        ])
    }

    /// Of the fields of a record.
    pub(super) fn read(record: &Fields<'_>) -> Result<Self, NotARecord> {
        let seed = record
            .member("standing", |own| own.parsed("seed"))?
            .flatten();
        let known = record.member("standing", read_own)?;
        Ok(Self {
            known: Standing {
                restarts: record.number("restarts")?,
                last_exit: record.parsed("lastExit")?,
                jitter: Jitter::new(seed.unwrap_or_default()),
                ..known.unwrap_or(Standing::new(0))
            },
            is_seeded: seed.is_some(),
        })
    }
}

fn read_own(fields: &Fields<'_>) -> Result<Standing<WallTime>, NotARecord> {
    let until = fields.wall_time("waitsUntil")?;
    let pause = match fields.flag("held")? {
        true => Some(Pause::Held(until)),
        false => until.map(Pause::Until),
    };
    let last_death = fields.parsed("lastDeath")?;
    let course = fields.optional_value("course", read_course)?;
    let ending = fields.optional_text("ending")?;
    let ending = ending.map(|text| read_ending(&text)).transpose()?;
    Ok(Standing {
        consecutive: fields.number("consecutive")?,
        recent: fields.wall_times("recent")?,
        last_delay: fields.millis("lastDelay")?.unwrap_or_default(),
        last_death,
        started_at: fields.wall_time("startedAt")?,
        pause,
        ending: ending.or(course.and_then(stop_of)),
        course,
        ended: fields.optional_value("end", |end| read_end(end, last_death))?,
        ..Standing::new(0)
    })
}

/// A stop that has begun is known by how far it is: one that does not outlast its host is not.
fn write_ending(ending: Ending) -> Option<String> {
    match ending {
        Ending::Stop => None,
        Ending::Again => Some(AGAIN.to_string()),
        Ending::Held => Some(HELD.to_string()),
        Ending::Death(death) => Some(death.written().to_string()),
    }
}

fn read_ending(text: &str) -> Result<Ending, NotARecord> {
    match text {
        AGAIN => Ok(Ending::Again),
        HELD => Ok(Ending::Held),
        death => death
            .parse()
            .map(Ending::Death)
            .map_err(|_| NotARecord("ending")),
    }
}

/// What a life is being ended for of which nothing else is said.
const fn stop_of(course: Course<WallTime>) -> Option<Ending> {
    match course {
        Course::Signalled { .. } => Some(Ending::Stop),
        Course::Ready | Course::ReadyBy(_) => None,
    }
}

fn write_course(course: Course<WallTime>) -> Value {
    match course {
        Course::Ready => Value::from(READY),
        Course::ReadyBy(at) => object([("readyBy", text(millis_of(at)))]),
        Course::Signalled { step, until } => object([
            ("step", Value::from(f64::from(step))),
            ("until", text(millis_of(until))),
        ]),
    }
}

fn read_course(course: &Value) -> Result<Course<WallTime>, NotARecord> {
    let broken = NotARecord("course");
    if let Some(text) = course.as_str() {
        return (text == READY).then_some(Course::Ready).ok_or(broken);
    }
    let fields = Fields::of(course)?;
    if let Some(at) = fields.wall_time("readyBy")? {
        return Ok(Course::ReadyBy(at));
    }
    let step = fields.number("step")?;
    let until = fields.wall_time("until")?.ok_or(broken)?;
    Ok(Course::Signalled { step, until })
}

/// An end that its last death was is not written twice.
fn write_end(end: Ended) -> Value {
    match end {
        Ended::Stopped => Value::from(STOPPED),
        Ended::GaveUp(give_up) => write_give_up(give_up),
        _ => Value::from(LEFT),
    }
}

fn read_end(end: &Value, last_death: Option<Death>) -> Result<Ended, NotARecord> {
    match (end.as_str(), last_death) {
        (Some(STOPPED), _) => Ok(Ended::Stopped),
        (Some(LEFT), Some(death)) => Ok(Ended::of(death)),
        (Some(_), _) => Err(NotARecord("end")),
        (None, _) => read_give_up(&Fields::of(end)?).map(Ended::GaveUp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;
    use collodi_command::Exit;
    use collodi_restart::GiveUp;
    use collodi_time::Duration;

    #[test]
    fn every_ending_but_a_stop_is_read_again() {
        let deaths = [
            Death::Exited(Exit::Code(0)),
            Death::EndedEarly(Exit::Unknown),
            Death::NotReady,
        ];
        let deaths = deaths.map(Ending::Death);
        for ending in [Ending::Again, Ending::Held].into_iter().chain(deaths) {
            assert_eq!(read_ending(&write_ending(ending).unwrap()), Ok(ending));
        }
        assert_eq!(write_ending(Ending::Stop), None);
        assert_eq!(read_ending("x"), Err(NotARecord("ending")));
    }

    #[test]
    fn every_course_is_read_again() {
        let at = WallTime::since_unix_epoch(Duration::from_millis(1_767_225_600_123));
        for course in [
            Course::Ready,
            Course::ReadyBy(at),
            Course::Signalled { step: 1, until: at },
        ] {
            assert_eq!(read_course(&write_course(course)), Ok(course));
        }
        let other = Value::from("x");
        assert_eq!(read_course(&other), Err(NotARecord("course")));
    }

    #[test]
    fn every_end_is_read_again() {
        let window = Duration::from_secs(60);
        let deaths = [
            Death::Exited(Exit::Code(0)),
            Death::EndedEarly(Exit::Code(3)),
            Death::SpawnFailed,
            Death::NotReady,
        ];
        let mut ends: Vec<_> = deaths.map(|death| (Some(death), Ended::of(death))).into();
        ends.extend([
            (None, Ended::Stopped),
            (Some(Death::NotReady), Ended::GaveUp(GiveUp::Consecutive(5))),
            (
                Some(Death::SpawnFailed),
                Ended::GaveUp(GiveUp::Rate { count: 5, window }),
            ),
        ]);
        for (last_death, ended) in ends {
            let read = read_end(&write_end(ended), last_death);
            assert_eq!(read, Ok(ended));
        }
        let nothing = read_end(&Value::from("left"), None);
        assert_eq!(nothing, Err(NotARecord("end")));
    }
}
