//! What the views show of an impulse.

use super::decay::Decay;
use super::response::Response;
use super::spectrogram::Spectrogram;
use super::waves::Waves;
use crate::cancel::{Cancelled, Token};
use crate::channels::ImpulseForm;
use crate::impulse::Impulse;
use std::sync::Arc;

/// An impulse, measured for its views. Immutable.
#[derive(Debug)]
pub struct Portrait {
    /// Length in seconds.
    pub seconds: f64,
    /// Form of the impulse; `None` where no layout takes so many channels.
    pub form: Option<ImpulseForm>,
    /// Extremes of each channel.
    pub waves: Vec<Waves>,
    /// The impulse before it was shaped, if it was.
    pub original: Option<Original>,
    /// How it dies away.
    pub decay: Decay,
    /// Levels of each channel over time and frequency.
    pub spectrograms: Vec<Arc<Spectrogram>>,
    /// Magnitude of each channel's spectrum.
    pub responses: Vec<Response>,
}

/// An impulse before it was shaped, as its picture shows it behind the shaped one.
#[derive(Debug, Clone, PartialEq)]
pub struct Original {
    /// Extremes of each channel.
    pub waves: Vec<Waves>,
    /// Length in seconds.
    pub seconds: f64,
    /// Seconds from its beginning to the shaped one's.
    pub before: f64,
}

impl Portrait {
    /// Measures an impulse for all its views. Of one that is played backwards nothing dies away.
    ///
    /// # Errors
    /// [`Cancelled`]; `cancel` is checked every few milliseconds, but before each channel is filtered and transformed.
    pub fn new(
        impulse: &Impulse,
        original: Option<(&Impulse, f64)>,
        is_reversed: bool,
        cancel: &Token,
    ) -> Result<Self, Cancelled> {
        let rate = impulse.sample_rate();
        let waves = |impulse: &Impulse| {
            impulse.channels().iter().map(|samples| Waves::new(samples, cancel)).collect::<Result<Vec<_>, _>>()
        };
        let original = original
            .map(|(original, before)| Ok(Original { waves: waves(original)?, seconds: original.seconds(), before }));
        let spectrogram = |samples: &Vec<f32>| Spectrogram::new(samples, rate, cancel).map(Arc::new);
        let response = |samples: &Vec<f32>| Response::new(samples, rate, cancel);
        Ok(Self {
            seconds: impulse.seconds(),
            form: impulse.form(),
            waves: waves(impulse)?,
            original: original.transpose()?,
            decay: if is_reversed { Decay::default() } else { Decay::new(impulse, cancel)? },
            spectrograms: impulse.channels().iter().map(spectrogram).collect::<Result<_, _>>()?,
            responses: impulse.channels().iter().map(response).collect::<Result<_, _>>()?,
        })
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
        let original = self.original.as_ref();
        let from = original.map_or(0.0, |original| -original.before);
        let to = original.map_or(0.0, |original| original.seconds - original.before);
        (from.min(0.0), to.max(self.seconds))
    }
}

impl PartialEq for Portrait {
    /// At once if both are the same one: windows compare what they show thirty times a second.
    fn eq(&self, other: &Self) -> bool {
        let parts = |of: &Self| (of.seconds, of.form);
        std::ptr::eq(self, other)
            || parts(self) == parts(other)
                && self.waves == other.waves
                && self.original == other.original
                && self.decay == other.decay
                && self.spectrograms == other.spectrograms
                && self.responses == other.responses
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_original_reaches_before_and_behind_what_was_cut_out_of_it() {
        let impulse = |len: usize| Impulse::new(vec![vec![0.5; len]; 2], 1000 * 48).expect("valid");
        let of = |original: Option<(&Impulse, f64)>| {
            Portrait::new(&impulse(24_000), original, false, &Token::never()).expect("not cancelled")
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
            Portrait::new(&impulse, None, false, &Token::never()).expect("not cancelled")
        };
        assert_eq!(of(0.5), of(0.5));
        assert_ne!(of(0.5), of(0.25));
    }
}
