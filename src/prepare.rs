//! From recipe to kernel.
//!
//! ```text
//! Recipe ─> decode or synthesise ─> drop zeros at the end ─> resample ─> match level ─> lay out ─> Kernel ─> Convolver
//!                                          └─> Summary, for people
//! ```
//!
//! [`build`] does it in the calling thread: so do the program and the tests. The plugin's `worker` (feature `worker`)
//! calls [`build_from`] in a thread of its own, where files may be found elsewhere than at their paths.

mod error;
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
    build_from(recipe, format, &decoded, cancelled)
}

/// Gives the impulse of a file or a pair, as stored, in the place of [`decoded`]. Is asked once in a build, with that build's
/// question whether to go on.
pub type Find<'a> = dyn Fn(&Source, &dyn Fn() -> bool) -> Result<Impulse, PrepareError> + 'a;

/// The same with files that are found in another way than by their paths.
///
/// # Errors
/// See [`PrepareError`].
pub fn build_from(
    recipe: &Recipe,
    format: Format,
    find: &Find,
    cancelled: &dyn Fn() -> bool,
) -> Result<Prepared, PrepareError> {
    let origin = || origin(&recipe.source);
    let go_on = || if cancelled() { Err(PrepareError::Cancelled) } else { Ok(()) };

    go_on()?;
    let (mut impulse, name) = read(recipe, find, cancelled)?;
    go_on()?;
    let silence = shape::drop_trailing_zeros(&mut impulse);
    let mut summary = Summary::of(&impulse, name, cancelled);
    go_on()?;
    let impulse = resampled(impulse, format.sample_rate, silence, cancelled);
    go_on()?; // Before the error: it may say no more than this.
    let impulse = impulse.map_err(|source| PrepareError::Resample { origin: origin(), source })?;
    let gain = match recipe.level {
        LevelRule::Match => level::loudness_gain_unless(&impulse, cancelled),
        LevelRule::Off => 1.0,
    };
    summary.level_db = 20.0 * gain.log10();
    go_on()?;
    let mut routes = layout::routes_unless(&impulse, format.inputs, format.outputs, cancelled)
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

/// The impulse of a source: its files decoded where they are, or its space synthesised.
///
/// # Errors
/// See [`PrepareError`].
pub fn decoded(source: &Source, cancelled: &dyn Fn() -> bool) -> Result<Impulse, PrepareError> {
    Ok(match source {
        Source::Space { id } => space::synthesise_unless(space::find(id)?.text, cancelled)?,
        Source::File { path } => decode::file_unless(path, cancelled)?,
        Source::Pair { left, right } => decode::pair_unless(left, right, cancelled)?,
    })
}

/// The impulse as stored, or as its text says, and its name for people.
fn read(recipe: &Recipe, find: &Find, cancelled: &dyn Fn() -> bool) -> Result<(Impulse, String), PrepareError> {
    Ok(match &recipe.source {
        Source::Space { id } => (decoded(&recipe.source, cancelled)?, space::find(id)?.name.to_owned()),
        Source::File { .. } | Source::Pair { .. } => (find(&recipe.source, cancelled)?, recipe.display_name()),
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
