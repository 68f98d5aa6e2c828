//! What sandboxes can be made of.

use collodi_doctor::{Sandbox, UserNamespaces};
use std::{fs, str::FromStr};

/// What was found by trying: of Linux, and whether Seatbelt of macOS makes sandboxes.
pub(super) type Sandboxes = (Option<Sandbox>, Option<Result<(), (String, String)>>);

pub(super) fn sandboxes() -> Sandboxes {
    (sandbox(), collodi_os::seatbelt())
}

/// The trial has not ended in time.
pub(super) fn silent() -> Sandboxes {
    let why = |program: &str| {
        let why = "the trial of a sandbox has not ended in time".to_owned();
        (
            why,
            format!("see what `{program}` says when it is run by hand"),
        )
    };
    match cfg!(target_os = "macos") {
        true => (None, Some(Err(why("sandbox-exec")))),
        false => (
            Some(Sandbox {
                bubblewrap: Err(why("bwrap")),
                landlock: 0,
                seccomp: true,
                namespaces: namespaces(),
            }),
            None,
        ),
    }
}

fn sandbox() -> Option<Sandbox> {
    let probe = collodi_os::probe()?;
    let fault = |fault: collodi_sandbox::BwrapFault| (fault.to_string(), fault.cure().to_owned());
    Some(Sandbox {
        bubblewrap: probe.bwrap.map(drop).map_err(fault),
        landlock: probe.landlock,
        seccomp: probe.seccomp,
        namespaces: namespaces(),
    })
}

fn namespaces() -> UserNamespaces {
    UserNamespaces {
        most: number("/proc/sys/user/max_user_namespaces"),
        for_all: number("/proc/sys/kernel/unprivileged_userns_clone").map(|n: u8| n != 0),
        restricted: number("/proc/sys/kernel/apparmor_restrict_unprivileged_userns")
            .map(|n: u8| n != 0),
    }
}

/// The number in a file of the kernel, where there is such a file.
fn number<T: FromStr>(path: &str) -> Option<T> {
    fs::read_to_string(path).ok()?.trim().parse().ok()
}
