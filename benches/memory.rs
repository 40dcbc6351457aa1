//! Memory of a long render and of many instances, each case in a process of its own.
//!
//! `cargo bench --package transept-bench --bench memory` measures; `-- --test` only shows that it runs. Of a render it
//! is the peak, for every form of the file's header, and the last column is what twenty minutes take above one minute:
//! what grows with the file. Of instances it is what is resident once all play, and what each further one adds.

use std::fs::{File, read_to_string};
use std::io::{BufWriter, Write};
use std::path::Path;
use std::process::Command;
use transept::cancel::Token;
use transept::impulse::recipe::Recipe;
use transept::render::{Job, render};
use transept_bench::extent::{Extent, is_given};
use transept_bench::machine;
use transept_bench::residents;
use transept_bench::signal::{Noise, room};

const RATE: u32 = 48_000;

/// Says to this program which file it is to render, and at which rate.
const STAGED: &str = "TRANSEPT_BENCH_MEMORY";

/// What a header says of the size of the samples.
#[derive(Clone, Copy)]
enum Size {
    Right,
    Says(u32),
    /// In a chunk `ds64`.
    Rf64,
}

/// Forms of a header, and the rate of the output in Hz, if another one.
const FORMS: [(&str, Size, Option<u32>); 6] = [
    ("finished", Size::Right, None),
    ("size -1, from a pipe", Size::Says(u32::MAX), None),
    ("size 0, never finished", Size::Says(0), None),
    ("too large", Size::Says(0x7fff_fff0), None),
    ("RF64", Size::Rf64, None),
    ("finished, to 96 kHz", Size::Right, Some(96_000)),
];

/// Says to this program how many instances it is to play, and whether they may share what they build.
const INSTANCES: &str = "TRANSEPT_BENCH_INSTANCES";

fn main() {
    if let Ok(staged) = std::env::var(INSTANCES) {
        let (count, kind) = staged.split_once('|').expect("a number and a kind");
        let playing = residents::play(count.parse().expect("a number"), kind == "shared");
        println!("{}", of_status("VmRSS:"));
        drop(playing);
        return;
    }
    if let Ok(staged) = std::env::var(STAGED) {
        let (folder, rate) = staged.split_once('|').expect("a folder and a rate");
        let path = |name: &str| Path::new(folder).join(name);
        let job = Job::new(path("dry.wav"), Recipe::file(path("room.wav")), path("wet.wav"));
        render(&Job { sample_rate: rate.parse().ok(), ..job }, &Token::never(), |_| ()).expect("rendered");
        println!("{}", peak());
        return;
    }
    println!("{}", machine::describe());
    let is_brief = is_given("--test") || Extent::from_arguments() == Extent::Smoke;
    let minutes = if is_brief { [1, 2] } else { [1, 20] };
    let folder = tempfile::tempdir().expect("a folder");
    let taps = room(RATE as usize, 1);
    let mut left = taps.iter();
    write(&folder.path().join("room.wav"), Size::Right, taps.len(), || left.next().copied().unwrap_or(0.0));
    println!("stereo of 16 bits through an impulse of 1 s; peak memory in MB:");
    println!("{:<24} {:>6} min {:>6} min {:>8}", "header", minutes[0], minutes[1], "growth");
    for (name, size, rate) in FORMS {
        let megabytes = minutes.map(|minutes| {
            let mut noise = Noise::new(2);
            write(&folder.path().join("dry.wav"), size, minutes * 60 * RATE as usize, || 0.1 * noise.sample());
            let staged =
                format!("{}|{}", folder.path().display(), rate.map_or_else(String::new, |rate| rate.to_string()));
            let done = Command::new(std::env::current_exe().expect("this program")).env(STAGED, staged).output();
            let done = done.expect("it runs");
            assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
            let kilobytes: f64 = String::from_utf8_lossy(&done.stdout).trim().parse().expect("a number");
            kilobytes / 1024.0
        });
        let [short, long] = megabytes;
        println!("{name:<24} {short:>10.1} {long:>10.1} {:>8.1}", long - short);
    }
    let count = if is_brief { 3 } else { 17 };
    println!("instances of a stereo file of 6 s at 48 kHz, all playing; resident memory in MB:");
    println!("{:<24} {:>10} {:>7} {count:>2} {:>13}", "", 1, "", "each further");
    for (name, kind) in [("the same file", "shared"), ("as if all were others", "alone")] {
        let [one, all] = [1, count].map(|count| {
            let done = Command::new(std::env::current_exe().expect("this program"))
                .env(INSTANCES, format!("{count}|{kind}"))
                .output();
            let done = done.expect("it runs");
            assert!(done.status.success(), "{name}: {}", String::from_utf8_lossy(&done.stderr));
            let kilobytes: f64 = String::from_utf8_lossy(&done.stdout).trim().parse().expect("a number");
            kilobytes * 1024.0 / 1e6
        });
        println!("{name:<24} {one:>10.1} {all:>10.1} {:>13.2}", (all - one) / (count - 1) as f64);
    }
}

/// Most memory that this process has had, in kilobytes, as Linux counts it.
fn peak() -> u64 {
    of_status("VmHWM:")
}

/// A line of what Linux says about this process, in kilobytes.
fn of_status(name: &str) -> u64 {
    let status = read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or("0");
    line.split_whitespace().next().and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Writes a stereo file of 16 bits, both channels alike, piece by piece.
fn write(path: &Path, size: Size, frames: usize, mut sample: impl FnMut() -> f32) {
    let bytes = 4 * frames as u64;
    let mut file = BufWriter::new(File::create(path).expect("created"));
    let mut put = |bytes: &[u8]| file.write_all(bytes).expect("written");
    let told = match size {
        Size::Right => bytes as u32,
        Size::Says(told) => told,
        Size::Rf64 => u32::MAX,
    };
    let is_long = matches!(size, Size::Rf64);
    put(if is_long { b"RF64" } else { b"RIFF" });
    put(&if told == bytes as u32 { told + 36 } else { told }.to_le_bytes());
    put(b"WAVE");
    if is_long {
        put(b"ds64\x1c\0\0\0");
        [bytes + 72, bytes, frames as u64].iter().for_each(|number| put(&number.to_le_bytes()));
        put(&[0; 4]);
    }
    put(b"fmt \x10\0\0\0\x01\0\x02\0");
    [RATE, 4 * RATE].iter().for_each(|number| put(&number.to_le_bytes()));
    put(b"\x04\0\x10\0data");
    put(&told.to_le_bytes());
    for _ in 0..frames {
        let value = (sample().clamp(-1.0, 1.0) * 32_767.0) as i16;
        put(&value.to_le_bytes());
        put(&value.to_le_bytes());
    }
}
