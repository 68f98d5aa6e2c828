//! Lists, objects and template literals.

use super::{Evaluator, Result};
use crate::{
    syntax::{Element, Entry, Expr, Key, Piece},
    value::{Env, Js, TextBuilder},
};
use alloc::{sync::Arc, vec::Vec};

impl Evaluator<'_> {
    pub(super) fn template(&mut self, pieces: &[Piece], env: &Env) -> Result<Js> {
        let mut out = TextBuilder::default();
        for piece in pieces {
            match piece {
                Piece::Text(text) => out.push_part(text, true),
                Piece::Expr(expr) => {
                    let value = self.eval(expr, env)?;
                    out.push(&self.text_of(&value)?);
                }
            }
        }
        self.make(out.len())?;
        Ok(out.build().into())
    }

    pub(super) fn list(&mut self, elements: &[Element], env: &Env) -> Result<Js> {
        let items = self.elements(elements, env)?;
        self.checked(Js::list(items))
    }

    /// The values of elements or arguments, spread ones taken apart.
    pub(super) fn elements(&mut self, elements: &[Element], env: &Env) -> Result<Vec<Js>> {
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            let value = self.eval(&element.value, env)?;
            if element.spread {
                items.append(&mut self.spread(&value)?);
            } else {
                items.push(value);
            }
        }
        Ok(items)
    }

    /// The elements of something that can be walked through.
    pub(crate) fn spread(&mut self, value: &Js) -> Result<Vec<Js>> {
        match value {
            Js::List(list) => {
                self.spend(list.items.len())?;
                Ok(list.items.clone())
            }
            Js::Text(text) => {
                self.spend(text.as_str().len())?;
                let author = text.is_author();
                let parts = text.as_str().chars();
                Ok(parts
                    .map(|c| {
                        crate::value::Text::new(c.encode_utf8(&mut [0; 4]) as &str, author).into()
                    })
                    .collect())
            }
            other => Err(super::Stop::Thrown(alloc::format!(
                "{} is not iterable",
                other.type_name()
            ))),
        }
    }

    pub(super) fn map(&mut self, entries: &[Entry], env: &Env) -> Result<Js> {
        let mut members: Vec<(Arc<str>, Js)> = Vec::with_capacity(entries.len());
        for entry in entries {
            match entry {
                Entry::Member(key, value) => {
                    let key = self.key(key, env)?;
                    members.push((key, self.eval(value, env)?));
                }
                Entry::Spread(expr) => {
                    let value = self.eval(expr, env)?;
                    members.append(&mut self.members(&value)?);
                }
            }
        }
        self.checked(Js::map(members))
    }

    fn key(&mut self, key: &Key, env: &Env) -> Result<Arc<str>> {
        match key {
            Key::Text(text) => Ok(text.as_str().into()),
            Key::Computed(expr) => {
                let value: &Expr = expr;
                let value = self.eval(value, env)?;
                Ok(self.text_of(&value)?.shared())
            }
        }
    }

    /// The own members of a value, as `Object.entries` gives them.
    pub(crate) fn members(&mut self, value: &Js) -> Result<Vec<(Arc<str>, Js)>> {
        match value {
            Js::Map(map) => {
                self.spend(map.entries().len())?;
                Ok(map.entries().to_vec())
            }
            Js::List(list) => {
                let mut members = numbered(self.spread(value)?);
                if let Some(found) = &list.found {
                    members.push(("index".into(), found.index.into()));
                    members.push(("input".into(), found.input.clone().into()));
                    members.push(("groups".into(), found.groups.clone()));
                }
                Ok(members)
            }
            Js::Text(text) => {
                self.spend(text.as_str().len())?;
                let author = text.is_author();
                let units = crate::value::units::each(text.as_str());
                Ok(numbered(units.into_iter().map(|unit| {
                    Js::Text(crate::value::Text::new(unit, author))
                })))
            }
            _ => Ok(Vec::new()),
        }
    }
}

fn numbered(items: impl IntoIterator<Item = Js>) -> Vec<(Arc<str>, Js)> {
    let numbers = items.into_iter().enumerate();
    numbers
        .map(|(index, item)| (alloc::format!("{index}").into(), item))
        .collect()
}
