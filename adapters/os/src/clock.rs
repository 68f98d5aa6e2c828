//! The time, as the operating system has it.

use collodi_time::WallTime;
use std::time::SystemTime;

/// Wall time now; 1970 when the machine's clock stands before it.
pub fn wall_now() -> WallTime {
    let since_epoch = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    WallTime::since_unix_epoch(since_epoch.unwrap_or_default())
}
