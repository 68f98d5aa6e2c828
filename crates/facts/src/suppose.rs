//! Another machine than the one at hand.

use crate::{Facts, Gpu, Vendor};
use alloc::{
    borrow::ToOwned,
    string::{String, ToString},
    vec,
    vec::Vec,
};
use core::fmt;

/// Why a fact cannot be supposed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SupposeError {
    /// There is no such fact, or it follows from others.
    Unknown(String),
    /// Nothing is said about it.
    Empty(String),
    /// It is a number of gibibytes.
    NotANumber(String),
    /// It is about a card, and there is none.
    NoCard(String),
}

impl Facts {
    /// The facts that can be supposed.
    pub const SUPPOSABLE: [&str; 6] = [
        "gpu",
        "gpu_model",
        "gpu_driver",
        "gpu_target",
        "vram",
        "ram",
    ];

    /// Takes a fact for another one, by the name of its variable. A `gpu` is a machine with
    /// one card, of which nothing else is known; `none`, one without. The other facts about
    /// cards are those of [the card](Facts::gpu) that scripts are told of.
    ///
    /// # Errors
    ///
    /// [`SupposeError`]; then nothing has changed.
    pub fn suppose(&mut self, name: &str, value: &str) -> Result<(), SupposeError> {
        if value.trim().is_empty() {
            return Err(SupposeError::Empty(name.to_owned()));
        }
        match name {
            "gpu" => self.gpus = cards(value),
            "ram" => self.ram = gibibytes(name, value)?,
            "vram" => self.card(name)?.vram = gibibytes(name, value)?,
            "gpu_model" => value.clone_into(&mut self.card(name)?.model),
            "gpu_driver" => self.card(name)?.driver = Some(value.to_owned()),
            "gpu_target" => self.card(name)?.target = Some(value.to_owned()),
            _ => return Err(SupposeError::Unknown(name.to_owned())),
        }
        Ok(())
    }

    fn card(&mut self, name: &str) -> Result<&mut Gpu, SupposeError> {
        let chosen = self.gpu().cloned();
        let card = self
            .gpus
            .iter_mut()
            .find(|gpu| Some(&**gpu) == chosen.as_ref());
        card.ok_or_else(|| SupposeError::NoCard(name.to_owned()))
    }
}

fn cards(name: &str) -> Vec<Gpu> {
    if name == "none" {
        return Vec::new();
    }
    let vendor = Vendor::named(name);
    vec![Gpu {
        model: vendor.to_string(),
        vendor,
        driver: None,
        target: None,
        vram: 0,
    }]
}

fn gibibytes(name: &str, value: &str) -> Result<u64, SupposeError> {
    let number = value.parse::<u64>().ok();
    let bytes = number.and_then(|number| number.checked_mul(1 << 30));
    bytes.ok_or_else(|| SupposeError::NotANumber(name.to_owned()))
}

impl fmt::Display for SupposeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(name) => write!(
                f,
                "{name} cannot be supposed, but {} can",
                Facts::SUPPOSABLE.join(", ")
            ),
            Self::Empty(name) => write!(f, "{name} is empty"),
            Self::NotANumber(name) => write!(f, "{name} is a whole number of gibibytes"),
            Self::NoCard(name) => write!(f, "{name} is about a card, and there is none"),
        }
    }
}

impl core::error::Error for SupposeError {}
