//! An impulse as a file.

use super::RenderError;
use super::chunk::Carried;
use super::encoding::{Bits, Encoding, Form};
use super::sink::{Dither, Findings, Place, Sink, Spec};
use crate::channels::Marking;
use crate::impulse::Impulse;
use crate::impulse::findings::Finding;
use std::path::Path;

/// Writes an impulse as a WAV file of 32-bit float, which holds every bit of its samples. Replaces nothing.
///
/// # Errors
/// [`RenderError::Output`], also for a file that is there already.
pub fn store(impulse: &Impulse, path: &Path) -> Result<(), RenderError> {
    let encoding = Encoding { form: Form::Wave, bits: Bits::Float32 };
    let storing = Storing { encoding, dither: Dither::Off, overwrite: false };
    store_as(impulse, path, storing, &[]).map(|_| ())
}

/// How an impulse is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Storing {
    /// Form and bits of the file.
    pub encoding: Encoding,
    /// What is added to samples that integers cannot hold exactly.
    pub dither: Dither,
    /// Whether a file that is there already is replaced.
    pub overwrite: bool,
}

/// Writes an impulse, made from files that are never replaced, and tells what was lost.
///
/// # Errors
/// [`RenderError::Output`], also for a file that is there already and is not to be replaced.
pub fn store_as(
    impulse: &Impulse,
    path: &Path,
    storing: Storing,
    inputs: &[&Path],
) -> Result<Option<Finding>, RenderError> {
    let place = Place::check(path, storing.overwrite, inputs.iter().copied())?;
    let spec = Spec {
        channels: impulse.channels().len() as u16,
        speakers: if let Marking::Speakers(mask) = impulse.marking() { mask } else { 0 },
        sample_rate: impulse.sample_rate(),
        encoding: storing.encoding,
        frames: Some(impulse.len() as u64),
    };
    let mut sink = Sink::create(place, spec, storing.dither, Carried::default())?;
    sink.write(impulse.channels())?;
    let Findings { peak, clipped, .. } = sink.finish()?;
    Ok((clipped > 0).then_some(Finding::Clipped { count: clipped, peak }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::Token;
    use crate::impulse::decode;

    #[test]
    fn an_impulse_comes_back_bit_by_bit_and_replaces_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        for channels in [1, 2, 4] {
            let path = folder.path().join(format!("{channels}.wav"));
            let samples = |channel| vec![1.0, -0.1 * channel as f32, 3.5, f32::MIN_POSITIVE];
            let impulse = Impulse::new((0..channels).map(samples).collect(), 96_000).expect("valid");
            store(&impulse, &path).expect("written");
            assert_eq!(decode::file(&path, &Token::never()).expect("readable"), impulse);
            assert!(store(&impulse, &path).expect_err("it is there").to_string().contains("is there already"));
        }
    }
}
