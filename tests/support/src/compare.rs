//! How far a signal is from another.

/// RMS of the difference relative to the RMS of what is expected, in dB.
#[must_use]
pub fn error_db(got: &[f32], expected: &[f64]) -> f64 {
    assert_eq!(got.len(), expected.len());
    let power = |x: f64| x * x;
    let error: f64 = got.iter().zip(expected).map(|(g, e)| power(f64::from(*g) - e)).sum();
    10.0 * (error / expected.iter().map(|e| power(*e)).sum::<f64>()).log10()
}
