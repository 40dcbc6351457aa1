//! Where two sounds differ.

use crate::wave::Sound;

/// Where `left` and `right` differ first in any bit, said so that a reader can go and look.
pub fn difference(left: &Sound, right: &Sound) -> Option<String> {
    let shape = |sound: &Sound| (sound.len(), sound.first().map_or(0, Vec::len));
    if shape(left) != shape(right) {
        let ((channels, frames), (other_channels, other_frames)) = (shape(left), shape(right));
        return Some(format!("{channels} × {frames} samples against {other_channels} × {other_frames}"));
    }
    for (channel, (left, right)) in left.iter().zip(right).enumerate() {
        let differs = |frame: &usize| left[*frame].to_bits() != right[*frame].to_bits();
        if let Some(frame) = (0..left.len()).find(differs) {
            let count = (0..left.len()).filter(differs).count();
            let worst = left.iter().zip(right).map(|(left, right)| (left - right).abs()).fold(0.0, f32::max);
            return Some(format!(
                "channel {channel}: {count} of {} samples differ, first at frame {frame} ({:e} against {:e}), by at most {worst:e}",
                left.len(),
                left[frame],
                right[frame]
            ));
        }
    }
    None
}
