//! Whether a daemon answers: found from what it says, and tried.

use crate::{
    ProcessId,
    shared::{Child, Role, Shared},
};
use alloc::{boxed::Box, string::String, vec::Vec};
use collodi_action::Action;
use collodi_logs::{Url, find_url};
use collodi_machine::ActionId;
use collodi_time::{Deadline, Duration, Instant};

/// The wait before the addresses are tried again; it doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);
/// How many addresses of one life are tried. A program that says more of them lists
/// what it was asked for, not where it answers.
const MOST: usize = 8;

/// The look for a daemon's address, in one of its lives. The addresses that it says are
/// tried in turn, one at a time, until one answers.
#[derive(Clone, Debug)]
pub(crate) struct Reach {
    /// The start of this life: an answer to an earlier one's try says nothing.
    life: Option<ActionId>,
    said: Vec<Url>,
    /// The next one to try.
    turn: usize,
    wait: Duration,
    /// A try is under way, or waits for its time.
    trying: bool,
    in_flight: bool,
    reached: Option<Box<Url>>,
    /// The script says that this is the one, in every life.
    preferred: Option<Box<Url>>,
    /// Where it answered an earlier host.
    recalled: Option<Box<Url>>,
}

impl Reach {
    /// Nothing is known in this life.
    pub(crate) const fn new(life: Option<ActionId>) -> Self {
        Self {
            life,
            said: Vec::new(),
            turn: 0,
            wait: FIRST,
            trying: false,
            in_flight: false,
            reached: None,
            preferred: None,
            recalled: None,
        }
    }

    /// It answered an earlier host here, in the life that may be taken over.
    pub(crate) fn recall(&mut self, url: Url) {
        self.recalled = Some(Box::new(url));
    }

    /// That life is taken over: it is tried where it answered.
    pub(crate) fn try_recalled(&mut self, process: &ProcessId, shared: &mut Shared) {
        self.said.extend(self.recalled.take().map(|url| *url));
        if !self.said.is_empty() && !self.trying {
            self.attempt(process, shared);
        }
    }

    /// The address at which it answers.
    pub(crate) fn url(&self) -> Option<&Url> {
        self.reached.as_deref()
    }

    /// A new life, or none: what was known holds no more.
    pub(crate) fn reset(
        &mut self,
        life: Option<ActionId>,
        process: &ProcessId,
        shared: &mut Shared,
    ) {
        let (preferred, recalled) = (self.preferred.take(), self.recalled.take());
        *self = Self {
            recalled,
            ..Self::new(life)
        };
        shared.wait(Child::Reach(process.clone()), None);
        if let Some(url) = preferred {
            self.prefer(*url, process, shared);
        }
    }

    /// The script says that this is the address. As long as nobody knows better, it is.
    pub(crate) fn prefer(&mut self, url: Url, process: &ProcessId, shared: &mut Shared) {
        self.preferred = Some(Box::new(url.clone()));
        if self.life.is_none() || self.url() == Some(&url) {
            return;
        }
        shared.wait(Child::Reach(process.clone()), None);
        let tried = self.in_flight.then(|| self.said.get(self.turn).cloned());
        self.said = tried.flatten().into_iter().chain([url]).collect();
        (self.turn, self.reached) = (0, None);
        if !self.in_flight {
            self.attempt(process, shared);
        }
    }

    /// Whether an answer of this one is the daemon's.
    fn may_be(&self, url: &Url) -> bool {
        let preferred = self.preferred.as_deref();
        preferred.is_none_or(|preferred| preferred == url)
    }

    /// The daemon said a line. An address on this machine is tried.
    pub(crate) fn line(&mut self, line: &str, process: &ProcessId, shared: &mut Shared) {
        if self.reached.is_some() || self.said.len() >= MOST {
            return;
        }
        let Some(url) = find_url(line).filter(Url::is_local) else {
            return;
        };
        if self.preferred.is_some() {
            // It answers now, perhaps.
            self.timeout(process, shared);
        } else if !self.said.contains(&url) {
            self.said.push(url);
            if !self.trying {
                self.attempt(process, shared);
            }
        }
    }

    /// A try of `life` ended. The address, when it succeeded.
    pub(crate) fn tried(
        &mut self,
        now: Instant,
        life: Option<ActionId>,
        succeeded: bool,
        process: &ProcessId,
        shared: &mut Shared,
    ) -> Option<Url> {
        if life != self.life || !self.in_flight {
            return None;
        }
        self.in_flight = false;
        let answers = self.said.get(self.turn).filter(|_| succeeded);
        if let Some(url) = answers.filter(|url| self.may_be(url)).cloned() {
            self.trying = false;
            self.reached = Some(Box::new(url.clone()));
            return Some(url);
        }
        self.turn += 1;
        if self.turn < self.said.len() {
            self.attempt(process, shared);
        } else {
            self.rest(now, process, shared);
        }
        None
    }

    /// All have been tried: again, after a while.
    fn rest(&mut self, now: Instant, process: &ProcessId, shared: &mut Shared) {
        let deadline = Deadline::new(now + self.wait, "does it answer?");
        shared.wait(Child::Reach(process.clone()), Some(deadline));
        self.wait = self.wait.saturating_mul(2).min(LONGEST);
        self.turn = 0;
        let preferred = self.preferred.clone();
        let may_be = |url: &Url| {
            preferred
                .as_deref()
                .is_none_or(|preferred| preferred == url)
        };
        self.said.retain(may_be);
    }

    /// It is time for the next try.
    pub(crate) fn timeout(&mut self, process: &ProcessId, shared: &mut Shared) {
        if self.trying && !self.in_flight {
            self.attempt(process, shared);
        }
    }

    fn attempt(&mut self, process: &ProcessId, shared: &mut Shared) {
        let Some(url) = self.said.get(self.turn) else {
            return;
        };
        let host = String::from(url.connect_host());
        let port = url.port.unwrap_or(url.scheme.default_port());
        let action = Action::Connect { host, port };
        let child = Child::Reach(process.clone());
        shared.ask(child, self.life, Role::Plain, action);
        (self.trying, self.in_flight) = (true, true);
    }
}
