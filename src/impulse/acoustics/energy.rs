//! Energies of samples.

use crate::cancel::{Cancelled, Token};

/// Samples between two checks of the token: a few milliseconds' work.
pub(super) const PIECE: usize = 1 << 18;

/// The squares of channels of one length, summed over them.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub(in crate::impulse) fn energy(channels: &[Vec<f32>], cancel: &Token) -> Result<Vec<f64>, Cancelled> {
    let mut energy = vec![0.0; channels.first().map_or(0, Vec::len)];
    for channel in channels {
        for (energy, samples) in energy.chunks_mut(PIECE).zip(channel.chunks(PIECE)) {
            cancel.check()?;
            energy.iter_mut().zip(samples).for_each(|(energy, sample)| *energy += f64::from(*sample).powi(2));
        }
    }
    Ok(energy)
}
