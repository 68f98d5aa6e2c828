//! The machine itself.

use crate::{ControlGroups, Finding, Gpu, Observed, Port};
use alloc::{format, string::String, vec::Vec};
use collodi_disk::{RESERVE, Space, human};

/// What an environment with a large framework takes. With less, the next installation may
/// be the last one.
const COMFORT: u64 = 8 << 30;

pub(crate) fn findings(observed: &Observed) -> Vec<Finding> {
    let mut findings = Vec::from([control_groups(observed.control_groups)]);
    findings.extend(gpus(&observed.gpus));
    findings.push(disk(observed.space));
    findings.push(port(&observed.port));
    findings
}

fn control_groups(groups: ControlGroups) -> Finding {
    let about = "control groups";
    if !groups.whole_trees {
        let seen =
            "none for us: what hides from its parents may outlive its app, and nothing is bounded";
        return Finding::warning(about, seen).hint(
            "run it where control groups of version 2 are its own: as a service with Delegate=yes, or \
             by systemd-run --user --scope -p Delegate=yes",
        );
    }
    let bounds = [
        (groups.memory, "memory"),
        (groups.processes, "processes"),
        (groups.cpu, "processor time"),
    ];
    let has = |wanted: bool| -> Vec<_> {
        let some = bounds.iter().filter(|(has, _)| *has == wanted);
        some.map(|(_, name)| *name).collect()
    };
    let missing = has(false);
    let bounded = match has(true) {
        none if none.is_empty() => String::from("nothing"),
        some => some.join(", "),
    };
    let seen = format!("nothing leaves its tree; {bounded} can be bounded");
    match missing.is_empty() {
        true => Finding::ok(about, seen),
        false => Finding::ok(about, format!("{seen}, not {}", missing.join(", "))),
    }
}

fn gpus(gpus: &[Gpu]) -> Vec<Finding> {
    if gpus.is_empty() {
        return [Finding::ok("gpu", "none")].into();
    }
    gpus.iter().map(gpu).collect()
}

fn gpu(gpu: &Gpu) -> Finding {
    let memory = match gpu.memory {
        0 => String::new(),
        bytes => format!(", {}", human(bytes)),
    };
    match &gpu.driver {
        Some(driver) => Finding::ok("gpu", format!("{}{memory}, driver {driver}", gpu.model)),
        None if gpu.is_nvidia => Finding::warning(
            "gpu",
            format!("{}{memory}, no driver of NVIDIA answers", gpu.model),
        )
        .hint("install NVIDIA's driver, and see that `nvidia-smi` answers"),
        None => Finding::ok("gpu", format!("{}{memory}", gpu.model)),
    }
}

fn disk(space: Option<Space>) -> Finding {
    let about = "disk";
    let Some(Space { free, total }) = space else {
        return Finding::warning(about, "what is free cannot be told")
            .hint("see whether the workspace can be read");
    };
    let seen = format!("{} of {} are free", human(free), human(total));
    let hint = "`collodi env ls` shows what environments take, `collodi env gc` what may go";
    match free {
        0..RESERVE => Finding::problem(about, seen).hint(hint),
        RESERVE..COMFORT => Finding::warning(about, seen).hint(hint),
        _ => Finding::ok(about, seen),
    }
}

fn port(port: &Port) -> Finding {
    let about = "port";
    match port {
        Port::Unknown => Finding::warning(about, "could not be looked at in time"),
        Port::Free(address) => Finding::ok(about, format!("{address} is free")),
        Port::Ours(address, pid) => Finding::ok(
            about,
            format!("the server of this workspace listens at {address} (pid {pid})"),
        ),
        Port::Taken(address, who) => {
            let who = who.as_deref().unwrap_or("another program");
            Finding::warning(about, format!("{address} is used by {who}"))
                .hint("end that, or serve at another address with --listen")
        }
        Port::Refused(address, why) => Finding::warning(about, format!("{address}: {why}"))
            .hint("serve at another address with --listen"),
    }
}
