//! What an expression can see of the world.

use alloc::{string::String, vec::Vec};
use collodi_value::{Object, Value};

/// The variables and functions of an expression.
///
/// An [`Object`] is a scope of variables without functions.
pub trait Scope {
    /// The variable `name`; none when there is no such variable.
    fn get(&self, name: &str) -> Option<Value>;

    /// As [`Scope::get`], but a value that lies ready is lent and not copied: of
    /// `{{local.url}}` only the text is then read.
    fn variable(&self, name: &str) -> Option<Variable<'_>> {
        self.get(name).map(Variable::Made)
    }

    /// Calls a function by its written path: `exists`, `os.platform`,
    /// `script.running`, and `Date.now` and `Math.random` for what a pure
    /// language cannot know.
    fn call(&self, name: &str, args: &[Value]) -> Call {
        let _ = (name, args);
        Call::Unknown
    }

    /// Whether the texts of the variable `name` are the script author's own
    /// words, which a shell line takes as they are. Data is the safe answer.
    fn is_author(&self, name: &str) -> bool {
        let _ = name;
        false
    }
}

impl Scope for Object {
    fn get(&self, name: &str) -> Option<Value> {
        Self::get(self, name).cloned()
    }

    fn variable(&self, name: &str) -> Option<Variable<'_>> {
        Self::get(self, name).map(Variable::Value)
    }
}

/// The value of a variable.
#[derive(Clone, Debug, PartialEq)]
pub enum Variable<'a> {
    /// A value that lies ready.
    Value(&'a Value),
    /// A map that lies ready.
    Object(&'a Object),
    /// One that was made for the question.
    Made(Value),
}

impl Variable<'_> {
    /// The value, copied if it was lent.
    pub fn into_value(self) -> Value {
        match self {
            Self::Value(value) => value.clone(),
            Self::Object(object) => Value::Object(object.clone()),
            Self::Made(value) => value,
        }
    }
}

/// What a function of the scope answers.
#[derive(Clone, Debug, PartialEq)]
pub enum Call {
    /// The result.
    Value(Value),
    /// There is no such function.
    Unknown,
    /// The world has to be asked first: the question comes back in
    /// [`Rendered::questions`](crate::Rendered::questions).
    Ask,
}

/// A call whose answer must come from the world before the template can be
/// rendered.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// The function's path as written: `exists`, `kernel.which`.
    pub function: String,
    /// What it was called with.
    pub args: Vec<Value>,
}
