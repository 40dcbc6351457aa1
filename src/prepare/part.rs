//! One impulse, from its source to the paths of a layout.

use super::loudness::{Loudnesses, Matching, Measuring};
use super::memory::MOST_BYTES;
use super::{Find, Order, PrepareError, decoded, origin};
use crate::cancel::{Cancelled, Token};
use crate::channels::ChannelLayout;
use crate::impulse::decode::MOST_SAMPLES;
use crate::impulse::findings::{self, Finding, Looking};
use crate::impulse::layout::{self, Route};
use crate::impulse::meter::Meter;
use crate::impulse::recipe::{LevelRule, Source};
use crate::impulse::shape::{self, Shaped, Shaper};
use crate::impulse::{Impulse, resample};
use crate::space;
use std::sync::Arc;

/// Bytes that each tap of a path takes: itself, and its bins in the kernel.
const BYTES_PER_TAP: usize = 4 + 8;

/// What is remembered of an impulse, for the next order.
#[derive(Default)]
pub(super) struct Part {
    /// With the edition of the choice that it answers.
    loaded: Option<(u64, Arc<Loaded>)>,
    shaper: Shaper,
    /// Of the loaded impulse.
    loudnesses: Loudnesses,
}

/// The impulse that a part is asked for, before it is shaped.
#[derive(Clone, Copy)]
pub(super) struct Origin<'a> {
    pub source: &'a Source,
    pub edition: u64,
    /// True if its four paths come ear by ear, where nothing else says their order.
    pub is_by_ear: bool,
}

/// What a part is asked for.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub origin: Origin<'a>,
    /// True if it is turned over.
    pub is_inverted: bool,
    pub layout: ChannelLayout,
    /// True if it is not combined with another impulse. Then the loudness of its shape may be measured with its paths.
    pub is_alone: bool,
}

/// An impulse at the host's rate. Immutable; shared by all that is made of it.
pub(super) struct Loaded {
    source: Source,
    name: String,
    /// Of the impulse as stored, in Hz.
    stored_rate: u32,
    impulse: Arc<Impulse>,
    /// What there is to say about it.
    findings: Vec<Finding>,
    /// True if a constant offset was left in; `None` without one.
    kept_offset: Option<bool>,
    /// True if the four paths were taken ear by ear; `None` where there was nothing to be taken.
    by_ear: Option<bool>,
}

/// An impulse shaped and laid out.
pub(super) struct LaidOut {
    /// The impulse that was shaped.
    pub loaded: Arc<Loaded>,
    /// For people.
    pub name: String,
    /// Of the impulse as stored, in Hz.
    pub stored_rate: u32,
    /// The shaped impulse, before its gain.
    pub shaped: Shaped,
    /// How it is levelled.
    pub matching: Matching,
    /// Loudness of the paths before their gain; 1 where it does not count.
    pub heard: f64,
    /// Taps of each path, before their gain.
    pub routes: Vec<Route>,
    /// What there is to say about the impulse.
    pub findings: Vec<Finding>,
}

impl Part {
    /// The same impulse for another chain, which shares it. Shaping begins anew there, with the same result.
    pub fn shared(&self) -> Self {
        Self { loaded: self.loaded.clone(), ..Self::default() }
    }

    /// Takes over an impulse that was loaded elsewhere, if it is what an order needs of a source and its own is not.
    #[cfg(feature = "worker")]
    pub fn take_over(&mut self, asked: Origin, other: &(u64, Arc<Loaded>), order: &Order) {
        let answers = |known: &(u64, Arc<Loaded>)| answers(known, asked, order);
        if answers(other) && !self.loaded.as_ref().is_some_and(answers) {
            *self = Self { loaded: Some(other.clone()), ..Self::default() };
        }
    }

    /// Forgets an impulse whose file may have changed. One of a space stays, with its shapes: they are functions of a
    /// text that is built in, and synthesis takes longer than all that follows.
    pub fn begin_anew(&mut self) {
        if self.loaded.as_ref().is_none_or(|(_, loaded)| !loaded.is_lasting()) {
            *self = Self::default();
        }
    }

    /// Lays out an impulse, shaped as the order says, and finds out how it is levelled.
    pub fn lay_out(
        &mut self,
        asked: Asked,
        order: &Order,
        find: &Find,
        meter: &mut Meter,
        cancel: &Token,
    ) -> Result<LaidOut, PrepareError> {
        let Asked { origin: of, is_inverted, layout, is_alone } = asked;
        let origin = || origin(of.source);

        cancel.check()?;
        let answers = |known: &(u64, Arc<Loaded>)| answers(known, of, order);
        let loaded = match self.loaded.take().filter(answers) {
            Some(loaded) => loaded,
            None => {
                self.loudnesses = Loudnesses::default();
                (of.edition, Arc::new(load(of, order, find, cancel)?))
            }
        };
        let (_, loaded) = self.loaded.insert(loaded);
        let (impulse, shaper, shape) = (&loaded.impulse, &mut self.shaper, order.recipe.shape.canonical());
        let shaped = shaper.apply_before_fades(impulse, &shape, cancel);
        let mut shaped = shaped.map_err(|error| PrepareError::shape(origin(), error))?;
        let channels = shaped.impulse.channels().len();
        let paths = layout.paths(channels, shaped.impulse.marking()).map_or(0, |paths| paths.len());
        bound(channels, paths, shaped.impulse.len(), order, origin)?;
        if is_inverted {
            shaped.impulse.invert(cancel)?;
        }
        let lay_out = |impulse| layout::routes(impulse, layout, cancel);
        let mut measuring = Measuring { layout, meter, cancel };
        let matching = match order.recipe.level {
            LevelRule::Match => {
                let matching =
                    self.loudnesses.matching((impulse, shaper), (&shape, &shaped.impulse), is_alone, &mut measuring);
                matching.map_err(|error| PrepareError::layout(origin(), error))?
            }
            LevelRule::Cabinet => Matching::Fixed(shaper.cabinet_gain(impulse, shape.trim, cancel)?),
            LevelRule::Off => Matching::Fixed(1.0),
        };
        shape::fade(&mut shaped, &shape, cancel)?;
        let routes = lay_out(&shaped.impulse).map_err(|error| PrepareError::layout(origin(), error))?;
        let heard = match matching {
            Matching::Room { .. } if !is_alone => self.loudnesses.heard(matching, (&shape, &routes), &mut measuring)?,
            _ => 1.0,
        };
        let (name, mut findings) = (loaded.name.clone(), loaded.findings.clone());
        findings::assume(&mut findings, &loaded.impulse, layout);
        let assumed = shaped.mixing_time.filter(|time| time.is_assumed);
        findings.extend(assumed.map(|time| Finding::AssumedMixingTime { seconds: time.seconds }));
        let (loaded, stored_rate) = (loaded.clone(), loaded.stored_rate);
        Ok(LaidOut { loaded, name, stored_rate, shaped, matching, heard, routes, findings })
    }
}

/// Refuses an impulse of so many samples a channel, whose samples, paths and spectra would take more memory than any
/// may.
pub(super) fn bound(
    channels: usize,
    paths: usize,
    taps: usize,
    order: &Order,
    origin: impl FnOnce() -> String,
) -> Result<(), PrepareError> {
    let bytes = (channels * size_of::<f32>() + paths * BYTES_PER_TAP) * taps;
    if bytes <= MOST_BYTES {
        return Ok(());
    }
    let seconds = taps as f64 / f64::from(order.format.sample_rate);
    Err(PrepareError::TooLarge { origin: origin(), paths, seconds, bytes })
}

/// Refuses an impulse that would have more samples at a rate in Hz than a file may: before it is resampled, which is
/// before it is known how much of it is used.
fn bound_at_rate(impulse: &Impulse, source: &Source, sample_rate: u32) -> Result<(), PrepareError> {
    let (channels, seconds) = (impulse.channels().len(), impulse.len() as f64 / f64::from(impulse.sample_rate()));
    let frames = impulse.len() as u64 * u64::from(sample_rate) / u64::from(impulse.sample_rate());
    let samples = channels as u64 * frames;
    if samples <= MOST_SAMPLES {
        return Ok(());
    }
    let (origin, bytes) = (origin(source), samples * size_of::<f32>() as u64);
    Err(PrepareError::TooMuchAtRate { origin, channels, seconds, sample_rate, bytes })
}

/// Multiplies the taps of all paths by a gain.
pub(super) fn amplify(routes: &mut [Route], gain: f64, cancel: &Token) -> Result<(), Cancelled> {
    for Route { taps, .. } in routes {
        cancel.check()?;
        taps.iter_mut().for_each(|tap| *tap = (f64::from(*tap) * gain) as f32);
    }
    Ok(())
}

impl Loaded {
    /// The impulse, at the host's rate.
    pub fn impulse(&self) -> &Arc<Impulse> {
        &self.impulse
    }

    /// True if nothing can change what its source gives: the text of a space is built in.
    pub fn is_lasting(&self) -> bool {
        matches!(self.source, Source::Space { .. })
    }
}

/// True if a loaded impulse is what an order needs of a source in an edition.
fn answers((edition, loaded): &(u64, Arc<Loaded>), of: Origin, order: &Order) -> bool {
    (*edition, &loaded.source, loaded.impulse.sample_rate()) == (of.edition, of.source, order.format.sample_rate)
        && loaded.by_ear.is_none_or(|is_by_ear| is_by_ear == of.is_by_ear)
        && loaded.kept_offset.is_none_or(|is_kept| is_kept == order.recipe.keep_offset)
}

/// The impulse as stored, or as its text says, brought to the host's rate.
fn load(of: Origin, order: &Order, find: &Find, cancel: &Token) -> Result<Loaded, PrepareError> {
    let Origin { source, is_by_ear, .. } = of;
    let (mut impulse, name) = read(source, find, cancel)?;
    cancel.check()?;
    let by_ear = impulse.has_open_order().then_some(is_by_ear);
    // Before anything is found out about the channels, so that all of it is about the paths that they are.
    if is_by_ear {
        impulse = impulse.read_by_ear();
    }
    // At the rate of the recording, before a resampler makes ringing of an offset's beginning and end.
    let keep_offset = order.recipe.keep_offset;
    let looking = Looking { keep_offset, is_one_file: matches!(source, Source::File { .. }) };
    let (findings, zeros) = findings::tidy(&mut impulse, looking, cancel)?;
    let has_offset = findings.iter().any(|finding| matches!(finding, Finding::ConstantOffset { .. }));
    let (stored_rate, rate) = (impulse.sample_rate(), order.format.sample_rate);
    if stored_rate != rate {
        bound_at_rate(&impulse, source, rate)?;
        // At its own rate it stays what it is.
        impulse = resample::impulse(&impulse, rate, zeros, cancel)
            .map_err(|error| PrepareError::resample(origin(source), error))?;
    }
    let source = source.clone();
    let kept_offset = has_offset.then_some(keep_offset);
    Ok(Loaded { source, name, stored_rate, impulse: Arc::new(impulse), findings, kept_offset, by_ear })
}

/// The impulse as stored, or as its text says, and its name for people.
fn read(source: &Source, find: &Find, cancel: &Token) -> Result<(Impulse, String), PrepareError> {
    Ok(match source {
        Source::Space { id } => (decoded(source, cancel)?, space::find(id)?.name.to_owned()),
        Source::File { .. } | Source::Pair { .. } | Source::Set { .. } => {
            let impulse = find(source, cancel)?;
            (source.mark(impulse), source.display_name())
        }
    })
}
