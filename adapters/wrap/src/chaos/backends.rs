//! The parts of the world, disturbed.

use super::{Disturbed, child::Late};
use async_trait::async_trait;
use collodi_backend::{
    Capabilities, Capability, Child, Download, DownloadEvent, Error, ErrorKind, FileSystem, Member,
    Network, ProcessBackend, Web,
};
use collodi_command::{CommandSpec, Identity, Signal, TreeId, Usage};
use collodi_file::{FileAnswer, FileError, FileErrorKind, FileOp};
use collodi_web::{DownloadSpec, FetchSpec, Fetched, WebError, WebErrorKind};

/// What the system is said to have said.
const DETAIL: &str = "chaos";

impl Disturbed<dyn ProcessBackend> {
    /// What befalls a question about a tree.
    async fn about(&self, operation: &'static str, tree: &TreeId) -> Result<(), Error> {
        self.fate.hold().await;
        match self.fate.strikes(self.fate.faults.tree) {
            true => Err(exhausted(operation, tree.as_str())),
            false => Ok(()),
        }
    }

    /// What befalls the start of a child.
    async fn start(&self, operation: &'static str, spec: &CommandSpec) -> Result<(), Error> {
        self.fate.hold().await;
        match self.fate.strikes(self.fate.faults.spawn) {
            true => Err(exhausted(operation, &spec.program)),
            false => Ok(()),
        }
    }
}

#[async_trait]
impl ProcessBackend for Disturbed<dyn ProcessBackend> {
    fn capabilities(&self) -> Capabilities {
        self.inner.capabilities()
    }

    fn has(&self, capability: Capability) -> bool {
        self.inner.has(capability)
    }

    async fn spawn(&self, spec: &CommandSpec) -> Result<Box<dyn Child>, Error> {
        self.start("start", spec).await?;
        let child = self.inner.spawn(spec).await?;
        self.fate.hold().await;
        Ok(Late::boxed(child, &self.fate))
    }

    async fn adopt(
        &self,
        spec: &CommandSpec,
        identity: &Identity,
    ) -> Result<Box<dyn Child>, Error> {
        self.start("adopt", spec).await?;
        let child = self.inner.adopt(spec, identity).await?;
        Ok(Late::boxed(child, &self.fate))
    }

    async fn signal_tree(&self, tree: &TreeId, signal: Signal) -> Result<(), Error> {
        self.about("signal", tree).await?;
        self.inner.signal_tree(tree, signal).await
    }

    async fn tree_empty(&self, tree: &TreeId) -> Result<(), Error> {
        self.about("watch", tree).await?;
        let empty = self.inner.tree_empty(tree).await;
        self.fate.hold().await;
        empty
    }

    async fn tree_members(&self, tree: &TreeId) -> Result<Vec<Member>, Error> {
        self.about("look for", tree).await?;
        self.inner.tree_members(tree).await
    }

    async fn usage(&self, trees: &[TreeId]) -> Result<Vec<Option<Usage>>, Error> {
        self.fate.hold().await;
        self.inner.usage(trees).await
    }
}

#[async_trait]
impl FileSystem for Disturbed<dyn FileSystem> {
    async fn perform(&self, op: FileOp) -> Result<FileAnswer, FileError> {
        self.fate.hold().await;
        // Nothing can keep a program from letting go: it would do so by ending.
        if matches!(op, FileOp::Release { .. }) || !self.fate.strikes(self.fate.faults.file) {
            return self.inner.perform(op).await;
        }
        let kind = match op {
            FileOp::Read { .. }
            | FileOp::Stat { .. }
            | FileOp::List { .. }
            | FileOp::ReadAll { .. }
            | FileOp::Measure { .. }
            | FileOp::Space { .. } => FileErrorKind::Other,
            _ => FileErrorKind::NoSpace,
        };
        let mut failed = FileError::new(kind, op.path().clone());
        failed.detail = Some(DETAIL.to_owned());
        Err(failed)
    }
}

#[async_trait]
impl Network for Disturbed<dyn Network> {
    async fn connect(&self, host: &str, port: u16) -> Result<(), Error> {
        self.fate.hold().await;
        match self.fate.strikes(self.fate.faults.connect) {
            true => {
                let to = format!("{host}:{port}");
                Err(Error::new(ErrorKind::Refused, "connect to", to).detail(DETAIL))
            }
            false => self.inner.connect(host, port).await,
        }
    }

    async fn free_port(&self, from: u16) -> Result<u16, Error> {
        self.fate.hold().await;
        match self.fate.strikes(self.fate.faults.connect) {
            true => Err(exhausted("find a free port from", &from.to_string())),
            false => self.inner.free_port(from).await,
        }
    }
}

#[async_trait]
impl Web for Disturbed<dyn Web> {
    async fn fetch(&self, spec: FetchSpec) -> Result<Fetched, WebError> {
        self.fate.hold().await;
        match self.fate.strikes(self.fate.faults.web) {
            true => Err(WebError::new(WebErrorKind::Connection, spec.url).detail(DETAIL)),
            false => self.inner.fetch(spec).await,
        }
    }

    fn download(&self, spec: DownloadSpec) -> Box<dyn Download> {
        match self.fate.strikes(self.fate.faults.web) {
            true => Box::new(Failed(Some(
                spec.failed(WebErrorKind::Connection).detail(DETAIL),
            ))),
            false => self.inner.download(spec),
        }
    }
}

/// A download that never began.
#[derive(Debug)]
struct Failed(Option<WebError>);

#[async_trait]
impl Download for Failed {
    async fn next_event(&mut self) -> Option<DownloadEvent> {
        let error = self.0.take()?;
        Some(DownloadEvent::Ended(Err(error)))
    }
}

fn exhausted(operation: &'static str, target: &str) -> Error {
    Error::new(ErrorKind::Exhausted, operation, target).detail(DETAIL)
}
