//! Analysis: from the taps of a path to the spectra of its partitions.

use super::super::dispatch::Dispatch;
use super::super::plan::StagePlan;
use super::super::sanitize::flush_small;
use super::super::spectrum::{Bank, CHUNK};
use super::super::transform::{Piece, Transform};
use super::{Run, StagePath};
use crate::cancel::{Cancelled, Token};
use rustfft::num_complex::Complex32;

/// What the analysis of every path of a stage shares.
pub(super) struct Analysis<'a> {
    pub plan: StagePlan,
    pub transform: &'a Transform,
    pub pieces: &'a [Piece],
    pub dispatch: Dispatch,
}

impl Analysis<'_> {
    /// The spectra of one path's partitions. `None` when all partitions are zero.
    pub fn path(
        &self,
        (input, output, taps): (usize, usize, &[f32]),
        cancel: &Token,
    ) -> Result<Option<StagePath>, Cancelled> {
        let Self { plan, transform, pieces, dispatch } = *self;
        let partition = |index: usize| -> &[f32] {
            let start = plan.offset + index * plan.partition;
            &taps[start.min(taps.len())..(start + plan.partition).min(taps.len())]
        };
        let sounds = |index: &usize| partition(*index).iter().any(|tap| flush_small(*tap) != 0.0);
        let sounding: Vec<usize> = (0..plan.count).filter(sounds).collect();
        if sounding.is_empty() {
            return Ok(None);
        }
        let mut runs: Vec<Run> = Vec::new();
        for (place, &partition) in sounding.iter().enumerate() {
            match runs.last_mut() {
                Some(run) if run.partitions.end == partition => run.partitions.end += 1,
                _ => runs.push(Run { partitions: partition..partition + 1, place }),
            }
        }
        let mut spectra = Bank::new(sounding.len(), plan.partition);
        let mut samples = vec![0.0; plan.partition];
        let mut values = vec![Complex32::ZERO; transform.values_len()];
        let mut scratch = vec![Complex32::ZERO; transform.scratch_len()];
        let scale = 1.0 / plan.partition as f32;
        for (place, which) in sounding.iter().enumerate() {
            cancel.check()?;
            samples.fill(0.0);
            for (sample, tap) in samples.iter_mut().zip(partition(*which)) {
                *sample = flush_small(*tap) * scale;
            }
            for piece in pieces {
                transform.forward(dispatch, piece, &samples, &mut values, &mut scratch);
                if let Piece::Row(row) = piece {
                    spectra.store(dispatch, place, row * transform.row() / CHUNK, &values[transform.row_range(*row)]);
                }
            }
        }
        Ok(Some(StagePath { input, output, runs, spectra }))
    }
}
