//! Long signals through filters, block by block, cancelled between any two.

use crate::cancel::{Cancelled, Token};
use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::sync::Arc;

/// Filters of one length that share their input's transforms: overlap-save (Oppenheim, Schafer: *Discrete-Time Signal
/// Processing*, 8.7), in `f64`.
pub(super) struct Filters {
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    spectra: Vec<Vec<Complex64>>,
    taps: usize,
    size: usize,
}

impl Filters {
    /// Filters with so many taps, the same number in each, of which there is one at least.
    pub(super) fn new(filters: &[Vec<f64>]) -> Self {
        let mut all = Self::with_taps(filters.first().map_or(1, Vec::len));
        filters.iter().for_each(|taps| all.add(taps));
        all
    }

    /// None yet, of which each is to have so many taps.
    pub(super) fn with_taps(taps: usize) -> Self {
        // Three quarters of a transform are new; and short filters do not make short transforms.
        let size = (4 * taps).next_power_of_two().max(1 << 13);
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) = (planner.plan_fft_forward(size), planner.plan_fft_inverse(size));
        Self { forward, inverse, spectra: Vec::new(), taps, size }
    }

    /// One more.
    pub(super) fn add(&mut self, taps: &[f64]) {
        let mut samples = self.forward.make_input_vec();
        for (sample, tap) in samples.iter_mut().zip(taps) {
            *sample = tap / self.size as f64;
        }
        let mut bins = self.forward.make_output_vec();
        self.forward.process(&mut samples, &mut bins).expect("lengths match");
        self.spectra.push(bins);
    }

    /// How many numbers of 4 bytes they are.
    pub(super) fn samples(&self) -> usize {
        4 * self.spectra.iter().map(Vec::len).sum::<usize>()
    }

    /// Samples that a block puts out: as many as are new in what it hears. Those before are what the filters reach back
    /// to.
    pub(super) fn fresh(&self) -> usize {
        self.size - (self.taps - 1)
    }

    /// Room for one block.
    pub(super) fn desk(&self) -> Desk {
        let bins = || self.forward.make_output_vec();
        Desk { samples: self.forward.make_input_vec(), bins: bins(), product: bins() }
    }

    /// Transforms what a block hears, which is written to the desk before; [`Filters::filtered`] takes it from there.
    pub(super) fn hear(&self, desk: &mut Desk) {
        self.forward.process(&mut desk.samples, &mut desk.bins).expect("lengths match");
    }

    /// What one of the filters makes of it.
    pub(super) fn filtered<'a>(&self, filter: usize, desk: &'a mut Desk) -> &'a [f64] {
        let Desk { samples, bins, product } = desk;
        for (product, (bin, filter)) in product.iter_mut().zip(bins.iter().zip(&self.spectra[filter])) {
            *product = bin * filter;
        }
        // A real signal's spectrum is real at both ends; rounding must not say otherwise.
        product[0].im = 0.0;
        product[self.size / 2].im = 0.0;
        self.inverse.process(product, samples).expect("lengths match, both ends are real");
        &samples[self.taps - 1..]
    }

    /// One output per filter: sample `n` of it is the filter's sum at sample `n + delay` of the signal, which is silent
    /// outside of itself. `each` gets for every block where it starts, and the outputs.
    pub(super) fn run(
        &self,
        signal: &[f32],
        delay: usize,
        length: usize,
        cancel: &Token,
        mut each: impl FnMut(usize, &[Vec<f64>]),
    ) -> Result<(), Cancelled> {
        let mut desk = self.desk();
        let mut outputs = vec![Vec::new(); self.spectra.len()];
        for start in (0..length).step_by(self.fresh()) {
            cancel.check()?;
            // The signal's place of the block's first sample, and what comes before the signal.
            let first = start + delay;
            let silence = (self.taps - 1).saturating_sub(first).min(self.size);
            let from = first.saturating_sub(self.taps - 1).min(signal.len());
            let heard = &signal[from..(from + self.size - silence).min(signal.len())];
            desk.samples.fill(0.0);
            for (sample, heard) in desk.samples[silence..].iter_mut().zip(heard) {
                *sample = f64::from(*heard);
            }
            self.hear(&mut desk);
            let count = self.fresh().min(length - start);
            for (filter, output) in outputs.iter_mut().enumerate() {
                cancel.check()?;
                output.clear();
                output.extend_from_slice(&self.filtered(filter, &mut desk)[..count]);
            }
            each(start, &outputs);
        }
        Ok(())
    }
}

/// What one block is worked on.
pub(super) struct Desk {
    /// What the block hears; later what comes out.
    pub(super) samples: Vec<f64>,
    bins: Vec<Complex64>,
    product: Vec<Complex64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::convolution::{Mode, direct};
    use crate::impulse::random::Random;

    #[test]
    fn a_filter_is_convolution_whatever_its_delay_and_length() {
        let mut random = Random::new(5);
        let mut noise = |count: usize| (0..count).map(|_| f64::from(random.bell())).collect::<Vec<_>>();
        for (taps, signal) in [(1, 10), (7, 3), (65, 20_000), (2048, 9000)] {
            let (first, second, signal) = (noise(taps), noise(taps), noise(signal));
            let heard: Vec<f32> = signal.iter().map(|sample| *sample as f32).collect();
            for (delay, length) in [(0, signal.len() + taps - 1), (taps / 2, signal.len()), (taps - 1, 5)] {
                let mut outputs = [Vec::new(), Vec::new()];
                Filters::new(&[first.clone(), second.clone()])
                    .run(&heard, delay, length, &Token::never(), |start, blocks| {
                        for (output, block) in outputs.iter_mut().zip(blocks) {
                            assert_eq!(start, output.len());
                            output.extend_from_slice(block);
                        }
                    })
                    .expect("not cancelled");
                for (output, filter) in outputs.iter().zip([&first, &second]) {
                    let mut expected = direct(&signal, filter, Mode::Full);
                    expected.resize(delay + length, 0.0);
                    assert_eq!(output.len(), length);
                    for (found, expected) in output.iter().zip(&expected[delay..]) {
                        // A few times log2(size) roundings of sums of so many products of size 1.
                        assert!((found - expected).abs() < 1e-12 * taps as f64 + 1e-11, "{found}, not {expected}");
                    }
                }
            }
        }
    }

    #[test]
    fn giving_up_takes_no_more_than_one_block() {
        let filters = Filters::new(&[vec![1.0; 100], vec![1.0; 100]]);
        let asked = std::cell::Cell::new(0);
        let cancelled = || {
            asked.set(asked.get() + 1);
            asked.get() > 4
        };
        let mut blocks = 0;
        let ended = filters.run(&vec![1.0; 1 << 20], 0, 1 << 20, &Token::new(&cancelled), |_, _| blocks += 1);
        assert_eq!((ended, blocks, asked.get()), (Err(Cancelled), 1, 5));
    }
}
