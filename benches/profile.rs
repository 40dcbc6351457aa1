//! Where the nanoseconds of a callback go, for every set of vector instructions of this processor.
//!
//! `cargo bench --package transept-bench --bench profile` samples stereo of 6 s at blocks of 64 frames, and says the
//! functions as well; `-- --seconds 30` samples longer, `-- --block 1024` another block.

use std::error::Error;
use std::time::Duration;
use transept::engine::Instructions;
use transept_bench::cell::{Layout, Pace, Situation};
use transept_bench::document::where_time_goes;
use transept_bench::extent::{Extent, number};
use transept_bench::machine;
use transept_bench::sampling::Profile;

/// Shares below it are not said of functions.
const LEAST: f64 = 0.005;

fn main() -> Result<(), Box<dyn Error>> {
    println!("{}", machine::describe());
    let is_brief = Extent::from_arguments() == Extent::Smoke;
    let seconds = number("--seconds")?.unwrap_or(if is_brief { 1 } else { 20 });
    let block = number("--block")?.unwrap_or(64);
    let length = if is_brief { 0.5 } else { 6.0 };
    let situation = Situation { layout: Layout::Stereo, seconds: length, block, instances: 1, pace: Pace::Hot };
    let take = |set| Profile::take(situation, set, Duration::from_secs(seconds as u64));
    let profiles = Instructions::available().into_iter().rev().map(take).collect::<Result<Vec<_>, _>>()?;
    for profile in &profiles {
        println!("\n{}: {} samples", profile.instructions, profile.samples);
        for (function, group, share) in profile.functions().filter(|(.., share)| *share >= LEAST) {
            println!("{:>5.1} %  {group:<32} {function}", 100.0 * share);
        }
    }
    println!("\n{}", where_time_goes(&profiles));
    Ok(())
}
