//! To the host's rate.
//!
//! Rates are fixed, so rubato's synchronous resampler is the right one: blocks are transformed, their spectrum cut or
//! extended, and transformed back, in `f64`. Measured with the filter below: flat to 1e-8 dB up to 0.9 and to 0.01 dB
//! up to 0.96 of the lower rate's half, images at most -138 dB.
//!
//! A filter that is this flat rings a little before and after what it passes on. Of a signal, what would ring beyond
//! its ends is cut off. Of an impulse it is added to the first and the last sample: nothing may sound before it is
//! played, but an impulse that begins with its loudest sample, as those of cabinets do, would otherwise lose up to half
//! of it. Where silence followed the last sample, there is room behind it to ring into.

mod stream;

use super::Impulse;
use crate::cancel::{Cancelled, Token};
use rubato::audioadapter_buffers::direct::SequentialSliceOfVecs;
use rubato::{Fft, FixedSync, Indexing, Resampler, WindowFunction};
pub use stream::Stream;

/// Samples of the lower rate that the filter spans, at least. Twice as many would bring nothing that can be heard and
/// ring twice as long.
const FILTER: usize = 512;

/// The most by which two rates may differ. The transforms grow with it.
const MOST_RATIO: u32 = 256;

/// Why something was not resampled.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResampleError {
    /// The resampler refuses the rates or the samples.
    #[error("cannot resample from {from} Hz to {to} Hz: {reason}")]
    Refused {
        /// Source rate in Hz.
        from: u32,
        /// Target rate in Hz.
        to: u32,
        /// What the resampler said.
        reason: String,
    },
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// Resamples audio, planar, amplitude kept: a sine stays as loud and where it is. The result has `ceil(length · to /
/// from)` samples per channel; at the same rate it is the same, bit by bit, and otherwise samples that are not finite
/// are taken for silence.
///
/// # Errors
/// Rates that are 0, above [`MAX_SAMPLE_RATE`](super::MAX_SAMPLE_RATE), or differ by more than a factor of 256; above
/// 120 kHz also rates that have almost no common divisor ([`Stream::new`]). Cancelled; `cancel` is checked for every
/// block of the resampler.
pub fn signal(channels: &[Vec<f32>], from: u32, to: u32, cancel: &Token) -> Result<Vec<Vec<f32>>, ResampleError> {
    if from == to {
        Ratio::new(from, to)?;
        return Ok(channels.to_vec());
    }
    let mut stream = Stream::new(channels.len(), from, to)?;
    let mut resampled = vec![Vec::new(); channels.len()];
    let (mut at, length) = (0, channels.first().map_or(0, Vec::len));
    while at < length {
        cancel.check()?;
        let frames = stream.wanted().min(length - at);
        let piece = channels.iter().map(|channel| &channel[at..at + frames]);
        stream.push(piece, &mut resampled)?;
        at += frames;
    }
    while stream.finish(&mut resampled)? {
        cancel.check()?;
    }
    Ok(resampled)
}

/// Resamples an impulse response so that convolution with it keeps its level: amplitude times source rate / target
/// rate, and the sum of each channel stays what it is. Its length becomes `ceil(length · rate / its rate)`; at its own
/// rate it is the same, bit by bit.
///
/// `silence` is the number of zeros that followed the impulse's end and were dropped, 0 for a whole impulse: as many as
/// the filter reaches into come back, so that nothing is added to the last sample that belongs behind it.
///
/// # Errors
/// Rates that are 0, above [`MAX_SAMPLE_RATE`](super::MAX_SAMPLE_RATE), or differ by more than a factor of 256.
/// Cancelled; `cancel` is checked every few milliseconds.
pub fn impulse(impulse: &Impulse, rate: u32, silence: usize, cancel: &Token) -> Result<Impulse, ResampleError> {
    let from = impulse.sample_rate();
    let mut converter = Converter::new(from, rate, cancel)?;
    if from == rate {
        return Ok(impulse.clone());
    }
    let channels = converter.impulse(impulse.channels(), silence)?;
    let resampled = Impulse::new(channels, rate).map(|resampled| resampled.marked(impulse.marking()));
    resampled.map_err(|error| ResampleError::Refused { from, to: rate, reason: error.to_string() })
}

/// Stretches an impulse response by `to / from` in time, its rate kept: as [`impulse`], but for what the rates are
/// called.
pub(super) fn stretched(impulse: &Impulse, from: u32, to: u32, cancel: &Token) -> Result<Impulse, ResampleError> {
    let channels = Converter::new(from, to, cancel)?.impulse(impulse.channels(), 0)?;
    let refused = |reason: String| ResampleError::Refused { from, to, reason };
    let stretched = Impulse::new(channels, impulse.sample_rate()).map(|stretched| stretched.marked(impulse.marking()));
    stretched.map_err(|error| refused(error.to_string()))
}

/// Two rates.
#[derive(Debug, Clone, Copy)]
struct Ratio {
    from: u32,
    to: u32,
    /// So many source samples are as long as so many of the target, and no smaller whole numbers are.
    input: usize,
    output: usize,
    /// How many of these the filter spans.
    blocks: usize,
}

impl Ratio {
    fn new(from: u32, to: u32) -> Result<Self, ResampleError> {
        let failed = |reason: String| ResampleError::Refused { from, to, reason };
        if let Some(rate) = [from, to].into_iter().find(|rate| *rate == 0 || *rate > super::MAX_SAMPLE_RATE) {
            return Err(failed(format!("{rate} Hz is no sample rate")));
        }
        if from.max(to) / from.min(to) > MOST_RATIO {
            return Err(failed(format!("the rates differ by more than a factor of {MOST_RATIO}")));
        }
        let divisor = greatest_common_divisor(from, to);
        let (input, output) = ((from / divisor) as usize, (to / divisor) as usize);
        // An even number: half of the filter is its delay, which then is a whole number of samples.
        let blocks = FILTER.div_ceil(input.min(output)).next_multiple_of(2);
        Ok(Self { from, to, input, output, blocks })
    }

    /// A resampler of so many channels, at least 1, each of which it treats as if it were alone.
    fn resampler(self, channels: usize) -> Result<Fft<f64>, ResampleError> {
        let (window, fixed) = (WindowFunction::BlackmanHarris2, FixedSync::Both);
        let (from, to) = (self.from as usize, self.to as usize);
        Fft::new_custom(from, to, self.blocks * self.input, 1, channels, window, fixed)
            .map_err(|error| self.refused(error))
    }

    fn refused(self, reason: impl ToString) -> ResampleError {
        ResampleError::Refused { from: self.from, to: self.to, reason: reason.to_string() }
    }

    /// Samples that a source of this length has at the target rate: exactly, where rubato rounds.
    fn length(self, source: u64) -> u64 {
        let length = (u128::from(source) * self.output as u128).div_ceil(self.input as u128);
        u64::try_from(length).unwrap_or(u64::MAX)
    }
}

/// From one rate to another, one channel after another.
struct Converter<'a> {
    resampler: Fft<f64>,
    ratio: Ratio,
    /// Checked for every block.
    cancel: &'a Token<'a>,
}

impl<'a> Converter<'a> {
    fn new(from: u32, to: u32, cancel: &'a Token<'a>) -> Result<Self, ResampleError> {
        let ratio = Ratio::new(from, to)?;
        Ok(Self { resampler: ratio.resampler(1)?, ratio, cancel })
    }

    /// The channels of an impulse response, their level kept.
    fn impulse(&mut self, channels: &[Vec<f32>], silence: usize) -> Result<Vec<Vec<f32>>, ResampleError> {
        let scale = f64::from(self.ratio.from) / f64::from(self.ratio.to);
        let finish = |sample| (sample * scale) as f32;
        channels.iter().map(|channel| self.run_within_its_ends(channel, silence, finish)).collect()
    }

    /// Without delay, as long as the source; what rings beyond its ends is cut off.
    fn run(&mut self, source: Vec<f64>) -> Result<Delayed, ResampleError> {
        let (ratio, length, resampler) = (self.ratio, self.length(source.len()), &mut self.resampler);
        resampler.reset();
        let (delay, most) = (resampler.output_delay(), resampler.process_all_needed_output_len(source.len()) + 1);
        let (input, source, mut target) = (source.len(), [source], [vec![0.0; most]]);
        let inlet = SequentialSliceOfVecs::new(&source, 1, input).map_err(|error| ratio.refused(error))?;
        let mut outlet = SequentialSliceOfVecs::new_mut(&mut target, 1, most).map_err(|error| ratio.refused(error))?;
        let mut at = Indexing { input_offset: 0, output_offset: 0, partial_len: None, active_channels_mask: None };
        // Block by block, where rubato's own call for a whole clip would not ask in between.
        while at.output_offset < delay + length {
            self.cancel.check()?;
            let left = input - at.input_offset;
            at.partial_len = (left < resampler.input_frames_next()).then_some(left);
            let (read, written) =
                resampler.process_into_buffer(&inlet, &mut outlet, Some(&at)).map_err(|error| ratio.refused(error))?;
            at.input_offset += read.min(left);
            at.output_offset += written;
        }
        let [mut samples] = target;
        samples.truncate(delay + length);
        Ok(Delayed { samples, delay })
    }

    /// The same, but what rings beyond its ends is added to the first and the last sample, which lies where the source
    /// ends or somewhat later, in the silence that follows it. Each goes through `finish`.
    fn run_within_its_ends(
        &mut self,
        source: &[f32],
        silence_behind: usize,
        finish: impl Fn(f64) -> f32,
    ) -> Result<Vec<f32>, ResampleError> {
        let Ratio { input, output, blocks, .. } = self.ratio;
        let (silence, ringing) = (blocks * input, blocks * output);
        let length = self.length(source.len()) + silence_behind.min(silence) * output / input;
        let around = || std::iter::repeat_n(0.0, silence);
        let mut padded = Vec::with_capacity(silence + source.len() + silence);
        padded.extend(around().chain(source.iter().copied().map(f64::from)).chain(around()));
        let mut samples = self.run(padded)?;
        let (before, rest) = samples.get_mut().split_at_mut(ringing);
        let (within, after) = rest.split_at_mut(length);
        if let Some(first) = within.first_mut() {
            *first += before.iter().sum::<f64>();
        }
        if let Some(last) = within.last_mut() {
            *last += after.iter().sum::<f64>();
        }
        self.cancel.check()?;
        Ok(within.iter().map(|sample| finish(*sample)).collect())
    }

    fn length(&self, source: usize) -> usize {
        self.ratio.length(source as u64) as usize // of what lies in memory
    }
}

/// What a resampler puts out: its delay, then the samples. They stay where they are, because a minute is long to move.
struct Delayed {
    samples: Vec<f64>,
    delay: usize,
}

impl Delayed {
    fn get_mut(&mut self) -> &mut [f64] {
        &mut self.samples[self.delay..]
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_that_cannot_be_are_refused_with_the_reason() {
        for (from, to) in [(0, 48_000), (48_000, 0), (48_000, u32::MAX), (1, 48_000), (1_536_000, 5_000)] {
            let error = signal(&[vec![1.0]], from, to, &Token::never()).expect_err("refused");
            let told = matches!(error, ResampleError::Refused { from: f, to: t, .. } if (f, t) == (from, to));
            assert!(told, "{error}");
        }
    }

    #[test]
    fn nothing_is_resampled_to_nothing() {
        assert_eq!(signal(&[], 44_100, 48_000, &Token::never()), Ok(vec![]));
        assert_eq!(signal(&[vec![]], 44_100, 48_000, &Token::never()), Ok(vec![vec![]]));
    }

    #[test]
    fn one_sample_that_is_not_finite_leaves_the_rest_alone() {
        let mut samples = vec![0.25; 4000];
        let clean = signal(&[samples.clone()], 44_100, 48_000, &Token::never()).expect("rates");
        samples[2000] = f32::NAN;
        let resampled = signal(&[samples], 44_100, 48_000, &Token::never()).expect("rates");
        assert!(resampled[0].iter().all(|sample| sample.is_finite()));
        // The filter reaches 2 · 588 samples to either side.
        assert_eq!(resampled[0][..800], clean[0][..800]);
        assert_eq!(resampled[0][3600..], clean[0][3600..]);
    }
}
