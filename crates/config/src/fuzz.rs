//! What a fuzzer runs: any bytes, and what must hold for them.

use crate::{Problems, Settings};
use alloc::string::{String, ToString};
use collodi_env::{Grants, is_loader_name, is_secret_name};
use collodi_script::Dialect;

/// A body by the name of its target.
pub type Target = (&'static str, fn(&[u8]));

/// The bodies by the names of their targets.
pub const TARGETS: &[Target] = &[("config_settings", settings)];

/// Reads `data` as a settings file.
///
/// # Panics
///
/// When what is wrong with it has no place in it, when a secret is shown, or when a
/// secret or a loader variable of the host passes that the file neither grants nor
/// leaves to itself.
pub fn settings(data: &[u8]) {
    let text = String::from_utf8_lossy(data);
    match Settings::read(&text) {
        Err(problems) => placed(&text, &problems),
        Ok(settings) => fair(&settings),
    }
}

fn placed(text: &str, problems: &Problems) {
    let lines = text.split('\n').count();
    assert!((1..=Problems::MOST).contains(&problems.iter().count()));
    for problem in problems.iter() {
        assert!((1..=lines).contains(&problem.place.line), "{problem}");
        assert!(!problem.to_string().contains('\n'), "{problem}");
    }
}

fn fair(settings: &Settings) {
    for (name, value) in settings.shell_env.set.values() {
        let shown = alloc::format!("{:?}", settings.shell_env.set);
        // A short value is a part of many names.
        let hidden = is_secret_name(name) && value.len() > 40;
        assert!(!hidden || !shown.contains(value.as_str()), "{name}");
    }
    let host = ["HF_TOKEN", "LD_PRELOAD", "DB_PASSWORD", "PATH"];
    let host = host.map(|name| (name.to_string(), "host".to_string()));
    let grants = settings.shell_env.grants();
    let open = *settings.shell_env.ignore_default_excludes.value();
    for dialect in [Dialect::Vatn, Dialect::Pinokio] {
        let policy = settings.policy(dialect);
        let vars = policy.resolve(&host.clone().into(), &Default::default(), &grants);
        for (name, value) in vars.vars.iter().filter(|(_, value)| *value == "host") {
            let free = policy.set.contains_key(name) || grants.host.contains(name);
            let secret = is_secret_name(name) && !open;
            assert!(free || !(secret || is_loader_name(name)), "{name}={value}");
        }
        let only_granted =
            policy.resolve(&Default::default(), &Default::default(), &Grants::none());
        assert!(only_granted.vars.keys().all(|name| !name.is_empty()));
    }
}
