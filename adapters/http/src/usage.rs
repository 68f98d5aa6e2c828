//! What the processes of a host use, asked of the world when somebody wants to know.

use crate::{Surface, fault::Fault};
use collodi_api::ProcessUsage;
use collodi_backend::Usage;
use collodi_command::TreeId;
use collodi_host::Host;

/// A process, and what it uses.
#[derive(Clone, Debug)]
pub(crate) struct Used {
    pub(crate) id: String,
    pub(crate) app: String,
    pub(crate) usage: Usage,
}

/// The processes of which something is known. What cannot be looked at is left out.
pub(crate) async fn used(surface: &Surface) -> Result<Vec<Used>, Fault> {
    let (names, trees): (Vec<_>, Vec<_>) = surface.host.query(living).await?.into_iter().unzip();
    let found = surface.process.usage(&trees).await.unwrap_or_default();
    let known = names.into_iter().zip(found);
    let used = |((id, app), usage): ((String, String), Option<Usage>)| {
        let usage = usage?;
        Some(Used { id, app, usage })
    };
    Ok(known.filter_map(used).collect())
}

fn living(host: &Host) -> Vec<((String, String), TreeId)> {
    let living = host.processes().filter(|process| !process.has_ended());
    let named = living.map(|process| {
        let names = (process.id().to_string(), process.app().to_owned());
        (names, process.tree().clone())
    });
    named.collect()
}

impl From<Used> for ProcessUsage {
    fn from(Used { id, app, usage }: Used) -> Self {
        Self {
            id,
            app,
            cpu_ms: u64::try_from(usage.cpu.as_millis()).unwrap_or(u64::MAX),
            memory_bytes: usage.memory,
            count: usage.processes,
        }
    }
}
