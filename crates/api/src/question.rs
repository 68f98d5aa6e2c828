//! What a run asks a person.

use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// The body of `POST /python/runs/{id}/answer`. `A` is the JSON object type of whoever
/// reads or writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunAnswer<A> {
    /// The step of `run` that asks, from 0; whichever asks, when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub step: Option<usize>,
    /// The number of the question; whichever is open, when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub question: Option<u64>,
    /// The answers, by the keys of the fields.
    pub values: A,
}

/// What a run asks a person, and waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// Its number, from 1 over all that the run asks.
    #[serde(default)]
    pub number: u64,
    /// The step that asks, from 0.
    pub step: usize,
    /// The list in which the step stands; absent for `run`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list: Option<String>,
    /// The step's name, when it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The method: `input`, `filepicker.open`, …; `pre` for the variables that a
    /// script requires before its first step.
    pub method: String,
    /// The heading.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// What is asked.
    pub fields: Vec<QuestionField>,
}

/// One thing that is asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct QuestionField {
    /// The name of its answer.
    pub key: String,
    /// What people call it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// What it is about.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// An example of an answer.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub placeholder: String,
    /// `text`, `textarea`, `password`, `checkbox`, `select` or `paths`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Whether there may be several paths.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub multiple: bool,
    /// What there is to choose.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<QuestionItem>,
    /// The answer of who leaves it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<DefaultAnswer>,
    /// Whether it must have an answer that is not empty.
    pub required: bool,
}

/// Something to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct QuestionItem {
    /// The answer.
    pub value: String,
    /// What people read.
    pub text: String,
}

/// The answer of who leaves a field out. Numbers are written out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged)]
pub enum DefaultAnswer {
    /// Of a checkbox.
    Flag(bool),
    /// Of a text or a choice.
    Text(String),
    /// Of paths.
    Paths(Vec<String>),
}
