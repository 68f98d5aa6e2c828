#![no_main]

libfuzzer_sys::fuzz_target!(|input: (&[u8], u64, u8, u16, u8)| {
    let (output, seed, lines, bytes, max_lines) = input;
    let (lines, bytes) = (lines.into(), bytes.into());
    let limits = collodi_logs::Limits {
        lines,
        bytes,
        line_bytes: bytes,
    };
    collodi_logs::fuzz::pages(output, seed, limits, max_lines.into());
});
