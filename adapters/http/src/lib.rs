#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod body;
mod endpoints;
mod fault;
mod guard;
mod headers;
mod hosts;
mod log;
mod metrics;
mod names;
mod openapi;
mod query;
mod routes;
mod serve;
mod stream;
mod surface;
mod token;
mod views;
mod wait;

pub use hosts::AllowedHosts;
pub use routes::{ROUTES, Route, Scope};
pub use serve::{Limits, serve};
pub use surface::{AuditOf, DoctorOf, HooksOf, MayGoOn, Surface, router};
pub use token::Token;
pub use views::{
    app::{app_detail, app_updated, origin, templates},
    question,
};
