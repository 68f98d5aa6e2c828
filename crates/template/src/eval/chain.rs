//! Chains: `a.b[c](d)?.e`.

use super::{Evaluator, Result, Stop};
use crate::{
    builtin,
    syntax::{Element, Expr, Link, Step},
    value::{Env, Function, Js, Text, element, units},
};
use alloc::{format, string::String};

/// Where a chain has come to.
struct Place {
    /// None while only the name of an unknown variable is known.
    value: Option<Js>,
    /// What the value was read from, and by which name.
    owner: Option<(Js, String)>,
    /// The written path, as far as it is a free name and members.
    path: Option<String>,
}

impl Evaluator<'_> {
    pub(super) fn chain(&mut self, base: &Expr, links: &[Link], env: &Env) -> Result<Js> {
        let (mut place, links) = self.begin(base, links, env)?;
        for link in links {
            let nothing = place.value.as_ref().is_some_and(Js::is_nullish);
            if link.optional && nothing {
                return self.optional_call(&place, &link.step, env);
            }
            place = match &link.step {
                Step::Member(name) => self.follow(place, name, true)?,
                Step::Index(index) => {
                    let index = self.eval(index, env)?;
                    let name = self.text_of(&index)?;
                    self.follow(place, name.as_str(), false)?
                }
                Step::Call(args) => self.call_place(place, args, env)?,
            };
        }
        place.value.ok_or_else(|| missing(place.path.as_deref()))
    }

    /// `kernel.which?.('x')`: the scope may know the function, though there is
    /// no such member. What comes behind it in the chain is not looked at.
    fn optional_call(&mut self, place: &Place, step: &Step, env: &Env) -> Result<Js> {
        let (Step::Call(args), Some(path)) = (step, place.path.as_deref()) else {
            return Ok(Js::Undefined);
        };
        let args = self.elements(args, env)?;
        match self.ask_scope(Some(path), false, &args) {
            Err(Stop::Thrown(_)) => Ok(Js::Undefined),
            answer => answer,
        }
    }

    /// The first place, and what is still to be followed.
    fn begin<'l>(
        &mut self,
        base: &Expr,
        links: &'l [Link],
        env: &Env,
    ) -> Result<(Place, &'l [Link])> {
        let start = |value, path| Place {
            value,
            owner: None,
            path,
        };
        let Expr::Name(name) = base else {
            let value = self.eval(base, env)?;
            return Ok((start(Some(value), None), links));
        };
        if is_parameter(&name.text, env) {
            return Ok((start(self.lookup(&name.text, env)?, None), links));
        }
        if self.knows(&name.text) {
            let value = self.lookup(&name.text, env)?;
            return Ok((start(value, Some(name.text.clone())), links));
        }
        let variable = self.scope.variable(&name.text);
        if let Some(variable) = &variable
            && let Some((value, taken)) = self.peek(&name.text, variable, links)?
        {
            let (followed, rest) = links.split_at_checked(taken).unwrap_or((links, &[]));
            let path = (!rest.is_empty()).then(|| written_path(&name.text, followed));
            return Ok((start(Some(value), path), rest));
        }
        let value = self.settle(&name.text, variable.as_ref())?;
        Ok((start(value, Some(name.text.clone())), links))
    }

    /// Reads the member `name`.
    fn follow(&mut self, place: Place, name: &str, written: bool) -> Result<Place> {
        self.spend(1)?;
        let longer = |path: &String| format!("{path}.{name}");
        let path = place.path.as_ref().filter(|_| written).map(longer);
        let Some(value) = place.value else {
            return match path {
                None => Err(missing(place.path.as_deref())),
                path => Ok(Place {
                    value: None,
                    owner: None,
                    path,
                }),
            };
        };
        Ok(Place {
            value: Some(self.member(&value, name)?),
            owner: Some((value, name.into())),
            path,
        })
    }

    /// `value.name`: own members, then methods.
    pub(crate) fn member(&mut self, value: &Js, name: &str) -> Result<Js> {
        if value.is_nullish() {
            return Err(Stop::Thrown(format!(
                "cannot read {name} of {}",
                if matches!(value, Js::Null) {
                    "null"
                } else {
                    "undefined"
                }
            )));
        }
        if let Some(own) = self.own_member(value, name)? {
            return Ok(own);
        }
        if builtin::has_method(value, name) {
            return Ok(Js::Function(Function::Method));
        }
        Ok(Js::Undefined)
    }

    pub(super) fn own_member(&mut self, value: &Js, name: &str) -> Result<Option<Js>> {
        Ok(match value {
            Js::Map(map) | Js::Url(map) => map.get(name).cloned(),
            Js::List(list) => match (element(name), name) {
                (Some(index), _) => list.items.get(index as usize).cloned(),
                (None, "length") => Some(list.items.len().into()),
                (None, _) => list.found.as_ref().and_then(|found| match name {
                    "index" => Some(found.index.into()),
                    "input" => Some(found.input.clone().into()),
                    "groups" => Some(found.groups.clone()),
                    _ => None,
                }),
            },
            Js::Text(text) => self.text_member(text, name)?,
            Js::Pattern(pattern) => builtin::pattern::member(pattern, name),
            Js::Bytes(bytes) => match element(name) {
                Some(index) => bytes.get(index as usize).map(|b| f64::from(*b).into()),
                None => (name == "length").then(|| bytes.len().into()),
            },
            Js::Function(Function::Builtin(path)) => builtin::member(path, name),
            _ => None,
        })
    }

    fn text_member(&mut self, text: &Text, name: &str) -> Result<Option<Js>> {
        if !text.as_str().is_ascii() {
            self.spend(text.as_str().len() / 64)?;
        }
        if name == "length" {
            return Ok(Some(units::length(text.as_str()).into()));
        }
        let Some(index) = element(name).map(|index| index as usize) else {
            return Ok(None);
        };
        let unit = units::slice(text.as_str(), index, index + 1);
        Ok((!unit.is_empty()).then(|| Text::new(&*unit, text.is_author()).into()))
    }

    fn call_place(&mut self, place: Place, args: &[Element], env: &Env) -> Result<Place> {
        // A name that nothing knows at all fails before its arguments do.
        let args = self.elements(args, env)?;
        self.spend(1)?;
        let value = self.call_value(place, &args)?;
        Ok(Place {
            value: Some(value),
            owner: None,
            path: None,
        })
    }

    fn call_value(&mut self, place: Place, args: &[Js]) -> Result<Js> {
        match (&place.value, &place.owner) {
            (Some(Js::Function(Function::Method)), Some((owner, name))) => {
                builtin::call_method(self, owner, name, args)
            }
            (Some(function @ Js::Function(_)), _) if !self.scope_shadows(&place) => {
                self.invoke(function, args)
            }
            _ => self.ask_scope(place.path.as_deref(), place.value.is_none(), args),
        }
    }

    /// Whether the scope's own function goes before the built-in of that path:
    /// the clock and chance are the world's.
    fn scope_shadows(&self, place: &Place) -> bool {
        matches!(place.path.as_deref(), Some("Date.now" | "Math.random"))
    }
}

fn written_path(name: &str, links: &[Link]) -> String {
    let members = links.iter().filter_map(Link::member);
    members.fold(name.into(), |path, member| format!("{path}.{member}"))
}

fn is_parameter(name: &str, env: &Env) -> bool {
    let mut frame = env.as_ref();
    while let Some(here) = frame {
        if here.name == name {
            return true;
        }
        frame = here.outer.as_ref();
    }
    false
}

/// The name of an unknown variable is the first part of its path.
fn missing(path: Option<&str>) -> Stop {
    let root = path.and_then(|path| path.split('.').next());
    Stop::Missing(root.unwrap_or_default().into())
}
