//! The one table of methods, by family, and the keys of files, steps and handlers.

mod daemon;
mod desktop;
mod files;
mod flow;
mod keys;
mod network;
mod shell;
mod variables;

use crate::{
    Method,
    schema::{Class, Kinds, MethodSpec, Param},
};

pub(crate) use daemon::{GIVE_UP_KEYS, READY_KEYS, RESTART_KEYS};
pub(crate) use keys::{FILE_KEYS, HANDLER_KEYS, STEP_KEYS};

const TEXT_OR_NUMBER: Kinds = Kinds::STRING.or(Kinds::NUMBER);
const TEXT_OR_LIST: Kinds = Kinds::STRING.or(Kinds::ARRAY);
const TEXT_OR_OBJECT: Kinds = Kinds::STRING.or(Kinds::OBJECT);

const FAMILIES: &[&[MethodSpec]] = &[
    shell::METHODS,
    files::METHODS,
    variables::METHODS,
    flow::METHODS,
    network::METHODS,
    desktop::METHODS,
];

/// Every method of the format, family by family.
pub fn methods() -> impl Iterator<Item = &'static MethodSpec> {
    FAMILIES.iter().copied().flatten()
}

impl Method {
    /// What the table says about the method; none for what is not in it.
    pub fn spec(&self) -> Option<&'static MethodSpec> {
        let name = self.name();
        let known = !matches!(self, Self::Module(_) | Self::Kernel(_) | Self::Unknown(_));
        methods().find(|spec| known && spec.name == name)
    }
}
