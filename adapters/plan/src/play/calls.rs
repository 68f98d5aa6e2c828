//! What a run wants of other scripts.

use super::{Player, Stand, stand::file};
use collodi_api::Effect;
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use collodi_host::{
    RunRequest,
    calls::{identity, parse_script, restarted, script_app},
};
use collodi_machine::ActionId;
use collodi_run::{
    App, Checkout, Completed, Run, ScriptFault, ScriptQuestion, ScriptRequest, shown_script,
};
use collodi_script::decode;
use collodi_value::{Object, Value};
use std::{collections::BTreeMap, sync::Arc};

/// How deep scripts that start scripts are played: what a plan has in it is nested as deep.
const MOST_DEEP: usize = 16;
/// The largest script file, in bytes.
const SCRIPT_BYTES: u64 = 8 << 20;

/// What is known of scripts that were played, by path.
#[derive(Debug, Default)]
pub(super) struct Scripts(BTreeMap<String, Known>);

#[derive(Debug)]
struct Known {
    is_up: bool,
    is_ready: bool,
    local: Object,
    global: Object,
}

impl Scripts {
    /// A run of the script has ended.
    pub(super) fn ended(&mut self, path: &str, run: &Run, is_ready: bool) {
        let known = Known {
            is_up: false,
            is_ready,
            local: Object::new(),
            global: run.global().clone(),
        };
        self.0.insert(path.to_owned(), known);
    }

    /// A run of the script has done its steps and stays up.
    pub(super) fn stays_up(&mut self, path: &str, run: &Run) {
        let known = Known {
            is_up: true,
            is_ready: true,
            local: run.local().clone(),
            global: run.global().clone(),
        };
        self.0.insert(path.to_owned(), known);
    }

    fn is_up(&self, path: &str) -> bool {
        self.0.get(path).is_some_and(|known| known.is_up)
    }

    fn stop(&mut self, path: &str) {
        if let Some(known) = self.0.get_mut(path) {
            known.is_up = false;
            known.local = Object::new();
        }
    }

    fn answer(&self, question: ScriptQuestion, path: &str) -> Option<Value> {
        let known = self.0.get(path)?;
        Some(match question {
            ScriptQuestion::Running => Value::from(known.is_up),
            ScriptQuestion::Ready => Value::from(known.is_ready),
            ScriptQuestion::Local => Value::Object(known.local.clone()),
            ScriptQuestion::Global => Value::Object(known.global.clone()),
            _ => return None,
        })
    }
}

impl Player<'_> {
    /// Answers what is wanted, unless the answer is the result of a run.
    pub(super) async fn script(&mut self, id: ActionId, step: usize, request: ScriptRequest) {
        let text = self.notes.words.show(&request.to_string());
        let answer = match request {
            ScriptRequest::Ask(question, uri) => Ok(self.asked(step, question, &uri).await),
            ScriptRequest::Start {
                uri,
                args,
                checkout,
            } => match self.starts(id, step, &uri, args, &checkout).await {
                Ok(None) => return,
                Ok(Some(why)) => {
                    self.effect(Effect::Other { text });
                    self.assume(step, why);
                    Ok(Value::Null)
                }
                Err(fault) => Err(fault),
            },
            other => {
                self.effect(Effect::Other { text });
                self.asks_for(step, other).await
            }
        };
        self.answer(id, Completed::Script(answer));
    }

    async fn asks_for(
        &mut self,
        step: usize,
        request: ScriptRequest,
    ) -> Result<Value, ScriptFault> {
        match request {
            ScriptRequest::Download { uri, checkout } => {
                let path = self.resolve(step, &uri, Some(&checkout)).await?;
                let is_address = uri.contains("://");
                let place = if is_address { uri } else { path.absolute() };
                Ok(Value::from(place))
            }
            ScriptRequest::Stop(uris) => {
                for uri in uris {
                    // What is not there does not run.
                    if let Ok(path) = self.resolve(step, &uri, None).await {
                        self.scripts.stop(&path.absolute());
                    }
                }
                Ok(Value::Null)
            }
            ScriptRequest::Restart { uri, args } => {
                let own = self.stack.top.path.clone();
                let uri = uri.unwrap_or_else(|| own.clone());
                let path = self.resolve(step, &uri, None).await?;
                self.assume(
                    step,
                    "what the script does that is started again is not told",
                );
                let args = args.unwrap_or_else(|| self.stack.top.options.args.clone());
                Ok(restarted(uri, path.absolute() == own, args))
            }
            _ => Ok(Value::Null),
        }
    }

    /// What is known of a script: of those that the plan has played, else nothing.
    async fn asked(&mut self, step: usize, question: ScriptQuestion, uri: &str) -> Value {
        let Ok(path) = self.resolve(step, uri, None).await else {
            return question.of_nothing();
        };
        match question {
            ScriptQuestion::Exists => return Value::from(self.disk.has(&path).await),
            ScriptQuestion::Resolve => return Value::from(path.absolute()),
            _ => {}
        }
        let path = path.absolute();
        let played = || self.scripts.answer(question, &path);
        if let Some(answer) = self.of_playing(question, &path).or_else(played) {
            return answer;
        }
        let uri = self.notes.words.show(&shown_script(uri));
        self.assume(step, format!("the script {uri} does not run"));
        question.of_nothing()
    }

    /// What is known of a script that is being played.
    fn of_playing(&self, question: ScriptQuestion, path: &str) -> Option<Value> {
        let stand = self.stack.all().find(|stand| stand.path == path)?;
        Some(match question {
            ScriptQuestion::Running => Value::from(true),
            ScriptQuestion::Local => Value::Object(stand.run.local().clone()),
            ScriptQuestion::Global => Value::Object(stand.run.global().clone()),
            _ => question.of_nothing(),
        })
    }

    /// Begins the run of another script; says why not, when its steps cannot be known.
    async fn starts(
        &mut self,
        id: ActionId,
        step: usize,
        uri: &str,
        args: Value,
        checkout: &Checkout,
    ) -> Result<Option<String>, ScriptFault> {
        let path = self.resolve(step, uri, Some(checkout)).await?;
        self.may_start(&path.absolute())?;
        let app = script_app(&self.options.host.layout, &self.stack.top.app, &path)?;
        if self.stack.depth() >= MOST_DEEP {
            let deep = format!("scripts start scripts {MOST_DEEP} levels deep");
            return Ok(Some(unknown(&deep, "told further")));
        }
        let Some(bytes) = self.read_script(&app).await? else {
            let from = self.origin(&path).unwrap_or_default();
            let cloned = format!("the script is cloned {from}");
            return Ok(Some(unknown(&cloned, "known")));
        };
        let script = parse_script(&app, &bytes)?;
        let source = decode(&bytes).into_owned();
        let request = RunRequest {
            app,
            script: Arc::new(script),
            args,
            answers: Box::new(self.stack.top.options.answers.clone()),
        };
        self.begin(id, request, &source);
        Ok(None)
    }

    fn begin(&mut self, id: ActionId, request: RunRequest, source: &str) {
        self.disk.enter(&request.app);
        self.notes.words.args(&request.args);
        let name = self.name(&request.app);
        let callee = Stand::called(self.options, request, source, self.assumed, Some(name));
        self.stack.call(id, callee);
    }

    /// Who waits for this run cannot be waited for by it, and none runs twice.
    fn may_start(&self, path: &str) -> Result<(), ScriptFault> {
        let chain: Vec<_> = self.stack.all().map(|stand| stand.path.clone()).collect();
        if chain.iter().any(|caller| caller == path) {
            let chain = chain.into_iter().chain([path.to_owned()]);
            return Err(ScriptFault::Cycle(chain.collect()));
        }
        if self.scripts.is_up(path) {
            return Err(ScriptFault::AlreadyRuns(path.to_owned()));
        }
        Ok(())
    }

    /// The bytes of a script; none when a command would bring them.
    async fn read_script(&mut self, app: &App) -> Result<Option<Vec<u8>>, ScriptFault> {
        let path = app.cwd().join(&app.file);
        let path = path.map_err(|_| ScriptFault::NoSteps(identity(app)))?;
        match self
            .disk
            .perform(&FileOp::read(path.clone(), SCRIPT_BYTES))
            .await
        {
            Ok(FileAnswer::Bytes(bytes)) => Ok(Some(bytes)),
            Err(error) if error.kind == FileErrorKind::NotFound => match self.origin(&path) {
                Some(_) => Ok(None),
                None => Err(ScriptFault::File(error)),
            },
            Err(error) => Err(ScriptFault::File(error)),
            Ok(_) => Err(ScriptFault::NoSteps(identity(app))),
        }
    }

    /// Where from the folder around a path would be cloned.
    fn origin(&self, path: &ContainedPath) -> Option<String> {
        let whole = path.absolute();
        let around = self.cloned.iter().find(|(folder, _)| {
            let rest = whole.strip_prefix(folder.as_str());
            rest.is_some_and(|rest| rest.starts_with('/'))
        });
        around.map(|(_, from)| from.clone())
    }

    /// What another script is called: its path in the app, behind the name of another app.
    fn name(&self, app: &App) -> String {
        let first = self.stack.all().next();
        if first.is_some_and(|first| first.app.root == app.root) {
            return file(app);
        }
        format!("{}/{}", app.name, file(app))
    }
}

fn unknown(why: &str, how: &str) -> String {
    format!("{why}; its steps are not {how}, and it gives nothing to later steps")
}
