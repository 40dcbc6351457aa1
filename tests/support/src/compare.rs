//! How far a signal is from another.

/// RMS of the difference relative to the RMS of what is expected, in dB.
///
/// # Panics
/// If they are of different lengths.
#[must_use]
pub fn error_db(got: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(got.len(), expected.len());
    let power = |x: f64| x * x;
    let error: f64 = got.iter().zip(expected).map(|(g, e)| power(f64::from(*g) - e)).sum();
    10.0 * (error / expected.iter().map(|e| power(*e)).sum::<f64>()).log10()
}

/// RMS of the difference of all channels together relative to the RMS of what is expected, in dB.
///
/// # Panics
/// If they are of different lengths.
#[must_use]
pub fn error_db_of_channels(got: &[Vec<f32>], expected: &[Vec<f32>]) -> f64 {
    let expected: Vec<f64> = expected.iter().flatten().map(|sample| f64::from(*sample)).collect();
    error_db(&got.concat(), &expected)
}

/// The largest absolute difference of two samples at one place.
///
/// # Panics
/// If there are other numbers of channels or frames.
#[must_use]
pub fn largest_difference(a: &[Vec<f32>], b: &[Vec<f32>]) -> f32 {
    assert_eq!((a.len(), a[0].len()), (b.len(), b[0].len()));
    a.iter().flatten().zip(b.iter().flatten()).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max)
}

/// Asserts that two signals have the same bits; the message names the first frame in which they differ.
///
/// # Panics
/// If they do not.
#[track_caller]
pub fn assert_same_bits(found: &[Vec<f32>], expected: &[Vec<f32>], what: &str) {
    assert_eq!(found.len(), expected.len(), "{what}: channels");
    for (channel, (found, expected)) in found.iter().zip(expected).enumerate() {
        let differs = found.iter().zip(expected).position(|(a, b)| a.to_bits() != b.to_bits());
        assert_eq!(differs, None, "{what}: channel {channel} differs first at this frame");
        assert_eq!(found.len(), expected.len(), "{what}: frames of channel {channel}");
    }
}
