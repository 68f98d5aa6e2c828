//! Has the functions that a server calls lie beside each other in the program.

use std::env;

fn main() {
    println!("cargo::rerun-if-changed=layout.ld");
    let is = |name: &str, value: &str| env::var(name).is_ok_and(|found| found == value);
    // Other systems' linkers take no such file, and an unoptimised program has other functions.
    if is("CARGO_CFG_TARGET_OS", "linux") && is("PROFILE", "release") {
        let dir = env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        println!("cargo::rustc-link-arg-bins=-Wl,-T,{dir}/layout.ld");
    }
}
