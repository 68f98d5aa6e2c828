//! Apps.

use crate::{LeftAlone, Process, Size};
use alloc::{string::String, vec::Vec};
use serde::{Deserialize, Serialize};

/// `GET /python/apps`: the apps by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Apps {
    /// The apps.
    pub apps: Vec<App>,
    /// How many.
    pub count: usize,
}

/// A folder with, usually, a script.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct App {
    /// The folder's name.
    pub name: String,
    /// The folder.
    pub path: String,
    /// Whether `pinokio.json` or `pinokio.js` is there.
    pub has_script: bool,
    /// Its processes that have not ended.
    pub running_processes: usize,
    /// Where it came from, when that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<AppOrigin>,
    /// What its folder takes; null until it was measured, in the background.
    #[serde(default)]
    pub size: Option<Size>,
}

/// Where an app came from: a repository, a folder or a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppOrigin {
    /// The repository's address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The commit, tag or branch that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// The commit that was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// The folder that was copied.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<String>,
    /// The template that it was made from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// Whether git cloned it, by a script or by hand: an update does not follow it then, and
    /// the reference is the branch that it is on.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub cloned: bool,
    /// All of this in words.
    #[serde(default)]
    pub words: String,
}

/// `GET /python/apps/{name}`, and what comes of `POST /python/apps`: an app, and what it has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppDetail {
    /// The app, as it is listed.
    #[serde(flatten)]
    pub app: App,
    /// What its launcher calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// What its launcher says that it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// The picture of it, a path below its folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// The version of the format that its launcher was written for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// The entries of its launcher's menu, as far as they are data.
    #[serde(default)]
    pub menu: Vec<AppMenuItem>,
    /// Whether some of its launcher is a program in JavaScript, which is not run.
    #[serde(default)]
    pub needs_javascript: bool,
    /// Its scripts.
    #[serde(default)]
    pub scripts: Vec<AppScript>,
    /// Whether it has parts that are repositories of their own, which are not fetched.
    #[serde(default)]
    pub has_submodules: bool,
}

/// An entry of a launcher's menu.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppMenuItem {
    /// What it says.
    pub text: String,
    /// The script or address that it opens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub href: Option<String>,
    /// Whether it is opened when nobody chooses.
    #[serde(default)]
    pub is_default: bool,
    /// How many menus it is in.
    #[serde(default)]
    pub depth: usize,
}

/// A script of an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppScript {
    /// Its file, below the app's folder.
    pub file: String,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// How many steps it has.
    pub steps: usize,
    /// How many errors are in it.
    pub errors: usize,
    /// How many warnings there are about it.
    pub warnings: usize,
    /// Whether it is a program in JavaScript, which is not run.
    #[serde(default)]
    pub needs_javascript: bool,
}

/// The body of `POST /python/apps`: an app of a repository, or of a template.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppRequest {
    /// The repository's address, perhaps with `#` and a commit, tag or branch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The template, in place of a repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The app's name; the repository's or template's when it is left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The commit, tag or branch of the repository that is wanted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
}

/// The body of `POST /python/apps/{name}/update`, which may be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppUpdate {
    /// Another commit, tag or branch than the app has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commit: Option<String>,
    /// Whether changes of the app's files may be lost.
    #[serde(default)]
    pub discard: bool,
}

/// `POST /python/apps/{name}/update`: what came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppUpdated {
    /// `updated`, or `unchanged`.
    pub status: String,
    /// The commit that it had.
    pub from: String,
    /// What was kept of an earlier update, which was cut, in words: files that somebody has
    /// changed since, and where they are.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept: Option<String>,
    /// The app.
    pub app: AppDetail,
}

/// `DELETE /python/apps/{name}`: the app is gone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppRemoved {
    /// `removed`
    pub status: String,
    /// Its name.
    pub name: String,
    /// The environments that went with it.
    #[serde(default)]
    pub environments: Vec<String>,
    /// The environments that its scripts named, and that are still there.
    #[serde(default)]
    pub kept: Vec<String>,
}

impl AppRemoved {
    /// The app of this name is removed. Of each environment that was its alone, whether it went
    /// with it.
    pub fn of(name: String, environments: impl IntoIterator<Item = (String, bool)>) -> Self {
        let (gone, kept): (Vec<_>, Vec<_>) = environments.into_iter().partition(|(_, gone)| *gone);
        let names = |all: Vec<(String, bool)>| all.into_iter().map(|(name, _)| name).collect();
        Self {
            status: "removed".into(),
            name,
            environments: names(gone),
            kept: names(kept),
        }
    }
}

/// `GET /python/templates`: what apps can be made from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Templates {
    /// The templates.
    pub templates: Vec<AppTemplate>,
    /// How many.
    pub count: usize,
}

/// A template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppTemplate {
    /// Its name.
    pub name: String,
    /// What it is, in a line.
    pub description: String,
    /// The files that an app gets from it.
    pub files: Vec<String>,
}

/// `GET /python/apps/{name}/processes`: an app's processes; none of an unknown app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct AppProcesses {
    /// The app.
    pub app_id: String,
    /// Its processes, ended ones too as long as they are kept.
    pub processes: Vec<Process>,
    /// Those of an earlier server of which nothing could be read.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_alone: Vec<LeftAlone>,
}
