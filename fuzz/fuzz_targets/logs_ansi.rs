#![no_main]

libfuzzer_sys::fuzz_target!(|text: &str| collodi_logs::fuzz::ansi(text));
