//! What a script says about a daemon, as values: read when a file is checked, as far as it stands
//! there, and when its step is run, with what the templates gave.

mod depends;
mod finding;
mod members;
mod ready;
mod restart;

pub use depends::depends_on;
pub use finding::{Fault, Problem, Reading, Remark};
pub use ready::{Look, Ready};
pub use restart::Restart;
