//! The WAV file that is written.

use super::RenderError;
use crate::files::{FileError, Target, Unfinished};
use hound::{SampleFormat, WavSpec, WavWriter};
use std::fs::File;
use std::io::BufWriter;

/// Bytes of the longest header that is written, with room to spare.
const HEADER: u64 = 128;

/// How samples are stored.
///
/// Integers are rounded to the nearest value, halves to the even one, without dither: so a file that passes unchanged
/// comes out as it went in, and every run gives the same bytes. Full scale is 2^15 or 2^23; what lies beyond the
/// largest value is clipped to it and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Bits {
    /// 16-bit integers.
    Int16,
    /// 24-bit integers.
    Int24,
    /// 32-bit float, which clips nothing.
    #[default]
    Float32,
}

impl Bits {
    /// Bits of one sample.
    #[must_use]
    pub fn count(self) -> u16 {
        match self {
            Self::Int16 => 16,
            Self::Int24 => 24,
            Self::Float32 => 32,
        }
    }
}

/// An output under way.
pub(super) struct Sink {
    // Before the guard: the file is closed when the guard removes it.
    writer: WavWriter<BufWriter<File>>,
    unfinished: Unfinished,
    bits: Bits,
    peak: f32,
    clipped: u64,
}

impl Sink {
    /// Opens an output of `frames` frames, refused if a WAV file cannot hold so many.
    pub fn create(
        target: Target,
        channels: usize,
        sample_rate: u32,
        bits: Bits,
        frames: u64,
    ) -> Result<Self, RenderError> {
        let bytes = HEADER + frames * channels as u64 * u64::from(bits.count() / 8);
        if bytes > u64::from(u32::MAX) {
            return Err(RenderError::TooLarge { path: target.named, bytes });
        }
        let spec = WavSpec {
            channels: channels as u16,
            sample_rate,
            bits_per_sample: bits.count(),
            sample_format: if bits == Bits::Float32 { SampleFormat::Float } else { SampleFormat::Int },
        };
        let (file, unfinished) = target.open()?;
        match WavWriter::new(BufWriter::new(file), spec) {
            Ok(writer) => Ok(Self { writer, unfinished, bits, peak: 0.0, clipped: 0 }),
            Err(error) => Err(cannot_write(&unfinished, &error)),
        }
    }

    /// Appends a block: one vector per channel, all of the same length.
    pub fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        for frame in 0..block[0].len() {
            for channel in block {
                let sample = channel[frame];
                self.peak = self.peak.max(sample.abs());
                let written = match self.bits {
                    Bits::Float32 => self.writer.write_sample(sample),
                    _ => {
                        let (value, is_clipped) = quantised(sample, self.bits.count());
                        self.clipped += u64::from(is_clipped);
                        self.writer.write_sample(value)
                    }
                };
                written.map_err(|error| cannot_write(&self.unfinished, &error))?;
            }
        }
        Ok(())
    }

    /// Completes the file and gives it its name; returns the peak and the number of clipped samples.
    pub fn finish(self) -> Result<(f32, u64), RenderError> {
        let Self { writer, unfinished, peak, clipped, .. } = self;
        writer.finalize().map_err(|error| cannot_write(&unfinished, &error))?;
        unfinished.complete()?;
        Ok((peak, clipped))
    }
}

/// The nearest value that `bits` bits can hold, and whether it is another one for want of room.
fn quantised(sample: f32, bits: u16) -> (i32, bool) {
    let full_scale = f64::from(1_i32 << (bits - 1));
    let rounded = (f64::from(sample) * full_scale).round_ties_even();
    let held = rounded.clamp(-full_scale, full_scale - 1.0);
    (held as i32, held != rounded)
}

fn cannot_write(unfinished: &Unfinished, error: &hound::Error) -> RenderError {
    FileError::Write { path: unfinished.named().to_owned(), reason: error.to_string() }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_rounded_to_the_nearest_and_halves_to_the_even() {
        let step = 1.0 / 32768.0;
        let values = [0.0, 0.5, 0.51, 1.5, 2.5, -0.5, -0.51, -1.5, 1.49].map(|v: f32| quantised(v * step, 16));
        assert_eq!(values.map(|v| v.0), [0, 0, 1, 2, 2, 0, -1, -2, 1]);
        assert!(values.iter().all(|v| !v.1));
    }

    #[test]
    fn what_an_integer_cannot_hold_is_clipped_and_counted() {
        assert_eq!(quantised(-1.0, 16), (-32768, false));
        assert_eq!(quantised(1.0, 16), (32767, true));
        assert_eq!(quantised(32767.0 / 32768.0, 16), (32767, false));
        assert_eq!(quantised(-1.01, 24), (-8_388_608, true));
        assert_eq!(quantised(f32::MAX, 24), (8_388_607, true));
    }

    #[test]
    fn more_than_a_wav_file_can_hold_is_refused_before_anything_is_written() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("long.wav");
        let create = |frames| {
            let target = Target::check(&path, std::iter::empty()).expect("may be written");
            Sink::create(target, 2, 48_000, Bits::Float32, frames)
        };
        // 2^32 bytes, header included, at 8 bytes a frame.
        let most = (u64::from(u32::MAX) - HEADER) / 8;
        assert!(create(most).is_ok());
        let error = create(most + 1).err().expect("refused");
        assert!(error.to_string().contains("long.wav: would need"), "{error}");
        assert_eq!(std::fs::read_dir(folder.path()).expect("readable").count(), 0);
    }
}
