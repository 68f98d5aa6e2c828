//! How the program is linked: the functions that a server calls beside each other, and what the
//! loader has to mend as a short list.

use std::{env, process::Command};

/// Set, it has the program start where the C library is older than the one here.
const PORTABLE: &str = "COLLODI_PORTABLE";

fn main() {
    println!("cargo::rerun-if-changed=layout.ld");
    println!("cargo::rerun-if-env-changed={PORTABLE}");
    // Other systems' linkers take no such file, and an unoptimised program has other functions.
    if is("CARGO_CFG_TARGET_OS", "linux") && is("PROFILE", "release") {
        let dir = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{dir}/layout.ld");
        if is("CARGO_CFG_TARGET_ENV", "gnu") && loads_short_lists() {
            println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
        }
    }
}

fn is(name: &str, value: &str) -> bool {
    env::var(name).is_ok_and(|found| found == value)
}

/// Whether the C library here can load such a program, and is the one that it is made for.
fn loads_short_lists() -> bool {
    let asked = Command::new("getconf").arg("GNU_LIBC_VERSION").output();
    let version = asked.ok().and_then(|said| {
        let said = String::from_utf8(said.stdout).ok()?;
        let (major, minor) = said.trim().strip_prefix("glibc ")?.split_once('.')?;
        Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?))
    });
    let is_for_here = env::var("HOST") == env::var("TARGET") && env::var_os(PORTABLE).is_none();
    is_for_here && version >= Some((2, 36))
}
