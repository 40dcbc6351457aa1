//! What changes cost, and how soon they are heard.
//!
//! `cargo bench --package transept-bench --bench changes` measures; `-- --test` only shows that it runs.

use transept_bench::cell::Layout;
use transept_bench::extent::{Extent, is_given};
use transept_bench::{automation, kernel_swaps, latency, machine};

fn main() {
    println!("{}", machine::describe());
    let seconds = if Extent::from_arguments() == Extent::Smoke { 1 } else { 60 };
    let layouts: &[_] = if is_given("--test") {
        &[(Layout::Stereo, 0.5)]
    } else {
        &[(Layout::Stereo, 2.0), (Layout::Stereo, 6.0), (Layout::TrueStereo, 6.0)]
    };
    for &(layout, length) in layouts {
        let turned = kernel_swaps::turn(layout, length, 20, seconds);
        println!("a knob turned 20 times a second for {seconds} s, {layout:?}, {length} s: {turned}");
    }
    println!(
        "every shaping parameter, 20 changes a second for {seconds} s, 6 s true stereo, live: {}",
        automation::ride(20, seconds)
    );
    let repeats = if Extent::from_arguments() == Extent::Smoke { 1 } else { 15 };
    for (knob, milliseconds) in latency::knobs(repeats) {
        println!("from a knob to sound, 6 s stereo, {knob}: {milliseconds:.1} ms (median of {repeats})");
    }
    let milliseconds = latency::load(repeats);
    println!(
        "from choosing a 24-bit stereo file of 10 s at 44.1 kHz to sound at 48 kHz: {milliseconds:.1} ms (median of {repeats})"
    );
    let milliseconds = latency::open(repeats);
    println!(
        "three instances opened together, each with a stereo file of 6 s: {milliseconds:.1} ms (median of {repeats})"
    );
}
