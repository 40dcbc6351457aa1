//! WAV files that tests write and read.

use hound::{SampleFormat, WavReader, WavSpec, WavWriter};
use std::path::Path;

/// Planar samples and their rate.
#[derive(Debug, Clone, PartialEq)]
pub struct Wave {
    /// One vector for each channel.
    pub channels: Vec<Vec<f32>>,
    /// In Hz.
    pub sample_rate: u32,
}

/// Writes 32-bit float.
pub fn write(path: &Path, sample_rate: u32, channels: &[Vec<f32>]) {
    let spec = WavSpec {
        channels: channels.len() as u16,
        sample_rate,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let mut writer = WavWriter::create(path, spec).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for frame in 0..channels[0].len() {
        for channel in channels {
            writer.write_sample(channel[frame]).expect("written");
        }
    }
    writer.finalize().expect("complete");
}

/// Writes integers of 16 or 24 bits, given as such.
pub fn write_integers(path: &Path, bits: u16, channels: &[Vec<i32>]) {
    let spec = WavSpec {
        channels: channels.len() as u16,
        sample_rate: 48_000,
        bits_per_sample: bits,
        sample_format: SampleFormat::Int,
    };
    let mut writer = WavWriter::create(path, spec).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    for frame in 0..channels[0].len() {
        for channel in channels {
            writer.write_sample(channel[frame]).expect("written");
        }
    }
    writer.finalize().expect("complete");
}

/// Reads 32-bit float.
#[must_use]
pub fn read(path: &Path) -> Wave {
    let mut reader = WavReader::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let spec = reader.spec();
    assert_eq!((spec.sample_format, spec.bits_per_sample), (SampleFormat::Float, 32));
    let samples: Vec<f32> = reader.samples().map(|sample| sample.expect("whole")).collect();
    Wave { channels: planar(&samples, spec.channels.into()), sample_rate: spec.sample_rate }
}

/// Reads integers, and how many bits they have.
#[must_use]
pub fn read_integers(path: &Path) -> (u16, Vec<Vec<i32>>) {
    let mut reader = WavReader::open(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let spec = reader.spec();
    assert_eq!(spec.sample_format, SampleFormat::Int);
    let samples: Vec<i32> = reader.samples().map(|sample| sample.expect("whole")).collect();
    (spec.bits_per_sample, planar(&samples, spec.channels.into()))
}

fn planar<T: Copy>(samples: &[T], channels: usize) -> Vec<Vec<T>> {
    (0..channels).map(|channel| samples.iter().skip(channel).step_by(channels).copied().collect()).collect()
}
