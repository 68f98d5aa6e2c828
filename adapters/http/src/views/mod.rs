//! What the host knows, as wire types.

pub(crate) mod app;
mod log;
mod process;
mod question;
mod run;
mod script;
mod setting;

pub(crate) use app::{app_detail, app_updated, origin, templates};
pub(crate) use log::{last_lines, page, unfinished};
pub(crate) use process::{left_alone, process};
pub use question::question;
pub(crate) use run::{failure, run, word};
pub(crate) use script::diagnostic;
pub(crate) use setting::setting;
