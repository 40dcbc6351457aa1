//! One of the two impulses.

use super::bands::Bands;
use super::curve::Curve;
use super::place::Place;
use crate::cancel::{Cancelled, Token};
use crate::channels::Marking;
use crate::impulse::Impulse;
use crate::impulse::decay::{Ending, Frames, Spectra, direct, products};
use crate::impulse::layout::Route;
use realfft::num_complex::Complex32;
use std::ops::Range;

/// A band with so much less energy than its impulse, in dB, is one that the impulse does not have.
const NOTHING: f64 = 80.0;

/// An impulse in three parts: what is before its direct sound, the direct sound, and frames of what follows.
pub(super) struct Side {
    pub(super) spectra: Spectra,
    /// Of each place, forwards; silent where the impulse has no path.
    pub(super) before: Vec<Vec<f32>>,
    pub(super) direct: Vec<Vec<f32>>,
    /// Samples from the first one of the direct sound on.
    pub(super) after: usize,
    /// Energy of the direct sound.
    pub(super) energy: f64,
}

impl Side {
    /// Of the paths of an impulse, the first one or the second one, at a sample rate in Hz; with the last sample first
    /// if they are played backwards.
    pub(super) fn new(
        (index, routes): (usize, &[Route]),
        places: &[Place],
        sample_rate: u32,
        is_reversed: bool,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        let length = routes.first().map_or(1, |route| route.taps.len());
        let mut channels = Vec::with_capacity(places.len());
        for Place { paths, .. } in places {
            cancel.check()?;
            let mut taps = paths[index].map_or_else(|| vec![0.0; length], |path| routes[path].taps.clone());
            if is_reversed {
                taps.reverse();
            }
            channels.push(taps);
        }
        let impulse = Impulse { channels, sample_rate, marking: Marking::Unmarked };
        let spectra = Spectra::of_all_channels(&impulse, cancel)?;
        let onset = spectra.onset();
        let of_each =
            |part: &dyn Fn(&[f32]) -> Vec<f32>| impulse.channels.iter().map(|channel| part(channel)).collect();
        let before: Vec<_> = of_each(&|channel| channel[..onset].to_vec());
        let direct: Vec<Vec<f32>> = of_each(&|channel| direct(&channel[onset..], f64::from(sample_rate)));
        let energy = direct.iter().flatten().map(|sample| f64::from(*sample).powi(2)).sum();
        Ok(Self { spectra, before, direct, after: impulse.len() - onset, energy })
    }

    /// Samples before the direct sound.
    pub(super) fn onset(&self) -> usize {
        self.spectra.onset()
    }

    /// Samples that are played before the direct sound's.
    pub(super) fn lead(&self, is_reversed: bool) -> usize {
        if is_reversed { self.after - 1 } else { self.onset() }
    }

    pub(super) fn frames(&self) -> &Frames {
        self.spectra.frames()
    }

    /// Frames in which something was recorded.
    pub(super) fn count(&self) -> usize {
        self.frames().count(self.after)
    }

    /// Pairs of places.
    pub(super) fn pairs(&self) -> usize {
        self.before.len().div_ceil(2)
    }

    /// A frame of a pair of places; nothing where it has ended.
    pub(super) fn frame(&self, pair: usize, frame: usize) -> &[Complex32] {
        self.spectra.frame(pair, frame)
    }

    /// Energies of so many frames in each band, of all paths together.
    pub(super) fn energies(&self, bands: &Bands, count: usize, cancel: &Token) -> Result<Vec<Vec<f64>>, Cancelled> {
        let mut energies = vec![vec![0.0; count]; bands.centres.len()];
        let mut sums = vec![0.0; bands.centres.len()];
        for frame in 0..count {
            cancel.check()?;
            sums.fill(0.0);
            for pair in 0..self.pairs() {
                let both = self.frame(pair, frame);
                bands.sum(products(both, both), &mut sums);
            }
            energies.iter_mut().zip(&sums).for_each(|(energies, sum)| energies[frame] = *sum);
        }
        Ok(energies)
    }

    /// The frames in which a frequency in Hz leaves the recording, and by how many natural logarithms its energy falls
    /// from frame to frame from there on; `None` where it cannot go on.
    pub(super) fn ending(&self, frequency: f64, rate: f64) -> Option<(Range<f64>, f64)> {
        let Ending { change, fall } = self.spectra.ending(frequency, rate)?;
        let hop = self.frames().hop as f64;
        // The middle of the first frame lies one hop before the direct sound.
        Some((change.start / hop + 1.0..change.end / hop + 1.0, 2.0 * fall * hop))
    }

    /// Of each band its curve, if it has one, and the energy of its frames altogether.
    pub(super) fn curves(
        &self,
        bands: &Bands,
        rate: f64,
        cancel: &Token,
    ) -> Result<Vec<(Option<Curve>, f64)>, Cancelled> {
        let energies = self.energies(bands, self.count(), cancel)?;
        let sums: Vec<f64> = energies.iter().map(|energies| energies.iter().sum()).collect();
        let direct = self.energy * self.frames().energy_of_one();
        let least = (sums.iter().sum::<f64>() + direct) * 10_f64.powf(-0.1 * NOTHING);
        let curve = |(energies, centre): (&Vec<f64>, &f64)| Curve::new(energies, self.ending(*centre, rate), least);
        Ok(energies.iter().zip(&bands.centres).map(curve).zip(sums).collect())
    }
}
