//! Pure functions on impulses.

use super::Impulse;

/// Drops the samples at the end that are exactly zero in every channel, and nothing else: a tail however quiet stays, and
/// so does silence at the beginning. Of an impulse that is all zeros, one sample is left. Tells how many were dropped.
pub fn drop_trailing_zeros(impulse: &mut Impulse) -> usize {
    let sounding = |channel: &Vec<f32>| channel.iter().rposition(|sample| *sample != 0.0).map_or(0, |last| last + 1);
    let length = impulse.channels.iter().map(sounding).max().unwrap_or(0).max(1);
    let dropped = impulse.len() - length;
    for channel in &mut impulse.channels {
        channel.truncate(length);
    }
    dropped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trimmed(channels: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
        let mut impulse = Impulse::new(channels, 48_000).expect("valid");
        drop_trailing_zeros(&mut impulse);
        impulse.into_channels()
    }

    #[test]
    fn only_exact_zeros_at_the_end_of_every_channel_go() {
        assert_eq!(trimmed(vec![vec![0.0, 0.5, 0.0, 0.0]]), [vec![0.0, 0.5]]);
        assert_eq!(trimmed(vec![vec![0.5, 0.0, 0.0], vec![0.0, 0.25, -0.0]]), [vec![0.5, 0.0], vec![0.0, 0.25]]);
        let quiet = vec![1.0, 0.0, f32::from_bits(1)];
        assert_eq!(trimmed(vec![quiet.clone()]), [quiet]);
    }

    #[test]
    fn it_tells_how_many_went() {
        let mut impulse = Impulse::new(vec![vec![0.5, 0.0, 0.0], vec![0.0, 0.25, 0.0]], 48_000).expect("valid");
        assert_eq!(drop_trailing_zeros(&mut impulse), 1);
        assert_eq!(drop_trailing_zeros(&mut impulse), 0);
    }

    #[test]
    fn of_silence_one_sample_is_left() {
        assert_eq!(trimmed(vec![vec![0.0; 100], vec![0.0; 100]]), [vec![0.0], vec![0.0]]);
    }
}
