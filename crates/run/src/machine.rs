//! What templates read of the machine: the clock, chance, the folders, the hardware.

use crate::context::Context;
use alloc::{format, string::String, vec::Vec};
use collodi_contain::ContainedPath;
use collodi_python::Os;
use collodi_value::{Object, Value};
use core::cell::Cell;

/// Names that hold records of the machine, which scripts may look into.
const RECORDS: [&str; 14] = [
    "audio",
    "battery",
    "bluetooth",
    "cpu",
    "disks",
    "displays",
    "graphics",
    "mem",
    "net",
    "osInfo",
    "shell_env",
    "system",
    "time",
    "versions",
];

/// Members of `kernel` that are variables too.
const KERNEL: [&str; 10] = [
    "arch",
    "gpu",
    "gpu_driver",
    "gpu_model",
    "gpu_target",
    "gpus",
    "platform",
    "ram",
    "system",
    "vram",
];

/// Chance, from a seed: the same seed gives the same numbers.
#[derive(Debug)]
pub(crate) struct Chance(Cell<u64>);

impl Chance {
    /// The chance of one step.
    pub(crate) const fn new(seed: u64, turn: u64) -> Self {
        Self(Cell::new(seed ^ turn.wrapping_mul(0x9E37_79B9_7F4A_7C15)))
    }

    /// From 0 up to, and not, 1.
    fn next(&self) -> f64 {
        let state = self.0.get().wrapping_add(0x9E37_79B9_7F4A_7C15);
        self.0.set(state);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let high = u32::try_from((mixed ^ (mixed >> 31)) >> 32).unwrap_or_default();
        f64::from(high) / 4_294_967_296.0
    }
}

/// A function of the machine; none when it knows no such function.
pub(crate) fn call(cx: &Context, chance: &Chance, name: &str, args: &[Value]) -> Option<Value> {
    let platform = cx.options.layout.platform();
    Some(match name {
        "Date.now" => Value::from(now(cx)),
        "Math.random" => Value::from(chance.next()),
        "os.platform" => Value::from(platform.os.node_name()),
        "os.arch" => Value::from(platform.arch),
        "os.type" => Value::from(system_name(platform.os)),
        "os.homedir" => Value::from(variable(cx, "HOME", "/")),
        "os.tmpdir" => Value::from(variable(cx, "TMPDIR", "/tmp")),
        "os.totalmem" => Value::from(gibibytes(cx) * 1_073_741_824.0),
        "kernel.path" => path(cx, args),
        "kernel.api.filePath" | "kernel.api.path" => below(cx, &cx.options.layout.apps(), args),
        "proxy" => Value::from(format!("http://localhost:{}", text(args, 0))),
        _ => return None,
    })
}

/// A variable of the machine that nothing else has set.
pub(crate) fn variable_of(cx: &Context, name: &str) -> Option<Value> {
    let facts = &cx.options.facts;
    if let Some(value) = facts.get(name) {
        return Some(value.clone());
    }
    let platform = cx.options.layout.platform();
    Some(match name {
        "gpu" => Value::from("none"),
        "gpus" => Value::Array(Vec::new()),
        "vram" | "ram" => Value::from(0),
        "gpu_model" | "gpu_driver" | "gpu_target" => Value::Null,
        "platform" => Value::from(platform.os.node_name()),
        "arch" => Value::from(platform.arch),
        "kernel" => Value::Object(kernel(cx)),
        "pip" => pip(cx),
        "shell" => Value::from(variable(cx, "SHELL", "/bin/bash")),
        "os" => object([("EOL", Value::from("\n"))]),
        name if RECORDS.contains(&name) => Value::Object(Object::new()),
        _ => return None,
    })
}

/// The desktop program's own object, as far as it is data.
fn kernel(cx: &Context) -> Object {
    let member = |name: &&'static str| Some((*name, variable_of(cx, name)?));
    let mut kernel: Object = KERNEL.iter().filter_map(member).collect();
    let home = cx.options.layout.workspace().as_str();
    kernel.set("homedir", Value::from(home));
    kernel.set("envs", vars(cx));
    kernel
}

fn vars(cx: &Context) -> Value {
    let vars = cx.variables().into_iter();
    Value::Object(
        vars.map(|(name, value)| (name, Value::from(value)))
            .collect(),
    )
}

/// What installs PyTorch here.
fn pip(cx: &Context) -> Value {
    let gpu = variable_of(cx, "gpu").map_or_else(String::new, |gpu| gpu.to_text());
    let packages = "pip install torch torchvision torchaudio";
    let index = match (gpu.as_str(), cx.options.layout.platform().os) {
        ("nvidia", _) | (_, Os::MacOs) => "",
        ("amd", Os::Linux) => " --index-url https://download.pytorch.org/whl/rocm6.4",
        _ => " --index-url https://download.pytorch.org/whl/cpu",
    };
    let torch = Value::from(format!("{packages}{index}"));
    object([("install", object([("torch", torch)]))])
}

/// Below the desktop program's home, which is the workspace; its folders for apps and
/// caches are ours.
fn path(cx: &Context, args: &[Value]) -> Value {
    let layout = &cx.options.layout;
    match args.split_first() {
        Some((first, rest)) if first.as_str() == Some("api") => below(cx, &layout.apps(), rest),
        Some((first, rest)) if first.as_str() == Some("cache") => below(cx, &layout.cache(), rest),
        _ => below(
            cx,
            &layout.workspace().at(collodi_contain::RelPath::root()),
            args,
        ),
    }
}

/// A path that leads out of the workspace is none.
fn below(_: &Context, dir: &ContainedPath, args: &[Value]) -> Value {
    let parts: Vec<String> = args.iter().map(Value::to_text).collect();
    let joined = dir.join(&parts.join("/"));
    joined.map_or(Value::Null, |path| Value::from(path.absolute()))
}

/// Milliseconds since 1970.
fn now(cx: &Context) -> f64 {
    let wall = cx.options.epoch + cx.now.since_origin();
    (wall.as_duration().as_secs_f64() * 1000.0 + 0.5) as u64 as f64
}

const fn system_name(os: Os) -> &'static str {
    match os {
        Os::Linux => "Linux",
        Os::MacOs => "Darwin",
        Os::Windows => "Windows_NT",
    }
}

fn gibibytes(cx: &Context) -> f64 {
    let ram = variable_of(cx, "ram");
    ram.and_then(|ram| ram.as_number()).unwrap_or_default()
}

fn variable(cx: &Context, name: &str, otherwise: &str) -> String {
    let value = cx.options.host_vars.get(name);
    value.cloned().unwrap_or_else(|| otherwise.into())
}

fn text(args: &[Value], index: usize) -> String {
    args.get(index).map(Value::to_text).unwrap_or_default()
}

fn object<const N: usize>(members: [(&str, Value); N]) -> Value {
    Value::Object(members.into_iter().collect())
}
