#![no_main]

libfuzzer_sys::fuzz_target!(|source: &[u8]| collodi_script::fuzz::parse_any(source));
