//! What templates can see.

use crate::{
    context::Context,
    machine::{self, Chance},
    questions::{Answers, about_script},
};
use alloc::string::ToString;
use collodi_template::{Call, Scope, Variable};
use collodi_value::Value;

/// The variables and functions of one step.
pub(crate) struct StepScope<'a> {
    pub(crate) context: &'a Context,
    pub(crate) answers: &'a Answers,
    chance: Chance,
}

impl<'a> StepScope<'a> {
    pub(crate) fn new(context: &'a Context, answers: &'a Answers) -> Self {
        Self {
            context,
            answers,
            chance: Chance::new(context.options.seed, context.cursor.turn),
        }
    }
}

impl StepScope<'_> {
    /// What the format defines.
    fn built_in(&self, name: &str) -> Option<Value> {
        let context = self.context;
        let options = &context.options;
        Some(match name {
            "current" => index(context.cursor.step.index),
            "next" => self.next(),
            "cwd" | "dirname" => Value::from(options.app.cwd().absolute()),
            "uri" => Value::from(self.uri()),
            "name" => Value::from(&*options.app.name),
            "port" => return self.answers.get("port", &[]),
            "env" | "envs" => self.environment(),
            _ => return machine::variable_of(context, name),
        })
    }

    /// What lies ready, among what the format defines.
    fn kept(&self, name: &str) -> Option<Variable<'_>> {
        let context = self.context;
        Some(match name {
            "local" => Variable::Object(&context.memory.local),
            "global" => Variable::Object(&context.memory.global),
            "input" => Variable::Value(&context.cursor.input),
            "args" => Variable::Value(&context.options.args),
            "self" => Variable::Value(&context.file),
            _ => return None,
        })
    }

    fn next(&self) -> Value {
        let next = self.context.cursor.step.index + 1;
        if next < self.context.steps().len() {
            index(next)
        } else {
            Value::Null
        }
    }

    fn uri(&self) -> alloc::string::String {
        let app = &self.context.options.app;
        app.cwd()
            .join(&app.file)
            .map_or_else(|_| app.file.clone(), |path| path.to_string())
    }

    /// What commands of this run would get, before a step adds to it.
    fn environment(&self) -> Value {
        let vars = self.context.variables().into_iter();
        let vars = vars.map(|(name, value)| (name, Value::from(value)));
        Value::Object(vars.collect())
    }

    /// What the script's own steps set under this name.
    fn own(&self, name: &str) -> Option<&Value> {
        let memory = &self.context.memory;
        let local = if self.context.is_vatn() {
            memory.local.get(name)
        } else {
            None
        };
        local.or_else(|| memory.ids.get(name))
    }
}

impl Scope for StepScope<'_> {
    fn get(&self, name: &str) -> Option<Value> {
        self.variable(name).map(Variable::into_value)
    }

    fn variable(&self, name: &str) -> Option<Variable<'_>> {
        let own = || self.own(name).map(Variable::Value);
        let built_in = || {
            self.kept(name)
                .or_else(|| self.built_in(name).map(Variable::Made))
        };
        if self.context.is_vatn() {
            own().or_else(built_in)
        } else {
            built_in().or_else(own)
        }
    }

    fn call(&self, name: &str, args: &[Value]) -> Call {
        match name {
            "exists" | "which" | "kernel.which" | "kernel.exists" => {
                self.answers.get(name, args).map_or(Call::Ask, Call::Value)
            }
            _ if about_script(name).is_some() => {
                self.answers.get(name, args).map_or(Call::Ask, Call::Value)
            }
            _ => machine::call(self.context, &self.chance, name, args)
                .map_or(Call::Unknown, Call::Value),
        }
    }

    fn is_author(&self, name: &str) -> bool {
        matches!(
            name,
            "self" | "platform" | "arch" | "gpu" | "port" | "cwd" | "dirname"
        ) && (!self.context.is_vatn() || self.own(name).is_none())
    }
}

/// Indices are far below what a float can count.
fn index(n: usize) -> Value {
    Value::from(i32::try_from(n).unwrap_or(i32::MAX))
}
