//! Talking to a driver.

use crate::{
    Events, Growth,
    events::{Subscriber, change_subscription, patient_subscription, subscription},
    growth::{Watcher, watch},
    unchanged::Revision,
};
use collodi_host::{Accepted, Command, Host, Refused};
use futures::{
    SinkExt,
    channel::{mpsc, oneshot},
};
use std::{collections::BTreeSet, fmt};

/// Talks to a driver, from any thread and any runtime. Cheap to clone.
#[derive(Clone, Debug)]
pub struct HostHandle {
    sender: Sender,
    revision: Revision,
}

/// The driver has ended: its host has shut down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gone;

/// A command that was not done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CommandError {
    /// The host said no.
    Refused(Refused),
    /// The host has shut down.
    Gone,
}

impl HostHandle {
    pub(crate) const fn new(sender: Sender, revision: Revision) -> Self {
        Self { sender, revision }
    }

    pub(crate) const fn sender(&self) -> &Sender {
        &self.sender
    }

    pub(crate) const fn revision(&self) -> &Revision {
        &self.revision
    }

    /// Has the host do something.
    ///
    /// # Errors
    ///
    /// When it says no, or has shut down.
    pub async fn command(&self, command: Command) -> Result<Accepted, CommandError> {
        let (reply, answer) = oneshot::channel();
        let reply = Box::new(move |accepted| drop(reply.send(accepted)));
        self.sender
            .send(Message::Command(command, reply))
            .await
            .map_err(|Gone| CommandError::Gone)?;
        match answer.await {
            Ok(accepted) => accepted.map_err(CommandError::Refused),
            Err(_) => Err(CommandError::Gone),
        }
    }

    /// Asks the host something. The question runs on the driver, so it must be quick.
    ///
    /// # Errors
    ///
    /// When the host has shut down.
    pub async fn query<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Host) -> T + Send + 'static,
    ) -> Result<T, Gone> {
        let (reply, answer) = oneshot::channel();
        let query = Box::new(move |host: &Host| drop(reply.send(question(host))));
        self.sender.send(Message::Query(query)).await?;
        answer.await.map_err(|_| Gone)
    }

    /// Ends the driver as it is. What lives, lives on for whoever takes it over: another
    /// host with the same journal, when this one has told
    /// [`Event::LetGo`](collodi_host::Event::LetGo).
    ///
    /// # Errors
    ///
    /// When the host has shut down.
    pub async fn leave(&self) -> Result<(), Gone> {
        self.sender.send(Message::Leave).await
    }

    /// Listens to what the host tells from now on: every event after this answer.
    ///
    /// # Errors
    ///
    /// When the host has shut down.
    pub async fn events(&self) -> Result<Events, Gone> {
        let (subscriber, events) = subscription();
        self.sender
            .send(Message::Subscribe(subscriber, None))
            .await?;
        Ok(events)
    }

    /// As [`events`](Self::events), but for what processes say: a flood of output lets
    /// nothing be missed here.
    ///
    /// # Errors
    ///
    /// When the host has shut down.
    pub async fn changes(&self) -> Result<Events, Gone> {
        let (subscriber, events) = change_subscription();
        self.sender
            .send(Message::Subscribe(subscriber, None))
            .await?;
        Ok(events)
    }

    /// As [`changes`](Self::changes), and first those after the one with number `position`
    /// ([`Events::position`]); [`Notice::Missed`](crate::Notice::Missed) when they are no
    /// longer kept, or there is no such number.
    ///
    /// # Errors
    ///
    /// When the host has shut down.
    pub async fn changes_since(&self, position: u64) -> Result<Events, Gone> {
        let (subscriber, events) = change_subscription();
        let message = Message::Subscribe(subscriber, Some(position));
        self.sender.send(message).await?;
        Ok(events)
    }

    /// Which of the logs of these runs and processes grow from now on.
    ///
    /// # Errors
    ///
    /// When the host has shut down.
    pub async fn growth(&self, names: BTreeSet<String>) -> Result<Growth, Gone> {
        let (watcher, growth) = watch(names);
        self.sender.send(Message::Watch(watcher)).await?;
        Ok(growth)
    }

    /// As [`events`](Self::events), but nothing is missed: the driver takes nothing new
    /// from the world while thousands wait for this listener. It goes on to hear
    /// commands. Who wants something to end while it does not listen says
    /// [`Events::hurry`].
    ///
    /// # Errors
    ///
    /// When the host has shut down.
    pub async fn all_events(&self) -> Result<Events, Gone> {
        let (subscriber, events) = patient_subscription();
        self.sender
            .send(Message::Subscribe(subscriber, None))
            .await?;
        Ok(events)
    }
}

type Reply = Box<dyn FnOnce(Result<Accepted, Refused>) + Send>;
type Query = Box<dyn FnOnce(&Host) + Send>;

/// A message to the driver.
pub(crate) enum Message {
    Command(Command, Reply),
    Query(Query),
    Subscribe(Subscriber, Option<u64>),
    Watch(Watcher),
    Leave,
}

/// Sends messages.
#[derive(Clone, Debug)]
pub(crate) struct Sender(mpsc::Sender<Message>);

impl Sender {
    pub(crate) const fn new(sender: mpsc::Sender<Message>) -> Self {
        Self(sender)
    }

    /// Sends without waiting: each sender has room for one message of its own. A host that is
    /// gone needs none.
    pub(crate) fn post(&self, message: Message) {
        let _ = self.0.clone().try_send(message);
    }

    pub(crate) async fn send(&self, message: Message) -> Result<(), Gone> {
        self.0.clone().send(message).await.map_err(|_| Gone)
    }
}

impl fmt::Debug for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Leave => f.write_str("Leave"),
            Self::Command(command, _) => write!(f, "Command({command})"),
            Self::Query(_) => f.write_str("Query"),
            Self::Subscribe(..) => f.write_str("Subscribe"),
            Self::Watch(_) => f.write_str("Watch"),
        }
    }
}

impl fmt::Display for Gone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the host has shut down")
    }
}

impl std::error::Error for Gone {}

impl fmt::Display for CommandError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(refused) => write!(f, "{refused}"),
            Self::Gone => write!(f, "{Gone}"),
        }
    }
}

impl std::error::Error for CommandError {}

impl From<Gone> for CommandError {
    fn from(Gone: Gone) -> Self {
        Self::Gone
    }
}
