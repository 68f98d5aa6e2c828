//! What a Linux says in files.

use crate::{Cpu, Facts, Gpu, Sources, System, Texts, Vendor, facts::said, texts::field};
use alloc::{borrow::ToOwned, collections::BTreeSet, format, string::String};

pub(crate) fn facts(texts: &Texts) -> Facts {
    let cards = texts.ending("/device/uevent").take(Sources::MOST_ENTRIES);
    Facts {
        gpus: cards.filter_map(|card| gpu(texts, card)).collect(),
        ram: memory(texts),
        cpu: cpu(texts.get("proc/cpuinfo")),
        system: system(texts),
        apple_silicon: None,
    }
}

/// `MemTotal:       65758228 kB`
fn memory(texts: &Texts) -> u64 {
    let total = texts.field("proc/meminfo", ':', "MemTotal");
    let kibibytes = total.and_then(|total| total.trim_end_matches("kB").trim().parse().ok());
    kibibytes.map_or(0, |kibibytes: u64| kibibytes.saturating_mul(1 << 10))
}

/// A block of lines for each of the processors that programs see.
fn cpu(text: &str) -> Cpu {
    let get = |key: &str| field(text, ':', key).unwrap_or_default().to_owned();
    let blocks = || text.split("\n\n");
    let is_one = |block: &&str| field(block, ':', "processor").is_some();
    let cores = blocks().filter(is_one).count();
    let core = |block| {
        Some((
            field(block, ':', "physical id")?,
            field(block, ':', "core id")?,
        ))
    };
    let known: BTreeSet<_> = blocks().filter_map(core).collect();
    Cpu {
        manufacturer: get("vendor_id"),
        brand: get("model name"),
        cores,
        physical: if known.is_empty() { cores } else { known.len() },
    }
}

fn system(texts: &Texts) -> System {
    let release = |key| {
        texts
            .field("etc/os-release", '=', key)
            .unwrap_or_default()
            .to_owned()
    };
    let text = |source| texts.get(source).to_owned();
    System {
        distro: release("NAME"),
        release: release("VERSION_ID"),
        codename: release("VERSION_CODENAME"),
        kernel: text("proc/sys/kernel/osrelease"),
        manufacturer: text("sys/class/dmi/id/sys_vendor"),
        model: text("sys/class/dmi/id/product_name"),
    }
}

/// The card whose folder this is. `PCI_ID=1002:744C`
fn gpu(texts: &Texts, folder: &str) -> Option<Gpu> {
    let get = |file: &str| texts.get(&format!("{folder}/device/{file}"));
    let id = field(get("uevent"), '=', "PCI_ID")?.to_lowercase();
    let (vendor, device) = id.split_once(':')?;
    let vendor = Vendor::numbered(vendor);
    let is_amd = vendor == Vendor::Amd;
    Some(Gpu {
        model: said(get("product_name")).unwrap_or_else(|| id.clone()),
        driver: said(texts.get("sys/module/amdgpu/version")).filter(|_| is_amd),
        target: amd_target(texts, device).filter(|_| is_amd),
        vram: get("mem_info_vram_total").parse().unwrap_or(0),
        vendor,
    })
}

/// The compute nodes say what they are: `gfx_target_version 110000` is `gfx1100`. The last
/// two parts are digits of base 16.
fn amd_target(texts: &Texts, device: &str) -> Option<String> {
    let device = u32::from_str_radix(device, 16).ok()?;
    let mut nodes = texts.ending("/properties");
    nodes.find_map(|node| {
        let node = texts.get(&format!("{node}/properties"));
        let number = |key| field(node, ' ', key)?.parse::<u32>().ok();
        let version = number("gfx_target_version").filter(|version| *version > 0)?;
        let (major, minor, step) = (version / 10_000, version / 100 % 100, version % 100);
        (number("device_id")? == device).then(|| format!("gfx{major}{minor:x}{step:x}"))
    })
}
