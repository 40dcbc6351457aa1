//! Linear convolution of sequences so long that it must be possible to cancel it.

use crate::cancel::{Cancelled, Token};
use realfft::RealFftPlanner;

/// Samples of a piece in [`fft_in_pieces`]: its transforms take a few milliseconds each.
pub(super) const PIECE: usize = 1 << 16;

/// All of the linear convolution of long sequences: both are cut into pieces, and for each piece of the result the
/// products of those spectra are summed that fall on it.
///
/// Empty if either sequence is empty. Holds the spectra of both: twice what they take in `f64`.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked at each transform and product.
pub fn fft_in_pieces(f: &[f64], g: &[f64], cancel: &Token) -> Result<Vec<f64>, Cancelled> {
    if f.is_empty() || g.is_empty() {
        return Ok(Vec::new());
    }
    let mut planner = RealFftPlanner::<f64>::new();
    let (forward, inverse) = (planner.plan_fft_forward(2 * PIECE), planner.plan_fft_inverse(2 * PIECE));
    let spectra = |x: &[f64]| -> Result<Vec<_>, Cancelled> {
        let spectrum = |piece: &[f64]| {
            let (mut padded, mut bins) = (forward.make_input_vec(), forward.make_output_vec());
            padded[..piece.len()].copy_from_slice(piece);
            forward.process(&mut padded, &mut bins).expect("buffers have the planner's own lengths");
            cancel.check()?;
            Ok(bins)
        };
        x.chunks(PIECE).map(spectrum).collect()
    };
    let (f_pieces, g_pieces) = (spectra(f)?, spectra(g)?);
    let mut full = vec![0.0; f.len() + g.len() - 1];
    let mut piece = inverse.make_output_vec();
    for (at, start) in (0..full.len()).step_by(PIECE).enumerate() {
        let mut sum = inverse.make_input_vec();
        for (index, a) in f_pieces.iter().enumerate().take(at + 1) {
            let Some(b) = g_pieces.get(at - index) else { continue };
            cancel.check()?;
            sum.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (a, b))| *sum += a * b);
        }
        // The ends of a real signal's spectrum are real; rounding must not say otherwise.
        (sum[0].im, sum[PIECE].im) = (0.0, 0.0);
        inverse.process(&mut sum, &mut piece).expect("buffers have the planner's own lengths");
        full[start..].iter_mut().zip(&piece).for_each(|(full, piece)| *full += piece / (2 * PIECE) as f64);
    }
    Ok(full)
}
