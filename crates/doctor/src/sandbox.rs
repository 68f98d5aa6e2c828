//! What sandboxes can be made of.

use crate::{Finding, Observed, Sandbox, State, UserNamespaces};
use alloc::{format, string::String, vec::Vec};

/// The version of Landlock that has all that sandboxes use of it.
const WHOLE_LANDLOCK: u32 = 6;

pub(crate) fn findings(observed: &Observed) -> Vec<Finding> {
    let is_asked = observed.sandbox_is_asked;
    if let Some(works) = &observed.seatbelt {
        return [seatbelt(works, is_asked)].into();
    }
    let Some(sandbox) = &observed.sandbox else {
        let seen = "nothing is known of what sandboxes are made of here";
        let hint = "`collodi sandbox --level sandboxed -- true` says whether one can be made";
        let finding = Finding::new("sandbox", State::unless(is_asked), seen);
        return [finding.hint(hint)].into();
    };
    [
        bubblewrap(sandbox, is_asked),
        namespaces(sandbox),
        landlock(sandbox.landlock),
        seccomp(sandbox.seccomp, is_asked),
    ]
    .into()
}

fn seatbelt(works: &Result<(), (String, String)>, is_asked: bool) -> Finding {
    maker("seatbelt", works, is_asked)
}

fn bubblewrap(sandbox: &Sandbox, is_asked: bool) -> Finding {
    maker("bubblewrap", &sandbox.bubblewrap, is_asked)
}

/// What makes sandboxes, or does not.
fn maker(about: &'static str, works: &Result<(), (String, String)>, is_asked: bool) -> Finding {
    match works {
        Ok(()) => Finding::ok(about, "makes sandboxes of every level"),
        Err((why, cure)) => {
            Finding::new(about, State::unless(is_asked), why.clone()).hint(cure.clone())
        }
    }
}

/// Where bubblewrap works, what else the kernel says does not matter.
fn namespaces(sandbox: &Sandbox) -> Finding {
    let about = "namespaces";
    let UserNamespaces {
        most,
        for_all,
        restricted,
    } = sandbox.namespaces;
    let refusals = [
        (most == Some(0), "user.max_user_namespaces is 0"),
        (
            for_all == Some(false),
            "kernel.unprivileged_userns_clone is 0",
        ),
        (
            restricted == Some(true),
            "AppArmor keeps programs without a profile from user namespaces",
        ),
    ];
    let refusals = refusals.iter().filter(|(holds, _)| *holds);
    let refusals: Vec<_> = refusals.map(|(_, text)| *text).collect();
    match (refusals.is_empty(), sandbox.bubblewrap.is_ok()) {
        (true, _) => Finding::ok(about, "users may make user namespaces"),
        (false, true) => Finding::ok(about, format!("{}; bubblewrap may nevertheless", refusals.join(", "))),
        (false, false) => Finding::warning(about, refusals.join(", "))
            .hint("let bubblewrap make them: by sysctl, or on Ubuntu by the profile bwrap-userns-restrict"),
    }
}

fn landlock(version: u32) -> Finding {
    let about = "landlock";
    match version {
        0 => Finding::warning(about, "the kernel has none, or it is not switched on").hint(
            "boot a kernel from 5.13 on with landlock among `lsm=`; sandboxes hold less without",
        ),
        WHOLE_LANDLOCK.. => Finding::ok(about, format!("version {version}")),
        older => Finding::ok(
            about,
            format!("version {older}; from {WHOLE_LANDLOCK} on it holds sockets and signals, too"),
        ),
    }
}

fn seccomp(is_there: bool, is_asked: bool) -> Finding {
    let about = "seccomp";
    match is_there {
        true => Finding::ok(about, "there is a program for this processor"),
        false => Finding::new(
            about,
            State::unless(is_asked),
            String::from("there is no program for this processor, and no sandbox without"),
        )
        .hint("run it on x86_64 or aarch64"),
    }
}
