#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| collodi_fuzz::run("logs_blocks", data));
