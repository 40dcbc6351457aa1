//! A weight by frequency.

use super::bins::{Bins, Chunk};
use realfft::RealFftPlanner;
use rustfft::num_complex::Complex64;

/// A weight by frequency, as the spectrum by which cross-spectra of blocks are multiplied.
pub(super) struct Weight {
    /// In the order of a block's bins.
    bins: Vec<f32>,
    /// Power of a unit impulse.
    pub unit: f64,
}

impl Weight {
    /// Of the weights of the bins of a transform twice as long as a block.
    pub fn new(block: usize, of_bin: &dyn Fn(usize) -> f64) -> Self {
        let mut planner = RealFftPlanner::<f64>::new();
        let mut spectrum: Vec<Complex64> = (0..=block).map(|bin| of_bin(bin).into()).collect();
        let mut lags = vec![0.0; 2 * block];
        planner.plan_fft_inverse(2 * block).process(&mut spectrum, &mut lags).expect("both ends are real");
        let unit = lags[0];
        // A lag and its negative are counted together, by way of both orders of two responses.
        lags[0] *= 0.5;
        lags[block..].fill(0.0);
        planner.plan_fft_forward(2 * block).process(&mut lags, &mut spectrum).expect("lengths match");
        // Parseval's theorem.
        let at = |bin: usize| if bin > block { spectrum[2 * block - bin].conj() } else { spectrum[bin] } / block as f64;
        let parity = |odd: usize| (0..block).map(move |index| 2 * index + odd);
        let bins = [0, 1].into_iter().flat_map(|odd| {
            let real = parity(odd).map(|bin| at(bin).re);
            real.chain(parity(odd).map(|bin| at(bin).im)).map(|value| value as f32).collect::<Vec<_>>()
        });
        Self { bins: bins.collect(), unit }
    }

    /// Some bins.
    pub fn bins(&self, chunk: Chunk) -> Bins<'_> {
        Bins::of(&self.bins, chunk)
    }
}
