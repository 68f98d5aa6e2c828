//! The named environments that a script uses, as far as its text says.

use crate::{Dialect, Script, Template};
use alloc::{borrow::ToOwned, collections::BTreeSet, string::String};

/// The named environments that the steps of a script use.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedEnvironments {
    /// Those whose names stand in the text.
    pub names: BTreeSet<String>,
    /// Whether a step says which one only when it runs: then it may be any.
    pub is_computed: bool,
}

impl Dialect {
    /// Whether a `venv` that is this text names an environment of the workspace. Otherwise it
    /// is the path of one that the app keeps for itself.
    pub fn names_environment(self, venv: &str) -> bool {
        self == Self::Vatn && !venv.contains(['/', '\\']) && !venv.starts_with('.')
    }
}

impl Script {
    /// The named environments that its steps use.
    pub fn environments(&self) -> NamedEnvironments {
        let mut found = NamedEnvironments::default();
        if self.dialect != Dialect::Vatn {
            return found;
        }
        for (_, step) in self.all_steps() {
            match step.params.get("venv") {
                Some(venv) => found.add(self.dialect, venv),
                None => found.is_computed |= !step.params.is_static() && step.params.is_whole(),
            }
        }
        found
    }
}

impl NamedEnvironments {
    fn add(&mut self, dialect: Dialect, venv: &Template) {
        if !venv.is_static() {
            self.is_computed = true;
        } else if let Some(text) = venv.as_text()
            && dialect.names_environment(text)
        {
            self.names.insert(text.to_owned());
        }
    }

    /// Whether the script uses, or may use, the environment of this name.
    pub fn may_have(&self, name: &str) -> bool {
        self.is_computed || self.names.contains(name)
    }
}

/// Whether a text that cannot be read as a script has `name` as a word of its own: then it may
/// mean an environment.
pub fn mentions(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    !name.is_empty() && text.split(|c| !is_part(c)).any(|word| word == name)
}

#[cfg(test)]
mod tests {
    use crate::{Document, Options, environments::mentions, parse};

    #[test]
    fn a_word_of_its_own() {
        assert!(mentions("venv: 'web'", "web") && mentions("web", "web"));
        assert!(!mentions("webs my-web web.x", "web") && !mentions("", "web"));
    }

    fn of(text: &str) -> (alloc::vec::Vec<alloc::string::String>, bool) {
        let Document::Script(script) = parse(text, &Options::default()).document else {
            panic!("no script: {text}");
        };
        let found = script.environments();
        (found.names.into_iter().collect(), found.is_computed)
    }

    #[test]
    fn names_stand_in_the_text_or_are_computed() {
        let shell = |venv: &str, dialect: &str| {
            of(&alloc::format!(
                r#"{{"dialect": "{dialect}", "run": [
                    {{"method": "log", "params": {{"text": "hello"}}}},
                    {{"method": "shell.run", "params": {{"message": "ls", "venv": {venv}}}}}]}}"#
            ))
        };
        let names = |names: &[&str], computed| {
            (names.iter().map(|name| (*name).into()).collect(), computed)
        };
        assert_eq!(shell(r#""web""#, "vatn"), names(&["web"], false));
        assert_eq!(shell(r#""./web""#, "vatn"), names(&[], false));
        assert_eq!(shell(r#"{"path": "web"}"#, "vatn"), names(&[], false));
        assert_eq!(shell(r#""{{name}}""#, "vatn"), names(&[], true));
        // By path, in the app's folder.
        assert_eq!(shell(r#""web""#, "pinokio"), names(&[], false));
    }
}
