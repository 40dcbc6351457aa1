//! Ten minutes of stereo through four seconds of stereo, by `transept render` and by FFmpeg's `afir` in turn.
//!
//! `cargo bench --package transept-bench --bench files` measures; `-- --test` only shows that it runs.

use transept_bench::extent::Extent;
use transept_bench::machine;
use transept_bench::rendering::{self, Files};

fn main() {
    if rendering::is_staged() {
        return;
    }
    println!("{}", machine::describe());
    let is_brief = Extent::from_arguments() == Extent::Smoke;
    let (minutes, impulse, rounds) = if is_brief { (0.1, 1.0, 1) } else { (10.0, 4.0, 5) };
    match Files::measure(minutes, impulse, rounds) {
        Ok(found) => println!("{found}\nFFmpeg's output beside ours: {}.", found.comparison),
        Err(reason) => println!("{reason}"),
    }
}
