#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod answer;
mod app;
mod audit;
mod config;
mod disk;
mod doctor;
mod env;
mod env_plan;
mod log;
mod plan;
mod problem;
mod process;
mod question;
mod run;
mod script;
mod signal;
mod status;
mod stream;
mod usage;
mod words;

pub use answer::{Answer, Live};
pub use app::{
    App, AppDetail, AppMenuItem, AppOrigin, AppProcesses, AppRemoved, AppRequest, AppScript,
    AppTemplate, AppUpdate, AppUpdated, Apps, Templates,
};
pub use audit::{AuditEntry, AuditEnvironment, AuditPage, AuditSandbox};
pub use config::{Config, ConfigSaved, Setting, SettingSource};
pub use disk::{DiskUse, NotCounted, Size};
pub use doctor::{Doctor, Finding, FindingState};
pub use env::{Env, EnvCreated, EnvDeleted, EnvUse, EnvUseKind, Envs};
pub use env_plan::{EnvPlan, EnvVariable, EnvVerdict};
pub use log::{Gap, LogLine, LogPage, LogStream, UnfinishedLine};
pub use plan::{
    Assumption, Effect, FileEffect, Plan, PlanEnding, PlanStatus, PlanStep, PlannedCommand,
    PlannedSandbox, PlannedScript, PlannedVariable,
};
pub use problem::{Diagnostic, Problem, Severity};
pub use process::{
    EndedHow, LeftAlone, Process, ProcessDetail, ProcessStatus, Processes, TreeMember,
};
pub use question::{DefaultAnswer, Question, QuestionField, QuestionItem, RunAnswer};
pub use run::{
    RerunRequest, RestartPolicy, Run, RunAccepted, RunOutcome, RunOverridden, RunOverrides,
    RunRequest, RunResult, RunStatus, Runs, Step, StepFailure, StepStatus,
};
pub use script::{ScriptDiagnostics, ScriptText};
pub use signal::{ProcessSignal, SignalRequest};
pub use status::Status;
pub use stream::{
    NoteKind, ResetReason, StreamGap, StreamGone, StreamLeftAlone, StreamNote, StreamProgress,
    StreamReset, StreamTopic,
};
pub use usage::{ProcessUsage, UsageReport};
