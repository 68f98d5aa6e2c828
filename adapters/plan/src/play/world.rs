//! What a run asks of the world.

use super::{
    Player,
    effects::shell_line,
    stand::{Living, Todo},
};
use collodi_action::{Action as World, Completion, Error, ErrorKind, Progress};
use collodi_api::Effect;
use collodi_command::{CommandSpec, Stream, TreeId};
use collodi_machine::ActionId;
use collodi_run::Completed;
use collodi_script::StepAt;

impl Player<'_> {
    pub(super) async fn world(&mut self, id: ActionId, step: &StepAt, action: World) {
        let completion = match action {
            World::Exec(spec) => return self.exec(id, step, &spec),
            World::File(op) => {
                self.file(step, &op).await;
                Completion::File(self.disk.perform(&op).await)
            }
            World::Signal(tree, signal) => {
                self.stack.top.signal(&tree, signal);
                Completion::Signalled(Ok(()))
            }
            World::AwaitEmpty(_) => Completion::Empty(Ok(())),
            World::Connect { host, port } => {
                let address = self.notes.words.show(&format!("{host}:{port}"));
                self.assume(step, format!("{address} answers"));
                self.effect(step, Effect::Connect { address });
                Completion::Connected(Ok(()))
            }
            World::FreePort { from } => {
                self.effect(step, Effect::Port { from });
                let text = format!("a port from {from} on is free; which one is not known before");
                self.assume(step, text);
                let name = self.stack.top.record.step_name(step);
                Completion::Port(Ok(self.notes.words.port(&name)))
            }
            World::Write(tree, bytes) => Completion::Written(self.typed(step, &tree, &bytes)),
            World::Fetch(spec) => Completion::Fetched(Ok(self.fetches(step, &spec))),
            World::Download(spec) => Completion::Downloaded(Ok(self.downloads(step, &spec))),
            other => match self.other(step, other) {
                Ok(completion) => completion,
                Err(text) => return self.give_up(step, &text),
            },
        };
        self.answer(id, Completed::World(completion));
    }

    /// What has no rule here is said in its own words, and tried in memory, where there is
    /// nothing that could answer it.
    fn other(&mut self, step: &StepAt, action: World) -> Result<Completion, String> {
        let text = action.to_string();
        let shown = self.notes.words.show(&text);
        self.effect(step, Effect::Other { text: shown });
        self.stack.top.others.insert(step.clone(), text.clone());
        self.disk.complete(action).ok_or(text)
    }

    fn exec(&mut self, id: ActionId, step: &StepAt, spec: &CommandSpec) {
        let line = shell_line(spec);
        let command = self.command(&line, spec);
        self.effect(step, Effect::Command(command));
        let name = self.stack.top.record.step_name(step);
        for folder in collodi_sim::cloned(&line) {
            if let Ok(path) = spec.cwd.join(folder.as_str()) {
                self.disk.assume_dir(&path);
                let by = format!("by a command of {name}");
                self.cloned.insert(path.absolute(), by);
            }
        }
        self.notes.assume("every command succeeds");
        let said = self.notes.words.output(&name);
        let bytes = said.text.into_bytes().into();
        let stream = Stream::Stdout;
        let top = &mut self.stack.top;
        top.spoke.insert(step.list.clone());
        let of_step = top.options.script.step(step);
        top.ids.extend(of_step.and_then(|step| step.id.clone()));
        top.progress(id, Progress::Spawned { pid: None });
        top.progress(id, Progress::Output { stream, bytes });
        top.todo.push_back(Todo::End(id));
        let living = Living {
            step: step.clone(),
            tree: spec.tree.clone(),
            detached: false,
            kept: false,
        };
        top.living.insert(id, living);
    }

    /// Something is typed into an open shell, which says at once that it is done.
    fn typed(&mut self, step: &StepAt, tree: &TreeId, bytes: &[u8]) -> Result<(), Error> {
        let text = String::from_utf8_lossy(bytes);
        let line = self.stack.top.line.take();
        let line = line.unwrap_or_else(|| text.trim_end().to_owned());
        let line = self.notes.words.show(&line);
        self.effect(step, Effect::Typed { line });
        let top = &mut self.stack.top;
        let shell = top.living.iter().find(|(_, living)| living.tree == *tree);
        let Some((id, _)) = shell else {
            return Err(Error::new(ErrorKind::Gone, "write to", tree.as_str()));
        };
        let id = *id;
        for (stream, mark) in collodi_run::line_ends(&text, 0) {
            let bytes = mark.into_bytes().into();
            top.progress(id, Progress::Output { stream, bytes });
        }
        Ok(())
    }
}
