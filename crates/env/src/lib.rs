#![doc = include_str!("../README.md")]
#![no_std]
#![forbid(unsafe_code)]

#[expect(unused_extern_crates, reason = "filled next")]
extern crate alloc;
