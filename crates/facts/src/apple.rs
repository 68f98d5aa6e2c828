//! What a Mac says: `sysctl` and `system_profiler`.

use crate::{AppleSilicon, Cpu, Facts, Gpu, Sources, System, Texts, Vendor};
use alloc::{borrow::ToOwned, string::String, vec::Vec};
use serde_json::Value;

pub(crate) fn facts(texts: &Texts) -> Facts {
    let get = |key| texts.field("sysctl", ':', key).unwrap_or_default();
    let brand = get("machdep.cpu.brand_string");
    let cores = get("hw.logicalcpu").parse().unwrap_or_default();
    Facts {
        gpus: gpus(texts.get("system_profiler")),
        ram: get("hw.memsize").parse().unwrap_or_default(),
        cpu: Cpu {
            manufacturer: brand.split(' ').next().unwrap_or_default().to_owned(),
            brand: brand.to_owned(),
            cores,
            physical: get("hw.physicalcpu").parse().unwrap_or(cores),
        },
        system: System {
            distro: "macOS".to_owned(),
            release: get("kern.osproductversion").to_owned(),
            codename: String::new(),
            kernel: get("kern.osrelease").to_owned(),
            manufacturer: "Apple Inc.".to_owned(),
            model: get("hw.model").to_owned(),
        },
        apple_silicon: silicon(texts, brand),
    }
}

/// A program for other processors is told of one of theirs by its name, so the system is
/// asked, too.
fn silicon(texts: &Texts, brand: &str) -> Option<AppleSilicon> {
    let said = texts.field("sysctl", ':', "hw.optional.arm64");
    let is_it = said == Some("1") || brand.starts_with("Apple ");
    is_it.then(|| AppleSilicon {
        mlx: version(texts.get("mlx")),
    })
}

/// A text that is a version and nothing else.
fn version(text: &str) -> Option<String> {
    let fits = |c: char| c.is_ascii_alphanumeric() || ".+-_".contains(c);
    let is_one = text.starts_with(|c: char| c.is_ascii_digit()) && text.chars().all(fits);
    is_one.then(|| text.to_owned())
}

fn gpus(json: &str) -> Vec<Gpu> {
    let report: Value = serde_json::from_str(json).unwrap_or_default();
    let displays = report.get("SPDisplaysDataType").and_then(Value::as_array);
    let displays = displays.into_iter().flatten().take(Sources::MOST_ENTRIES);
    displays.filter_map(gpu).collect()
}

fn gpu(display: &Value) -> Option<Gpu> {
    let get = |key| display.get(key).and_then(Value::as_str);
    let model = get("sppci_model").or_else(|| get("_name"))?;
    let vendor = get("spdisplays_vendor").unwrap_or(model);
    Some(Gpu {
        vendor: Vendor::named(vendor.trim_start_matches("sppci_vendor_")),
        model: model.to_owned(),
        driver: None,
        target: None,
        vram: get("spdisplays_vram").map_or(0, memory),
    })
}

/// `8 GB`, `1536 MB`
fn memory(text: &str) -> u64 {
    let (number, unit) = text.split_once(' ').unwrap_or_default();
    let unit: u64 = match unit {
        "GB" => 1 << 30,
        "MB" => 1 << 20,
        _ => 0,
    };
    number
        .parse::<u64>()
        .map_or(0, |number| number.saturating_mul(unit))
}
