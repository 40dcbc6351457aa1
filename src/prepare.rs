//! From recipe to kernel.
//!
//! ```text
//! Recipe ─> decode or synthesise ─> drop zeros at the end ─> resample ─> shape ─> lay out ─┐
//!                                                                                          │
//!      Convolver <─ Kernel <─ turn to the level <─ measure <─ (combine with a second one) <┤
//!                                                            Summary, for people <─────────┘
//! ```
//!
//! [`build`] does it once, in the calling thread. A [`Preparer`] does it again and again for one chain, and remembers
//! what it did: so does the renderer, [`Ahead`] of what it plays. The plugin's `worker` (feature `worker`) does the same
//! with what other instances have built. Both follow automation on the same [`grid`]. The summary is completed by
//! whoever shows it, when nobody waits for the convolver.

mod ahead;
mod error;
pub mod grid;
mod levelled;
mod located;
mod loudness;
pub mod memory;
mod morphing;
mod opening;
mod pair;
mod part;
mod predecessors;
mod preparer;
mod response;
#[cfg(feature = "worker")]
mod status;
mod summary;
#[cfg(feature = "worker")]
pub mod worker;

use crate::cancel::Token;
use crate::chain::Format;
use crate::engine::{BuildError, Convolver, Delivery, Kernel};
use crate::impulse::recipe::{Recipe, Source};
use crate::impulse::{Impulse, decode};
use crate::space;
pub use ahead::{Ahead, Ready};
pub use error::PrepareError;
use error::origin;
pub use located::{Content, Identity, Located};
pub use opening::Opening;
pub use preparer::{Built, Order, Preparer};
use std::sync::Arc;
pub use summary::{STRETCHES, Summary, Unmeasured};

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
/// `cancel` is checked between the steps and within the long ones, every few milliseconds (H9). Not interrupted are the
/// operating system's reading of a megabyte and the copying of one channel, which takes tens of milliseconds for a
/// minute at 192 kHz.
///
/// # Errors
/// See [`PrepareError`].
pub fn build(recipe: &Recipe, format: Format, cancel: &Token) -> Result<Prepared, PrepareError> {
    let order = Order { recipe, format, editions: [0; 2], generation: 0 };
    Ok(Preparer::default().build(&order, &decoded, cancel)?.measured(cancel)?)
}

/// Gives the impulse of a file or a pair, as stored, in the place of [`decoded`], with the token of the build.
pub type Find<'a> = dyn Fn(&Source, &Token) -> Result<Impulse, PrepareError> + 'a;

/// A convolver without an impulse: what it puts out is silence.
///
/// # Errors
/// Those of the engine.
pub fn silence(format: Format) -> Result<Convolver, BuildError> {
    let kernel = Kernel::builder(format.inputs(), format.outputs(), format.sample_rate).path(0, 0, &[]).build()?;
    Ok(Convolver::new(Arc::new(kernel)))
}

/// The impulse of a source: its files decoded where they are, or its space synthesised; also one whose recipe is in a
/// file.
///
/// # Errors
/// See [`PrepareError`].
pub fn decoded(source: &Source, cancel: &Token) -> Result<Impulse, PrepareError> {
    Ok(match source {
        Source::Space { id } => space::synthesise(space::find(id)?.text, cancel)?,
        Source::File { path } => space::file::impulse(path, cancel)?,
        Source::Pair { left, right } => decode::pair(left, right, cancel)?,
        Source::Set { files, .. } => source.mark(decode::set(files, cancel)?),
    })
}
