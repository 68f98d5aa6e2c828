#![no_main]

libfuzzer_sys::fuzz_target!(|input: (&str, u64, u64)| {
    let (text, seq, dropped) = input;
    collodi_logs::fuzz::record(text, seq, dropped);
});
