//! The real-time convolver. It knows nothing outside itself.
//!
//! A [`Kernel`] holds the immutable spectra of an impulse response; a [`Convolver`] is a kernel with its running state;
//! [`Engine`] goes from one convolver to the next while the sound goes on.

mod analysis;
mod columns;
mod convolver;
mod dispatch;
mod error;
mod head;
mod history;
mod kernel;
mod level;
#[cfg(feature = "loops")]
#[doc(hidden)]
pub mod loops;
mod past;
mod plan;
mod schedule;
mod spectrum;
mod swap;
mod transform;
mod voice;

pub use convolver::{Convolver, Relation};
pub use dispatch::Instructions;
pub use error::BuildError;
pub use history::{CEILING, clean};
pub use kernel::{Kernel, KernelBuilder, Path};
pub use spectrum::{FLOOR, floor};
pub use swap::Engine;

/// Most inputs, and most outputs, that a kernel connects.
pub const MAX_CHANNELS: usize = 2;

/// Longest quantum, in samples.
const MAX_QUANTUM: usize = 256;

/// The internal block length in samples at a sample rate in Hz: about 1.3 ms.
#[must_use]
pub fn quantum(sample_rate: u32) -> usize {
    match sample_rate {
        0..=48_000 => 64,
        48_001..=96_000 => 128,
        _ => 256,
    }
}

/// Seeded white noise of ±half of `scale`, for the tests in here and for the benches.
#[cfg(any(test, feature = "loops"))]
fn noise(len: usize, scale: f64, mut seed: u64) -> Vec<f32> {
    let mut next = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((seed >> 40) as f64 / f64::from(1 << 24) - 0.5) * scale
    };
    (0..len).map(|_| next() as f32).collect()
}
