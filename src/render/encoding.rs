//! The form of an output and the bits of its samples.

use super::PIPE;
use flac_codec::stream::SampleRate;
use std::ffi::OsStr;
use std::path::Path;

/// Samples per channel that a FLAC file can count: its field has 36 bits.
const MOST_FLAC_FRAMES: u64 = (1 << 36) - 1;

/// Channels that a FLAC file can have.
const MOST_FLAC_CHANNELS: usize = 8;

/// What kind of file an output is. Its extension says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// WAV, plain where it can be; RF64 beyond 4 GB.
    Wave,
    /// FLAC, which holds integers alone.
    Flac,
}

/// How samples are stored. Full scale of integers is 2^15 or 2^23. What lies beyond the largest value is clipped to it
/// and counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bits {
    /// 16-bit integers.
    Int16,
    /// 24-bit integers.
    Int24,
    /// 32-bit float, which clips nothing.
    Float32,
}

/// Form and bits of an output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Encoding {
    /// What kind of file it is.
    pub form: Form,
    /// How its samples are stored.
    pub bits: Bits,
}

/// Why an output cannot be encoded as it is wanted. The file's name is to stand before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncodingError {
    /// The name says no form that is written.
    #[error("the name does not say in which form to write; let it end in .wav or .flac")]
    Name,
    /// FLAC has no samples of 32-bit float.
    #[error("FLAC holds no 32-bit float; write 16 or 24 bits, or a .wav file")]
    Float,
    /// No FLAC frame can say this rate.
    #[error("FLAC holds no rate of {0} Hz; write a .wav file, or another rate (above 65 kHz a multiple of 10 Hz)")]
    Rate(u32),
    /// FLAC has no frames of so many channels.
    #[error("FLAC holds no more than 8 channels, and these would be {0}; write a .wav file")]
    Channels(usize),
    /// FLAC cannot count so many samples.
    #[error("FLAC holds no more than 2^36 samples per channel, and these would be {0}; write a .wav file")]
    Length(u64),
}

impl Bits {
    /// Bits of one sample.
    #[must_use]
    pub const fn count(self) -> u16 {
        match self {
            Self::Int16 => 16,
            Self::Int24 => 24,
            Self::Float32 => 32,
        }
    }

    /// Bytes of one sample.
    pub(super) const fn bytes(self) -> usize {
        self.count() as usize / 8
    }
}

impl Form {
    /// The extensions of files that are written. The first of a form is the usual one.
    pub const EXTENSIONS: [(&'static str, Self); 3] = [("wav", Self::Wave), ("wave", Self::Wave), ("flac", Self::Flac)];

    /// The form that a file's extension says, in capitals or not; `None` if that is none that is written. `-`, the
    /// standard output, is WAV.
    #[must_use]
    pub fn of(output: &Path) -> Option<Self> {
        if output == Path::new(PIPE) {
            return Some(Self::Wave);
        }
        Self::of_extension(output.extension()?)
    }

    /// The form that an extension without its dot says, in capitals or not.
    #[must_use]
    pub fn of_extension(extension: &OsStr) -> Option<Self> {
        Self::EXTENSIONS.into_iter().find(|(known, _)| extension.eq_ignore_ascii_case(known)).map(|(_, form)| form)
    }
}

impl Encoding {
    /// What an output's name and the wanted bits say. Unless told, WAV is of 32-bit float and FLAC of 24 bits.
    ///
    /// # Errors
    /// [`EncodingError::Name`] and [`EncodingError::Float`]. Nothing is opened for that.
    pub fn of(output: &Path, bits: Option<Bits>) -> Result<Self, EncodingError> {
        let form = Form::of(output).ok_or(EncodingError::Name)?;
        match (form, bits) {
            (Form::Flac, Some(Bits::Float32)) => Err(EncodingError::Float),
            (Form::Flac, None) => Ok(Self { form, bits: Bits::Int24 }),
            (Form::Wave, None) => Ok(Self { form, bits: Bits::Float32 }),
            (_, Some(bits)) => Ok(Self { form, bits }),
        }
    }

    /// Refuses a number of channels, a rate in Hz and a length in samples per channel, if known, that the form cannot
    /// hold. WAV holds all.
    pub(super) fn check(self, channels: usize, sample_rate: u32, frames: Option<u64>) -> Result<(), EncodingError> {
        if self.form == Form::Wave {
            return Ok(());
        }
        if channels > MOST_FLAC_CHANNELS {
            return Err(EncodingError::Channels(channels));
        }
        if !SampleRate::try_from(sample_rate).is_ok_and(|rate| !matches!(rate, SampleRate::Streaminfo(_))) {
            return Err(EncodingError::Rate(sample_rate));
        }
        match frames {
            Some(frames) if frames > MOST_FLAC_FRAMES => Err(EncodingError::Length(frames)),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(output: &str, bits: Option<Bits>) -> Result<(Form, Bits), EncodingError> {
        Encoding::of(Path::new(output), bits).map(|encoding| (encoding.form, encoding.bits))
    }

    #[test]
    fn the_name_says_the_form_and_the_form_the_bits_unless_told() {
        for name in ["a.wav", "a.flac.wav", "A.WAV", "a.wave", "-"] {
            assert_eq!(of(name, None), Ok((Form::Wave, Bits::Float32)), "{name}");
            assert_eq!(of(name, Some(Bits::Int16)), Ok((Form::Wave, Bits::Int16)), "{name}");
        }
        for name in ["a.flac", "a.wav.FLAC"] {
            assert_eq!(of(name, None), Ok((Form::Flac, Bits::Int24)), "{name}");
            assert_eq!(of(name, Some(Bits::Int16)), Ok((Form::Flac, Bits::Int16)), "{name}");
        }
    }

    #[test]
    fn what_a_name_says_and_is_not_written_is_refused_with_what_is() {
        for name in ["a.mp3", "a.aiff", "a.ogg", "a.w64", "a", "a.", "flac", ".wav", "--"] {
            assert_eq!(of(name, None), Err(EncodingError::Name), "{name}");
        }
        assert!(EncodingError::Name.to_string().contains(".wav or .flac"));
        assert_eq!(of("a.flac", Some(Bits::Float32)), Err(EncodingError::Float));
    }

    #[test]
    fn flac_has_the_rates_that_its_frames_can_say_and_lengths_of_36_bits() {
        let [wave, flac] = ["a.wav", "a.flac"].map(|name| Encoding::of(Path::new(name), None).expect("written"));
        for rate in [8000, 11_025, 37_799, 44_100, 65_534, 88_200, 176_400, 352_800, 384_000, 250_000, 312_500] {
            assert_eq!(flac.check(8, rate, None), Ok(()), "{rate}");
        }
        assert_eq!(flac.check(2, 96_001, None), Err(EncodingError::Rate(96_001)));
        assert_eq!(flac.check(2, 48_000, Some((1 << 36) - 1)), Ok(()));
        assert_eq!(flac.check(2, 48_000, Some(1 << 36)), Err(EncodingError::Length(1 << 36)));
        assert_eq!(flac.check(9, 48_000, None), Err(EncodingError::Channels(9)));
        assert_eq!(wave.check(16, 96_001, Some(1 << 36)), Ok(()));
    }
}
