//! Convolves a signal in blocks of changing size, as hosts send them, and finds the same bits as in one block.
//!
//! `cargo run --example blocks`, or with `--no-default-features --features engine`: the engine needs none.

use std::error::Error;
use std::sync::Arc;
use transept::engine::{Convolver, Kernel};

/// Plays the example.
///
/// # Errors
/// A kernel that cannot be built.
pub fn main() -> Result<(), Box<dyn Error>> {
    // An echo every 100 ms, each half as loud as the one before: one second at 48 kHz.
    let mut taps = vec![0.0; 48_000];
    for (echo, tap) in taps.iter_mut().step_by(4_800).enumerate() {
        *tap = 0.5f32.powi(echo as i32);
    }

    // The kernel is immutable and may be shared; a convolver is a kernel with its running state.
    let kernel = Arc::new(Kernel::builder(1, 1, 48_000).path(0, 0, &taps).build()?);
    let input: Vec<f32> = (0..96_000).map(|i| (i as f32 * 0.05).sin() * 0.25).collect();

    let mut whole = vec![0.0; input.len()];
    Convolver::new(kernel.clone()).process(&[&input], &mut [&mut whole]);

    // A host may change the size from call to call; there is no latency at any.
    let mut convolver = Convolver::new(kernel);
    let mut pieces = vec![0.0; input.len()];
    let mut done = 0;
    for size in [64, 1, 441, 0, 512, 1785, 37].into_iter().cycle() {
        let now = done..input.len().min(done + size);
        convolver.process(&[&input[now.clone()]], &mut [&mut pieces[now.clone()]]);
        done = now.end;
        if done == input.len() {
            break;
        }
    }
    assert_eq!(pieces, whole, "the blocks do not show");

    let peak = |samples: &[f32]| samples.iter().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
    println!("{} samples, peak {:.3} in, {:.3} out: the same in blocks of 0 to 1785", done, peak(&input), peak(&whole));
    Ok(())
}
