#![no_main]

libfuzzer_sys::fuzz_target!(|input: (&[u8], u64, u16)| {
    let (output, seed, line_bytes) = input;
    collodi_logs::fuzz::lines(output, seed, line_bytes.into());
});
