#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod body;
mod caller;
mod embedded;
mod endpoints;
mod fault;
mod guard;
mod headers;
mod hosts;
mod keyring;
mod log;
mod metrics;
mod names;
mod openapi;
mod query;
mod routes;
mod scope;
mod serve;
mod stream;
mod surface;
mod token;
mod usage;
mod views;
mod wait;
mod written;

pub use body::restart_class;
pub use hosts::AllowedHosts;
pub use keyring::{Key, Keyring, KeyringError};
pub use routes::{ROUTES, Route};
pub use scope::{NoScope, Scope};
pub use serve::{Limits, serve};
pub use surface::{AuditOf, DoctorOf, HooksOf, KeysOf, MayGoOn, NoNextLife, Surface, router};
pub use token::Token;
pub use views::{
    app::{app_detail, app_updated, origin, templates},
    question,
};
