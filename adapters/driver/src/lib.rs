#![doc = include_str!("../README.md")]

mod apps;
mod ask;
mod awaited;
mod claim;
mod detect;
mod driver;
mod events;
mod growth;
mod handle;
mod heard;
mod history;
mod inputs;
mod left;
mod perform;
mod portions;
mod survey;
mod transfer;
mod turn;
mod unchanged;
mod workspace;

pub use apps::{AppDetail, Apps, AppsError, Kept, Updated};
pub use ask::{Said, ask};
pub use claim::AppClaim;
pub use detect::detect;
pub use driver::Driver;
pub use events::{Events, Notice};
pub use growth::Growth;
pub use handle::{CommandError, Gone, HostHandle};
pub use left::empty;
pub use perform::complete;
pub use survey::survey;
pub use turn::a_turn_for_others;
pub use unchanged::Unchanged;
pub use workspace::{AppInfo, EnvInfo, LoadError, LoadedApp, Workspace, load};
