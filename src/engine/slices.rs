//! Parts of all channels as arrays of slices on the stack: a list of slices would be an allocation.

use super::MAX_CHANNELS;
use std::ops::Range;

/// Some samples of each channel; behind the last channel the slices are empty.
///
/// # Panics
/// If there are more than [`MAX_CHANNELS`], or one has fewer samples.
pub(crate) fn part<C: AsRef<[f32]>>(channels: &[C], samples: Range<usize>) -> [&[f32]; MAX_CHANNELS] {
    assert!(channels.len() <= MAX_CHANNELS);
    let mut part: [&[f32]; MAX_CHANNELS] = Default::default();
    for (part, channel) in part.iter_mut().zip(channels) {
        *part = &channel.as_ref()[samples.clone()];
    }
    part
}

/// Some samples of each channel, to be written; behind the last channel the slices are empty.
///
/// # Panics
/// If there are more than [`MAX_CHANNELS`], or one has fewer samples.
pub(crate) fn part_mut<C: AsMut<[f32]>>(channels: &mut [C], samples: Range<usize>) -> [&mut [f32]; MAX_CHANNELS] {
    assert!(channels.len() <= MAX_CHANNELS);
    let mut part: [&mut [f32]; MAX_CHANNELS] = Default::default();
    for (part, channel) in part.iter_mut().zip(channels) {
        *part = &mut channel.as_mut()[samples.clone()];
    }
    part
}
