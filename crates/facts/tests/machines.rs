//! Machines, by what their sources say.

#![allow(clippy::unwrap_used)]

use collodi_facts::{Facts, Sources, Texts};
use insta::assert_snapshot;
use proptest::prelude::*;

const MEMORY: (&str, &str) = (
    "proc/meminfo",
    "MemTotal:       65758228 kB\nMemFree:        1 kB\n",
);
const AMD_CARD: &str =
    "DRIVER=amdgpu\nPCI_CLASS=30000\nPCI_ID=1002:744C\nPCI_SLOT_NAME=0000:03:00.0\n";

/// The variables that people look at first, a line each.
fn said(texts: &[(&str, &str)]) -> String {
    let facts = Facts::of(&texts.iter().copied().collect::<Texts>()).variables();
    let names = [
        "gpu",
        "gpu_model",
        "gpu_driver",
        "gpu_target",
        "vram",
        "ram",
        "gpus",
        "cpu",
        "mem",
        "osInfo",
        "graphics",
        "system",
    ];
    let line = |name: &str| format!("{name} = {}\n", facts.get(name).unwrap().to_json());
    names.map(line).concat()
}

#[test]
fn a_linux_with_a_card_of_nvidia() {
    let cpu = "processor\t: 0\nvendor_id\t: GenuineIntel\nmodel name\t: Intel(R) Core(TM) i9\nphysical id\t: 0\ncore id\t\t: 0\n\nprocessor\t: 1\nphysical id\t: 0\ncore id\t\t: 0\n";
    assert_snapshot!(said(&[
        MEMORY,
        ("proc/cpuinfo", cpu),
        ("proc/sys/kernel/osrelease", "6.8.0-45-generic\n"),
        (
            "etc/os-release",
            "NAME=\"Ubuntu\"\nVERSION_ID=\"24.04\"\nVERSION_CODENAME=noble\n"
        ),
        ("sys/class/dmi/id/sys_vendor", "ASUS\n"),
        ("sys/class/dmi/id/product_name", "System Product Name\n"),
        (
            "sys/class/drm/card0/device/uevent",
            "DRIVER=i915\nPCI_ID=8086:A780\n"
        ),
        (
            "sys/class/drm/card1/device/uevent",
            "DRIVER=nvidia\nPCI_ID=10DE:2684\n"
        ),
        (
            "nvidia-smi",
            "NVIDIA GeForce RTX 4090, 550.54.14, 24564, 8.9\n"
        ),
    ]));
}

#[test]
fn a_linux_with_a_card_of_amd() {
    assert_snapshot!(said(&[
        MEMORY,
        ("sys/module/amdgpu/version", "6.8.5\n"),
        ("sys/class/drm/card0/device/uevent", AMD_CARD),
        (
            "sys/class/drm/card0/device/mem_info_vram_total",
            "25753026560\n"
        ),
        (
            "sys/class/drm/card0/device/product_name",
            "Radeon RX 7900 XTX\n"
        ),
        (
            "sys/class/kfd/kfd/topology/nodes/0/properties",
            "cpu_cores_count 16\nvendor_id 0\ngfx_target_version 0\n"
        ),
        (
            "sys/class/kfd/kfd/topology/nodes/1/properties",
            "vendor_id 4098\ndevice_id 29772\ngfx_target_version 110000\n"
        ),
    ]));
}

#[test]
fn a_mac_with_a_processor_of_apple() {
    let displays = r#"{"SPDisplaysDataType": [{"_name": "Apple M1 Pro", "sppci_model": "Apple M1 Pro",
        "spdisplays_vendor": "sppci_vendor_Apple", "sppci_cores": "16"}]}"#;
    assert_snapshot!(said(&[
        (
            "sysctl",
            "hw.memsize: 34359738368\nhw.logicalcpu: 10\nhw.physicalcpu: 10\nhw.model: MacBookPro18,3\nmachdep.cpu.brand_string: Apple M1 Pro\nkern.osproductversion: 14.5\nkern.osrelease: 23.5.0\n"
        ),
        ("system_profiler", displays),
    ]));
}

/// What a Mac is told to have, from what `sysctl` and the interpreter say.
#[test]
fn apples_processor_and_mlx() {
    let arm = "hw.optional.arm64: 1\nmachdep.cpu.brand_string: Apple M3";
    let table = [
        (arm, "0.29.3\n", Some(Some("0.29.3"))),
        (arm, "", Some(None)),
        (arm, "Traceback (most recent call last):\n", Some(None)),
        (arm, "0.29.3\nand more\n", Some(None)),
        // As a program for Intel is told.
        (
            "hw.optional.arm64: 1\nmachdep.cpu.brand_string: VirtualApple @ 2.50GHz",
            "",
            Some(None),
        ),
        ("machdep.cpu.brand_string: Apple M3", "", Some(None)),
        ("hw.optional.arm64: 0\nhw.memsize: 1", "0.29.3", None),
        (
            "machdep.cpu.brand_string: Intel(R) Core(TM) i9",
            "0.29.3",
            None,
        ),
        ("", "0.29.3", None),
    ];
    for (sysctl, mlx, expected) in table {
        let facts = Facts::of(&Texts::from_iter([("sysctl", sysctl), ("mlx", mlx)]));
        let found = facts
            .apple_silicon
            .as_ref()
            .map(|apple| apple.mlx.as_deref());
        assert_eq!(found, expected, "{sysctl} {mlx}");
    }
}

#[test]
fn an_older_mac_with_two_cards() {
    let displays = r#"{"SPDisplaysDataType": [
        {"sppci_model": "Intel UHD Graphics 630", "spdisplays_vendor": "Intel", "spdisplays_vram_shared": "1536 MB"},
        {"sppci_model": "AMD Radeon Pro 5500M", "spdisplays_vendor": "sppci_vendor_amd", "spdisplays_vram": "8 GB"}]}"#;
    assert_snapshot!(said(&[("system_profiler", displays)]));
}

#[test]
fn a_machine_of_which_nothing_is_known() {
    assert_snapshot!(said(&[]));
}

#[test]
fn two_cards_and_one_of_amd_besides() {
    assert_snapshot!(said(&[
        MEMORY,
        ("sys/class/drm/card0/device/uevent", AMD_CARD),
        (
            "nvidia-smi",
            "NVIDIA GeForce GTX 1080, 580.65, 8192, 6.1\nNVIDIA H100 80GB HBM3, 580.65, 81559, 9.0\n"
        ),
    ]));
}

/// What a card is taken for, from what says so.
#[test]
fn cards() {
    let card = "sys/class/drm/card0/device/uevent";
    let table: &[(&[(&str, &str)], &str)] = &[
        (
            &[("nvidia-smi", "Tesla K80, 470.1, 11441\n")],
            "nvidia tesla k80 470.1 - 11",
        ),
        (
            &[("nvidia-smi", "NVIDIA GB10, 580.95, [N/A], 12.1\n")],
            "nvidia nvidia gb10 580.95 sm_121 0",
        ),
        (
            &[(
                "nvidia-smi",
                "NVIDIA-SMI has failed because it couldn't communicate\n",
            )],
            "none - - - 0",
        ),
        (&[("nvidia-smi", "No devices were found\n")], "none - - - 0"),
        (&[("nvidia-smi", "a, b, c, d.e\n")], "nvidia a b - 0"),
        (
            &[(card, "DRIVER=nouveau\nPCI_ID=10DE:2684\n")],
            "nvidia 10de:2684 - - 0",
        ),
        (
            &[(card, "PCI_ID=8086:A780")],
            "intel corporation 8086:a780 - - 0",
        ),
        (
            &[(card, "PCI_ID=1AF4:1050")],
            "red hat, inc. 1af4:1050 - - 0",
        ),
        (&[(card, "PCI_ID=BEEF:0001")], "beef beef:0001 - - 0"),
        (&[(card, "DRIVER=v3d\nOF_NAME=gpu\n")], "none - - - 0"),
        (
            &[
                (card, AMD_CARD),
                (
                    "n/properties",
                    "device_id 29772\ngfx_target_version 90010\n",
                ),
            ],
            "amd 1002:744c - gfx90a 0",
        ),
        (
            &[
                (card, AMD_CARD),
                ("n/properties", "device_id 1\ngfx_target_version 90010\n"),
            ],
            "amd 1002:744c - - 0",
        ),
        (&[("system_profiler", "no JSON")], "none - - - 0"),
    ];
    for (texts, expected) in table {
        let facts = Facts::of(&texts.iter().copied().collect::<Texts>()).variables();
        let text = |name: &str| match facts.get(name).unwrap() {
            collodi_value::Value::Null => "-".to_owned(),
            value => value.to_text(),
        };
        let names = ["gpu", "gpu_model", "gpu_driver", "gpu_target", "vram"];
        assert_eq!(names.map(text).join(" "), *expected, "{texts:?}");
    }
}

#[test]
fn the_entries_of_a_folder() {
    let [cards, nodes] = Sources::LINUX.folders else {
        unreachable!("there are two folders");
    };
    let table = [
        ("card0", true),
        ("card12", true),
        ("card0-HDMI-A-1", false),
        ("card", false),
        ("renderD128", false),
        ("version", false),
    ];
    for (name, expected) in table {
        assert_eq!(cards.has(name), expected, "{name}");
    }
    assert!(nodes.has("0") && !nodes.has("x"));
}

proptest! {
    /// No text is too odd to be read.
    #[test]
    fn whatever_is_said(text in "(?s).{0,200}") {
        let sources = ["proc/meminfo", "proc/cpuinfo", "nvidia-smi", "sysctl", "system_profiler", "a/device/uevent", "b/properties"];
        for source in sources {
            let facts = Facts::of(&[(source, text.as_str())].into_iter().collect::<Texts>());
            prop_assert!(facts.gpus.len() <= Sources::MOST_ENTRIES);
        }
    }
}

/// What is supposed of a machine that has a card of Intel.
#[test]
fn what_is_supposed() {
    let table: &[(&[(&str, &str)], &str)] = &[
        (
            &[("gpu", "nvidia"), ("gpu_target", "sm_120"), ("vram", "24")],
            "nvidia nvidia - sm_120 24 1",
        ),
        (
            &[
                ("gpu", "amd"),
                ("gpu_model", "Radeon RX 7900"),
                ("gpu_driver", "6.1"),
            ],
            "amd radeon rx 7900 6.1 - 0 1",
        ),
        (&[("gpu", "none")], "none - - - 0 0"),
        (&[("ram", "8")], "intel corporation 8086:a780 - - 0 1"),
    ];
    let card = [("sys/class/drm/card0/device/uevent", "PCI_ID=8086:A780")];
    for (supposed, expected) in table {
        let mut facts = Facts::of(&card.into_iter().collect::<Texts>());
        for (name, value) in *supposed {
            facts.suppose(name, value).unwrap();
        }
        let variables = facts.variables();
        let text = |name: &str| match variables.get(name).unwrap() {
            collodi_value::Value::Null => "-".to_owned(),
            collodi_value::Value::Array(all) => all.len().to_string(),
            value => value.to_text(),
        };
        let names = [
            "gpu",
            "gpu_model",
            "gpu_driver",
            "gpu_target",
            "vram",
            "gpus",
        ];
        assert_eq!(names.map(text).join(" "), *expected, "{supposed:?}");
    }
}

#[test]
fn what_cannot_be_supposed() {
    let table = [
        (
            "mem",
            "8",
            "mem cannot be supposed, but gpu, gpu_model, gpu_driver, gpu_target, vram, ram can",
        ),
        ("ram", "much", "ram is a whole number of gibibytes"),
        ("vram", "8", "vram is about a card, and there is none"),
        ("gpu", " ", "gpu is empty"),
    ];
    for (name, value, expected) in table {
        let error = Facts::default().suppose(name, value).unwrap_err();
        assert_eq!(error.to_string(), expected);
    }
}
