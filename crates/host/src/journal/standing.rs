//! What a supervisor knew, as it is written down: with the times of the world, because those of a host
//! mean nothing to the next one.

use super::fields::{Fields, NotARecord, array, millis, millis_of, object};
use crate::process::instant;
use alloc::string::{String, ToString};
use collodi_restart::{Jitter, Pause, Standing};
use collodi_time::WallTime;
use collodi_value::Value;

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
            Some(Pause::Until(at)) => Some(millis_of(at)),
            _ => None,
        };
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
            ("held", Value::from(known.pause == Some(Pause::Held))),
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
    let until = fields.wall_time("waitsUntil")?.map(Pause::Until);
    let held = fields.flag("held")?.then_some(Pause::Held);
    Ok(Standing {
        consecutive: fields.number("consecutive")?,
        recent: fields.wall_times("recent")?,
        last_delay: fields.millis("lastDelay")?.unwrap_or_default(),
        last_death: fields.parsed("lastDeath")?,
        started_at: fields.wall_time("startedAt")?,
        pause: until.or(held),
        ..Standing::new(0)
    })
}
