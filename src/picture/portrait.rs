//! What the views show of an impulse.

use super::decay::Decay;
use super::response::Response;
use super::spectrogram::Spectrogram;
use super::view::View;
use super::waves::Waves;
use crate::cancel::{Cancelled, Token};
use crate::channels::ImpulseForm;
use crate::impulse::shape::Shape;
use crate::impulse::transform::Transforms;
use crate::impulse::{Impulse, acoustics};
use std::sync::Arc;

/// An impulse, measured for some of its views, or for all. Immutable; a copy with more in it shares what it has.
#[derive(Debug, Clone)]
pub struct Portrait {
    /// Length in seconds.
    pub seconds: f64,
    /// Form of the impulse; `None` where no layout takes so many channels.
    pub form: Option<ImpulseForm>,
    /// Extremes of each channel.
    pub waves: Arc<[Waves]>,
    /// The impulse before it was shaped, if it was.
    pub original: Option<Arc<Original>>,
    /// Where the times of the recording are.
    pub timing: Timing,
    /// Seconds from its beginning to its direct sound, as the recording has it; 0 of what is played backwards.
    pub onset: f64,
    decay: Option<Arc<Decay>>,
    spectrograms: Option<Arc<[Arc<Spectrogram>]>>,
    responses: Option<Arc<[Response]>>,
}

/// An impulse before it was shaped, as its picture shows it behind the shaped one.
#[derive(Debug, Clone, PartialEq)]
pub struct Original {
    /// Extremes of each channel.
    pub waves: Arc<[Waves]>,
    /// Length in seconds.
    pub seconds: f64,
}

/// Where the times of a recording are in what was shaped out of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Timing {
    /// Seconds from the recording's beginning to that of the shaped impulse.
    pub before: f64,
    /// Seconds of the shaped impulse for each second of the recording.
    pub stretch: f64,
    /// True if it is played backwards.
    pub is_reversed: bool,
}

/// Of a recording that was not shaped.
impl Default for Timing {
    fn default() -> Self {
        Self { before: 0.0, stretch: 1.0, is_reversed: false }
    }
}

impl Timing {
    /// Of a recording in this shape, with so many seconds trimmed from its beginning.
    #[must_use]
    pub fn new(shape: Shape, before: f64) -> Self {
        Self { before, stretch: shape.size.as_f64(), is_reversed: shape.reverse }
    }
}

impl Portrait {
    /// Measures an impulse for all its views, with the original behind it, if that can be shown. Of an impulse that is
    /// played backwards nothing dies away.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn new(
        impulse: &Impulse,
        original: Option<&Impulse>,
        timing: Timing,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        let mut portrait = Self::begin(impulse, original, timing, cancel)?;
        while let Some(view) = portrait.next(View::Wave) {
            portrait = portrait.with(view, impulse, cancel)?;
        }
        Ok(portrait)
    }

    /// [`Self::new`] for [`View::Wave`] alone, which takes a hundredth of the time.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn begin(
        impulse: &Impulse,
        original: Option<&Impulse>,
        timing: Timing,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        let waves = |impulse: &Impulse| {
            impulse.channels().iter().map(|samples| Waves::new(samples, cancel)).collect::<Result<Arc<[_]>, _>>()
        };
        // An attack leaves no direct sound to be found in what it has shaped.
        let onset = match original {
            _ if timing.is_reversed => 0.0,
            Some(original) => (begin(original, cancel)? - timing.before) * timing.stretch,
            None => begin(impulse, cancel)?,
        };
        let original = original
            .map(|original| Ok(Arc::new(Original { waves: waves(original)?, seconds: original.seconds() })))
            .transpose()?;
        Ok(Self {
            seconds: impulse.seconds(),
            form: impulse.form(),
            waves: waves(impulse)?,
            original,
            timing,
            onset: onset.clamp(0.0, impulse.seconds()),
            decay: None,
            spectrograms: None,
            responses: None,
        })
    }

    /// A copy that has what one view more shows, of the same impulse.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds.
    pub fn with(&self, view: View, impulse: &Impulse, cancel: &Token) -> Result<Self, Cancelled> {
        let (rate, mut more) = (impulse.sample_rate(), self.clone());
        match view {
            View::Wave => {}
            View::Decay if self.timing.is_reversed => more.decay = Some(Arc::default()),
            View::Decay => more.decay = Some(Arc::new(Decay::new(impulse, cancel)?)),
            View::Spectrogram => {
                let spectrogram = |samples: &Vec<f32>| Spectrogram::new(samples, rate, cancel).map(Arc::new);
                more.spectrograms = Some(impulse.channels().iter().map(spectrogram).collect::<Result<_, _>>()?);
            }
            View::Response => {
                let mut transforms = Transforms::default();
                let response = |samples: &Vec<f32>| Response::new(samples, rate, &mut transforms, cancel);
                more.responses = Some(impulse.channels().iter().map(response).collect::<Result<_, _>>()?);
            }
        }
        Ok(more)
    }

    /// True if it has what a view shows.
    #[must_use]
    pub fn has(&self, view: View) -> bool {
        match view {
            View::Wave => true,
            View::Decay => self.decay.is_some(),
            View::Spectrogram => self.spectrograms.is_some(),
            View::Response => self.responses.is_some(),
        }
    }

    /// The view to measure next: the one that is open, if it is missing, or else the first that is; `None` if it has
    /// all.
    #[must_use]
    pub fn next(&self, open: View) -> Option<View> {
        std::iter::once(open).chain(View::ALL).find(|view| !self.has(*view))
    }

    /// How it dies away; empty until that is measured.
    #[must_use]
    pub fn decay(&self) -> &Decay {
        static UNKNOWN: Decay = Decay::unknown();
        self.decay.as_deref().unwrap_or(&UNKNOWN)
    }

    /// Levels of each channel over time and frequency; none until they are measured.
    #[must_use]
    pub fn spectrograms(&self) -> &[Arc<Spectrogram>] {
        self.spectrograms.as_deref().unwrap_or_default()
    }

    /// Magnitude of each channel's spectrum; none until they are measured.
    #[must_use]
    pub fn responses(&self) -> &[Response] {
        self.responses.as_deref().unwrap_or_default()
    }

    /// Name of a channel for people; that of an only channel is empty.
    #[must_use]
    pub fn channel_name(&self, channel: usize) -> String {
        self.form.map_or_else(|| (channel + 1).to_string(), |form| form.channel_name(channel))
    }

    /// Times in seconds from the first to the last that there is anything to see at: of the original, too, and so from
    /// before 0 on where its beginning was trimmed away.
    #[must_use]
    pub fn span(&self) -> (f64, f64) {
        let of_original = |original: &Arc<Original>| (-self.timing.before, original.seconds - self.timing.before);
        let (from, to) = self.original.as_ref().map_or((0.0, 0.0), of_original);
        (from.min(0.0), to.max(self.seconds))
    }
}

/// Seconds to the direct sound.
fn begin(impulse: &Impulse, cancel: &Token) -> Result<f64, Cancelled> {
    Ok(acoustics::onset(impulse, cancel)? as f64 / f64::from(impulse.sample_rate()))
}

impl PartialEq for Portrait {
    /// At once if both are the same one: windows compare what they show thirty times a second.
    fn eq(&self, other: &Self) -> bool {
        let parts = |of: &Self| (of.seconds, of.form, of.timing, of.onset);
        std::ptr::eq(self, other)
            || parts(self) == parts(other)
                && is_same(Some(&self.waves), Some(&other.waves))
                && is_same(self.original.as_ref(), other.original.as_ref())
                && is_same(self.decay.as_ref(), other.decay.as_ref())
                && is_same(self.spectrograms.as_ref(), other.spectrograms.as_ref())
                && is_same(self.responses.as_ref(), other.responses.as_ref())
    }
}

/// At once of what both share.
fn is_same<T: PartialEq + ?Sized>(this: Option<&Arc<T>>, other: Option<&Arc<T>>) -> bool {
    match (this, other) {
        (Some(this), Some(other)) => Arc::ptr_eq(this, other) || this == other,
        (this, other) => this.is_none() && other.is_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_reaches_before_and_behind_what_was_cut_out_of_it() {
        let impulse = |len: usize| Impulse::new(vec![vec![0.5; len]; 2], 1000 * 48).expect("valid");
        let of = |original: Option<(&Impulse, f64)>| {
            let timing = Timing { before: original.map_or(0.0, |(_, before)| before), ..Timing::default() };
            let original = original.map(|(original, _)| original);
            Portrait::new(&impulse(24_000), original, timing, &Token::never()).expect("not cancelled")
        };
        assert_eq!(of(None).span(), (0.0, 0.5));
        assert_eq!(of(Some((&impulse(96_000), 0.25))).span(), (-0.25, 1.75));
        assert_eq!(of(Some((&impulse(12_000), 0.0))).span(), (0.0, 0.5), "it was made longer");
        assert_eq!((of(None).channel_name(0), of(None).channel_name(1)), ("L".to_owned(), "R".to_owned()));
    }

    #[test]
    fn the_same_impulse_has_the_same_portrait_and_another_one_another() {
        let of = |value: f32| {
            let impulse = Impulse::new(vec![vec![value; 100]], 48_000).expect("valid");
            Portrait::new(&impulse, None, Timing::default(), &Token::never()).expect("not cancelled")
        };
        assert_eq!(of(0.5), of(0.5));
        assert_ne!(of(0.5), of(0.25));
    }

    #[test]
    fn the_direct_sound_is_that_of_the_recording() {
        let click = |at: usize| {
            let mut samples = vec![0.0; 48_000];
            samples[at] = 1.0;
            Impulse::new(vec![samples], 48_000).expect("valid")
        };
        let onset = |original: Option<&Impulse>, timing| {
            Portrait::new(&click(4800), original, timing, &Token::never()).expect("not cancelled").onset
        };
        assert_eq!(onset(None, Timing::default()), 0.1);
        let timing = Timing { before: 0.25, stretch: 2.0, is_reversed: false };
        assert_eq!(onset(Some(&click(24_000)), timing), 0.5, "a quarter of a second later, twice as far");
        assert_eq!(onset(Some(&click(0)), timing), 0.0, "it was trimmed away");
        assert_eq!(onset(None, Timing { is_reversed: true, ..timing }), 0.0);
    }
}
