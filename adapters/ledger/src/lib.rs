#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod audited;
mod files;
mod ledger;
mod page;

pub use audited::Audited;
pub use files::read;
pub use ledger::Ledger;
pub use page::page;
