//! What a machine is.

use crate::{Texts, apple, linux, nvidia};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec::Vec,
};
use core::fmt;

/// What a machine is. What is not known is empty, none or 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its graphics cards.
    pub gpus: Vec<Gpu>,
    /// Its memory, in bytes.
    pub ram: u64,
    /// Its processor.
    pub cpu: Cpu,
    /// Its system.
    pub system: System,
    /// What a Mac with Apple's processor has; none on other machines.
    pub apple_silicon: Option<AppleSilicon>,
}

/// What a Mac with Apple's processor has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AppleSilicon {
    /// The version of MLX that the Python interpreter has, when it has one.
    pub mlx: Option<String>,
}

/// A graphics card, or what is one in a processor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gpu {
    /// Who makes it.
    pub vendor: Vendor,
    /// Its name, as its maker writes it.
    pub model: String,
    /// The version of its driver.
    pub driver: Option<String>,
    /// What programs for it are compiled for: `sm_89`, `gfx1100`.
    pub target: Option<String>,
    /// Its own memory, in bytes.
    pub vram: u64,
}

/// Who makes a card. The first ones are preferred.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Vendor {
    /// NVIDIA
    Nvidia,
    /// AMD
    Amd,
    /// Apple
    Apple,
    /// Another one, by its name in lower case.
    Other(String),
}

/// A processor.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cpu {
    /// Who makes it.
    pub manufacturer: String,
    /// Its name.
    pub brand: String,
    /// How many of it programs see.
    pub cores: usize,
    /// How many it has; as many as programs see, when that is all that is known.
    pub physical: usize,
}

/// A system, and the machine that it was made for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct System {
    /// Its name: `Ubuntu`, `macOS`.
    pub distro: String,
    /// Its version.
    pub release: String,
    /// The name of that version.
    pub codename: String,
    /// The version of its kernel.
    pub kernel: String,
    /// Who makes the machine.
    pub manufacturer: String,
    /// What the machine is called.
    pub model: String,
}

impl Facts {
    /// What these texts say.
    pub fn of(texts: &Texts) -> Self {
        let mut facts = if texts.has("sysctl") || texts.has("system_profiler") {
            apple::facts(texts)
        } else {
            linux::facts(texts)
        };
        let told = nvidia::gpus(texts.get("nvidia-smi"));
        if !told.is_empty() {
            facts.gpus.retain(|gpu| gpu.vendor != Vendor::Nvidia);
            facts.gpus.splice(..0, told);
        }
        facts
    }

    /// The card that scripts are told of: of the preferred maker, the one with the most
    /// memory; of those of other makers, the first.
    pub fn gpu(&self) -> Option<&Gpu> {
        let rank = |gpu: &Gpu| match &gpu.vendor {
            Vendor::Nvidia => 0,
            Vendor::Amd => 1,
            Vendor::Apple => 2,
            Vendor::Other(_) => 3,
        };
        let memory = |gpu: &Gpu| match gpu.vendor {
            Vendor::Other(_) => 0,
            _ => gpu.vram,
        };
        let order = |gpu: &&Gpu| (rank(gpu), core::cmp::Reverse(memory(gpu)));
        self.gpus.iter().min_by_key(order)
    }
}

impl Vendor {
    /// The maker with this name, however it writes it.
    pub(crate) fn named(name: &str) -> Self {
        let name = name.to_lowercase();
        match name.as_str() {
            _ if name.contains("nvidia") => Self::Nvidia,
            _ if name.contains("amd") || name.contains("advanced micro devices") => Self::Amd,
            _ if name.contains("apple") => Self::Apple,
            _ => Self::Other(name),
        }
    }

    /// The maker with this number among those of PCI devices.
    pub(crate) fn numbered(number: &str) -> Self {
        let name = match number {
            "10de" => return Self::Nvidia,
            "1002" | "1022" => return Self::Amd,
            "106b" => return Self::Apple,
            "8086" => "intel corporation",
            "102b" => "matrox electronics systems ltd.",
            "1013" => "cirrus logic",
            "1234" => "qemu",
            "1414" => "microsoft corporation",
            "15ad" => "vmware",
            "1a03" => "aspeed technology, inc.",
            "1af4" | "1b36" => "red hat, inc.",
            other => other,
        };
        Self::Other(name.to_owned())
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nvidia => "nvidia",
            Self::Amd => "amd",
            Self::Apple => "apple",
            Self::Other(name) => name,
        })
    }
}

/// A text that says something.
pub(crate) fn said(text: &str) -> Option<String> {
    let text = text.trim();
    let nothing = text.is_empty() || text.starts_with('[') || text == "N/A";
    (!nothing).then(|| text.to_string())
}
