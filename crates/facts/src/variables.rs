//! Facts as scripts read them.

use crate::{AppleSilicon, Cpu, Facts, Gpu, System};
use alloc::{
    string::{String, ToString},
    vec::Vec,
};
use collodi_value::{Object, Value};

const MEBIBYTE: u64 = 1 << 20;
const GIBIBYTE: u64 = 1 << 30;

impl Facts {
    /// The variables that scripts read, by their names.
    pub fn variables(&self) -> Object {
        let gpu = self.gpu();
        let name = gpu.map_or_else(|| "none".into(), |gpu| gpu.vendor.to_string());
        let text = |text: Option<String>| text.map_or(Value::Null, Value::from);
        object([
            ("gpu", Value::from(name)),
            ("gpu_model", text(gpu.map(|gpu| gpu.model.to_lowercase()))),
            ("gpu_driver", text(gpu.and_then(|gpu| gpu.driver.clone()))),
            ("gpu_target", text(gpu.and_then(|gpu| gpu.target.clone()))),
            ("gpus", Value::Array(self.gpus.iter().map(listed).collect())),
            ("vram", rounded(gpu.map_or(0, |gpu| gpu.vram), GIBIBYTE)),
            ("ram", rounded(self.ram, GIBIBYTE)),
            ("mem", record([("total", number(self.ram))])),
            ("cpu", cpu(&self.cpu)),
            ("osInfo", os_info(&self.system)),
            ("graphics", self.graphics()),
            ("system", self.machine()),
        ])
    }

    /// With `appleSilicon` and `mlx`, its version or null, on such a machine.
    fn machine(&self) -> Value {
        let mut members = object([
            (
                "manufacturer",
                Value::from(self.system.manufacturer.as_str()),
            ),
            ("model", Value::from(self.system.model.as_str())),
        ]);
        if let Some(AppleSilicon { mlx }) = &self.apple_silicon {
            members.set("appleSilicon", Value::Bool(true));
            members.set("mlx", mlx.as_deref().map_or(Value::Null, Value::from));
        }
        Value::Object(members)
    }

    fn graphics(&self) -> Value {
        let controllers: Vec<Value> = self.gpus.iter().map(controller).collect();
        record([
            ("controllers", Value::Array(controllers)),
            ("displays", Value::Array(Vec::new())),
        ])
    }
}

fn listed(gpu: &Gpu) -> Value {
    record([
        ("name", Value::from(gpu.vendor.to_string())),
        ("model", Value::from(gpu.model.to_lowercase())),
        ("driver", driver(gpu)),
    ])
}

fn controller(gpu: &Gpu) -> Value {
    record([
        ("vendor", Value::from(gpu.vendor.to_string())),
        ("model", Value::from(gpu.model.as_str())),
        ("vram", rounded(gpu.vram, MEBIBYTE)),
        ("driverVersion", driver(gpu)),
    ])
}

fn driver(gpu: &Gpu) -> Value {
    let driver = gpu.driver.as_deref().map(str::to_lowercase);
    driver.map_or(Value::Null, Value::from)
}

fn cpu(cpu: &Cpu) -> Value {
    record([
        ("manufacturer", Value::from(cpu.manufacturer.as_str())),
        ("brand", Value::from(cpu.brand.as_str())),
        ("cores", number(cpu.cores as u64)),
        ("physicalCores", number(cpu.physical as u64)),
    ])
}

fn os_info(system: &System) -> Value {
    record([
        ("distro", Value::from(system.distro.as_str())),
        ("release", Value::from(system.release.as_str())),
        ("codename", Value::from(system.codename.as_str())),
        ("kernel", Value::from(system.kernel.as_str())),
    ])
}

/// Half of a unit counts as one.
fn rounded(bytes: u64, unit: u64) -> Value {
    number(bytes.saturating_add(unit / 2) / unit)
}

/// Bytes and counts are far below what a float can count.
fn number(number: u64) -> Value {
    Value::from(number as f64)
}

fn record<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(object(members))
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Object {
    members.into_iter().collect()
}
