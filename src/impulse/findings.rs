//! Findings about a sound: something was lost, replaced, assumed, or is odd.
//!
//! A finding is one line: the program prints it as a warning, the window shows it below the figures. [`look`] finds
//! what an impulse shows by itself; other findings are made where their figures are.

use super::Impulse;
use super::acoustics::{NotMeasurable, peak};
use super::decay::Cleaning;
use super::offset::Offset;
use super::shape::Top;
use super::symmetry;
use crate::cancel::{Cancelled, Token};
use crate::channels::{ChannelLayout, ImpulseForm, Marking};
use std::fmt::{self, Display, Formatter};

/// A channel that stays below this share of the peak of all is silent: half a step of 16 bits at full scale.
const SILENT: f32 = 1.0 / 65_536.0;

/// Channels that are named in one sentence; of more their number is told.
const MOST_NAMED: usize = 8;

/// Something that is said of an impulse, a dry file or an output. Displayed, it is one plain sentence without its full
/// stop that goes on from a file's name, and says what can be done where something can.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Finding {
    /// The impulse has a constant offset.
    ConstantOffset {
        /// The largest offset of a channel, relative to the impulse's peak.
        share: f64,
        /// True if the offset was left in, as the setting `keep_offset` says.
        is_kept: bool,
    },
    /// Every sample of the impulse is zero.
    Silence,
    /// Some channels of the impulse are silent, and others are not.
    DeadChannels {
        /// Their names, such as LR or left.
        names: Vec<String>,
    },
    /// All channels of the impulse are the same, bit by bit.
    IdenticalChannels,
    /// Nothing says what the four channels of the impulse are.
    AssumedOrder,
    /// Nothing says what the channels of the impulse are that goes through a layout of more than two channels.
    AssumedChannels {
        /// How many there are.
        channels: usize,
        /// What they are taken for.
        order: String,
    },
    /// Nobody says what the channels of a dry file are: neither the file nor a layout that was asked for.
    AssumedLayout {
        /// How many there are.
        channels: usize,
        /// What they are taken for.
        order: String,
    },
    /// The channels are spherical harmonics in FuMa, and were brought to AmbiX.
    FromFuma,
    /// The impulse is symmetric about its peak: a filter of linear phase.
    PeakInTheMiddle {
        /// Its delay in seconds.
        delay: f64,
    },
    /// Two impulses that are morphed or blended cancel each other.
    OppositePolarity,
    /// Its shape changes the loudness of the impulse by more than level matching makes up for.
    LevelLimited {
        /// Decibels that are missing: above 0 it stays too soft, below 0 too loud.
        missing: f64,
    },
    /// The mixing time of the impulse, at which its early and its late part are divided, is not measurable and taken
    /// from its reverberation time.
    AssumedMixingTime {
        /// In seconds after the first sample.
        seconds: f64,
    },
    /// An end was to be found, and what is there may be noise or a late decay.
    EndInDoubt,
    /// The impulse was made larger, and its highs do not go up as far as before.
    DullTop {
        /// The frequency in Hz from which on they are missing.
        above: f64,
        /// True if they cannot be told from the recording's noise; otherwise its own band ends too low.
        is_in_noise: bool,
    },
    /// The impulse became longer than one may be.
    TailCutOff,
    /// Reverberation times were to be scaled that are not measurable, and are as recorded.
    DecayNotMeasurable {
        /// Lows, middle or highs as a whole, or octaves, such as 250 Hz.
        places: Vec<String>,
    },
    /// Reverberation times were scaled that are not measurable.
    DecayAssumed {
        /// Octaves, such as 250 Hz.
        places: Vec<String>,
    },
    /// The tail was to be cleaned, and is as recorded: it shows no steady noise, or is not measurable for a reason.
    TailNotCleaned {
        /// `None` where no steady noise is seen.
        reason: Option<NotMeasurable>,
    },
    /// The tail was cleaned, in some octaves by the decay of others.
    TailAssumed {
        /// Their centres in Hz.
        octaves: Vec<f64>,
    },
    /// Samples of a dry file were no finite numbers, or beyond ±[`MAX_SAMPLE`](super::MAX_SAMPLE).
    NotFinite {
        /// How many.
        count: u64,
    },
    /// Parts of a file do not go along.
    ChunksLeftOut {
        /// As the file names them.
        names: Vec<String>,
    },
    /// A file in a folder is called like no format, and was taken for sound by its content.
    KnownByContent,
    /// Nothing said how many bits a FLAC file is to have.
    FlacBits,
    /// Samples of the output were larger than its format can hold.
    Clipped {
        /// How many.
        count: u64,
        /// The largest, as a factor of full scale.
        peak: f32,
    },
}

impl Finding {
    /// The finding about a tail that was to be cleaned, if there is one.
    #[must_use]
    pub fn of_cleaning(cleaning: &Cleaning) -> Option<Self> {
        match cleaning {
            Cleaning::Off => None,
            Cleaning::NoNoise => Some(Self::TailNotCleaned { reason: None }),
            Cleaning::NotMeasurable(reason) => Some(Self::TailNotCleaned { reason: Some(*reason) }),
            Cleaning::Cleaned(_) => {
                Some(cleaning.assumed()).filter(|some| !some.is_empty()).map(|octaves| Self::TailAssumed { octaves })
            }
        }
    }

    /// The finding about the highs of a larger room, if there is one.
    #[must_use]
    pub fn of_top(top: Top) -> Option<Self> {
        match top {
            Top::Whole => None,
            Top::Narrow { above } => Some(Self::DullTop { above, is_in_noise: false }),
            Top::Noise { above } => Some(Self::DullTop { above, is_in_noise: true }),
        }
    }

    /// A name for programs, in kebab-case. It never changes.
    #[must_use]
    pub fn id(&self) -> &'static str {
        match self {
            Self::ConstantOffset { .. } => "constant-offset",
            Self::Silence => "silence",
            Self::DeadChannels { .. } => "dead-channels",
            Self::IdenticalChannels => "identical-channels",
            Self::AssumedOrder => "assumed-order",
            Self::AssumedChannels { .. } => "assumed-channels",
            Self::AssumedLayout { .. } => "assumed-layout",
            Self::FromFuma => "from-fuma",
            Self::PeakInTheMiddle { .. } => "peak-in-the-middle",
            Self::OppositePolarity => "opposite-polarity",
            Self::LevelLimited { .. } => "level-limited",
            Self::AssumedMixingTime { .. } => "assumed-mixing-time",
            Self::EndInDoubt => "end-in-doubt",
            Self::DullTop { .. } => "dull-top",
            Self::TailCutOff => "tail-cut-off",
            Self::DecayNotMeasurable { .. } => "decay-not-measurable",
            Self::DecayAssumed { .. } => "decay-assumed",
            Self::TailNotCleaned { .. } => "tail-not-cleaned",
            Self::TailAssumed { .. } => "tail-assumed",
            Self::NotFinite { .. } => "not-finite",
            Self::ChunksLeftOut { .. } => "chunks-left-out",
            Self::KnownByContent => "known-by-content",
            Self::FlacBits => "flac-bits",
            Self::Clipped { .. } => "clipped",
        }
    }
}

/// What was found, and then what can be done.
impl Display for Finding {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Display::fmt(&self.fact(), f)?;
        self.advice().map_or(Ok(()), |advice| write!(f, "; {advice}"))
    }
}

/// Sentence about a finding, without advice.
struct Fact<'a>(&'a Finding);

impl Display for Fact<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        self.0.fmt_fact(f)
    }
}

impl Finding {
    /// The sentence without what can be done, for a command that has not the options which that names.
    #[must_use]
    pub fn fact(&self) -> impl Display {
        Fact(self)
    }

    /// What can be done, by an option of those commands that have one for it. Settings are named as the program's
    /// options, which the window's names follow.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::ConstantOffset { is_kept: false, .. } => Some("--keep-offset leaves it in"),
            Self::OppositePolarity => Some("--invert turns one over"),
            Self::AssumedLayout { channels: 4, .. } => Some("--layout quad or ambisonic-1 says it"),
            Self::AssumedLayout { .. } => Some("--layout says it"),
            Self::FlacBits => Some("--bits 16 or 24 chooses"),
            Self::Clipped { .. } => Some("lower --output-level or write a .wav with --bits 32f"),
            _ => None,
        }
    }

    fn fmt_fact(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::ConstantOffset { share, is_kept } => {
                let done = if *is_kept { "is kept, as wanted" } else { "is taken out" };
                write!(f, "a constant offset of {:.2} % of the peak {done}", 100.0 * share)
            }
            Self::Silence => f.write_str("every sample is zero: what goes through it is silent"),
            Self::DeadChannels { names } => match &names[..] {
                [name] => write!(f, "the channel {name} is silent"),
                names if names.len() <= MOST_NAMED => write!(f, "the channels {} are silent", names.join(", ")),
                names => write!(f, "{} of its channels are silent", names.len()),
            },
            Self::IdenticalChannels => f.write_str("all channels are identical: it is a mono impulse"),
            Self::AssumedOrder => {
                let order = ImpulseForm::TrueStereo.channel_names().collect::<Vec<_>>().join(" ");
                write!(
                    f,
                    "its four channels are taken as {order}; if they are LL RL LR RR, set the path order to by ear"
                )
            }
            Self::AssumedChannels { channels, order } | Self::AssumedLayout { channels, order } => {
                write!(
                    f,
                    "its {channels} channels are taken as {order}, because nothing in the file says what they are"
                )
            }
            Self::FromFuma => f.write_str("its channels are ambisonics in FuMa, and were brought to AmbiX (ACN, SN3D)"),
            Self::PeakInTheMiddle { delay } => {
                write!(f, "its peak is in the middle (linear phase), which delays by {:.1} ms; ", 1000.0 * delay)?;
                f.write_str("transept render --align peak takes the delay out")
            }
            Self::OppositePolarity => f.write_str("both impulses are of opposite polarity and cancel each other"),
            Self::LevelLimited { missing } => {
                let (most, how) = (super::level::MOST_COMPENSATION, if *missing > 0.0 { "softer" } else { "louder" });
                write!(f, "its shape changes the loudness by more than the {most} dB that are made up for; ")?;
                write!(f, "it stays {:.1} dB {how} than other rooms", missing.abs())
            }
            Self::AssumedMixingTime { seconds } => {
                write!(f, "its echoes never become as dense as noise, so its early and late part are divided at ")?;
                write!(f, "{:.0} ms, from its reverberation time", 1000.0 * seconds)
            }
            Self::EndInDoubt => f.write_str(
                "what is at its end may be noise or a late decay, so it is not trimmed there; a time trims it anyway",
            ),
            Self::DullTop { above, is_in_noise: true } => write!(
                f,
                "made larger, it is dull above {:.1} kHz, because its own highs cannot be told from its noise",
                above / 1000.0
            ),
            Self::DullTop { above, is_in_noise: false } => write!(
                f,
                "made larger, it has nothing above {above:.0} Hz, because its own band ends too low to be continued"
            ),
            Self::TailCutOff => write!(f, "its tail is cut off at {} s", super::MAX_SECONDS),
            Self::DecayNotMeasurable { places } => {
                write!(f, "its decay is not measurable, and stays as recorded: {}", places.join(", "))
            }
            Self::DecayAssumed { places } => write!(
                f,
                "its decay is not measurable, and is scaled by what little is seen of it or by other frequencies: {}",
                places.join(", ")
            ),
            Self::TailNotCleaned { reason: None } => {
                f.write_str("its tail is as recorded: no steady noise is seen at its end, so there is nothing to clean")
            }
            Self::TailNotCleaned { reason: Some(reason) } => {
                write!(f, "its tail is as recorded, not cleaned: {reason}")
            }
            Self::TailAssumed { octaves } => {
                let octaves: Vec<String> = octaves.iter().map(|hz| format!("{hz:.0}")).collect();
                write!(
                    f,
                    "too little of its decay is seen around {} Hz; its tail goes on there as in the octaves next to them",
                    octaves.join(", ")
                )
            }
            Self::NotFinite { count } => {
                let (are, their) = if *count == 1 { ("is", "its") } else { ("are", "their") };
                write!(f, "{} that {are} NaN, infinite or beyond 1e15 {are} replaced by silence; ", samples(*count))?;
                write!(f, "if sound was in {their} place, export the file again")
            }
            Self::ChunksLeftOut { names } => write!(f, "does not go along: {}", names.join(", ")),
            Self::KnownByContent => f.write_str(
                "is called like no sound file and is taken for one because it holds sound; move it if it is not wanted",
            ),
            Self::FlacBits => f.write_str("FLAC is written in 24 bits, because it holds no 32-bit float"),
            Self::Clipped { count, peak } => {
                let peak = 20.0 * f64::from(*peak).log10();
                write!(f, "{} clipped, peak {peak:.1} dB", samples(*count))
            }
        }
    }
}

fn samples(count: u64) -> String {
    format!("{count} {}", if count == 1 { "sample" } else { "samples" })
}

/// How an impulse is looked at.
#[derive(Debug, Clone, Copy)]
pub struct Looking {
    /// True if a constant offset stays.
    pub keep_offset: bool,
    /// True if the impulse is one file, in which nothing says what its channels are.
    pub is_one_file: bool,
}

/// Makes of an impulse as stored the one that is used: drops the zeros at its end, and [`look`]s at the rest. Gives the
/// findings, and how many samples were dropped from each channel.
///
/// # Errors
/// As [`look`].
pub fn tidy(impulse: &mut Impulse, how: Looking, cancel: &Token) -> Result<(Vec<Finding>, usize), Cancelled> {
    let zeros = impulse.drop_trailing_zeros();
    let findings = look(impulse, how, cancel)?;
    // An offset that is taken out leaves zeros where nothing else was.
    Ok((findings, zeros + impulse.drop_trailing_zeros()))
}

/// Looks at an impulse as stored, takes a constant offset out of it unless that is to stay, and gives what there is to
/// say, in a fixed order. Without an offset no bit changes.
///
/// # Errors
/// [`Cancelled`]; `cancel` is checked every few milliseconds.
pub fn look(impulse: &mut Impulse, how: Looking, cancel: &Token) -> Result<Vec<Finding>, Cancelled> {
    let mut findings = Vec::new();
    if let Some(offset) = Offset::of(impulse, cancel)? {
        findings.push(Finding::ConstantOffset { share: offset.share(), is_kept: how.keep_offset });
        if !how.keep_offset {
            offset.remove(impulse, cancel)?;
        }
    }
    findings.extend(channels(impulse, cancel)?);
    let is_four = impulse.form() == Some(ImpulseForm::TrueStereo);
    if how.is_one_file && is_four && impulse.marking() == Marking::Unmarked {
        findings.push(Finding::AssumedOrder);
    }
    findings.extend((impulse.marking() == Marking::FromFuma).then_some(Finding::FromFuma));
    if let Some(centre) = symmetry::centre(impulse, cancel)? {
        findings.push(Finding::PeakInTheMiddle { delay: centre / f64::from(impulse.sample_rate()) });
    }
    Ok(findings)
}

/// What an impulse's channels are taken for in a layout of more than two channels, where nothing says what they are:
/// said in the place of [`Finding::AssumedOrder`], which holds for stereo.
pub fn assume(findings: &mut Vec<Finding>, impulse: &Impulse, layout: ChannelLayout) {
    if layout.bus().is_none() {
        return;
    }
    findings.retain(|finding| *finding != Finding::AssumedOrder);
    let channels = impulse.channels().len();
    let taken = layout.taken_as(channels, impulse.marking());
    findings.extend(taken.map(|order| Finding::AssumedChannels { channels, order }));
}

/// Findings about the channels, seen beside each other.
fn channels(impulse: &Impulse, cancel: &Token) -> Result<Option<Finding>, Cancelled> {
    let most = peak(impulse, cancel)?;
    if most == 0.0 {
        return Ok(Some(Finding::Silence));
    }
    let channels = impulse.channels();
    let is_silent = |channel: &Vec<f32>| {
        cancel.check()?;
        Ok(channel.iter().all(|sample| sample.abs() < SILENT * most))
    };
    let silent: Vec<bool> = channels.iter().map(is_silent).collect::<Result<_, _>>()?;
    if silent.contains(&true) {
        let names = (0..).zip(silent).filter(|(_, is_silent)| *is_silent);
        return Ok(Some(Finding::DeadChannels { names: names.map(|(index, _)| name(impulse, index)).collect() }));
    }
    let is_mono = channels.len() > 1 && channels[1..].iter().all(|channel| *channel == channels[0]);
    Ok(is_mono.then_some(Finding::IdenticalChannels))
}

/// A channel's name in a sentence.
fn name(impulse: &Impulse, channel: usize) -> String {
    match impulse.form() {
        Some(ImpulseForm::Stereo) => ["left", "right"][channel].to_owned(),
        Some(form) => form.channel_name(channel),
        None => (channel + 1).to_string(),
    }
}

#[cfg(test)]
mod tests;
