//! What follows when a recording is over and its room is not: noise with the spectrum of its last clear stretch.

use super::bank::Bank;
use super::blocks::{Desk, Filters};
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::gain::rise;
use crate::impulse::random::Random;
use std::ops::Range;

/// Longest part of the stretch that is used, in seconds: the spectrum is resolved to some 10 Hz.
const STRETCH: f64 = 0.2;
/// Of the noise. Always the same, so that an impulse always has the same tail.
const SEED: u64 = 0x7461_696c;

/// Steady noise that sounds like a stretch of an impulse: those samples, weighed by a raised cosine, are the filter of
/// white noise. The same noise goes to all channels, so what these have in common in the stretch they have in common
/// behind it. Nothing else is needed: a late tail is Gaussian noise that dies away (Schroeder: *Statistical parameters
/// of the frequency response curves of large rooms*, J. Audio Eng. Soc. 35, 1987).
///
/// It comes in blocks of a length that is its own, and grows at its end alone: however much of it is asked for, and in
/// how many steps, each sample is the same, bit by bit.
pub(super) struct Tail {
    /// Per band, its channels as far as they have been made; none of bands that were not asked for.
    bands: [Vec<Vec<f32>>; 3],
    /// Per band, the factor that brings the mean energy of a sample, summed over the channels, to 1.
    norms: [f64; 3],
    /// The stretch's bands: one filter for each channel of each band that is wanted, in this order.
    filters: Filters,
    desk: Desk,
    /// The white noise that the filters reach back to, and where it goes on.
    before: Vec<f64>,
    random: Random,
}

impl Tail {
    /// What sounds like the end of a stretch, in those bands that are wanted.
    pub(super) fn new(
        impulse: &Impulse,
        stretch: Range<usize>,
        wanted: [bool; 3],
        bank: &Bank,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        let longest = (STRETCH * f64::from(impulse.sample_rate())) as usize;
        let taps = stretch.len().min(longest).max(1);
        let place = |n: usize| 2.0 * (n as f64 + 0.5) / taps as f64;
        let window: Vec<f64> = (0..taps).map(|n| rise(place(n)) * rise(2.0 - place(n))).collect();
        let mut stretches = [const { Vec::new() }; 3];
        let mut energies = [0.0; 3];
        for channel in impulse.channels() {
            // The bank's filters reach beyond the stretch on both sides.
            let silence = || std::iter::repeat_n(0.0, bank.reach());
            let heard = channel[stretch.end - taps..stretch.end].iter().zip(&window);
            let heard = heard.map(|(sample, weight)| (f64::from(*sample) * weight) as f32);
            let padded: Vec<f32> = silence().chain(heard).chain(silence()).collect();
            for (band, taps) in bank.split(&padded, cancel)?.into_iter().enumerate() {
                let taps: Vec<f64> = taps.into_iter().map(f64::from).collect();
                energies[band] += taps.iter().map(|tap| tap * tap).sum::<f64>();
                stretches[band].push(taps);
            }
        }
        let of_band = |band: usize| if wanted[band] { stretches[band].as_slice() } else { &[] };
        let mut filters = Filters::with_taps(taps + 2 * bank.reach());
        for taps in (0..3).flat_map(of_band) {
            cancel.check()?;
            filters.add(taps);
        }
        let mut random = Random::new(SEED);
        Ok(Self {
            bands: std::array::from_fn(|band| vec![Vec::new(); of_band(band).len()]),
            norms: energies.map(|energy| if energy > 0.0 { 1.0 / energy.sqrt() } else { 0.0 }),
            desk: filters.desk(),
            before: (1..taps + 2 * bank.reach()).map(|_| f64::from(random.bell())).collect(),
            filters,
            random,
        })
    }

    /// Makes so many samples at least. Cancelled, it keeps the blocks that it has finished.
    pub(super) fn grow_to(&mut self, length: usize, cancel: &Token) -> Result<(), Cancelled> {
        while self.len() < length {
            cancel.check()?;
            let mut random = self.random.clone();
            let (before, fresh) = self.desk.samples.split_at_mut(self.before.len());
            before.copy_from_slice(&self.before);
            fresh.fill_with(|| f64::from(random.bell()));
            // Where the next block begins.
            let after = self.desk.samples[self.filters.fresh()..].to_vec();
            self.filters.hear(&mut self.desk);
            let mut block = Vec::new();
            for filter in 0..self.bands.iter().map(Vec::len).sum() {
                cancel.check()?;
                let samples = &self.filters.filtered(filter, &mut self.desk)[..self.filters.fresh()];
                block.push(samples.iter().map(|sample| *sample as f32).collect::<Vec<f32>>());
            }
            self.bands.iter_mut().flatten().zip(block).for_each(|(channel, block)| channel.extend(block));
            (self.before, self.random) = (after, random);
        }
        Ok(())
    }

    /// Samples that it holds, with the filters.
    pub(super) fn samples(&self) -> usize {
        self.bands.iter().flatten().map(Vec::len).sum::<usize>() + self.filters.samples()
    }

    /// Samples of each that are there.
    fn len(&self) -> usize {
        self.bands.iter().flatten().map(Vec::len).next().unwrap_or(usize::MAX)
    }

    /// A band's channels, and the factor that brings the mean energy of a sample, summed over them, to 1.
    pub(super) fn band(&self, band: usize) -> (&[Vec<f32>], f64) {
        (&self.bands[band], self.norms[band])
    }
}
