//! How fast output becomes lines, by shape of output, in bytes a second.
#![allow(missing_docs)]

use collodi_command::Stream;
use collodi_logs::{Limits, Log, Mask, plain, styled};
use collodi_time::Instant;
use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;

const CHUNK: usize = 64 << 10;

/// A chunk full of copies of `piece`, the last one cut.
fn chunk(piece: &str) -> Vec<u8> {
    piece.bytes().cycle().take(CHUNK).collect()
}

fn shapes() -> Vec<(&'static str, Vec<u8>)> {
    let text = "the quick brown fox jumps over the lazy dog and so on, until it is a line of a hundred bytes......";
    vec![
        ("lines of 100 bytes", chunk(&format!("{text}\n"))),
        ("lines of 10 bytes", chunk("123456789\n")),
        ("windows line ends", chunk(&format!("{text}\r\n"))),
        (
            "not ascii",
            chunk(&format!("{}\n", "žluťoučký kůň ".repeat(5))),
        ),
        (
            "invalid",
            chunk(&format!("{text}\n"))
                .iter()
                .map(|b| if *b == b'q' { 0xff } else { *b })
                .collect(),
        ),
        (
            "colours",
            chunk(
                "\x1b[32mINFO\x1b[0m:     127.0.0.1:5000 - \"\x1b[1mGET / HTTP/1.1\x1b[0m\" \x1b[32m200 OK\x1b[0m\n",
            ),
        ),
        (
            "progress",
            chunk("\r 42%|████      | 420/1000 [00:42<00:58, 10.00it/s]"),
        ),
        ("no line ends", chunk(text)),
        ("nothing but carriage returns", chunk("\rx")),
        ("nothing but line feeds", chunk("\n")),
    ]
}

fn push(c: &mut Criterion, name: &str, mask: &Mask) {
    let mut group = c.benchmark_group(name);
    group.throughput(Throughput::Bytes(CHUNK as u64));
    for (shape, bytes) in shapes() {
        let mut log = Log::new(Limits::default()).with_mask(mask.clone());
        group.bench_function(shape, |b| {
            b.iter(|| log.push(Instant::ZERO, Stream::Stdout, black_box(&bytes)));
        });
    }
    group.finish();
}

fn unmasked(c: &mut Criterion) {
    push(c, "push", &Mask::default());
}

fn masked(c: &mut Criterion) {
    let secrets = [
        "hf_0123456789abcdef",
        "correct horse battery staple",
        "hunter2!",
    ];
    push(c, "push masked", &Mask::new(secrets));
}

fn ansi(c: &mut Criterion) {
    let mut group = c.benchmark_group("ansi");
    group.throughput(Throughput::Bytes(CHUNK as u64));
    for (shape, bytes) in shapes() {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        group.bench_function(format!("plain, {shape}"), |b| {
            b.iter(|| plain(black_box(&text)));
        });
        group.bench_function(format!("styled, {shape}"), |b| {
            b.iter(|| styled(black_box(&text)));
        });
    }
    group.finish();
}

criterion_group!(benches, unmasked, masked, ansi);
criterion_main!(benches);
