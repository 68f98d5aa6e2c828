//! The endpoints, a file for each kind of thing.

mod add_app;
mod apps;
mod audit;
mod config;
mod doctor;
mod envs;
mod events;
mod facts;
mod log_text;
mod metrics;
mod nowhere;
mod openapi;
mod page;
mod plan;
mod processes;
mod ready;
mod remove_app;
mod rerun;
mod run_app;
mod runs;
mod script;
mod server;
mod signal;
mod start_process;
mod templates;
mod update_app;
mod usage;

use crate::{fault::Fault, surface::Served};
use axum::{Json, extract::State};
use std::sync::Arc;

pub(crate) use add_app::add_app;
pub(crate) use apps::{app, app_processes, apps, stop_app};
pub(crate) use audit::audit;
pub(crate) use config::{change_config, config, environment};
pub(crate) use doctor::doctor;
pub(crate) use envs::{create_env, delete_env, env_list, envs};
pub(crate) use events::events;
pub(crate) use facts::{Facts, Seen, seen, status};
pub(crate) use log_text::{process_log_text, run_log_text};
pub(crate) use metrics::metrics;
pub(crate) use nowhere::{no_such_method, no_such_route};
pub(crate) use openapi::openapi;
pub(crate) use page::{page, page_file};
pub(crate) use plan::{plan, plan_text};
pub(crate) use processes::{process, process_logs, processes, stop_process};
pub(crate) use ready::ready;
pub(crate) use remove_app::remove_app;
pub(crate) use rerun::rerun;
pub(crate) use run_app::run_app;
pub(crate) use runs::{answer_run, cancel_run, run, run_logs, runs};
pub(crate) use script::{check_text, diagnostics, replace_script, script_text};
pub(crate) use server::{hand_over, live, shutdown};
pub(crate) use signal::signal_process;
pub(crate) use start_process::{restart_app, restart_process, start_process};
pub(crate) use templates::templates;
pub(crate) use update_app::update_app;
pub(crate) use usage::usage;

/// What endpoints work with.
type Shared = State<Arc<Served>>;
/// What endpoints answer.
type Answered<T> = Result<Json<T>, Fault>;
