//! Changes the room while sound passes: the input is never interrupted, and the old room rings out.
//!
//! `cargo run --example swap`, or with `--no-default-features --features engine`.
//!
//! Kernels are built on one thread and played on another. Here both are one thread, to show the calls; between two
//! threads `transept::handover` carries the boxes without locks.

use std::error::Error;
use std::sync::Arc;
use transept::engine::{BuildError, Convolver, Delivery, Engine, Kernel, Relation};

const RATE: u32 = 48_000;
/// Taps of the longest shape of a room that will follow: so much input history is kept.
const CAPACITY: usize = 48_000;
/// Frames per callback.
const BLOCK: usize = 480;

/// A room of echoes, each `decay` times as loud as the one before. [any thread but the audio thread]
fn room(spacing: usize, decay: f32) -> Result<Convolver, BuildError> {
    let mut taps = vec![0.0; CAPACITY];
    for (echo, tap) in taps.iter_mut().step_by(spacing).enumerate() {
        *tap = 0.3 * decay.powi(echo as i32);
    }
    let kernel = Kernel::builder(1, 1, RATE).path(0, 0, &taps).build()?;
    Ok(Convolver::with_capacity(Arc::new(kernel), CAPACITY))
}

/// Plays the example.
///
/// # Errors
/// A kernel that cannot be built.
pub fn main() -> Result<(), Box<dyn Error>> {
    // Requests are numbered; a newer one has a larger number.
    let hall = Delivery::new(room(4_800, 0.7)?, 1);
    // The same room in another shape: it takes over the input history, so what rings, rings on in the new shape.
    let reshaped = Relation { correlation: 0.9, is_reshaped: true };
    let darker = Delivery::new(room(4_800, 0.5)?, 2).with_relation(1, reshaped);
    // Another room: the input is cross-faded to it, and the old one rings out. The relation is unknown: unrelated.
    let cave = Delivery::new(room(3_100, 0.6)?, 3);
    let mut requests = [(0, hall), (100, darker), (200, cave)].map(|(at, new)| (at, Some(Box::new(new))));

    let mut engine = Engine::new(1, 1, RATE);
    let mut retired = Vec::new();
    let mut output = [0.0; BLOCK];
    let (mut before, mut largest_step) = (0.0f32, 0.0f32);
    for block in 0..400 {
        let input: [f32; BLOCK] = std::array::from_fn(|i| ((block * BLOCK + i) as f32 * 0.02).sin());
        let incoming = requests.iter_mut().find(|(at, _)| *at == block).and_then(|(_, new)| new.take());
        // In the audio callback. It neither allocates nor frees: what has retired is given back.
        let finished = engine.process(&[&input], &mut [&mut output], incoming);
        // On the other thread, it is dropped.
        retired.extend(finished.iter().flat_map(|finished| finished.generations()));
        for sample in output {
            largest_step = largest_step.max((sample - before).abs());
            before = sample;
        }
    }
    assert_eq!(retired, [1, 2], "both rooms were given back, in the order in which they left");
    assert_eq!(engine.current().map(Delivery::generation), Some(3));
    // A sine of 0.02 radians per sample makes steps of at most 0.02, times the sum of the echoes, which is at most 1.
    assert!(largest_step < 0.03, "no click: {largest_step}");
    println!("rooms {retired:?} were replaced, the largest step between two samples was {largest_step:.4}");
    Ok(())
}
