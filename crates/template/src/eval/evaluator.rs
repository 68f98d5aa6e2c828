//! The evaluator: what it may spend, what it knows, and the walk over the tree.

use super::Result;
use crate::{
    NoteKind, Question, Render, Scope, Variable, builtin,
    builtin::bytes,
    syntax::{Expr, Link, LogicalOp, Name, UnaryOp},
    value::{Env, Frame, Function, Js, MAX_DEPTH, from_object, from_value},
};
use alloc::{
    borrow::ToOwned,
    collections::BTreeMap,
    string::{String, ToString},
    sync::Arc,
    vec::Vec,
};
use collodi_value::Value;

/// How deep evaluation may nest: brackets plus calls.
const MAX_NESTING: u32 = 100;

/// Why an expression has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The name is unknown.
    Missing(String),
    /// What JavaScript would throw.
    Thrown(String),
    OutOfFuel,
    TooLarge,
    /// The answer of this function has to be asked for.
    Asked(String),
}

impl Stop {
    pub(crate) fn thrown(message: impl Into<String>) -> Self {
        Self::Thrown(message.into())
    }

    pub(crate) fn into_note(self) -> NoteKind {
        match self {
            Self::Missing(name) => NoteKind::Missing(name),
            Self::Thrown(message) => NoteKind::Thrown(message),
            Self::OutOfFuel => NoteKind::OutOfFuel,
            Self::TooLarge => NoteKind::TooLarge,
            Self::Asked(function) => NoteKind::Asked(function),
        }
    }
}

/// Evaluates all expressions of one rendering: they share what they may spend.
pub(crate) struct Evaluator<'s> {
    pub(super) scope: &'s dyn Scope,
    /// Variables of the scope that were read, so that each is one value.
    known: BTreeMap<String, Option<Js>>,
    fuel: u64,
    bytes: usize,
    nesting: u32,
    pub(crate) questions: Vec<Question>,
    /// Set when `raw(…)` was called.
    pub(crate) raw: bool,
}

impl<'s> Evaluator<'s> {
    pub(crate) fn new(scope: &'s dyn Scope, how: &Render) -> Self {
        Self {
            scope,
            known: BTreeMap::new(),
            fuel: how.fuel,
            bytes: how.max_bytes,
            nesting: 0,
            questions: Vec::new(),
            raw: false,
        }
    }

    /// Takes `steps` from the fuel.
    pub(crate) fn spend(&mut self, steps: usize) -> Result<()> {
        let rest = self.fuel.checked_sub(steps as u64);
        self.fuel = rest.unwrap_or(0);
        rest.map(drop).ok_or(Stop::OutOfFuel)
    }

    /// Takes `bytes` of new text from what may be made, and steps for the work.
    pub(crate) fn make(&mut self, bytes: usize) -> Result<()> {
        self.spend(bytes / 64)?;
        self.bytes = self.bytes.checked_sub(bytes).ok_or(Stop::TooLarge)?;
        Ok(())
    }

    /// The bytes of text that may still be made.
    pub(crate) const fn room(&self) -> usize {
        self.bytes
    }

    /// The variable `name` of the scope or the language.
    pub(crate) fn variable(&mut self, name: &str) -> Result<Option<Js>> {
        self.lookup(name, &None)
    }

    /// The value of `expr`.
    pub(crate) fn eval(&mut self, expr: &Expr, env: &Env) -> Result<Js> {
        self.spend(1)?;
        self.nested(|evaluator| evaluator.eval_here(expr, env))
    }

    /// Runs `work`, which may come back here, one level deeper.
    pub(crate) fn nested<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T>) -> Result<T> {
        if self.nesting >= MAX_NESTING {
            return Err(Stop::thrown("calls are nested too deeply"));
        }
        self.nesting += 1;
        let result = work(self);
        self.nesting -= 1;
        result
    }

    fn eval_here(&mut self, expr: &Expr, env: &Env) -> Result<Js> {
        match expr {
            Expr::Null => Ok(Js::Null),
            Expr::Bool(b) => Ok(Js::Bool(*b)),
            Expr::Number(n) => Ok(Js::Number(*n)),
            Expr::Text(text) => Ok(Js::author(text.clone())),
            Expr::Name(name) => self.name(name, env),
            Expr::Pattern(pattern) => Ok(Js::Pattern(pattern.clone())),
            Expr::Arrow(arrow) => Ok(Js::Function(Function::Arrow(arrow.clone(), env.clone()))),
            Expr::Template(pieces) => self.template(pieces, env),
            Expr::List(elements) => self.list(elements, env),
            Expr::Map(entries) => self.map(entries, env),
            Expr::Unary(op, operand) => self.unary(*op, operand, env),
            Expr::Binary(first, rest) => self.binary(first, rest, env),
            Expr::Logical(op, parts) => self.logical(*op, parts, env),
            Expr::Conditional(arms, otherwise) => self.conditional(arms, otherwise, env),
            Expr::Chain(base, links) => self.chain(base, links, env),
            Expr::New(name, args) => self.construct(name, args, env),
        }
    }

    fn conditional(&mut self, arms: &[(Expr, Expr)], otherwise: &Expr, env: &Env) -> Result<Js> {
        for (test, then) in arms {
            if self.eval(test, env)?.is_truthy() {
                return self.eval(then, env);
            }
        }
        self.eval(otherwise, env)
    }

    fn logical(&mut self, op: LogicalOp, parts: &[Expr], env: &Env) -> Result<Js> {
        let mut value = Js::Undefined;
        for part in parts {
            value = self.eval(part, env)?;
            let decided = match op {
                LogicalOp::And => !value.is_truthy(),
                LogicalOp::Or => value.is_truthy(),
                LogicalOp::Nullish => !value.is_nullish(),
            };
            if decided {
                break;
            }
        }
        Ok(value)
    }

    fn unary(&mut self, op: UnaryOp, operand: &Expr, env: &Env) -> Result<Js> {
        let value = match self.eval(operand, env) {
            Err(Stop::Missing(_)) if op == UnaryOp::Typeof && matches!(operand, Expr::Name(_)) => {
                Js::Undefined
            }
            value => value?,
        };
        self.apply_unary(op, &value)
    }

    /// A name: a parameter, a variable of the scope, or built in.
    fn name(&mut self, name: &Name, env: &Env) -> Result<Js> {
        self.lookup(&name.text, env)?
            .ok_or_else(|| Stop::Missing(name.text.clone()))
    }

    pub(super) fn lookup(&mut self, name: &str, env: &Env) -> Result<Option<Js>> {
        if let Some(value) = parameter(name, env) {
            return Ok(Some(value));
        }
        if let Some(known) = self.known.get(name) {
            return Ok(known.clone());
        }
        let variable = self.scope.variable(name);
        self.settle(name, variable.as_ref())
    }

    /// The value of the name `name`, which the scope knows as `variable` or not at all.
    pub(super) fn settle(
        &mut self,
        name: &str,
        variable: Option<&Variable<'_>>,
    ) -> Result<Option<Js>> {
        let value = match variable {
            Some(variable) => Some(self.read(name, variable)?),
            None => builtin::global(name),
        };
        // Of these nobody can tell two from one.
        if !value.as_ref().is_some_and(Js::is_primitive) {
            self.known.insert(name.to_owned(), value.clone());
        }
        Ok(value)
    }

    /// The value of the scope's variable `name` as expressions see it.
    fn read(&self, name: &str, variable: &Variable<'_>) -> Result<Js> {
        let author = self.scope.is_author(name);
        let value = match variable {
            Variable::Value(value) => from_value(value, author),
            Variable::Object(object) => from_object(object, author),
            Variable::Made(value) => from_value(value, author),
        };
        value.ok_or_else(|| Stop::thrown("the value is nested too deeply"))
    }

    /// The start of a chain in a variable of the scope, when the first members of
    /// `links` lead to a plain value there: it, and how many they are. The rest of the
    /// variable is not looked at.
    pub(super) fn peek(
        &mut self,
        name: &str,
        variable: &Variable<'_>,
        links: &[Link],
    ) -> Result<Option<(Js, usize)>> {
        let Some((value, taken)) = plain_member(variable, links) else {
            return Ok(None);
        };
        self.spend(taken)?;
        let value = match value {
            Some(value) => from_value(value, self.scope.is_author(name)),
            None => Some(Js::Undefined),
        };
        Ok(value.map(|value| (value, taken)))
    }

    /// Whether the value of `name` was read before, and is kept.
    pub(super) fn knows(&self, name: &str) -> bool {
        self.known.contains_key(name)
    }

    /// `env` with one more parameter.
    pub(super) fn bind(&mut self, name: &str, value: Js, env: Env) -> Result<Env> {
        let outer_depth = env.as_ref().map_or(0, |frame| frame.depth);
        let depth = value.depth().max(outer_depth) + 1;
        if depth > MAX_DEPTH {
            return Err(Stop::thrown("values are nested too deeply"));
        }
        Ok(Some(Arc::new(Frame {
            name: name.to_string(),
            value,
            outer: env,
            depth,
        })))
    }

    /// `value`, unless it is nested too deeply.
    pub(crate) fn checked(&self, value: Js) -> Result<Js> {
        if value.depth() > MAX_DEPTH {
            Err(Stop::thrown("values are nested too deeply"))
        } else {
            Ok(value)
        }
    }
}

/// The value that is no object, and no list, to which members lead; none inside when it
/// is undefined.
fn plain_member<'v>(
    variable: &'v Variable<'_>,
    links: &[Link],
) -> Option<(Option<&'v Value>, usize)> {
    let mut object = match variable {
        Variable::Value(value) => value.as_object()?,
        Variable::Object(object) => object,
        Variable::Made(_) => return None,
    };
    for (index, link) in links.iter().enumerate() {
        if bytes::is_buffer(object) {
            return None;
        }
        let name = link.member()?;
        match object.get(name) {
            Some(Value::Object(inner)) => object = inner,
            Some(Value::Array(_)) => return None,
            None if builtin::is_object_method(name) => return None,
            plain => return Some((plain, index + 1)),
        }
    }
    None
}

fn parameter(name: &str, env: &Env) -> Option<Js> {
    let mut frame = env.as_ref();
    while let Some(here) = frame {
        if here.name == name {
            return Some(here.value.clone());
        }
        frame = here.outer.as_ref();
    }
    None
}
