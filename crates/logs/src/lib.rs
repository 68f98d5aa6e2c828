#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

mod ansi;
mod block;
pub mod fuzz;
mod limits;
mod line;
mod log;
mod mask;
mod record;
pub mod recording;
mod ring;
mod row;
mod search;
mod split;
mod store;
mod url;

pub use ansi::{Color, Span, Style, plain, styled};
pub use limits::Limits;
pub use line::{Line, Source};
pub use log::{Log, Partial};
pub use mask::Mask;
pub use record::{RecordError, from_record, to_record};
pub use ring::Page;
pub use search::Needle;
pub use store::Totals;
pub use url::{Scheme, Url, find_url, find_urls, may_have_url};
