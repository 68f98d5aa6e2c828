//! Which process it was.

use alloc::sync::Arc;
use core::{fmt, str::FromStr};

/// Names a process so that it can be found again by whoever comes after us. Process ids
/// are used again; together with the time of the start, and the boot of the machine that
/// this time counts from, they are not.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Identity {
    /// The process id.
    pub pid: u32,
    /// When it started, in the system's own unit.
    pub started: u64,
    /// Names the boot of the machine; without a `:`.
    pub boot: Arc<str>,
}

/// `PID:STARTED:BOOT`, as [`Identity::from_str`] reads it.
impl fmt::Display for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.pid, self.started, self.boot)
    }
}

impl FromStr for Identity {
    type Err = NotAnIdentity;

    fn from_str(text: &str) -> Result<Self, NotAnIdentity> {
        let read = || {
            let (pid, rest) = text.split_once(':')?;
            let (started, boot) = rest.split_once(':')?;
            let is_name = !boot.is_empty() && !boot.contains(':');
            is_name.then_some(Self {
                pid: pid.parse().ok().filter(|pid| *pid > 0)?,
                started: started.parse().ok()?,
                boot: boot.into(),
            })
        };
        read().ok_or(NotAnIdentity)
    }
}

/// The text is not `PID:STARTED:BOOT`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAnIdentity;

impl fmt::Display for NotAnIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an identity reads PID:STARTED:BOOT")
    }
}

impl core::error::Error for NotAnIdentity {}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::string::ToString;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let identity: Identity = "4711:123:a-b".parse().unwrap();
        assert_eq!(identity.to_string(), "4711:123:a-b");
        for text in ["", "1:2", "0:2:b", "1::b", "1:2:", "1:2:b:c", "x:2:b"] {
            assert_eq!(text.parse::<Identity>(), Err(NotAnIdentity), "{text:?}");
        }
    }
}
