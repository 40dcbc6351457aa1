//! From recipe to kernel.
//!
//! ```text
//! Recipe ─> decode or synthesise ─> drop zeros at the end ─> resample ─> trim ─> measure level ─> shape ─┐
//!                                                                                                        │
//!                              Convolver <─ Kernel <─ turn to the level <─ lay out <─────────────────────┤
//!                                                                          Summary, for people <─────────┘
//! ```
//!
//! [`build`] does it in the calling thread: so do the program and the tests. The plugin's `worker` (feature `worker`)
//! calls the same function in a thread of its own.

mod error;
mod shaping;
#[cfg(feature = "worker")]
mod status;
mod summary;
#[cfg(feature = "worker")]
pub mod worker;

use crate::chain::Format;
use crate::engine::{BuildError, Convolver, Kernel};
use crate::impulse::recipe::{LevelRule, Recipe, Source};
use crate::impulse::{Impulse, decode, layout, level, resample, shape};
use crate::space;
pub use error::PrepareError;
use error::origin;
pub use shaping::shaped;
use std::sync::Arc;
pub use summary::{STRETCHES, Summary};

/// A convolver ready to sound.
#[derive(Debug)]
pub struct Prepared {
    /// For the audio thread.
    pub convolver: Box<Convolver>,
    /// For people.
    pub summary: Summary,
}

/// Builds the convolver that a recipe asks for. Reads files, allocates, takes from milliseconds to seconds.
///
/// `cancelled` is asked between the steps and within the long ones, every few milliseconds (H9), and must not take back
/// what it said. What cannot be interrupted are the operating system's reading of a megabyte and the copying of one channel,
/// which takes tens of milliseconds for a minute at 192 kHz.
///
/// # Errors
/// See [`PrepareError`].
pub fn build(recipe: &Recipe, format: Format, cancelled: &dyn Fn() -> bool) -> Result<Prepared, PrepareError> {
    let origin = || origin(&recipe.source);
    let go_on = || if cancelled() { Err(PrepareError::Cancelled) } else { Ok(()) };

    go_on()?;
    let (mut impulse, name) = read(recipe, cancelled)?;
    go_on()?;
    let silence = shape::drop_trailing_zeros(&mut impulse);
    let stored = impulse.sample_rate();
    let impulse = resampled(impulse, format.sample_rate, silence, cancelled);
    go_on()?; // Before the error: it may say no more than this.
    let impulse = impulse.map_err(|source| PrepareError::Resample { origin: origin(), source })?;
    let gain = |impulse: &Impulse| match recipe.level {
        LevelRule::Match => level::loudness_gain_unless(impulse, cancelled),
        LevelRule::Cabinet => level::cabinet_gain_unless(impulse, cancelled),
        LevelRule::Off => 1.0,
    };
    let shaped = shaped(impulse, &recipe.shape, gain, cancelled);
    go_on()?; // Likewise.
    let (shaped, gain) = shaped.map_err(|source| PrepareError::Shape { origin: origin(), source })?;
    let summary = Summary::of(&shaped, stored, gain, recipe, name, cancelled);
    go_on()?;
    let mut routes = layout::routes_unless(&shaped.impulse, format.inputs, format.outputs, cancelled)
        .map_err(|source| PrepareError::Layout { origin: origin(), source })?;
    // One gain for all paths: the balance of the channels is the room's own.
    for route in &mut routes {
        go_on()?;
        route.taps.iter_mut().for_each(|tap| *tap = (f64::from(*tap) * gain) as f32);
    }
    go_on()?;
    let mut kernel = Kernel::builder(format.inputs, format.outputs, format.sample_rate);
    for route in &routes {
        kernel = kernel.path(route.input, route.output, &route.taps);
    }
    let kernel = kernel.build_unless(cancelled);
    go_on()?; // Likewise.
    let kernel = kernel.map_err(|source| PrepareError::Kernel { origin: origin(), source })?;
    Ok(Prepared { convolver: Box::new(Convolver::new(Arc::new(kernel))), summary })
}

/// A convolver without an impulse: what it puts out is silence.
///
/// # Errors
/// A format without channels.
pub fn silence(format: Format) -> Result<Convolver, BuildError> {
    let kernel = Kernel::builder(format.inputs, format.outputs, format.sample_rate).path(0, 0, &[]).build()?;
    Ok(Convolver::new(Arc::new(kernel)))
}

/// The impulse as stored, or as its text says, and its name for people.
fn read(recipe: &Recipe, cancelled: &dyn Fn() -> bool) -> Result<(Impulse, String), PrepareError> {
    Ok(match &recipe.source {
        Source::Space { id } => {
            let space = space::find(id)?;
            (space::synthesise_unless(space.text, cancelled)?, space.name.to_owned())
        }
        Source::File { path } => (decode::file_unless(path, cancelled)?, recipe.display_name()),
        Source::Pair { left, right } => (decode::pair_unless(left, right, cancelled)?, recipe.display_name()),
    })
}

/// At its own rate it stays what it is.
fn resampled(
    impulse: Impulse,
    rate: u32,
    silence: usize,
    cancelled: &dyn Fn() -> bool,
) -> Result<Impulse, resample::ResampleError> {
    if impulse.sample_rate() == rate {
        return Ok(impulse);
    }
    resample::impulse_unless(&impulse, rate, silence, cancelled)
}
