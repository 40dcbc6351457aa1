//! WAV files of 32-bit floats, as the program writes them.

use std::path::Path;

use anyhow::{Context, Result, bail};
use hound::{SampleFormat, WavReader, WavSpec, WavWriter};

/// Planar samples: one vector per channel, all of one length.
pub type Sound = Vec<Vec<f32>>;

/// Writes `sound` at `rate` Hz.
pub fn write(path: &Path, rate: u32, sound: &Sound) -> Result<()> {
    let spec = WavSpec {
        channels: sound.len() as u16,
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: SampleFormat::Float,
    };
    let write = || -> hound::Result<()> {
        let mut writer = WavWriter::create(path, spec)?;
        for frame in 0..sound[0].len() {
            for channel in sound {
                writer.write_sample(channel[frame])?;
            }
        }
        writer.finalize()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

/// Reads what [`write`] or the program wrote: the rate in Hz, and the samples.
pub fn read(path: &Path) -> Result<(u32, Sound)> {
    let reader = WavReader::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let spec = reader.spec();
    if spec.sample_format != SampleFormat::Float {
        bail!("{} does not hold floats", path.display());
    }
    let channels = usize::from(spec.channels);
    let mut sound = vec![Vec::with_capacity(reader.duration() as usize); channels];
    for (position, sample) in reader.into_samples::<f32>().enumerate() {
        sound[position % channels].push(sample.with_context(|| format!("cannot read {}", path.display()))?);
    }
    Ok((spec.sample_rate, sound))
}
