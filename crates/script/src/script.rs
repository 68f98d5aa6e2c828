//! A script as the engine runs it.

use crate::{Method, Template};
use alloc::{boxed::Box, collections::BTreeMap, string::String, vec::Vec};
use collodi_value::Value;
use core::{fmt, ops::Range};

/// A run script.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Script {
    /// The dialect that decides where the two differ.
    pub dialect: Dialect,
    /// Whether the script stays up, with what it started, after its last step.
    pub daemon: bool,
    /// What the death of one of its daemons means for the others.
    pub supervision: Supervision,
    /// The steps of `run`, in order.
    pub steps: Vec<Step>,
    /// The title.
    pub title: Option<String>,
    /// The other step lists by name, which `trigger` and requests start.
    pub actions: BTreeMap<String, Vec<Step>>,
    /// What `on.stop` asks for when the script ends.
    pub on_stop: Option<Box<Step>>,
    /// The variables the script wants before it starts (`pre`, else `env`).
    pub prerequisites: Vec<Prerequisite>,
    /// The whole file.
    pub file: Template,
}

impl Script {
    /// The whole file, which templates read as `self`; in a time that grows with it.
    pub fn value(&self) -> Value {
        self.file.source()
    }
}

/// One step of a script. What few steps have is beside it.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Step {
    /// Its place in the list, from 0.
    pub index: usize,
    /// Its label: where `next` and `jump` lead, and in the VATN dialect the variable that keeps
    /// its output.
    pub id: Option<String>,
    /// What it does.
    pub method: Method,
    /// What it does it with; null when absent.
    pub params: Template,
    /// The JavaScript module that the method is a function of.
    pub uri: Option<Box<Template>>,
    /// Whether it runs at all.
    pub when: Option<Box<Template>>,
    /// What comes after it.
    pub next: Next,
    /// Where its result is kept: `local.name` or `global.name`.
    pub returns: Option<Box<Template>>,
    /// Whether it waits for its turn: of all steps that ask for this, one of a method runs
    /// at a time, over all scripts.
    pub queue: bool,
    /// What people are told when it is done; `true` for that alone.
    pub notify: Option<Box<Template>>,
    /// Its bytes in the text.
    pub span: Range<usize>,
}

/// What comes after a step.
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub enum Next {
    /// The step after it.
    #[default]
    Following,
    /// The step at this index.
    Step(usize),
    /// Nothing: the run is done.
    End,
    /// A step label that no step has.
    Unknown(String),
    /// What a template says: an index, a label or null.
    Template(Box<Template>),
}

/// A variable that a script wants before it starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prerequisite {
    /// The variable's name.
    pub name: String,
    /// A short name for people.
    pub title: Option<String>,
    /// What it is for.
    pub description: Option<String>,
    /// Its value when none is given.
    pub default: Option<String>,
}

/// What the death of a daemon that is started again means for the others of its run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Supervision {
    /// Nothing: it alone is started again.
    #[default]
    OneForOne,
    /// Those that depend on it, directly or not, are ended and started again with it.
    RestForOne,
    /// All are ended and started again with it.
    OneForAll,
}

impl Supervision {
    /// The names, as scripts write them.
    pub const NAMES: [&'static str; 3] = ["one_for_one", "rest_for_one", "one_for_all"];

    /// The one of this name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "one_for_one" => Some(Self::OneForOne),
            "rest_for_one" => Some(Self::RestForOne),
            "one_for_all" => Some(Self::OneForAll),
            _ => None,
        }
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OneForOne => "one_for_one",
            Self::RestForOne => "rest_for_one",
            Self::OneForAll => "one_for_all",
        }
    }
}

/// How a script is read where Pinokio and VATN differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// The format of the Pinokio desktop program.
    #[default]
    Pinokio,
    /// The simpler format of the VATN Python plugin.
    Vatn,
}

impl Dialect {
    /// The dialect of this name: `pinokio` or `vatn`.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "pinokio" => Some(Self::Pinokio),
            "vatn" => Some(Self::Vatn),
            _ => None,
        }
    }

    /// The dialect's name: `pinokio` or `vatn`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pinokio => "pinokio",
            Self::Vatn => "vatn",
        }
    }
}

impl fmt::Display for Dialect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
