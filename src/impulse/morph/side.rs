//! One of the two impulses.

use super::bands::Bands;
use super::curve::Curve;
use crate::cancel::{Cancelled, Token};
use crate::impulse::Impulse;
use crate::impulse::decay::{Ending, Frames, Spectra, direct};
use crate::impulse::layout::Route;
use realfft::num_complex::Complex32;

/// A band with so much less energy than its impulse, in dB, is one that the impulse does not have.
const NOTHING: f64 = 80.0;

/// An impulse in three parts: what is before its direct sound, the direct sound, and frames of what follows.
pub(super) struct Side {
    pub(super) spectra: Spectra,
    /// Of each path, forwards.
    pub(super) before: Vec<Vec<f32>>,
    pub(super) direct: Vec<Vec<f32>>,
    /// Samples from the first one of the direct sound on.
    pub(super) after: usize,
    /// Energy of the direct sound.
    pub(super) energy: f64,
}

impl Side {
    /// Of paths at a sample rate in Hz; with the last sample first if they are played backwards.
    pub(super) fn new(
        routes: &[Route],
        sample_rate: u32,
        is_reversed: bool,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        let mut channels = Vec::with_capacity(routes.len());
        for route in routes {
            cancel.check()?;
            let mut taps = route.taps.clone();
            if is_reversed {
                taps.reverse();
            }
            channels.push(taps);
        }
        let impulse = Impulse { channels, sample_rate };
        let spectra = Spectra::new(&impulse, cancel)?;
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

    /// A frame of a path; nothing where it has ended.
    pub(super) fn frame(&self, channel: usize, frame: usize) -> &[Complex32] {
        let bins = self.frames().bins();
        self.spectra.channels()[channel].get(frame * bins..(frame + 1) * bins).unwrap_or_default()
    }

    /// Energies of its frames in each band, of all paths together.
    fn energies(&self, bands: &Bands, cancel: &Token) -> Result<Vec<Vec<f64>>, Cancelled> {
        let mut energies = vec![vec![0.0; self.count()]; bands.centres.len()];
        let mut sums = vec![0.0; bands.centres.len()];
        for frame in 0..self.count() {
            cancel.check()?;
            sums.fill(0.0);
            for channel in 0..self.before.len() {
                bands.sum(self.frame(channel, frame).iter().map(Complex32::norm_sqr), &mut sums);
            }
            energies.iter_mut().zip(&sums).for_each(|(energies, sum)| energies[frame] = *sum);
        }
        Ok(energies)
    }

    /// Of each band its curve, if it has one, and the energy of its frames altogether.
    pub(super) fn curves(
        &self,
        bands: &Bands,
        rate: f64,
        cancel: &Token,
    ) -> Result<Vec<(Option<Curve>, f64)>, Cancelled> {
        let energies = self.energies(bands, cancel)?;
        let sums: Vec<f64> = energies.iter().map(|energies| energies.iter().sum()).collect();
        let direct = self.energy * self.frames().energy_of_one();
        let least = (sums.iter().sum::<f64>() + direct) * 10_f64.powf(-0.1 * NOTHING);
        let hop = self.frames().hop as f64;
        let curve = |(energies, centre): (&Vec<f64>, &f64)| {
            let ending = self.spectra.ending(*centre, rate);
            // The middle of the first frame lies one hop before the direct sound.
            let in_frames =
                |Ending { change, fall }: Ending| (change.start / hop + 1.0..change.end / hop + 1.0, 2.0 * fall * hop);
            Curve::new(energies, ending.map(in_frames), least)
        };
        Ok(energies.iter().zip(&bands.centres).map(curve).zip(sums).collect())
    }
}
