//! What is sent to commands that live: signals, and bytes to those that read.

use crate::{Accepted, Host, ProcessId, Reader, Refused, post::Post};
use alloc::{string::ToString, sync::Arc};
use collodi_command::Signal;

impl Host {
    /// Sends a signal to all that lives of a daemon.
    pub(crate) fn signal(&mut self, id: &ProcessId, signal: Signal) -> Result<Accepted, Refused> {
        let Some(process) = self.processes.get(id) else {
            return Err(self.refusal_of(id));
        };
        if !process.is_alive() {
            return Err(Refused::NotAlive(id.to_string()));
        }
        process.signal(signal, &mut self.shared);
        Ok(Accepted::UnderWay)
    }

    pub(crate) fn write(&mut self, to: &Reader, bytes: Arc<[u8]>) -> Result<Accepted, Refused> {
        let nobody = || Refused::NobodyReads(to.to_string());
        match to {
            Reader::Run(id) => {
                let run = self.runs.get(id);
                let run = run.ok_or_else(|| Refused::NoSuchRun(id.to_string()))?;
                if !run.reads() {
                    return Err(nobody());
                }
                let write = collodi_run::Input::Write(bytes);
                self.shared.post.push_back(Post::Run(id.clone(), write));
            }
            Reader::Process(id) => {
                let process = self.processes.get(id);
                let process = process.ok_or_else(|| self.refusal_of(id))?;
                if !process.reads() {
                    return Err(nobody());
                }
                process.write(bytes, &mut self.shared);
            }
        }
        Ok(Accepted::UnderWay)
    }
}
