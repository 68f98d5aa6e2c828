//! `requires`: the programs that a script says it needs.

use crate::{context::Context, questions::Asking};
use alloc::{
    collections::BTreeSet,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_python::Os;
use collodi_template::Question;
use collodi_value::Value;

/// The most programs that are looked for.
const MAX_PROGRAMS: usize = 32;

/// A program that must be there.
#[derive(Clone, Debug)]
pub(super) struct Required {
    /// What the script calls it.
    name: String,
    program: String,
    /// Who would install it, when the script says so.
    by: Option<String>,
}

impl Required {
    pub(super) fn question(&self) -> Question {
        Question {
            function: "which".into(),
            args: [Value::from(self.program.as_str())].into(),
        }
    }

    /// What to tell people when it was not found. A package need not have a program of
    /// its name, and the script itself may bring what is missing: it goes on.
    pub(super) fn note(&self, asking: &Asking) -> Option<String> {
        let program = Value::from(self.program.as_str());
        let found = asking.answers.get("which", &[program]).unwrap_or_default();
        if found != Value::Null {
            return None;
        }
        let (name, program) = (&self.name, &self.program);
        let by = self
            .by
            .as_ref()
            .map(|by| format!(" by {by}"))
            .unwrap_or_default();
        Some(format!(
            "the script requires {name}{by}, and there is no {program} in PATH"
        ))
    }
}

/// The programs of a bundle of the desktop program that scripts can run. A bundle that is
/// not known has none.
fn of_bundle(cx: &Context, bundle: &str) -> Vec<Required> {
    let names: &[&str] = match bundle {
        "ai" => &["conda", "git", "node", "uv", "ffmpeg", "huggingface"],
        "dev" | "advanced_dev" => &["conda", "git", "node", "uv"],
        "javascript" => &["conda", "git", "node"],
        "python" | "network" | "connect" => &["conda", "git", "uv"],
        "git" => &["conda", "git"],
        _ => &[],
    };
    let compiles = matches!(bundle, "ai" | "dev" | "advanced_dev");
    let gpu = cx.options.facts.get("gpu").and_then(Value::as_str);
    let compiler = (compiles && cx.options.layout.platform().os == Os::Linux).then_some("g++");
    let cuda = (bundle == "ai" && gpu == Some("nvidia")).then_some("cuda");
    let names = names.iter().copied().chain(compiler).chain(cuda);
    let required = |name: &str| Required {
        program: program(name),
        name: format!("{name} (of the bundle {bundle})"),
        by: None,
    };
    names.map(required).collect()
}

/// What the script requires on this machine: the programs that it lists, or those of a
/// bundle.
pub(super) fn read(cx: &Context) -> Vec<Required> {
    if cx.is_vatn() {
        return Vec::new();
    }
    let items = cx.file.pointer("/requires").and_then(Value::as_array);
    let items = items.unwrap_or_default().iter();
    let bundle = cx.file.pointer("/requires/bundle").map(Value::to_text);
    let mut seen = BTreeSet::new();
    let listed = items.filter(|item| concerns(cx, item)).flat_map(programs);
    let required = listed.chain(bundle.iter().flat_map(|bundle| of_bundle(cx, bundle)));
    let has_conda = cx.options.tools.conda.is_some();
    required
        .filter(|required| !(has_conda && required.program == "conda"))
        .filter(|required| seen.insert(required.program.clone()))
        .take(MAX_PROGRAMS)
        .collect()
}

/// Whether an item is about this machine.
fn concerns(cx: &Context, item: &Value) -> bool {
    let platform = cx.options.layout.platform();
    let facts = &cx.options.facts;
    let gpu = facts
        .get("gpu")
        .map_or_else(|| "none".into(), Value::to_text);
    let fits = |key: &str, ours: &str| match item.pointer(key) {
        None | Some(Value::Null) => true,
        Some(Value::Array(all)) => all.iter().any(|one| one.as_str() == Some(ours)),
        Some(one) => one.as_str() == Some(ours),
    };
    fits("/platform", platform.os.node_name()) && fits("/arch", platform.arch) && fits("/gpu", &gpu)
}

/// Packages of pip are no programs.
fn programs(item: &Value) -> Vec<Required> {
    let by = item.pointer("/type").and_then(Value::as_str);
    let names = match item.pointer("/name") {
        _ if by == Some("pip") => Vec::new(),
        Some(Value::Array(names)) => names.iter().map(Value::to_text).collect(),
        Some(name) => [name.to_text()].into(),
        None => Vec::new(),
    };
    let required = |name: String| Required {
        program: program(&name),
        name,
        by: by.map(ToString::to_string),
    };
    names.into_iter().map(required).collect()
}

/// The program of a package or tool; a version behind its name is left out.
fn program(name: &str) -> String {
    let bare = name.split(['=', '<', '>', ' ']).next().unwrap_or_default();
    match bare {
        "cuda" => "nvcc".into(),
        "nodejs" => "node".into(),
        "huggingface" => "hf".into(),
        bare => bare.into(),
    }
}
