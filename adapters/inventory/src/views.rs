//! What is known, as wire types.

use collodi_api::{DiskUse, EnvUse, EnvUseKind, NotCounted, Size};
use collodi_disk::{Ended, Space, Usage, human};
use collodi_host::EnvUser;
use collodi_time::WallTime;
use std::time::Duration;

/// What lives and uses an environment.
pub fn live_use(user: EnvUser) -> EnvUse {
    let (kind, app, id) = match user {
        EnvUser::Making => (EnvUseKind::Making, None, None),
        EnvUser::Run { app, id } => (EnvUseKind::Run, Some(app), Some(id.to_string())),
        EnvUser::Process { app, id } => (EnvUseKind::Process, Some(app), Some(id.to_string())),
    };
    EnvUse { kind, app, id }
}

pub(crate) fn size(usage: &Usage, at: WallTime) -> Size {
    let left_out = usage.left_out.iter().map(|left| NotCounted {
        path: left.path.clone(),
        why: left.why.to_string(),
    });
    Size {
        bytes: usage.bytes,
        freed_bytes: usage.freed,
        shared_bytes: usage.shared(),
        entries: usage.entries,
        whole: usage.is_whole(),
        note: note(usage),
        left_out: left_out.collect(),
        measured_at: at.to_string(),
    }
}

fn note(usage: &Usage) -> Option<String> {
    match (usage.ended, usage.more_left_out) {
        (Ended::Whole, 0) => None,
        (Ended::Whole, more) => Some(format!("{more} more are not counted")),
        (ended, _) => Some(ended.to_string()),
    }
}

/// What could not be looked at.
pub(crate) fn unknown(why: String, at: WallTime) -> Size {
    Size {
        bytes: 0,
        freed_bytes: 0,
        shared_bytes: 0,
        entries: 0,
        whole: false,
        note: Some(why),
        left_out: Vec::new(),
        measured_at: at.to_string(),
    }
}

pub(crate) fn last_used(usage: &Usage) -> Option<String> {
    let at = WallTime::since_unix_epoch(Duration::from_secs(usage.touched));
    (usage.touched > 0).then(|| at.to_string())
}

/// What all of a kind takes, and whether all of it could be counted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Total {
    pub(crate) bytes: u64,
    pub(crate) whole: bool,
}

impl Total {
    fn human(self) -> String {
        let of = human(self.bytes);
        match self.whole {
            true => of,
            false => format!("at least {of}"),
        }
    }
}

pub(crate) fn disk_use(envs: Total, apps: Total, Space { free, total }: Space) -> DiskUse {
    DiskUse {
        envs_bytes_used: envs.bytes,
        apps_bytes_used: apps.bytes,
        envs_whole: envs.whole,
        apps_whole: apps.whole,
        free_bytes: free,
        total_bytes: total,
        envs_human: envs.human(),
        apps_human: apps.human(),
        free_human: human(free),
        total_human: human(total),
    }
}
