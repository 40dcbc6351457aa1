//! The same impulse, shaped again and again.

use super::trim::{self, Left, Trim};
use super::{Level, Ratio, Shape, ShapeError, Shaped, Top, admit, balance, clean, fade, play, size};
use crate::cancel::{Cancelled, Token};
use crate::impulse::acoustics::{MixingTime, mixing_time};
use crate::impulse::decay::{self, BandDecay, BandRatios, Cleaned, Cleaning, Purpose, Scaled, Spectra};
use crate::impulse::{Impulse, level};
use std::ops::Range;
use std::sync::Arc;

/// Samples of frames that are kept at most: 128 MB. What is longer is cut into frames anew for each shape.
const MOST: usize = 1 << 25;

/// Does what [`apply`](super::apply) does, with the same result bit by bit, and remembers its steps: of a shape that
/// differs from the one before, only what comes from the first difference on is done again. So a knob that is turned
/// costs what it changes.
///
/// It holds the impulse that it was given last, shared with the caller, and copies as long as what they are copies of:
/// one of the cleaned impulse, one of the resized and one of the scaled, where these change anything, one of what the
/// highs of a larger room are taken from; and where decay changes, the frames, which are as large as four, or as eight
/// of one channel. That is eight copies at most, for a stereo impulse of 6 s at 48 kHz of 2.3 MB each. The frames are not kept where they are larger than 128 MB, as for a minute
/// of true stereo.
///
/// Allocates; not for the audio thread.
///
/// ```
/// use std::sync::Arc;
/// use transept::cancel::Token;
/// use transept::impulse::shape::{Shape, Shaper};
/// use transept::impulse::units::Ratio;
///
/// let hall = Arc::new(transept::space::synthesise(transept::space::find("hall")?.text, &Token::never())?);
/// let mut shaper = Shaper::default();
/// for late in [-600, 0, 600] {
///     let late = transept::impulse::units::Level::from_hundredths(late);
///     let shaped = shaper.apply(&hall, &Shape { late, ..Shape::default() }, &Token::never())?;
///     println!("{:?} s", shaped.mixing_time);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Default)]
pub struct Shaper {
    source: Option<Arc<Impulse>>,
    trimmed: Step<Trim, Left>,
    /// Samples that are cleaned, before the end that is found afterwards.
    recorded: Step<Trim, Range<usize>>,
    cleaned: Step<Range<usize>, (Arc<Impulse>, Cleaning, bool)>,
    /// Of what was cleaned.
    ended: Step<(Range<usize>, Trim), usize>,
    /// Of what is left by trimming, which is told by its place.
    cabinet: Step<Range<usize>, f64>,
    highs: Step<Part, size::Source>,
    /// And whether it became too long.
    sized: Step<Resized, (Arc<Impulse>, bool, Top)>,
    spectra: Step<Resized, Spectra>,
    scaled: Step<(Resized, BandRatios), Rescaled>,
    mixing_time: Step<(Resized, BandRatios), Option<MixingTime>>,
}

/// What was left by trimming, whether its tail was cleaned, and by how much it was resized.
type Resized = (Part, Ratio);

/// What was left by trimming, of the impulse or, with the samples whose tail that is, of what was cleaned.
type Part = (Range<usize>, Option<Range<usize>>);

/// The part of a recording that is the room.
struct Recording {
    /// It holds that part.
    impulse: Arc<Impulse>,
    part: Part,
    /// Samples that went at the start and at the end.
    trimmed: (usize, usize),
    /// True if an end was to be found and is in doubt.
    in_doubt: bool,
    cleaning: Cleaning,
    /// Whether its tail became too long.
    cut: bool,
}

/// What became of the decays, and whether a tail became too long.
type Rescaled = (Arc<Impulse>, [BandDecay; 3], bool);

/// What a step gave last, and what for.
struct Step<K, V>(Option<(K, V)>);

impl<K, V> Default for Step<K, V> {
    fn default() -> Self {
        Self(None)
    }
}

impl<K: PartialEq, V> Step<K, V> {
    /// What it gave, or gives now. What fails leaves nothing behind; nor is there more than one at a time.
    fn get<E>(&mut self, key: &K, make: impl FnOnce() -> Result<V, E>) -> Result<&mut V, E>
    where
        K: Clone,
    {
        if self.0.as_ref().is_none_or(|(kept, _)| kept != key) {
            self.0 = None;
        }
        Ok(match &mut self.0 {
            Some((_, value)) => value,
            none => &mut none.insert((key.clone(), make()?)).1,
        })
    }
}

impl Shaper {
    /// Shapes an impulse as [`apply`](super::apply) does. It knows an impulse again by its [`Arc`], and forgets the one
    /// before. The next call is right after a cancelled one too, and need not repeat the steps that were completed.
    ///
    /// # Errors
    /// As [`apply`](super::apply).
    pub fn apply(&mut self, impulse: &Arc<Impulse>, shape: &Shape, cancel: &Token) -> Result<Shaped, ShapeError> {
        let mut shaped = self.apply_before_fades(impulse, shape, cancel)?;
        fade(&mut shaped, shape, cancel)?;
        Ok(shaped)
    }

    /// As [`Self::apply`], without the [fades](fade): of this the level is measured.
    ///
    /// # Errors
    /// As [`apply`](super::apply).
    pub fn apply_before_fades(
        &mut self,
        impulse: &Arc<Impulse>,
        shape: &Shape,
        cancel: &Token,
    ) -> Result<Shaped, ShapeError> {
        let shape = shape.canonical();
        let Recording { impulse, part, trimmed, in_doubt, cleaning, cut } = self.recording(impulse, &shape, cancel)?;
        admit(part.0.len(), impulse.sample_rate())?;

        let resized = (part, shape.size);
        let highs = &mut self.highs;
        let resize = || resize(highs, (&impulse, &cleaning), &resized, cancel);
        let (sized, stretched_too_far, top) = self.sized.get(&resized, resize)?;
        let (sized, stretched_too_far, top) = (sized.clone(), *stretched_too_far || cut, *top);

        let scaled = (resized, shape.decay);
        let spectra = &mut self.spectra;
        let (impulse, decay, cut) = self.scaled.get(&scaled, || scale(spectra, &sized, &scaled, cancel))?;
        let (mut shaped, decay, cut) = (copy(impulse, cancel)?, *decay, *cut || stretched_too_far);

        let mut found = None;
        if shape.late != Level::ZERO {
            found = *self.mixing_time.get(&scaled, || mixing_time(impulse, cancel))?;
            if let Some(MixingTime { seconds, .. }) = found {
                balance::weigh_around(&mut shaped, seconds, shape.late, cancel)?;
            }
        }
        play(&mut shaped, &shape, cancel)?;
        Ok(Shaped { impulse: shaped, trimmed, in_doubt, cut, top, decay, cleaning, mixing_time: found })
    }

    /// What trimming leaves of an impulse: the recording, whatever shape it is given.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn trimmed(&mut self, impulse: &Arc<Impulse>, trim: Trim, cancel: &Token) -> Result<Impulse, Cancelled> {
        let Left { samples, .. } = self.left(impulse, trim, cancel)?;
        let mut trimmed = copy(impulse, cancel)?;
        trim::cut(&mut trimmed, samples, cancel)?;
        Ok(trimmed)
    }

    /// [`cabinet_gain`](level::cabinet_gain) of what trimming leaves of an impulse, remembered as the steps are.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn cabinet_gain(&mut self, impulse: &Arc<Impulse>, trim: Trim, cancel: &Token) -> Result<f64, Cancelled> {
        let Left { samples, .. } = self.left(impulse, trim, cancel)?;
        let measure = || {
            let mut trimmed = copy(impulse, cancel)?;
            trim::cut(&mut trimmed, samples.clone(), cancel)?;
            level::cabinet_gain(&trimmed, cancel)
        };
        self.cabinet.get(&samples, measure).copied()
    }

    /// The part of a recording that is the room, cleaned if that is wanted.
    fn recording(&mut self, impulse: &Arc<Impulse>, shape: &Shape, cancel: &Token) -> Result<Recording, ShapeError> {
        if !shape.clean {
            let Left { samples, in_doubt } = self.left(impulse, shape.trim, cancel)?;
            let trimmed = (samples.start, impulse.len() - samples.end);
            return Ok(Recording {
                impulse: impulse.clone(),
                part: (samples, None),
                trimmed,
                in_doubt,
                cleaning: Cleaning::Off,
                cut: false,
            });
        }
        self.forget_all_but(impulse);
        let from = self.recorded.get(&shape.trim, || clean::before(impulse, shape.trim, cancel))?.clone();
        admit(from.len(), impulse.sample_rate())?;
        let made = || {
            let mut recording = copy(impulse, cancel)?;
            trim::cut(&mut recording, from.clone(), cancel)?;
            let Cleaned { impulse, cleaning, cut } = decay::clean(recording, cancel)?;
            Ok::<_, Cancelled>((Arc::new(impulse), cleaning, cut))
        };
        let (cleaned, cleaning, cut) = self.cleaned.get(&from, made)?.clone();
        let end = || clean::after(&cleaned, &from, shape.trim, cancel);
        let end = *self.ended.get(&(from.clone(), shape.trim), end)?;
        let trimmed = (from.start, impulse.len().saturating_sub(from.start + end));
        // Where noise was replaced there is none.
        Ok(Recording { impulse: cleaned, part: (0..end, Some(from)), trimmed, in_doubt: false, cleaning, cut })
    }

    /// The samples that trimming leaves.
    fn left(&mut self, impulse: &Arc<Impulse>, trim: Trim, cancel: &Token) -> Result<Left, Cancelled> {
        self.forget_all_but(impulse);
        let trim = Shape { trim, ..Shape::default() }.canonical().trim;
        Ok(self.trimmed.get(&trim, || trim::left(impulse, trim, cancel))?.clone())
    }

    /// Forgets what belongs to another impulse.
    fn forget_all_but(&mut self, impulse: &Arc<Impulse>) {
        if self.source.as_ref().is_none_or(|source| !Arc::ptr_eq(source, impulse)) {
            *self = Self { source: Some(impulse.clone()), ..Self::default() };
        }
    }
}

/// Trims and resizes, and tells whether it became too long; where nothing changes, it is the impulse itself.
fn resize(
    highs: &mut Step<Part, size::Source>,
    (impulse, cleaning): (&Arc<Impulse>, &Cleaning),
    (part, ratio): &Resized,
    cancel: &Token,
) -> Result<(Arc<Impulse>, bool, Top), ShapeError> {
    if *ratio == Ratio::ONE && part.0 == (0..impulse.len()) {
        return Ok((impulse.clone(), false, Top::Whole));
    }
    let trimmed = || {
        let mut trimmed = copy(impulse, cancel)?;
        trim::cut(&mut trimmed, part.0.clone(), cancel)?;
        Ok::<_, Cancelled>(trimmed)
    };
    let none = &mut size::Source::default();
    let highs =
        if size::has_highs(*ratio) { highs.get(part, || size::Source::new(trimmed, cleaning, cancel))? } else { none };
    let size::Resized { impulse, cut, top } = size::size(trimmed()?, highs, *ratio, cancel)?;
    Ok((Arc::new(impulse), cut, top))
}

/// Scales the decays by way of the frames; where nothing changes, it is the impulse itself.
fn scale(
    spectra: &mut Step<Resized, Spectra>,
    sized: &Arc<Impulse>,
    (resized, wanted): &(Resized, BandRatios),
    cancel: &Token,
) -> Result<Rescaled, Cancelled> {
    if *wanted == BandRatios::default() {
        return Ok((sized.clone(), [BandDecay::Unchanged; 3], false));
    }
    let of_impulse = spectra.get(resized, || Spectra::new(sized, Purpose::Scale, cancel))?;
    let scaled = of_impulse.scale(copy(sized, cancel)?, *wanted, cancel);
    if of_impulse.samples() > MOST {
        spectra.0 = None;
    }
    let Scaled { impulse, bands, cut } = scaled?;
    Ok((Arc::new(impulse), bands, cut))
}

/// A copy to work on.
fn copy(impulse: &Impulse, cancel: &Token) -> Result<Impulse, Cancelled> {
    let copied = |channel: &Vec<f32>| cancel.check().map(|()| channel.clone());
    let channels = impulse.channels().iter().map(copied).collect::<Result<_, _>>()?;
    Ok(Impulse { channels, ..*impulse })
}

#[cfg(test)]
mod tests;
