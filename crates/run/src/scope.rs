//! What templates can see.

use crate::{context::Context, questions::Answers};
use alloc::string::ToString;
use collodi_python::Platform;
use collodi_template::{Call, Scope, Variable};
use collodi_value::{Object, Value};

/// The variables and functions of one step.
pub(crate) struct StepScope<'a> {
    pub(crate) context: &'a Context,
    pub(crate) answers: &'a Answers,
}

impl StepScope<'_> {
    /// What the format defines.
    fn built_in(&self, name: &str) -> Option<Value> {
        let context = self.context;
        let options = &context.options;
        let platform = self.platform();
        Some(match name {
            "current" => index(context.step),
            "next" => self.next(),
            "cwd" | "dirname" => Value::from(options.app.cwd().absolute()),
            "uri" => Value::from(self.uri()),
            "name" => Value::from(options.app.name.as_str()),
            "port" => return self.answers.get("port", &[]),
            "platform" => Value::from(platform.os.node_name()),
            "arch" => Value::from(platform.arch),
            "os" => Value::Object([("EOL", Value::from("\n"))].into_iter().collect()),
            "env" | "envs" => self.environment(),
            _ => return self.fact(name),
        })
    }

    /// What lies ready, among what the format defines.
    fn kept(&self, name: &str) -> Option<Variable<'_>> {
        let context = self.context;
        Some(match name {
            "local" => Variable::Object(&context.memory.local),
            "global" => Variable::Object(&context.memory.global),
            "input" => Variable::Value(&context.input),
            "args" => Variable::Value(&context.options.args),
            "self" => Variable::Value(&context.options.script.value),
            _ => return None,
        })
    }

    fn platform(&self) -> Platform {
        self.context.options.layout.platform()
    }

    fn next(&self) -> Value {
        let next = self.context.step + 1;
        if next < self.context.options.script.steps.len() {
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
        let options = &self.context.options;
        let step = collodi_env::StepVariables::new();
        let resolved = options
            .env_policy
            .resolve_step(&options.host_vars, &step, &options.grants);
        let vars = resolved
            .vars
            .into_iter()
            .map(|(name, value)| (name, Value::from(value)));
        Value::Object(vars.collect())
    }

    /// What was found out about the machine; the names that scripts ask for have an
    /// answer in any case.
    fn fact(&self, name: &str) -> Option<Value> {
        if let Some(value) = self.context.options.facts.get(name) {
            return Some(value.clone());
        }
        Some(match name {
            "gpu" => Value::from("none"),
            "gpus" => Value::Array([].into()),
            "vram" | "ram" => Value::from(0),
            "gpu_model" | "gpu_driver" | "gpu_target" => Value::Null,
            "kernel" | "system" => Value::Object(Object::new()),
            _ => return None,
        })
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
            "os.platform" => Call::Value(Value::from(self.platform().os.node_name())),
            "os.arch" => Call::Value(Value::from(self.platform().arch)),
            "running" | "ready" | "script.running" | "script.ready" => {
                Call::Value(Value::from(false))
            }
            _ => Call::Unknown,
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
