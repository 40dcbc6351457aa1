//! What the opener of each format gives.

use super::AudioError;
use super::chunk::Chunks;
use super::mark::Mark;

/// Samples of an open file, decoded piece by piece.
pub trait Samples: Send {
    /// Puts the next frames into `planes`, one vector per channel, and none where the file ends. How many come at once
    /// is bounded, whatever the file says.
    fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<(), AudioError>;
}

/// What a header has told, and how to go on.
pub struct Opened<'a> {
    pub channels: usize,
    pub sample_rate: u32,
    /// Length where it is known before the end.
    pub frames: Option<u64>,
    /// What the file says the channels are.
    pub mark: Mark,
    pub chunks: Chunks,
    pub samples: Box<dyn Samples + 'a>,
}
