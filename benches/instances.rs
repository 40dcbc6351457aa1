//! How many stereo instances of a 6 s impulse one core carries at blocks of 64 frames, at live pace.
//!
//! `cargo bench --package transept-bench --bench instances -- --seconds 60 --count 100`, or `-- --search`; with AVX2
//! where there is more, or `--best`.

use std::process::ExitCode;
use transept::engine::Instructions;
use transept_bench::capacity::{Instances, search};
use transept_bench::extent::{Extent, is_given, number};
use transept_bench::instance::common;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let (count, seconds) = match Extent::from_arguments() {
        Extent::Smoke => (2, 1),
        Extent::Quick => (16, 5),
        Extent::Full => (16, 20),
    };
    let seconds = number("--seconds")?.unwrap_or(seconds);
    let instructions = if is_given("--best") { Instructions::best() } else { common() };
    println!("stereo instances of 6 s in one thread, {instructions}, block 64, live pace, {seconds} s each time");
    if is_given("--search") {
        match search(seconds, instructions, |result| println!("{result}")) {
            Some(carried) => println!("carried: {}", carried.count),
            None => println!("carried: none"),
        }
    } else {
        let count = number("--count")?.unwrap_or(count).max(1);
        println!("{}", Instances::new(count, instructions).play(count, seconds));
    }
    Ok(())
}
