//! What a plan may say: no secret, and no value that it made up.

use collodi_env::is_secret_name;
use collodi_script::Script;
use collodi_value::{Object, Value};
use std::{collections::BTreeMap, fmt::Write as _};

/// Shorter secrets are not looked for: they would be found everywhere.
const SHORTEST: usize = 4;
/// The ports that stand for what is not known, by their first three digits.
const BASES: std::ops::Range<u16> = 610..655;
/// How many of them there are.
const PORTS: u16 = 100;

/// Texts and what is shown in their place.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    hidden: Vec<(String, String)>,
    base: u16,
    used: u16,
}

/// What a command is taken to say.
pub(crate) struct Said {
    pub(crate) text: String,
}

impl Words {
    /// Hides the values of variables with the names of secrets. The ports that are made up
    /// are none that the script has.
    pub(crate) fn new(host_vars: &BTreeMap<String, String>, script: &Script) -> Self {
        let script = script.value().to_json();
        let is_free = |base: &u16| !script.contains(&base.to_string());
        let base = BASES.clone().find(is_free).unwrap_or(BASES.start);
        let mut words = Self {
            hidden: Vec::new(),
            base,
            used: 0,
        };
        for (name, value) in host_vars {
            words.secret(name, value);
        }
        words
    }

    /// Hides the values of arguments with the names of secrets.
    pub(crate) fn args(&mut self, args: &Value) {
        for (name, value) in args.as_object().into_iter().flat_map(Object::iter) {
            self.secret(name, &value.to_text());
        }
    }

    /// The text as it is shown.
    pub(crate) fn show(&self, text: &str) -> String {
        let shown = |text: String, (value, name): &(String, String)| {
            if text.contains(value.as_str()) {
                text.replace(value.as_str(), name)
            } else {
                text
            }
        };
        self.hidden.iter().fold(text.to_owned(), shown)
    }

    /// Hides the value when the name is that of a secret.
    pub(crate) fn secret(&mut self, name: &str, value: &str) {
        if is_secret_name(name) && value.len() >= SHORTEST {
            self.hide(value, &format!("<secret {name}>"));
        }
    }

    /// A port that stands for one that the machine would choose.
    pub(crate) fn port(&mut self, step: &str) -> u16 {
        let port = self.next_port();
        self.hide(&port.to_string(), &format!("<port of {step}>"));
        port
    }

    /// What a command of a step is taken to say: what tools and servers say.
    pub(crate) fn output(&mut self, step: &str) -> Said {
        let port = self.next_port();
        let address = format!("http://127.0.0.1:{port}");
        let text = format!(
            "Successfully installed everything\nModel loaded\nRunning on local URL:  {address}\n\
             Network URL: {address}\n"
        );
        self.hide(&address, &format!("<address in the output of {step}>"));
        self.hide(
            &port.to_string(),
            &format!("<port in the output of {step}>"),
        );
        for whole in [text.as_str(), text.trim_end()] {
            self.hide(whole, &format!("<output of {step}>"));
            let json = Value::from(whole).to_json();
            self.hide(json.trim_matches('"'), &format!("<output of {step}>"));
        }
        Said { text }
    }

    fn next_port(&mut self) -> u16 {
        self.used = (self.used + 1) % PORTS;
        self.base * PORTS + self.used
    }

    /// The longest are looked for first: shorter ones may be parts of them.
    fn hide(&mut self, value: &str, name: &str) {
        let entry = (value.to_owned(), name.to_owned());
        self.hidden.retain(|(known, _)| known != value);
        let at = self
            .hidden
            .partition_point(|(known, _)| known.len() >= value.len());
        self.hidden.insert(at, entry);
    }
}

/// Words joined for a sentence: `a`, `a and b`, `a, b and c`.
pub(crate) fn joined(words: &[String]) -> String {
    let mut text = String::new();
    for (i, word) in words.iter().enumerate() {
        let between = match i {
            0 => "",
            i if i + 1 == words.len() => " and ",
            _ => ", ",
        };
        // Writing to a String cannot fail.
        let _ = write!(text, "{between}{word}");
    }
    text
}
