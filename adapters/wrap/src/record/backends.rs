//! The parts of the world, written down.

use super::{Call, Recorded, child::Told};
use async_trait::async_trait;
use collodi_action::{Action, Completion, Progress};
use collodi_backend::{
    Capabilities, Capability, Child, Download, DownloadEvent, Error, FileSystem, Member, Network,
    ProcessBackend, Web,
};
use collodi_command::{CommandSpec, Identity, Signal, TreeId, Usage};
use collodi_file::{FileAnswer, FileError, FileOp};
use collodi_web::{DownloadSpec, FetchSpec, Fetched, WebError};

impl Recorded<dyn ProcessBackend> {
    fn child(
        &self,
        started: Result<Box<dyn Child>, Error>,
        call: Call,
        tree: &TreeId,
    ) -> Result<Box<dyn Child>, Error> {
        match started {
            Ok(child) => Ok(Told::boxed(child, call, tree.clone(), &self.recorder)),
            Err(error) => {
                call.answered(Completion::Exec(Err(error.clone())));
                Err(error)
            }
        }
    }
}

#[async_trait]
impl ProcessBackend for Recorded<dyn ProcessBackend> {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn has(&self, capability: Capability) -> bool {
        self.inner.has(capability)
    }

    async fn spawn(&self, spec: &CommandSpec) -> Result<Box<dyn Child>, Error> {
        let call = self.asked(Action::Exec(spec.clone()));
        let started = self.inner.spawn(spec).await;
        self.child(started, call, &spec.tree)
    }

    async fn adopt(
        &self,
        spec: &CommandSpec,
        identity: &Identity,
    ) -> Result<Box<dyn Child>, Error> {
        let call = self.asked(Action::Adopt(spec.clone(), identity.clone()));
        let adopted = self.inner.adopt(spec, identity).await;
        self.child(adopted, call, &spec.tree)
    }

    async fn signal_tree(&self, tree: &TreeId, signal: Signal) -> Result<(), Error> {
        let call = self.asked(Action::Signal(tree.clone(), signal));
        let signalled = self.inner.signal_tree(tree, signal).await;
        call.answered(Completion::Signalled(signalled.clone()));
        signalled
    }

    async fn tree_empty(&self, tree: &TreeId) -> Result<(), Error> {
        let call = self.asked(Action::AwaitEmpty(tree.clone()));
        let empty = self.inner.tree_empty(tree).await;
        call.answered(Completion::Empty(empty.clone()));
        empty
    }

    async fn tree_members(&self, tree: &TreeId) -> Result<Vec<Member>, Error> {
        let call = self.asked(format_args!("look who is in {tree}"));
        let members = self.inner.tree_members(tree).await;
        match &members {
            Ok(members) => call.answered(format_args!("{} processes", members.len())),
            Err(error) => call.answered(error),
        }
        members
    }

    async fn usage(&self, trees: &[TreeId]) -> Result<Vec<Option<Usage>>, Error> {
        let call = self.asked(format_args!("look what {} trees use", trees.len()));
        let usage = self.inner.usage(trees).await;
        match &usage {
            Ok(usage) => call.answered(format_args!("{} figures", usage.iter().flatten().count())),
            Err(error) => call.answered(error),
        }
        usage
    }
}

#[async_trait]
impl FileSystem for Recorded<dyn FileSystem> {
    async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        let call = self.asked(&op);
        let performed = self.inner.perform(op).await;
        call.answered(Completion::File(performed.clone()));
        performed
    }
}

#[async_trait]
impl Network for Recorded<dyn Network> {
    async fn connect(&self, host: &str, port: u16) -> Result<(), Error> {
        let host = host.to_owned();
        let call = self.asked(Action::Connect {
            host: host.clone(),
            port,
        });
        let connected = self.inner.connect(&host, port).await;
        call.answered(Completion::Connected(connected.clone()));
        connected
    }

    async fn free_port(&self, from: u16) -> Result<u16, Error> {
        let call = self.asked(Action::FreePort { from });
        let found = self.inner.free_port(from).await;
        call.answered(Completion::Port(found.clone()));
        found
    }
}

#[async_trait]
impl Web for Recorded<dyn Web> {
    async fn fetch(&self, spec: FetchSpec) -> Result<Fetched, WebError> {
        let call = self.asked(&spec);
        let fetched = self.inner.fetch(spec).await;
        call.answered(Completion::Fetched(fetched.clone()));
        fetched
    }

    fn download(&self, spec: DownloadSpec) -> Box<dyn Download> {
        let call = Some(self.asked(&spec));
        let inner = self.inner.download(spec);
        Box::new(Coming { inner, call })
    }
}

/// A download that is written down.
#[derive(Debug)]
struct Coming {
    inner: Box<dyn Download>,
    call: Option<Call>,
}

#[async_trait]
impl Download for Coming {
    async fn next_event(&mut self) -> Option<DownloadEvent> {
        let event = self.inner.next_event().await?;
        match &event {
            DownloadEvent::Progress { done, total } => {
                let (done, total) = (*done, *total);
                if let Some(call) = &self.call {
                    call.heard(Progress::Transferred { done, total });
                }
            }
            DownloadEvent::Ended(ended) => {
                if let Some(call) = self.call.take() {
                    call.answered(Completion::Downloaded(ended.clone()));
                }
            }
        }
        Some(event)
    }
}
