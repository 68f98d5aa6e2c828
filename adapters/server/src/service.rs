//! What the service manager that started this program is told, if there is one.

use collodi_backend::Clock;
use collodi_driver::HostHandle;
use collodi_host::Follower;
use sd_notify::{NotifyState, notify};
use std::{io, sync::Arc};

/// The variables of a service manager. They are for this program alone.
pub(crate) const VARIABLES: [&str; 3] = ["NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"];

/// Callers are answered.
pub(crate) fn ready(status: &str) -> io::Result<()> {
    let process = NotifyState::MainPid(std::process::id());
    notify(&[NotifyState::Ready, process, NotifyState::Status(status)])
}

/// Another life begins: in this process, which then says [`ready`], or elsewhere.
pub(crate) fn leaving(follower: Follower) -> io::Result<()> {
    let status = NotifyState::Status("handing over");
    match follower {
        Follower::SameProcess => {
            let since = NotifyState::monotonic_usec_now()?;
            notify(&[NotifyState::Reloading, since, status])
        }
        Follower::OtherProcess => notify(&[NotifyState::Stopping, status]),
    }
}

/// No other life begins. Who waits for one hears how it went.
pub(crate) fn staying(why: &str) -> io::Result<()> {
    leaving(Follower::SameProcess).and_then(|()| ready(why))
}

/// All that runs is ended.
pub(crate) fn stopping() -> io::Result<()> {
    notify(&[NotifyState::Stopping, NotifyState::Status("stopping")])
}

/// Says that the host's driver goes round, as often as the service manager wants to hear it.
/// A driver that hangs is not heard of.
pub(crate) async fn watched(host: HostHandle, clock: Arc<dyn Clock>) {
    let Some(period) = sd_notify::watchdog_enabled() else {
        return;
    };
    while host.query(|_| ()).await.is_ok() {
        // A service manager that is gone has no clock that runs out.
        let _ = notify(&[NotifyState::Watchdog]);
        clock.sleep_until(clock.now() + period / 2).await;
    }
}
