//! What `nvidia-smi` says.

use crate::{Gpu, Sources, Vendor, facts::said};
use alloc::{format, vec::Vec};

/// The cards, one a line: name, driver, memory in MiB, compute capability.
pub(crate) fn gpus(text: &str) -> Vec<Gpu> {
    let lines = text.lines().filter_map(gpu);
    lines.take(Sources::MOST_ENTRIES).collect()
}

/// A line with fewer fields than asked for is no card but something gone wrong.
fn gpu(line: &str) -> Option<Gpu> {
    let mut fields = line.split(',').map(str::trim);
    let (name, driver, memory) = (fields.next()?, fields.next()?, fields.next()?);
    let capability = fields.next().and_then(|text| text.split_once('.'));
    let target = |(major, minor): (&str, &str)| {
        let number = |text: &str| text.parse::<u8>().ok();
        Some(format!("sm_{}{}", number(major)?, number(minor)?))
    };
    Some(Gpu {
        vendor: Vendor::Nvidia,
        model: said(name)?,
        driver: said(driver),
        target: capability.and_then(target),
        vram: memory
            .parse()
            .map_or(0, |mebibytes: u64| mebibytes.saturating_mul(1 << 20)),
    })
}
