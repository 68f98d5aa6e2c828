//! What templates ask of the world before they can be rendered.

use crate::{Completed, ScriptQuestion, ScriptRequest, context::Context, outcome::FailureKind};
use alloc::{
    collections::BTreeMap,
    format,
    string::{String, ToString},
    vec::Vec,
};
use collodi_action::{Action, Completion};
use collodi_contain::{ContainedPath, RelPath, Root};
use collodi_file::{FileAnswer, FileKind, FileOp};
use collodi_machine::ActionId;
use collodi_template::Question;
use collodi_value::Value;

/// The lowest port that scripts are given, as the desktop engine does.
const FIRST_PORT: u16 = 42_003;
/// How many times one step may ask for more.
const MAX_ROUNDS: usize = 16;

/// What the world has answered for the step at hand.
#[derive(Clone, Debug, Default)]
pub(crate) struct Answers(BTreeMap<String, Value>);

impl Answers {
    pub(crate) fn get(&self, function: &str, args: &[Value]) -> Option<Value> {
        self.0.get(&key(function, args)).cloned()
    }

    fn set(&mut self, key: String, value: Value) {
        self.0.insert(key, value);
    }
}

/// The questions of one step, some of them answered.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asking {
    pub(crate) answers: Answers,
    open: Vec<Open>,
    rounds: usize,
}

/// A question under way: the looks it takes, and what each found.
#[derive(Clone, Debug)]
struct Open {
    key: String,
    function: String,
    looks: Vec<Look>,
}

#[derive(Clone, Debug)]
struct Look {
    action: ActionId,
    path: Option<ContainedPath>,
    found: Option<Value>,
}

impl Asking {
    /// Asks what has no answer yet.
    pub(crate) fn ask(
        &mut self,
        context: &mut Context,
        questions: Vec<Question>,
    ) -> Result<(), FailureKind> {
        self.rounds += 1;
        for question in questions {
            let key = key(&question.function, &question.args);
            if self.rounds > MAX_ROUNDS {
                return Err(FailureKind::NoAnswer(key));
            }
            if !self.open.iter().any(|open| open.key == key) {
                let looks = looks(context, &question);
                self.open.push(Open {
                    key,
                    function: question.function,
                    looks,
                });
            }
        }
        self.settle();
        Ok(())
    }

    /// Whether an answer is still to come.
    pub(crate) const fn is_waiting(&self) -> bool {
        !self.open.is_empty()
    }

    /// Takes in an answer of the world.
    pub(crate) fn completed(&mut self, id: ActionId, completed: &Completed) {
        let found = match completed {
            Completed::World(Completion::Port(Ok(port))) => Value::from(i32::from(*port)),
            Completed::Script(Ok(answer)) => answer.clone(),
            Completed::World(Completion::File(Ok(FileAnswer::Stat(Some(stat))))) => {
                Value::from(stat.kind != FileKind::Special)
            }
            _ => Value::from(false),
        };
        let looks = self.open.iter_mut().flat_map(|open| &mut open.looks);
        for look in looks.filter(|look| look.action == id) {
            look.found = Some(found.clone());
        }
        self.settle();
    }

    /// Turns questions whose looks are all done into answers.
    fn settle(&mut self) {
        let done = |open: &Open| open.looks.iter().all(|look| look.found.is_some());
        for open in self.open.extract_if(.., |open| done(open)) {
            self.answers.set(open.key.clone(), open.answer());
        }
    }
}

impl Open {
    fn answer(self) -> Value {
        if let Some(question) = about_script(&self.function) {
            let found = self.looks.into_iter().next().and_then(|look| look.found);
            let known = found.filter(|found| *found != Value::from(false));
            return known.unwrap_or_else(|| question.of_nothing());
        }
        let mut hits = self
            .looks
            .into_iter()
            .filter(|l| l.found != Some(Value::from(false)));
        match (self.function.as_str(), hits.next()) {
            ("port", Some(look)) => look.found.unwrap_or_default(),
            ("exists" | "kernel.exists", hit) => Value::from(hit.is_some()),
            (_, Some(look)) => look
                .path
                .map_or(Value::Null, |p| Value::from(p.to_string())),
            (_, None) => Value::Null,
        }
    }
}

/// The question about a script that this function is.
pub(crate) fn about_script(function: &str) -> Option<ScriptQuestion> {
    Some(match function {
        "running" | "script.running" => ScriptQuestion::Running,
        "ready" | "script.ready" => ScriptQuestion::Ready,
        "script.exists" => ScriptQuestion::Exists,
        "script.local" => ScriptQuestion::Local,
        "script.global" => ScriptQuestion::Global,
        "script.resolve" => ScriptQuestion::Resolve,
        _ => return None,
    })
}

/// What to look at to answer a question. A path that leads out is not there.
fn looks(context: &mut Context, question: &Question) -> Vec<Look> {
    if question.function == "port" {
        let action = context.world(Action::FreePort { from: FIRST_PORT });
        return [Look {
            action,
            path: None,
            found: None,
        }]
        .into();
    }
    let texts: Vec<String> = question.args.iter().map(Value::to_text).collect();
    if let Some(about) = about_script(&question.function) {
        let request = ScriptRequest::Ask(about, texts.join("/"));
        let action = context.ask(crate::Action::Script(request));
        return [Look {
            action,
            path: None,
            found: None,
        }]
        .into();
    }
    let paths = match question.function.as_str() {
        "exists" | "kernel.exists" => context
            .options
            .app
            .cwd()
            .join(&texts.join("/"))
            .into_iter()
            .collect(),
        _ => program_paths(context, texts.first().map_or("", String::as_str)),
    };
    let look = |path: ContainedPath| Look {
        action: context.world(Action::File(FileOp::Stat { path: path.clone() })),
        path: Some(path),
        found: None,
    };
    paths.into_iter().map(look).collect()
}

/// Where a program of this name would be, in the order of `PATH`.
fn program_paths(context: &Context, name: &str) -> Vec<ContainedPath> {
    let Ok(name) = RelPath::parse(name) else {
        return Vec::new();
    };
    if name.components().count() != 1 {
        return Vec::new();
    }
    let options = &context.options;
    let separator = options.layout.platform().os.path_separator();
    let path = options.host_vars.get("PATH").map_or("", String::as_str);
    let dirs = path.split(separator).filter(|dir| dir.starts_with('/'));
    dirs.map(|dir| Root::new(dir).at(name.clone())).collect()
}

fn key(function: &str, args: &[Value]) -> String {
    let args: Vec<String> = args.iter().map(Value::to_json).collect();
    format!("{function}({})", args.join(", "))
}
