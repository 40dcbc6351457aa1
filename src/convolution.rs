//! Convolution as it is defined, and as a product of whole spectra.
//!
//! Nothing here is meant for real time: it allocates, and it is the oracle that every faster way in this crate is
//! tested against.
#![doc = include_str!("../docs/convolution.md")]

// Not in the engine alone: transforms in `f64` double what is compiled.
#[cfg(feature = "impulse")]
mod pieces;

#[cfg(feature = "impulse")]
pub use pieces::fft_in_pieces;
use realfft::{FftNum, RealFftPlanner};

/// Which part of the full convolution of `n` and `m` samples to keep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// All `n + m - 1` samples.
    Full,
    /// The middle `max(n, m)` samples.
    Same,
    /// The `max(n, m) - min(n, m) + 1` samples to which the shorter sequence contributes in full.
    Valid,
}

impl Mode {
    /// Cuts the full convolution of `n` and `m` samples.
    fn cut<T>(self, mut full: Vec<T>, n: usize, m: usize) -> Vec<T> {
        let (start, len) = match self {
            Self::Full => return full,
            Self::Same => ((n.min(m) - 1) / 2, n.max(m)),
            Self::Valid => (n.min(m) - 1, n.max(m) - n.min(m) + 1),
        };
        full.drain(..start);
        full.truncate(len);
        full
    }
}

/// The first `len` samples of the full convolution, in double precision and with zeros behind its end: what a test
/// expects of a faster way. By the direct sum where that is quick, else by one product of spectra, whose own error of
/// about -300 dB is far below that of any result in single precision.
#[cfg(feature = "impulse")]
#[must_use]
pub fn oracle(f: &[f32], g: &[f32], len: usize) -> Vec<f64> {
    let [f, g] = [f, g].map(|samples| samples.iter().map(|sample| f64::from(*sample)).collect::<Vec<_>>());
    let is_short = f.len().min(g.len()) <= 64;
    let mut full = if is_short { direct(&f, &g, Mode::Full) } else { fft(&f, &g, Mode::Full) };
    full.resize(len, 0.0);
    full
}

/// Linear convolution by the direct sum, each output summed in ascending order of `f`'s index.
///
/// Empty if either sequence is empty. Takes `n · m` multiplications.
#[must_use]
pub fn direct<T: FftNum>(f: &[T], g: &[T], mode: Mode) -> Vec<T> {
    if f.is_empty() || g.is_empty() {
        return Vec::new();
    }
    let mut full = vec![T::zero(); f.len() + g.len() - 1];
    for (k, &a) in f.iter().enumerate() {
        for (sum, &b) in full[k..].iter_mut().zip(g) {
            *sum = *sum + a * b;
        }
    }
    mode.cut(full, f.len(), g.len())
}

/// Linear convolution by one product of spectra, zero-padded so that nothing wraps around.
///
/// Empty if either sequence is empty.
#[must_use]
pub fn fft<T: FftNum>(f: &[T], g: &[T], mode: Mode) -> Vec<T> {
    if f.is_empty() || g.is_empty() {
        return Vec::new();
    }
    let len = f.len() + g.len() - 1;
    let mut full = spectral_product(f, g, len.next_power_of_two());
    full.truncate(len);
    mode.cut(full, f.len(), g.len())
}

/// Circular convolution of period `period` by the direct sum: what lies beyond the period is added to its start.
///
/// # Panics
/// If `period` is 0 or shorter than a sequence.
#[must_use]
pub fn circular_direct<T: FftNum>(f: &[T], g: &[T], period: usize) -> Vec<T> {
    assert_fits(f, g, period);
    let mut sums = vec![T::zero(); period];
    for (k, &a) in f.iter().enumerate() {
        for (j, &b) in g.iter().enumerate() {
            let n = (k + j) % period;
            sums[n] = sums[n] + a * b;
        }
    }
    sums
}

/// Circular convolution of period `period` by one product of spectra.
///
/// # Panics
/// If `period` is 0 or shorter than a sequence.
#[must_use]
pub fn circular_fft<T: FftNum>(f: &[T], g: &[T], period: usize) -> Vec<T> {
    assert_fits(f, g, period);
    spectral_product(f, g, period)
}

fn assert_fits<T>(f: &[T], g: &[T], period: usize) {
    assert!(period > 0 && f.len() <= period && g.len() <= period, "period {period} is shorter than a sequence");
}

/// Inverse transform of the product of two transforms of `len` points.
fn spectral_product<T: FftNum>(f: &[T], g: &[T], len: usize) -> Vec<T> {
    let mut planner = RealFftPlanner::<T>::new();
    let (forward, inverse) = (planner.plan_fft_forward(len), planner.plan_fft_inverse(len));
    let spectrum = |x: &[T]| {
        let mut padded = x.to_vec();
        padded.resize(len, T::zero());
        let mut bins = forward.make_output_vec();
        forward.process(&mut padded, &mut bins).expect("buffers have the planner's own lengths");
        bins
    };
    let scale = T::one() / T::from_usize(len).expect("a length fits a float");
    let mut product = spectrum(f);
    for (a, b) in product.iter_mut().zip(spectrum(g)) {
        *a = *a * b * scale;
    }
    // The ends of a real signal's spectrum are real; rounding must not say otherwise.
    product[0].im = T::zero();
    if len.is_multiple_of(2) {
        product[len / 2].im = T::zero();
    }
    let mut out = inverse.make_output_vec();
    inverse.process(&mut product, &mut out).expect("buffers have the planner's own lengths");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(len: usize, seed: u64) -> Vec<f64> {
        transept_support::signal::noise(len, seed).into_iter().map(f64::from).collect()
    }

    /// The largest error of a product of spectra of unit-size noise: a few times log2(length) roundings of the
    /// spectrum's size, which is at most the number of terms times 1/4.
    fn bound(epsilon: f64, terms: usize, len: usize) -> f64 {
        4.0 * epsilon * (len as f64).log2() * terms as f64 * 0.25
    }

    #[test]
    fn the_textbook_example() {
        let (f, g) = ([1.0f32, 2.0, 3.0], [0.0, 1.0, 0.5]);
        assert_eq!(direct(&f, &g, Mode::Full), [0.0, 1.0, 2.5, 4.0, 1.5]);
        assert_eq!(direct(&f, &g, Mode::Same), [1.0, 2.5, 4.0]);
        assert_eq!(direct(&f, &g, Mode::Valid), [2.5]);
        for (a, b) in fft(&f, &g, Mode::Full).iter().zip([0.0, 1.0, 2.5, 4.0, 1.5]) {
            assert!((a - b).abs() < 1e-6, "{a} is not {b}");
        }
    }

    #[test]
    fn without_padding_the_end_falls_on_the_start() {
        let (f, g) = ([1.0f64, 2.0, 3.0], [0.0, 1.0, 0.5]);
        assert_eq!(circular_direct(&f, &g, 3), [4.0, 2.5, 2.5]);
        for (a, b) in circular_fft(&f, &g, 3).iter().zip([4.0, 2.5, 2.5]) {
            assert!((a - b).abs() < 1e-14, "{a} is not {b}");
        }
        // A period as long as the full convolution is linear convolution.
        assert_eq!(circular_direct(&f, &g, 5), direct(&f, &g, Mode::Full));
    }

    #[test]
    fn the_spectral_way_is_the_direct_way() {
        for (n, m) in [(1, 1), (1, 7), (7, 1), (2, 2), (64, 63), (65, 300), (1000, 37)] {
            let (f, g) = (noise(n, 1), noise(m, 2));
            let (f32s, g32s) =
                (f.iter().map(|&x| x as f32).collect::<Vec<_>>(), g.iter().map(|&x| x as f32).collect::<Vec<_>>());
            for mode in [Mode::Full, Mode::Same, Mode::Valid] {
                let (a, b) = (direct(&f, &g, mode), fft(&f, &g, mode));
                assert_eq!(a.len(), b.len());
                let tolerance = bound(f64::EPSILON, n.min(m), (n + m).next_power_of_two().max(2));
                assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() <= tolerance), "{n} * {m} {mode:?}");
                let (a, b) = (direct(&f32s, &g32s, mode), fft(&f32s, &g32s, mode));
                let tolerance = bound(f64::from(f32::EPSILON), n.min(m), (n + m).next_power_of_two().max(2));
                assert!(a.iter().zip(&b).all(|(a, b)| f64::from(a - b).abs() <= tolerance), "{n} * {m} {mode:?}");
            }
            let period = n.max(m);
            let tolerance = bound(f64::EPSILON, n.min(m), period.max(2));
            let (a, b) = (circular_direct(&f, &g, period), circular_fft(&f, &g, period));
            assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() <= tolerance), "{n} * {m} circular");
        }
    }

    #[test]
    #[cfg(feature = "impulse")]
    fn in_pieces_it_is_the_same_and_is_given_up_at_any_of_them() {
        use super::pieces::PIECE;
        use crate::cancel::{Cancelled, Token};
        for (n, m) in [(1, 1), (PIECE, PIECE), (PIECE + 1, 3), (3 * PIECE - 7, 2 * PIECE + 5), (5, 2 * PIECE)] {
            let (f, g) = (noise(n, 5), noise(m, 6));
            let asked = std::cell::Cell::new(0);
            let until = |most: usize| {
                asked.set(0);
                fft_in_pieces(&f, &g, &Token::new(&|| asked.replace(asked.get() + 1) >= most))
            };
            let (a, b) = (until(usize::MAX).expect("nobody cancels"), fft(&f, &g, Mode::Full));
            let all = asked.get();
            assert_eq!(a.len(), b.len());
            // Both are transforms of at most this length.
            let tolerance = 2.0 * bound(f64::EPSILON, n.min(m), (n + m).next_power_of_two().max(2 * PIECE));
            assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() <= tolerance), "{n} * {m}");
            assert!((0..all).all(|most| until(most) == Err(Cancelled)), "{n} * {m}");
        }
    }

    #[test]
    fn nothing_convolved_is_nothing() {
        assert!(direct::<f32>(&[], &[1.0], Mode::Full).is_empty());
        assert!(fft::<f32>(&[1.0], &[], Mode::Valid).is_empty());
    }

    #[test]
    fn modes_have_their_lengths_whichever_is_longer() {
        for (n, m) in [(5, 3), (3, 5), (4, 4), (6, 1)] {
            let (f, g) = (noise(n, 3), noise(m, 4));
            assert_eq!(direct(&f, &g, Mode::Full).len(), n + m - 1);
            assert_eq!(direct(&f, &g, Mode::Same).len(), n.max(m));
            assert_eq!(direct(&f, &g, Mode::Valid).len(), n.max(m) - n.min(m) + 1);
        }
    }
}
