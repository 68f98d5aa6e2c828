//! What a machine is, as the driver finds it out.

#![allow(clippy::unwrap_used)]

use collodi_contain::Root;
use collodi_driver::survey;
use collodi_host::HostOptions;
use collodi_python::{Layout, Platform};
use collodi_sim::{Behaviour, World};
use collodi_time::Instant;
use std::{collections::BTreeMap, sync::Arc};

/// A workspace on a machine with these variables.
fn options() -> HostOptions {
    let vars = [("PATH", "/bin"), ("HF_TOKEN", "secret")];
    let vars = vars.map(|(name, value)| (name.to_owned(), value.to_owned()));
    HostOptions {
        host_vars: Arc::new(BTreeMap::from(vars)),
        ..HostOptions::new(Layout::new(Root::new("/w"), Platform::LINUX_X64), 7)
    }
}

/// Some of what scripts read, and when it was known.
fn known(world: &World) -> String {
    world
        .dir("/w")
        .file("/proc/meminfo", "MemTotal: 16777216 kB\n");
    let backends = world.backends();
    let facts = world.block_on(survey(&backends, &options())).unwrap();
    let facts = facts.variables();
    let names = ["gpu", "gpu_target", "vram", "ram"];
    let values = names.map(|name| facts.get(name).unwrap().to_text());
    let time = backends.clock.now().saturating_since(Instant::ZERO);
    format!("{} after {} s", values.join(" "), time.as_secs())
}

#[test]
fn files_and_programs_are_asked() {
    let card = "/sys/devices/pci0/0000:03:00.0";
    let world = World::new();
    world
        .link(
            "/sys/class/drm/card0/device",
            "../../../devices/pci0/0000:03:00.0",
        )
        .file(&format!("{card}/uevent"), "PCI_ID=1002:744C\n")
        .file(&format!("{card}/mem_info_vram_total"), "25753026560\n")
        .file("/sys/class/drm/version", "drm 1.1.0\n");
    assert_eq!(known(&world), "amd null 24 16 after 0 s");
    let nvidia = Behaviour::words("bytes:56312c203535302e352c2032343537362c20382e39");
    world.program("nvidia-smi", nvidia);
    assert_eq!(known(&world), "nvidia sm_89 24 16 after 0 s");
}

/// An older program does not know all that it is asked; it is asked for less.
#[test]
fn an_older_program_is_asked_for_less() {
    let world = World::new();
    world.program(
        "nvidia-smi",
        Behaviour::answer(|args| {
            if args.iter().any(|arg| arg.contains("compute_cap")) {
                return "say:not-a-valid-field exit:2".to_owned();
            }
            "say:K80,470,11441".to_owned()
        }),
    );
    assert_eq!(known(&world), "nvidia null 11 16 after 0 s");
}

/// A Mac that does not know whether it has Apple's processor fails to say anything; it is
/// asked for the rest. What the interpreter writes when it has no MLX is no version.
#[test]
fn a_mac_is_asked_for_its_processor_and_the_interpreter_for_mlx() {
    let with = |knows: bool, mlx: &'static str| {
        let world = World::new();
        world.dir("/w").program(
            "sysctl",
            Behaviour::answer(
                move |args| match args.iter().any(|arg| arg.contains("arm64")) {
                    true if !knows => "error:unknown-oid exit:1".to_owned(),
                    true => "say:hw.optional.arm64:1".to_owned(),
                    false => "say:hw.memsize:17179869184".to_owned(),
                },
            ),
        );
        world.program("python3", Behaviour::words(mlx));
        let layout = Layout::new(Root::new("/w"), Platform::from_rust("macos", "x86_64"));
        let options = HostOptions {
            layout,
            ..options()
        };
        let facts = world.block_on(survey(&world.backends(), &options)).unwrap();
        (facts.ram >> 30, facts.apple_silicon.map(|apple| apple.mlx))
    };
    assert_eq!(
        with(true, "say:0.29.3"),
        (0, Some(Some("0.29.3".to_owned())))
    );
    assert_eq!(with(true, "say:0.29.3 exit:1"), (0, Some(None)));
    assert_eq!(with(true, "error:Traceback exit:1"), (0, Some(None)));
    assert_eq!(with(false, "say:0.29.3"), (16, None));
}

/// A program that does not end is killed, with what it has started, and the rest is known.
#[test]
fn a_program_that_hangs_is_left() {
    let world = World::new();
    world.program(
        "nvidia-smi",
        Behaviour::words("say:K80,470,11441 detach:(wait) wait"),
    );
    assert_eq!(known(&world), "none null 0 16 after 20 s");
    let left = world.block_on(async {
        let tree = collodi_command::TreeId::new("survey-0000000000000007");
        world.backends().process.tree_members(&tree).await.unwrap()
    });
    assert_eq!(left.unwrap(), []);
}
