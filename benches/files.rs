//! Ten minutes of stereo through four seconds of stereo, by `transept render` and by FFmpeg's `afir` in turn.
//!
//! `cargo bench --package transept-bench --bench files` builds the program and measures; `-- --test` only shows that it
//! runs, where the program has been built.

use std::path::Path;
use transept_bench::extent::Extent;
use transept_bench::machine;
use transept_bench::rendering::{self, Files};

fn main() {
    println!("{}", machine::describe());
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let target = scratch.parent().expect("it lies in the target folder");
    let is_brief = Extent::from_arguments() == Extent::Smoke;
    let program = match target.join("release/transept") {
        built if is_brief && !built.exists() => Err("not measured: files: the program was not built".into()),
        built if is_brief => Ok(built),
        _ => rendering::build(target),
    };
    let (minutes, impulse, rounds) = if is_brief { (0.1, 1.0, 1) } else { (10.0, 4.0, 5) };
    match program.and_then(|program| Files::measure(&program, minutes, impulse, rounds)) {
        Ok(found) => println!("{found}\nFFmpeg's output differs by {}.", found.comparison),
        Err(reason) => println!("{reason}"),
    }
}
