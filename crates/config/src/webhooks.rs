//! `[webhooks.NAME]`.

use crate::{
    AbsolutePath, Entry, VariableName, Wrong,
    form::{Fault, Form, text, word},
    reader::{Reader, Section},
};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_contain::Name;
use collodi_value::Value;
use collodi_web::WebUrl;
use collodi_webhooks::Kind;
use toml::{Spanned, de::DeValue};

/// The most hooks.
const MOST: usize = 16;

section! {
    /// `[webhooks.NAME]`: somebody who is told what becomes of processes.
    Webhook {
        /// Where; it has to be given. Shown without what may be secret in it.
        url: Option<WebUrl> = None,
        /// Of what.
        events: Vec<Kind> = Kind::ALL.to_vec(),
        /// The file with the secret that deliveries are signed with.
        secret_file: Option<AbsolutePath> = None => "none",
        /// The variable of the server that has it.
        secret_env: Option<VariableName> = None => "none",
    }
}

/// The hooks by their names.
pub(crate) type Webhooks = BTreeMap<Name, Webhook>;

pub(crate) fn read_webhooks<'a>(mut section: Section<'a>, reader: &mut Reader<'a>) -> Webhooks {
    let mut hooks = Webhooks::new();
    for (at_all, (key, at)) in section.keys().into_iter().enumerate() {
        let mut one = section.section(key, reader);
        let hook = Webhook::read(&mut one, reader);
        let wrong = match Name::parse(key) {
            Ok(_) if at_all >= MOST => Some(format!("there are more than {MOST} webhooks")),
            Ok(name) => {
                let has_url = one.keys().iter().any(|(key, _)| *key == "url");
                let wrong = hook.wrong(has_url);
                hooks.insert(name, hook);
                wrong
            }
            Err(error) => Some(error.to_string()),
        };
        if let Some(why) = wrong {
            let key = format!("webhooks.{key}");
            reader.tell(at, &key, Wrong::BadValue { why, meant: None });
        }
        one.finish(reader);
    }
    hooks
}

impl Webhook {
    /// What its keys do not go together for. A key that is wrong by itself is told already.
    fn wrong(&self, has_url: bool) -> Option<String> {
        if !has_url {
            return Some("the address is missing: url = \"https://…\"".to_string());
        }
        let both = self.secret_file.value().is_some() && self.secret_env.value().is_some();
        both.then(|| "the secret is in a file or in a variable, not in both".to_string())
    }
}

pub(crate) fn entries_of_webhooks(hooks: &Webhooks) -> impl Iterator<Item = Entry> {
    let entries = |(name, hook): (&Name, &Webhook)| hook.entries(&format!("webhooks.{name}"));
    hooks.iter().flat_map(entries)
}

impl Form for WebUrl {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        Self::parse(text(value)?).map_err(|error| Fault::bad(value, error))
    }

    /// Where it goes, without the path: with some services that is the secret.
    fn shown(&self) -> Value {
        let scheme = self.as_str().split("://").next().unwrap_or_default();
        format!("{scheme}://{}/…", self.host_and_port())
            .as_str()
            .into()
    }
}

impl Form for Kind {
    fn read(value: &Spanned<DeValue<'_>>) -> Result<Self, Fault> {
        word(value, &Self::ALL.map(|kind| (kind.word(), kind)))
    }

    fn shown(&self) -> Value {
        self.word().into()
    }
}
