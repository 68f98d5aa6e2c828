//! Whether a daemon answers: found from what it says, and tried.

use crate::{
    ProcessId,
    shared::{Child, Role, Shared},
};
use alloc::string::String;
use collodi_action::Action;
use collodi_logs::{Url, find_url};
use collodi_time::{Deadline, Duration, Instant};

/// The wait before the second try; it doubles up to [`LONGEST`].
const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(5);

/// The look for a daemon's address, in one of its lives.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reach {
    state: State,
}

#[derive(Clone, Debug, Default)]
enum State {
    /// It has not said an address yet.
    #[default]
    Listening,
    /// A try is under way, or waits for its time.
    Trying { url: Url, wait: Duration },
    /// It answers.
    Reached(Url),
}

impl Reach {
    /// The address at which it answers.
    pub(crate) const fn url(&self) -> Option<&Url> {
        if let State::Reached(url) = &self.state {
            Some(url)
        } else {
            None
        }
    }

    /// A new life: what was known holds no more.
    pub(crate) fn reset(&mut self, process: &ProcessId, shared: &mut Shared) {
        self.state = State::Listening;
        shared.wait(Child::Reach(process.clone()), None);
    }

    /// The daemon said a line. An address on this machine is tried.
    pub(crate) fn line(&mut self, line: &str, process: &ProcessId, shared: &mut Shared) {
        if matches!(self.state, State::Listening)
            && let Some(url) = find_url(line).filter(Url::is_local)
        {
            connect(&url, process, shared);
            self.state = State::Trying { url, wait: FIRST };
        }
    }

    /// A try ended. The address, when it is the first that succeeded.
    pub(crate) fn tried(
        &mut self,
        now: Instant,
        succeeded: bool,
        process: &ProcessId,
        shared: &mut Shared,
    ) -> Option<Url> {
        let State::Trying { url, wait } = &mut self.state else {
            return None;
        };
        if succeeded {
            let url = url.clone();
            self.state = State::Reached(url.clone());
            return Some(url);
        }
        let deadline = Deadline::new(now + *wait, "does it answer?");
        shared.wait(Child::Reach(process.clone()), Some(deadline));
        *wait = wait.saturating_mul(2).min(LONGEST);
        None
    }

    /// It is time for the next try.
    pub(crate) fn timeout(&self, process: &ProcessId, shared: &mut Shared) {
        if let State::Trying { url, .. } = &self.state {
            connect(url, process, shared);
        }
    }
}

fn connect(url: &Url, process: &ProcessId, shared: &mut Shared) {
    let host = String::from(url.connect_host());
    let port = url.port.unwrap_or(url.scheme.default_port());
    let action = Action::Connect { host, port };
    shared.ask(Child::Reach(process.clone()), None, Role::Plain, action);
}
