//! Symmetry about the peak: a filter of linear phase, which delays everything by half of its length.

use super::Impulse;
use super::acoustics::peak;
use crate::cancel::{Cancelled, Token};

/// How far two samples that should be the same may be apart, as a share of the peak. Two that were rounded to 16 bits
/// with dither are each off by up to 1.5 steps of 2^-15, together by less than 2^-13 of a peak at full scale.
const ROUNDING: f32 = 1.0 / 8192.0;
/// A delay below this many seconds is heard by nobody.
const LEAST: f64 = 0.001;
/// Samples between two checks of the token: a millisecond's work or less.
const PIECE: usize = 1 << 18;

/// The centre in samples, a multiple of a half, about which every channel that sounds is symmetric, be it even or odd,
/// with its largest samples in the middle third. `None` for what is not symmetric, as rooms are not, for a single
/// sample, and for a centre within a millisecond of the beginning.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn centre(impulse: &Impulse, cancel: &Token) -> Result<Option<f64>, Cancelled> {
    let peak = peak(impulse, cancel)?;
    let rounding = ROUNDING * peak;
    let reached = |level: f32| -> Result<Option<(usize, usize)>, Cancelled> {
        let mut ends: Option<(usize, usize)> = None;
        for channel in impulse.channels() {
            cancel.check()?;
            let Some(first) = channel.iter().position(|sample| sample.abs() > level) else { continue };
            let last = channel.iter().rposition(|sample| sample.abs() > level).unwrap_or(first);
            ends = Some(ends.map_or((first, last), |(from, to)| (from.min(first), to.max(last))));
        }
        Ok(ends)
    };
    let (Some((first, last)), Some((begin, end))) = (reached(peak - rounding)?, reached(rounding)?) else {
        return Ok(None);
    };
    let twice = first + last;
    let is_early = (twice as f64) < 2.0 * LEAST * f64::from(impulse.sample_rate());
    if begin == end || is_early || 3 * (first - begin) < end - begin {
        return Ok(None);
    }
    for channel in impulse.channels() {
        if !is_mirrored(channel, twice, 1.0, rounding, cancel)? && !is_mirrored(channel, twice, -1.0, rounding, cancel)?
        {
            return Ok(None);
        }
    }
    Ok(Some(0.5 * twice as f64))
}

/// Samples before the peak, from the first sample on: before the centre of what is [symmetric](centre), rounded down,
/// and otherwise before the first of the largest samples. 0 for silence.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn peak_at(impulse: &Impulse, cancel: &Token) -> Result<usize, Cancelled> {
    if let Some(centre) = centre(impulse, cancel)? {
        return Ok(centre as usize);
    }
    let peak = peak(impulse, cancel)?;
    let first = |channel: &Vec<f32>| channel.iter().position(|sample| sample.abs() == peak);
    Ok(impulse.channels().iter().filter_map(first).min().unwrap_or(0))
}

/// True if samples whose places add up to `twice` are the same but for the sign. Outside there is silence.
fn is_mirrored(channel: &[f32], twice: usize, sign: f32, rounding: f32, cancel: &Token) -> Result<bool, Cancelled> {
    let mirrored = |n: usize| twice.checked_sub(n).and_then(|other| channel.get(other)).copied().unwrap_or(0.0);
    for (index, piece) in channel.chunks(PIECE).enumerate() {
        cancel.check()?;
        let apart = |(n, sample): (usize, &f32)| (sample - sign * mirrored(index * PIECE + n)).abs() > rounding;
        if piece.iter().enumerate().any(apart) {
            return Ok(false);
        }
    }
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::random::Random;

    const RATE: u32 = 48_000;

    fn of(channels: Vec<Vec<f32>>) -> Option<f64> {
        centre(&Impulse::new(channels, RATE).expect("valid"), &Token::never()).expect("not cancelled")
    }

    /// A windowed high-pass of 80 Hz, of so many samples.
    fn high_pass(length: usize) -> Vec<f32> {
        let middle = 0.5 * (length - 1) as f64;
        let tap = |n: usize| {
            let from_middle = n as f64 - middle;
            let window = (std::f64::consts::PI * n as f64 / (length - 1) as f64).sin().powi(2);
            let angle = std::f64::consts::PI * from_middle;
            let low = |share: f64| if from_middle == 0.0 { share } else { (angle * share).sin() / angle };
            ((low(1.0) - low(160.0 / f64::from(RATE))) * window) as f32
        };
        (0..length).map(tap).collect()
    }

    #[test]
    fn a_filter_of_linear_phase_is_known_by_its_centre() {
        for length in [8193, 8192, 97] {
            let taps = high_pass(length);
            let middle = 0.5 * (length - 1) as f64;
            let sixteen: Vec<f32> = taps.iter().map(|tap| (tap * 32_768.0).round() / 32_768.0).collect();
            let mut random = Random::new(7);
            let mut step = || 0.5 * (random.uniform() + random.uniform()) as f32;
            let dithered: Vec<f32> = taps.iter().map(|tap| (tap * 32_767.0 + step()).round() / 32_768.0).collect();
            let opposite = taps.iter().map(|tap| -tap).collect();
            for channels in [vec![taps.clone()], vec![sixteen], vec![dithered], vec![taps, opposite]] {
                assert_eq!(of(channels), Some(middle), "{length}");
            }
        }
    }

    #[test]
    fn a_filter_that_turns_the_phase_by_a_quarter_is_odd() {
        let hilbert = |n: usize| {
            let from_middle = n as f64 - 1000.0;
            let window = (std::f64::consts::PI * n as f64 / 2000.0).sin().powi(2);
            if n.is_multiple_of(2) { 0.0 } else { (2.0 * window / (std::f64::consts::PI * from_middle)) as f32 }
        };
        assert_eq!(of(vec![(0..=2000).map(hilbert).collect()]), Some(1000.0));
    }

    #[test]
    fn what_is_no_filter_of_linear_phase_is_not_taken_for_one() {
        let mut random = Random::new(5);
        let room: Vec<f32> = (0..20_000).map(|n| random.bell() * (-0.001 * n as f32).exp()).collect();
        let mut swelling = room.clone();
        swelling.reverse();
        assert_eq!(of(vec![room.clone()]), None);
        assert_eq!(
            of(vec![[swelling, room].concat()]),
            Some(19_999.5),
            "a room before which it is played backwards is"
        );
        let mut one_off = high_pass(8193);
        one_off[100] += 0.001;
        assert_eq!(of(vec![one_off]), None, "one sample is off");
        assert_eq!(of(vec![high_pass(8193), [vec![0.0], high_pass(8192)].concat()]), None, "two delays");
        assert_eq!(of(vec![high_pass(95)]), None, "its delay is below a millisecond");
        let clicks = |at: &[usize]| (0..9600).map(|n| f32::from(u8::from(at.contains(&n)))).collect();
        assert_eq!(of(vec![clicks(&[4800])]), None, "a delay is no filter");
        assert_eq!(of(vec![clicks(&[4800, 5280])]), None, "an echo has no peak in its middle");
        assert_eq!(of(vec![vec![0.0; 9600]]), None, "silence");
    }

    #[test]
    fn giving_up_is_noticed() {
        let filter = Impulse::new(vec![high_pass(8193)], RATE).expect("valid");
        assert_eq!(centre(&filter, &Token::new(&|| true)), Err(Cancelled));
    }
}
