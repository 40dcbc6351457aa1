//! The file that is written.

mod destination;
mod dither;
mod flac;
mod spec;
mod wave;

pub(super) use destination::Place;
pub use dither::Dither;
pub(super) use spec::Spec;

use super::RenderError;
use super::chunk::Carried;
use super::encoding::{Bits, Form};
use destination::Destination;
use dither::Quantizer;
use flac::Flac;
use wave::Wave;

/// What was found while an output was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Findings {
    /// Largest absolute sample before it was stored.
    pub peak: f32,
    /// Samples that an integer format could not hold.
    pub clipped: u64,
    /// True if some sample has got dither.
    pub is_dithered: bool,
}

/// An output under way.
pub(super) struct Sink {
    writer: Writer,
    destination: Destination,
    /// One for each channel; of 32-bit float none.
    quantizers: Vec<Quantizer>,
    peak: f32,
    /// The block that is being written, interleaved: integers, or the bits of floats.
    values: Vec<i32>,
}

enum Writer {
    Wave(Box<Wave>),
    Flac(Box<Flac>),
}

impl Sink {
    /// Opens an output and writes its beginning.
    pub fn create(place: Place, spec: Spec, dither: Dither, carried: Carried) -> Result<Self, RenderError> {
        Self::begin(place.open()?, spec, dither, carried)
    }

    fn begin(
        mut destination: Destination,
        spec: Spec,
        dither: Dither,
        Carried { chunks, comments, .. }: Carried,
    ) -> Result<Self, RenderError> {
        let writer = match spec.encoding.form {
            Form::Wave => Writer::Wave(Box::new(Wave::begin(spec, chunks, &mut destination)?)),
            Form::Flac => Writer::Flac(Box::new(Flac::begin(spec, comments, &mut destination)?)),
        };
        let bits = spec.encoding.bits;
        let quantized = if bits == Bits::Float32 { 0 } else { usize::from(spec.channels) };
        let quantizers = (0..quantized).map(|channel| Quantizer::new(bits.count(), channel, dither)).collect();
        Ok(Self { writer, destination, quantizers, peak: 0.0, values: Vec::new() })
    }

    /// Appends a block: one vector per channel, all of the same length.
    pub fn write(&mut self, block: &[Vec<f32>]) -> Result<(), RenderError> {
        let channels = block.len();
        self.values.resize(block[0].len() * channels, 0);
        for (index, channel) in block.iter().enumerate() {
            self.peak = channel.iter().fold(self.peak, |peak, sample| peak.max(sample.abs()));
            let values = self.values.iter_mut().skip(index).step_by(channels);
            match self.quantizers.get_mut(index) {
                Some(quantizer) => values.zip(channel).for_each(|(value, sample)| *value = quantizer.value(*sample)),
                None => values.zip(channel).for_each(|(value, sample)| *value = sample.to_bits().cast_signed()),
            }
        }
        match &mut self.writer {
            Writer::Wave(wave) => wave.write(&self.values, &mut self.destination)?,
            Writer::Flac(flac) => flac.write(&self.values, &mut self.destination)?,
        }
        Ok(())
    }

    /// Completes the file and gives it its name.
    pub fn finish(self) -> Result<Findings, RenderError> {
        let Self { writer, mut destination, quantizers, peak, .. } = self;
        match writer {
            Writer::Wave(wave) => wave.end(&mut destination)?,
            Writer::Flac(flac) => flac.end(&mut destination)?,
        }
        destination.complete()?;
        let clipped = quantizers.iter().map(Quantizer::clipped).sum();
        Ok(Findings { peak, clipped, is_dithered: quantizers.iter().any(Quantizer::is_dithered) })
    }
}

#[cfg(test)]
mod tests;
