//! How alike two impulses sound, for whoever fades from one to the other.
//!
//! What two responses make of the same noise is correlated by more or less, and by how much decides how loud their sum
//! is. Over pink noise, which has as much power in every octave, the correlation is
//!
//! ```text
//! ρ = Σ ∫ Re(A·B*) / f df  ÷  √(Σ ∫ |A|² / f df · Σ ∫ |B|² / f df)        from 20 Hz to 20 kHz
//! ```
//!
//! with `A` and `B` the spectra of the paths from each input to each output, summed over these; inputs are taken as
//! uncorrelated. A [`Meter`] finds the integrals.

use super::layout::Route;
use super::meter::Meter;
use crate::cancel::{Cancelled, Token};

/// The correlation of what two sets of paths make of pink noise: 1 for what differs in its level alone, 0 for what has
/// nothing in common, -1 for the opposite; 0 also where either is silent. Both are at the sample rate, in Hz. For
/// several sets at one rate, a [`Meter`] measures each once.
///
/// Allocates; not for the audio thread.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked for every sixth of a second of each path.
pub fn correlation(a: &[Route], b: &[Route], sample_rate: u32, cancel: &Token) -> Result<f32, Cancelled> {
    Meter::new(sample_rate).correlation(a, b, cancel)
}

#[cfg(test)]
mod tests;
