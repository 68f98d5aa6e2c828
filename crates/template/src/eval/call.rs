//! Calls: of arrow functions, of what is built in, and of the scope.

use super::{Evaluator, Result, Stop};
use crate::{
    Call, Question, builtin,
    syntax::{Arrow, Element, Name, Param},
    value::{Env, Function, Js, from_value},
};
use alloc::{format, string::ToString, vec::Vec};
use collodi_value::Value;

impl Evaluator<'_> {
    /// Calls `function`.
    pub(crate) fn invoke(&mut self, function: &Js, args: &[Js]) -> Result<Js> {
        match function {
            Js::Function(Function::Arrow(arrow, env)) => self.invoke_arrow(arrow, env, args),
            Js::Function(Function::Builtin(path)) => builtin::call(self, path, args),
            other => Err(Stop::Thrown(format!(
                "a {} is not a function",
                other.type_name()
            ))),
        }
    }

    fn invoke_arrow(&mut self, arrow: &Arrow, env: &Env, args: &[Js]) -> Result<Js> {
        let mut inner = env.clone();
        let last = arrow.params.len().saturating_sub(1);
        for (index, param) in arrow.params.iter().enumerate() {
            let value = if arrow.rest && index == last {
                self.checked(Js::list(args.get(index..).unwrap_or_default().to_vec()))?
            } else {
                args.get(index).cloned().unwrap_or(Js::Undefined)
            };
            inner = self.take_apart(param, value, inner)?;
        }
        self.eval(&arrow.body, &inner)
    }

    /// Binds `value` to the names of `param`. Recursion is bounded by the parser.
    fn take_apart(&mut self, param: &Param, value: Js, env: Env) -> Result<Env> {
        self.spend(1)?;
        match param {
            Param::Name(name) => self.bind(name, value, env),
            Param::List(parts) => {
                let items = self.spread(&value)?;
                let mut env = env;
                for (index, part) in parts.iter().enumerate() {
                    if let Some(part) = part {
                        let item = items.get(index).cloned().unwrap_or(Js::Undefined);
                        env = self.take_apart(part, item, env)?;
                    }
                }
                Ok(env)
            }
            Param::Map(parts) => {
                let mut env = env;
                for (key, part) in parts {
                    let member = self.member(&value, key)?;
                    env = self.take_apart(part, member, env)?;
                }
                Ok(env)
            }
        }
    }

    /// Calls the function that the scope knows by `path`.
    pub(super) fn ask_scope(
        &mut self,
        path: Option<&str>,
        unknown_root: bool,
        args: &[Js],
    ) -> Result<Js> {
        let Some(path) = path else {
            return Err(Stop::thrown("this is not a function"));
        };
        let args = args
            .iter()
            .map(|arg| Ok(self.json_of(arg)?.unwrap_or_default()));
        let args: Vec<Value> = args.collect::<Result<_>>()?;
        let root = path.split('.').next().unwrap_or(path);
        match self.scope.call(path, &args) {
            Call::Value(value) => from_value(&value, self.scope.is_author(root))
                .ok_or_else(|| Stop::thrown("the value is nested too deeply")),
            Call::Ask => Err(self.question(path, args)),
            Call::Unknown if unknown_root => Err(Stop::Missing(root.to_string())),
            Call::Unknown => Err(Stop::Thrown(format!("{path} is not a function"))),
        }
    }

    fn question(&mut self, path: &str, args: Vec<Value>) -> Stop {
        let question = Question {
            function: path.to_string(),
            args,
        };
        if !self.questions.contains(&question) {
            self.questions.push(question);
        }
        Stop::Asked(path.to_string())
    }

    /// `new name(args)`.
    pub(super) fn construct(&mut self, name: &Name, args: &[Element], env: &Env) -> Result<Js> {
        let args = self.elements(args, env)?;
        match name.text.as_str() {
            "URL" => builtin::url::construct(self, &args),
            "RegExp" => builtin::pattern::construct(self, &args),
            "Date" if args.is_empty() => {
                let now = self.ask_scope(Some("Date.now"), true, &[])?;
                Ok(Js::Date(self.number_of(&now)?))
            }
            "Date" => builtin::date::construct(self, &args),
            "Array" | "Object" => builtin::call(self, builtin::name(&name.text), &args),
            other => Err(Stop::Thrown(format!("{other} is not a class here"))),
        }
    }
}
