//! What a run wants of other scripts.

use super::{Player, Stand, stand::file};
use collodi_api::Effect;
use collodi_contain::ContainedPath;
use collodi_file::{FileAnswer, FileErrorKind, FileOp};
use collodi_host::{
    RunRequest,
    calls::{identity, missing, parse_script, script_app},
};
use collodi_machine::ActionId;
use collodi_run::{App, Checkout, Completed, ScriptFault, ScriptRequest};
use collodi_script::{StepAt, decode};
use collodi_value::Value;
use std::sync::Arc;

/// How deep scripts that start scripts are played: what a plan has in it is nested as deep.
const MOST_DEEP: usize = 16;
/// The largest script file, in bytes.
const SCRIPT_BYTES: u64 = 8 << 20;

impl Player<'_> {
    /// Answers what is wanted, unless runs are played before that.
    pub(super) async fn script(&mut self, id: ActionId, step: &StepAt, request: ScriptRequest) {
        let answer = self.wanted(id, step, request).await;
        if let Some(answer) = answer.transpose() {
            self.answer(id, Completed::Script(answer));
        }
    }

    /// The answer, when it is known at once.
    async fn wanted(
        &mut self,
        id: ActionId,
        step: &StepAt,
        request: ScriptRequest,
    ) -> Result<Option<Value>, ScriptFault> {
        let text = self.notes.words.show(&request.to_string());
        match request {
            ScriptRequest::Ask(question, uri) => Ok(Some(self.asked(step, question, &uri).await)),
            ScriptRequest::Start {
                uri,
                args,
                checkout,
            } => {
                let unknown = self.starts(id, step, &uri, args, &checkout).await?;
                Ok(unknown.map(|why| {
                    self.effect(step, Effect::Other { text });
                    self.assume(step, why);
                    Value::Null
                }))
            }
            other => {
                self.effect(step, Effect::Other { text });
                self.not_to_start(id, step, other).await
            }
        }
    }

    async fn not_to_start(
        &mut self,
        id: ActionId,
        step: &StepAt,
        request: ScriptRequest,
    ) -> Result<Option<Value>, ScriptFault> {
        match request {
            ScriptRequest::Download { uri, checkout } => {
                let path = self.resolve(step, &uri, Some(&checkout)).await?;
                let is_address = uri.contains("://");
                let place = if is_address { uri } else { path.absolute() };
                Ok(Some(Value::from(place)))
            }
            ScriptRequest::Stop(uris) => self.stops(id, step, uris).await,
            ScriptRequest::Restart { uri, args } => self.restarts(id, step, uri, args).await,
            _ => Ok(Some(Value::Null)),
        }
    }

    /// Begins the run of another script; says why not, when its steps cannot be known.
    async fn starts(
        &mut self,
        id: ActionId,
        step: &StepAt,
        uri: &str,
        args: Value,
        checkout: &Checkout,
    ) -> Result<Option<String>, ScriptFault> {
        let path = self.resolve(step, uri, Some(checkout)).await?;
        self.may_start(&path.absolute())?;
        let caller = &self.stack.top.app;
        let app = script_app(&self.options.host.layout, caller, &path)?;
        self.options.host.sandbox.may_call(caller, &app)?;
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
            overrides: self.stack.top.options.overrides.clone(),
            again: false,
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
                None => Err(self.missing(app).await),
            },
            Err(error) => Err(ScriptFault::File(error)),
            Ok(_) => Err(ScriptFault::NoSteps(identity(app))),
        }
    }

    /// Why a script cannot be read that is not there.
    async fn missing(&mut self, app: &App) -> ScriptFault {
        let path = app.cwd();
        missing(app, &self.disk.perform(&FileOp::List { path }).await)
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
