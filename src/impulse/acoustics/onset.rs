//! Where the direct sound begins.

use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;

/// Samples between two checks of the token: a millisecond's work or less.
const PIECE: usize = 1 << 18;

/// How far below the largest sample the direct sound may be, as a factor.
const BELOW_PEAK: f32 = 0.1;

/// The first sample of the direct sound: where any channel first comes within 20 dB of the largest sample of all
/// channels (the rule of ISO 3382-1:2009 for the start of an impulse response). 0 for silence.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn onset(impulse: &Impulse, cancel: &Token) -> Result<usize, Cancelled> {
    onset_of(impulse.channels(), cancel)
}

/// [`onset`] of planar channels of one length.
pub(super) fn onset_of(channels: &[Vec<f32>], cancel: &Token) -> Result<usize, Cancelled> {
    let threshold = peak_of(channels, cancel)? * BELOW_PEAK;
    let mut first = channels.first().map_or(0, Vec::len).saturating_sub(1);
    for channel in channels {
        for (index, piece) in channel[..=first].chunks(PIECE).enumerate() {
            cancel.check()?;
            if let Some(found) = piece.iter().position(|sample| sample.abs() >= threshold) {
                first = first.min(index * PIECE + found);
                break;
            }
        }
    }
    Ok(first)
}

/// The last sample by the same rule: the direct sound of what is played backwards.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn onset_of_reversed(impulse: &Impulse, cancel: &Token) -> Result<usize, Cancelled> {
    let threshold = peak(impulse, cancel)? * BELOW_PEAK;
    let mut last = 0;
    for channel in impulse.channels() {
        let mut end = channel.len();
        for piece in channel.rchunks(PIECE) {
            cancel.check()?;
            end -= piece.len();
            if let Some(found) = piece.iter().rposition(|sample| sample.abs() >= threshold) {
                last = last.max(end + found);
                break;
            }
        }
    }
    Ok(last)
}

/// [`Impulse::peak`], given up when `cancel` says so.
pub(in crate::impulse) fn peak(impulse: &Impulse, cancel: &Token) -> Result<f32, Cancelled> {
    peak_of(impulse.channels(), cancel)
}

fn peak_of(channels: &[Vec<f32>], cancel: &Token) -> Result<f32, Cancelled> {
    let mut peak = 0.0_f32;
    for piece in channels.iter().flat_map(|channel| channel.chunks(PIECE)) {
        cancel.check()?;
        peak = piece.iter().fold(peak, |peak, sample| peak.max(sample.abs()));
    }
    Ok(peak)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(channels: Vec<Vec<f32>>) -> usize {
        onset(&Impulse::new(channels, 48_000).expect("valid"), &Token::never()).expect("not cancelled")
    }

    #[test]
    fn it_is_the_first_sample_within_20_db_of_the_peak_of_all_channels() {
        assert_eq!(of(vec![vec![1.0, 0.5]]), 0);
        assert_eq!(of(vec![vec![0.0, 0.09, 0.11, -1.0]]), 2);
        assert_eq!(of(vec![vec![0.0, 0.0, 0.0, 1.0], vec![0.0, -0.2, 0.0, 0.0]]), 1);
        assert_eq!(of(vec![vec![0.0, -0.2, 0.0, 0.0], vec![0.0, 0.0, 0.0, 1.0]]), 1);
        assert_eq!(of(vec![vec![0.0; 5]]), 0);
    }

    #[test]
    fn backwards_it_is_as_far_from_the_end_as_it_was_from_the_beginning() {
        let backwards = |channels: Vec<Vec<f32>>| {
            let length = channels[0].len();
            let onset = of(channels.clone());
            let reversed = channels.into_iter().map(|channel| channel.into_iter().rev().collect()).collect();
            let impulse = Impulse::new(reversed, 48_000).expect("valid");
            assert_eq!(onset_of_reversed(&impulse, &Token::never()), Ok(length - 1 - onset));
        };
        backwards(vec![vec![0.0, 0.09, 0.11, -1.0]]);
        backwards(vec![vec![0.0, 0.0, 0.0, 1.0], vec![0.0, -0.2, 0.0, 0.0]]);
        backwards(vec![vec![0.0; 5]]);
        backwards(vec![(0..2 * PIECE + 100).map(|n| if n > PIECE + 3 { 0.5 } else { 0.0 }).collect()]);
    }

    #[test]
    fn it_is_found_behind_more_silence_than_is_looked_at_at_once() {
        let mut late = vec![0.0; 2 * PIECE + 100];
        late[2 * PIECE + 7] = 1e-6;
        assert_eq!(of(vec![vec![0.0; late.len()], late]), 2 * PIECE + 7);
    }
}
