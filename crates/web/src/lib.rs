#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod basic;
mod chosen;
mod download;
mod error;
mod fetch;
mod headers;
mod name;
mod plan;
mod url;

pub use basic::basic;
pub use chosen::ChosenName;
pub use download::{DownloadSpec, Downloaded, PART, Target, VALIDATOR};
pub use error::{WebError, WebErrorKind};
pub use fetch::{FetchSpec, Fetched};
pub use headers::Headers;
pub use name::{MAX_NAME_BYTES, file_name};
pub use plan::{Known, Plan, Validator, content_start, plan};
pub use url::{UrlError, WebUrl};
