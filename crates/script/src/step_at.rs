//! Where a step stands in its script.

use crate::{Script, Step, sink::child_pointer};
use alloc::{
    format,
    string::{String, ToString},
    sync::Arc,
};
use core::{fmt, slice, str::FromStr};

/// A list of steps of a script.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum List {
    /// `run`.
    #[default]
    Run,
    /// The list of this name, which a handler's `trigger` starts.
    Action(Arc<str>),
    /// The one step of `on.stop`.
    Stop,
}

/// A step of a script: the list in which it stands, and its place there.
///
/// As text it is the index, counted from 0, behind the name of any list but `run`: `2`,
/// `answer/0`, `on.stop`. With `{:#}` it is [what people call it](StepAt::counted).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StepAt {
    /// The list.
    pub list: List,
    /// The place in it, from 0.
    pub index: usize,
}

impl List {
    /// The name of any list but `run`.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Run => None,
            Self::Action(name) => Some(name),
            Self::Stop => Some("on.stop"),
        }
    }
}

impl StepAt {
    /// A step of `run`.
    pub const fn run(index: usize) -> Self {
        let list = List::Run;
        Self { list, index }
    }

    /// The first step of a list.
    pub const fn first_of(list: List) -> Self {
        Self { list, index: 0 }
    }

    /// What people call it: as its text, but counted from 1.
    pub fn counted(&self) -> String {
        self.counting_from(1)
    }

    /// The JSON pointer of the step in its file.
    pub fn pointer(&self) -> String {
        match &self.list {
            List::Run => format!("/run/{}", self.index),
            List::Action(name) => {
                let list = child_pointer("", name);
                format!("{list}/{}", self.index)
            }
            List::Stop => "/on/stop".to_string(),
        }
    }

    fn counting_from(&self, first: usize) -> String {
        let number = self.index.saturating_add(first);
        match &self.list {
            List::Run => number.to_string(),
            List::Action(name) => format!("{name}/{number}"),
            List::Stop => "on.stop".to_string(),
        }
    }
}

impl fmt::Display for StepAt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.counting_from(usize::from(f.alternate())))
    }
}

/// Reads what its text is.
impl FromStr for StepAt {
    type Err = NotAStep;

    fn from_str(text: &str) -> Result<Self, NotAStep> {
        if Some(text) == List::Stop.name() {
            return Ok(Self::first_of(List::Stop));
        }
        let (list, index) = match text.rsplit_once('/') {
            Some((name, index)) => (List::Action(name.into()), index),
            None => (List::Run, text),
        };
        let index = index.parse().map_err(|_| NotAStep)?;
        Ok(Self { list, index })
    }
}

/// The text is not that of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAStep;

impl fmt::Display for NotAStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a step reads INDEX, LIST/INDEX or on.stop")
    }
}

impl core::error::Error for NotAStep {}

impl Script {
    /// The steps of a list; none when the script has no such list.
    pub fn list(&self, list: &List) -> &[Step] {
        match list {
            List::Run => &self.steps,
            List::Action(name) => self.actions.get(&**name).map_or(&[], |steps| steps),
            List::Stop => self.on_stop.as_deref().map_or(&[], slice::from_ref),
        }
    }

    /// The step that stands there.
    pub fn step(&self, at: &StepAt) -> Option<&Step> {
        self.list(&at.list).get(at.index)
    }

    /// The step that stands there, to be changed.
    pub fn step_mut(&mut self, at: &StepAt) -> Option<&mut Step> {
        match &at.list {
            List::Run => self.steps.get_mut(at.index),
            List::Action(name) => self.actions.get_mut(&**name)?.get_mut(at.index),
            List::Stop => self.on_stop.as_deref_mut().filter(|_| at.index == 0),
        }
    }

    /// The steps of all lists: those of `run`, of the others by name, of `on.stop`.
    pub fn all_steps(&self) -> impl Iterator<Item = (StepAt, &Step)> {
        let actions = self
            .actions
            .keys()
            .map(|name| List::Action(name.as_str().into()));
        let lists = [List::Run].into_iter().chain(actions).chain([List::Stop]);
        lists.flat_map(|list| {
            let steps = self.list(&list).iter();
            steps.map(move |step| {
                let list = list.clone();
                let index = step.index;
                (StepAt { list, index }, step)
            })
        })
    }

    /// The list that a handler's `trigger` means: `run`, or one of the others.
    pub fn triggered(&self, name: &str) -> Option<List> {
        match name {
            "run" => Some(List::Run),
            name if self.actions.contains_key(name) => Some(List::Action(name.into())),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes_and_nothing_else() {
        let lists = [List::Run, List::Action("a/b".into()), List::Stop];
        for at in lists.map(StepAt::first_of) {
            assert_eq!(at.to_string().parse(), Ok(at));
        }
        for text in ["", "x", "a/", "a/x", "-1"] {
            assert_eq!(text.parse::<StepAt>(), Err(NotAStep), "{text:?}");
        }
    }
}
