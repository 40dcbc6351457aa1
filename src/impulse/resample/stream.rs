//! A signal that comes piece by piece.

use super::{Ratio, ResampleError};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, Indexing, Resampler};

/// Frames of a block at most: with about 250 bytes for each frame of stereo, 60 MB. Between any rates up to 120 kHz
/// blocks are shorter, and between those that are in use much shorter.
const MOST_BLOCK: usize = 240_000;

/// Resamples a signal piece by piece, however long it is: the same bits as [`signal`](super::signal) gives of the
/// whole, wherever it is cut. It holds one block of the resampler, which grows with the smallest whole numbers that are
/// to one another as the rates are; between 44.1 and 48 kHz these are 588 and 640 frames.
///
/// ```
/// use transept::impulse::resample::Stream;
///
/// let mut stream = Stream::new(1, 44_100, 48_000)?;
/// let mut resampled = vec![Vec::new()];
/// stream.push([&[0.5_f32; 441][..]], &mut resampled)?;
/// while stream.finish(&mut resampled)? {}
/// assert_eq!(resampled[0].len(), 480);
/// # Ok::<(), transept::impulse::resample::ResampleError>(())
/// ```
pub struct Stream {
    ratio: Ratio,
    resampler: Fft<f64>,
    input: Vec<Vec<f64>>,
    output: Vec<Vec<f64>>,
    /// Frames in `input` that were not resampled yet.
    filled: usize,
    /// Frames that came.
    taken: u64,
    /// Frames that are still to be dropped: the resampler's delay.
    delay: usize,
    /// Frames that were given.
    given: u64,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self { ratio, taken, given, .. } = self;
        let mut form = formatter.debug_struct("Stream");
        form.field("ratio", ratio).field("taken", taken).field("given", given).finish_non_exhaustive()
    }
}

impl Stream {
    /// A stream of so many channels between two rates in Hz.
    ///
    /// # Errors
    /// As [`signal`](super::signal), and rates whose common divisor is so small that a block would take more than
    /// 60 MB, as between 192001 and 48000 Hz.
    pub fn new(channels: usize, from: u32, to: u32) -> Result<Self, ResampleError> {
        let ratio = Ratio::new(from, to)?;
        if ratio.blocks * ratio.input.max(ratio.output) > MOST_BLOCK {
            return Err(ratio.refused("the rates have too small a common divisor; resample it to a usual rate first"));
        }
        let resampler = ratio.resampler(channels.max(1))?;
        let input = vec![vec![0.0; resampler.input_frames_max()]; channels.max(1)];
        let output = vec![vec![0.0; resampler.output_frames_max()]; channels.max(1)];
        let delay = resampler.output_delay();
        Ok(Self { ratio, resampler, input, output, filled: 0, taken: 0, delay, given: 0 })
    }

    /// Frames at the target rate that so many at the source rate become.
    #[must_use]
    pub fn length(&self, frames: u64) -> u64 {
        self.ratio.length(frames)
    }

    /// Frames after which the next ones are given. A piece of this length makes one step of the resampler.
    #[must_use]
    pub fn wanted(&self) -> usize {
        self.resampler.input_frames_next() - self.filled
    }

    /// Takes a piece, one slice per channel and all of the same length, and appends what is ready to `resampled`, one
    /// vector per channel. Samples that are not finite are taken for silence.
    ///
    /// # Errors
    /// Those of the resampler, which for pieces of the right shape has none.
    pub fn push<'a>(
        &mut self,
        piece: impl IntoIterator<Item = &'a [f32], IntoIter: Clone>,
        resampled: &mut [Vec<f32>],
    ) -> Result<(), ResampleError> {
        let piece = piece.into_iter();
        let (mut at, length) = (0, piece.clone().next().map_or(0, <[f32]>::len));
        while at < length {
            let count = self.wanted().min(length - at);
            for (to, from) in self.input.iter_mut().zip(piece.clone()) {
                let finite = |sample: &f32| if sample.is_finite() { f64::from(*sample) } else { 0.0 };
                let to = &mut to[self.filled..self.filled + count];
                to.iter_mut().zip(&from[at..at + count]).for_each(|(to, from)| *to = finite(from));
            }
            self.filled += count;
            self.taken += count as u64;
            at += count;
            if self.wanted() == 0 {
                self.step(resampled)?;
            }
        }
        Ok(())
    }

    /// Appends some of what is still to come behind the last piece, and tells whether there is more. The source ends
    /// there: the whole result is as long as [`Self::length`] says.
    ///
    /// # Errors
    /// As [`Self::push`].
    pub fn finish(&mut self, resampled: &mut [Vec<f32>]) -> Result<bool, ResampleError> {
        let length = self.ratio.length(self.taken);
        if self.given < length {
            self.step(resampled)?;
        }
        Ok(self.given < length)
    }

    /// Resamples what is in the input, with silence behind it, and appends the part of the result that is the signal's.
    fn step(&mut self, resampled: &mut [Vec<f32>]) -> Result<(), ResampleError> {
        let ratio = self.ratio;
        let (channels, frames) = (self.input.len(), self.input[0].len());
        let room = self.output[0].len();
        let inlet = SequentialSliceOfVecs::new(&self.input, channels, frames).map_err(|error| ratio.refused(error))?;
        let mut outlet =
            SequentialSliceOfVecs::new_mut(&mut self.output, channels, room).map_err(|error| ratio.refused(error))?;
        let partial_len = (self.filled < self.resampler.input_frames_next()).then_some(self.filled);
        let at = Indexing { input_offset: 0, output_offset: 0, partial_len, active_channels_mask: None };
        let (_, written) =
            self.resampler.process_into_buffer(&inlet, &mut outlet, Some(&at)).map_err(|error| ratio.refused(error))?;
        self.filled = 0;
        let dropped = self.delay.min(written);
        self.delay -= dropped;
        // A source that ends within a block gives fewer frames than its last block does.
        let left = self.ratio.length(self.taken) - self.given;
        let count = (written - dropped).min(usize::try_from(left).unwrap_or(usize::MAX));
        for (to, from) in resampled.iter_mut().zip(&self.output) {
            to.extend(from[dropped..dropped + count].iter().map(|sample| *sample as f32));
        }
        self.given += count as u64;
        Ok(())
    }
}
