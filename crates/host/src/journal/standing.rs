//! What a supervisor knew, as it is written down: with the times of the world, because those of a host
//! mean nothing to the next one.

use super::fields::{Fields, NotARecord, array, millis, millis_of, object, text};
use crate::process::instant;
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use collodi_command::Exit;
use collodi_restart::{Death, Jitter, Pause, Standing};
use collodi_time::{Duration, Instant, WallTime};
use collodi_value::Value;

/// What a supervisor knew. Of what an earlier version of the program wrote down, only how often it was
/// started again and how it ended is known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct WrittenStanding {
    pub(crate) restarts: u32,
    pub(crate) last_exit: Option<Exit>,
    consecutive: u32,
    recent: Vec<WallTime>,
    last_delay: Duration,
    last_death: Option<Death>,
    started_at: Option<WallTime>,
    pub(crate) pause: Option<WrittenPause>,
    seed: Option<u64>,
}

/// What a daemon that does not live waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum WrittenPause {
    Until(WallTime),
    Held,
}

impl WrittenStanding {
    /// What the supervisor of a host of this epoch knows.
    pub(crate) fn of(standing: &Standing, epoch: WallTime) -> Self {
        let wall = |at: Instant| epoch + at.since_origin();
        Self {
            restarts: standing.restarts,
            last_exit: standing.last_exit,
            consecutive: standing.consecutive,
            recent: standing.recent.iter().copied().map(wall).collect(),
            last_delay: standing.last_delay,
            last_death: standing.last_death,
            started_at: standing.started_at.map(wall),
            pause: standing.pause.map(|pause| match pause {
                Pause::Until(at) => WrittenPause::Until(wall(at)),
                Pause::Held => WrittenPause::Held,
            }),
            seed: Some(standing.jitter.seed()),
        }
    }

    /// What a supervisor of a host of this epoch goes on from; with this seed, where none is
    /// written down.
    pub(crate) fn at(&self, epoch: WallTime, seed: u64) -> Standing {
        let at = |wall| instant(epoch, wall);
        Standing {
            restarts: self.restarts,
            last_exit: self.last_exit,
            consecutive: self.consecutive,
            recent: self.recent.iter().copied().map(at).collect(),
            last_delay: self.last_delay,
            last_death: self.last_death,
            started_at: self.started_at.map(at),
            pause: self.pause.map(|pause| match pause {
                WrittenPause::Until(wall) => Pause::Until(at(wall)),
                WrittenPause::Held => Pause::Held,
            }),
            jitter: Jitter::new(self.seed.unwrap_or(seed)),
        }
    }

    /// All but what has fields of its own in a record since its first version.
    pub(super) fn write(&self) -> Value {
        let optional = |text: Option<String>| text.map_or(Value::Null, Value::from);
        let until = match self.pause {
            Some(WrittenPause::Until(at)) => Some(millis_of(at)),
            _ => None,
        };
        object([
            ("consecutive", Value::from(f64::from(self.consecutive))),
            ("recent", array(self.recent.iter().copied().map(millis_of))),
            ("lastDelay", millis(Some(self.last_delay))),
            (
                "lastDeath",
                optional(self.last_death.map(|death| death.written().to_string())),
            ),
            ("startedAt", optional(self.started_at.map(millis_of))),
            ("waitsUntil", optional(until)),
            ("held", Value::from(self.pause == Some(WrittenPause::Held))),
            ("seed", self.seed.map_or(Value::Null, text)),
        ])
    }

    /// Of the fields of a record.
    pub(super) fn read(record: &Fields<'_>) -> Result<Self, NotARecord> {
        let standing = record.member("standing", Self::read_own)?;
        Ok(Self {
            restarts: record.number("restarts")?,
            last_exit: record.parsed("lastExit")?,
            ..standing.unwrap_or_default()
        })
    }

    fn read_own(fields: &Fields<'_>) -> Result<Self, NotARecord> {
        let until = fields.wall_time("waitsUntil")?.map(WrittenPause::Until);
        let held = fields.flag("held")?.then_some(WrittenPause::Held);
        Ok(Self {
            consecutive: fields.number("consecutive")?,
            recent: fields.wall_times("recent")?,
            last_delay: fields.millis("lastDelay")?.unwrap_or_default(),
            last_death: fields.parsed("lastDeath")?,
            started_at: fields.wall_time("startedAt")?,
            pause: until.or(held),
            seed: fields.parsed("seed")?,
            ..Self::default()
        })
    }
}
