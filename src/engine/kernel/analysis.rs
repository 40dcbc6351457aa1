//! Analysis: from the taps of the paths to the spectra of their partitions.

use super::super::dispatch::Dispatch;
use super::super::plan::StagePlan;
use super::super::sanitize::flush_small;
use super::super::spectrum::{Bank, Chunk};
use super::super::transform::{Piece, Transform};
use super::{Path, Run, StageOutput, StagePath};
use crate::cancel::{Cancelled, Token};

/// What the analysis of every output of a stage shares.
pub(super) struct Analysis<'a> {
    pub plan: StagePlan,
    pub transform: &'a Transform,
    pub pieces: &'a [Piece],
    pub dispatch: Dispatch,
}

impl Analysis<'_> {
    /// The spectra of the partitions of all paths that end at an output. `None` when all partitions are zero.
    pub fn output(&self, channel: usize, paths: &[Path], cancel: &Token) -> Result<Option<StageOutput>, Cancelled> {
        let mut count = 0;
        let mut sounding = Vec::new();
        for (input, _, taps) in paths.iter().filter(|path| path.1 == channel) {
            let runs = self.runs(taps, &mut count);
            if !runs.is_empty() {
                sounding.push((StagePath { input: *input, runs }, *taps));
            }
        }
        if sounding.is_empty() {
            return Ok(None);
        }
        let mut spectra = Bank::new(count, self.plan.partition);
        for (path, taps) in &sounding {
            self.analyse(path, taps, &mut spectra, cancel)?;
        }
        let paths = sounding.into_iter().map(|(path, _)| path).collect();
        Ok(Some(StageOutput { channel, paths, spectra }))
    }

    /// The taps of one partition.
    fn partition<'a>(&self, taps: &'a [f32], index: usize) -> &'a [f32] {
        let start = self.plan.offset + index * self.plan.partition;
        &taps[start.min(taps.len())..(start + self.plan.partition).min(taps.len())]
    }

    /// The partitions that are not all zero, whose spectra take the next places.
    fn runs(&self, taps: &[f32], places: &mut usize) -> Vec<Run> {
        let sounds = |index: &usize| self.partition(taps, *index).iter().any(|tap| flush_small(*tap) != 0.0);
        let mut runs: Vec<Run> = Vec::new();
        for partition in (0..self.plan.count).filter(sounds) {
            match runs.last_mut() {
                Some(run) if run.partitions.end == partition => run.partitions.end += 1,
                _ => runs.push(Run { partitions: partition..partition + 1, place: *places }),
            }
            *places += 1;
        }
        runs
    }

    /// Stores the spectra of one path.
    fn analyse(&self, path: &StagePath, taps: &[f32], spectra: &mut Bank, cancel: &Token) -> Result<(), Cancelled> {
        let Self { plan, transform, pieces, dispatch } = *self;
        let mut samples = vec![0.0; plan.partition];
        let mut values = vec![Chunk::SILENCE; transform.values_len()];
        let scale = 1.0 / plan.partition as f32;
        for run in &path.runs {
            for (place, partition) in (run.place..).zip(run.partitions.clone()) {
                cancel.check()?;
                samples.fill(0.0);
                for (sample, tap) in samples.iter_mut().zip(self.partition(taps, partition)) {
                    *sample = flush_small(*tap) * scale;
                }
                for piece in pieces {
                    let spectrum = spectra.spectrum(place);
                    transform.forward(dispatch, piece, &[&samples], &mut values, &[0], spectrum);
                }
            }
        }
        Ok(())
    }
}
