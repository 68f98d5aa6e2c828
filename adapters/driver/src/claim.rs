//! Apps that are kept from running while somebody changes them.

use crate::{
    CommandError, HostHandle,
    handle::{Message, Sender},
};
use collodi_contain::Name;
use collodi_host::{AppChange, Command, Refused};
use futures::channel::oneshot;

/// An app of which nothing begins. Dropped, it may run again.
#[derive(Debug)]
pub struct AppClaim {
    app: Name,
    sender: Sender,
}

impl HostHandle {
    /// Keeps an app from running, for somebody who changes its files.
    ///
    /// # Errors
    ///
    /// When something of it lives or waits, or somebody else changes it, or the host has shut
    /// down.
    pub async fn claim_app(&self, app: &Name, change: AppChange) -> Result<AppClaim, CommandError> {
        let (reply, answer) = oneshot::channel::<Result<AppClaim, Refused>>();
        let (sender, name) = (self.sender().clone(), app.clone());
        // Who does not wait any more drops the claim with the answer.
        let answered = Box::new(move |accepted: Result<_, Refused>| {
            let claim = accepted.map(|_| AppClaim { app: name, sender });
            drop(reply.send(claim));
        });
        let app = app.clone();
        let message = Message::Command(Command::ClaimApp { app, change }, answered);
        self.sender().send(message).await?;
        match answer.await {
            Ok(claimed) => claimed.map_err(CommandError::Refused),
            Err(_) => Err(CommandError::Gone),
        }
    }
}

impl Drop for AppClaim {
    fn drop(&mut self) {
        let release = Command::ReleaseApp(self.app.clone());
        self.sender.post(Message::Command(release, Box::new(drop)));
    }
}
