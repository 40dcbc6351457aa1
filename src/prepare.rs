//! From recipe to kernel.
//!
//! ```text
//! Recipe ─> decode or synthesise ─> drop zeros at the end ─> resample ─> trim ─> measure level ─> shape ─┐
//!                                                                                                        │
//!              Convolver <─ Kernel <─ (combine with a second one) <─ turn to the level <─ lay out <──────┤
//!                                                                          Summary, for people <─────────┘
//! ```
//!
//! [`build`] does it once, in the calling thread. A [`Preparer`] does it again and again for one chain, and remembers what
//! it did: so do the renderer, and the plugin's `worker` (feature `worker`) in a thread of its own.

mod error;
mod pair;
mod part;
mod predecessors;
mod preparer;
#[cfg(feature = "worker")]
mod status;
mod summary;
#[cfg(feature = "worker")]
pub mod worker;

use crate::chain::Format;
use crate::engine::{BuildError, Convolver, Delivery, Kernel};
use crate::impulse::recipe::{Recipe, Source};
use crate::impulse::{Impulse, decode};
use crate::space;
pub use error::PrepareError;
use error::origin;
pub use preparer::{Order, Preparer};
use std::sync::Arc;
pub use summary::{STRETCHES, Summary};

/// A convolver ready to sound.
#[derive(Debug)]
pub struct Prepared {
    /// For the audio thread.
    pub delivery: Box<Delivery>,
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
    let order = Order { recipe, format, editions: [0; 2], generation: 0 };
    Preparer::default().build(&order, &decoded, cancelled)
}

/// Gives the impulse of a file or a pair, as stored, in the place of [`decoded`], with a build's question whether to go on.
pub type Find<'a> = dyn Fn(&Source, &dyn Fn() -> bool) -> Result<Impulse, PrepareError> + 'a;

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
