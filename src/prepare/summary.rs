//! What there is to say about an impulse.

use super::loudness::Gains;
use super::part::LaidOut;
use crate::cancel::{Cancelled, Token};
use crate::channels::Marking;
use crate::impulse::decay::{BandDecay, OctaveSet};
use crate::impulse::findings::Finding;
use crate::impulse::recipe::Recipe;
use crate::impulse::{Impulse, acoustics, symmetry};
use crate::picture::{Portrait, Timing, View};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

/// Stretches of time in [`Summary::waveform`].
pub const STRETCHES: usize = 512;

/// What there is to say about an impulse that was prepared. It is about the shaped impulse at the host's rate, before
/// its level is matched, unless it says otherwise; of two impulses about what both become, as it sounds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Summary {
    /// The file's or space's name; "A + B" of two.
    pub name: String,
    /// Length in seconds.
    pub seconds: f64,
    /// Channels.
    pub channels: usize,
    /// What the channels are known to be.
    pub marking: Marking,
    /// Sample rate in Hz of the impulse as stored; of two, of the first one, as trim, decay and mixing time are.
    pub sample_rate: u32,
    /// Largest absolute sample.
    pub peak: f32,
    /// Reverberation time in seconds, where measurable; none of what is played backwards.
    pub rt60: Option<f64>,
    /// Gain that the level rule applied, in dB; 0 when it is off.
    pub level_db: f64,
    /// The part of it that makes up for the shape, in dB.
    pub shape_level_db: f64,
    /// That of the second impulse, if there is one; in series the first one's holds what makes both of them equally
    /// loud.
    pub second_level_db: Option<f64>,
    /// Seconds that were trimmed from the start and from the end.
    pub trimmed: (f64, f64),
    /// What became of the low, the middle and the high band's decay.
    pub decay: [BandDecay; 3],
    /// The mixing time in seconds, if early and late part were balanced and there is one; without, balancing changes
    /// nothing.
    pub mixing_time: Option<f64>,
    /// Whether shaping would have made it longer than an impulse may be, and its tail was cut off.
    pub cut: bool,
    /// What else is to be said, about the first impulse or about both together, in a fixed order. About an impulse by
    /// itself it is said of what is stored, however it is shaped.
    pub findings: Vec<Finding>,
    /// What is to be said about the second impulse by itself.
    pub second_findings: Vec<Finding>,
    /// Samples before the largest one at the host's rate; of what is symmetric, before its centre.
    pub peak_at: usize,
    /// Per channel, minimum and maximum in each of [`STRETCHES`] equal stretches of time. An impulse of fewer samples
    /// than stretches has some of them in several.
    pub waveform: Vec<Vec<(f32, f32)>>,
}

/// A prepared impulse whose [`Summary`] is still to be completed: measuring takes as long as a tenth of a build, and
/// nobody who only wants to hear the impulse waits for it. It is measured once for all who share it, and so is its
/// [`Portrait`], for those who look at it. It holds the impulse until then.
#[derive(Debug)]
pub struct Unmeasured {
    /// The summary as far as it is known without measuring.
    summary: Summary,
    /// `None` once it is portrayed for all views.
    subject: Mutex<Option<Subject>>,
    measured: OnceLock<Arc<Summary>>,
    /// As far as it is done.
    portrayed: Mutex<Option<Arc<Portrait>>>,
    /// True while somebody measures it.
    is_busy: Mutex<bool>,
    /// For those who wait for that.
    is_free: Condvar,
}

/// The impulse that is measured.
#[derive(Debug, Clone)]
struct Subject {
    impulse: Arc<Impulse>,
    /// The impulse before it was shaped, if it was and can be shown.
    original: Option<Arc<Impulse>>,
    timing: Timing,
}

/// Longest time between two checks of the token of one who waits.
const CHECK: Duration = Duration::from_millis(5);

impl Unmeasured {
    /// An impulse by itself.
    pub(super) fn of(part: LaidOut, gains: Gains, recipe: &Recipe) -> Self {
        let summary = Summary::about(&part, gains).with_cut(part.shaped.cut);
        let shape = recipe.shape;
        let original = shape.has_visible_original().then(|| part.loaded.impulse().clone());
        let timing = Timing::new(shape, summary.trimmed.0);
        let subject = Subject { impulse: Arc::new(part.shaped.impulse), original, timing };
        Self::new(summary, subject)
    }

    fn new(summary: Summary, subject: Subject) -> Self {
        let (measured, portrayed, is_busy, is_free) = Default::default();
        Self { summary, subject: Mutex::new(Some(subject)), measured, portrayed, is_busy, is_free }
    }

    /// One that takes some milliseconds to measure.
    #[cfg(test)]
    pub(super) fn named(name: String) -> Self {
        let dying_away = (0..1 << 19).map(|n| (-0.00005 * n as f32).exp() * (n as f32).sin()).collect();
        let impulse = Impulse::new(vec![dying_away], 48_000).expect("valid");
        let subject = Subject { impulse: Arc::new(impulse), original: None, timing: Timing::default() };
        Self::new(Summary { name, ..Summary::default() }, subject)
    }

    /// What two impulses became, and whether it was cut.
    pub(super) fn of_both(
        [(first, gains), (second, gains_of_second)]: [(&LaidOut, Gains); 2],
        both: Impulse,
        recipe: &Recipe,
        is_cut: bool,
    ) -> Self {
        let of_second = Summary::about(second, gains_of_second);
        let summary = Summary {
            name: format!("{} + {}", first.name, second.name),
            second_level_db: Some(of_second.level_db),
            second_findings: of_second.findings,
            ..Summary::about(first, gains)
        };
        let summary = summary.with_cut(first.shaped.cut || second.shaped.cut || is_cut);
        let timing = Timing::new(recipe.shape, summary.trimmed.0);
        let subject = Subject { impulse: Arc::new(both), original: None, timing };
        Self::new(summary, subject)
    }

    /// One thing more that is to be said about it.
    pub(super) fn find(&mut self, finding: Finding) {
        self.summary.findings.push(finding);
    }

    /// Findings about the first impulse, or about both together, and those about the second one by itself.
    #[must_use]
    pub fn findings(&self) -> [Vec<Finding>; 2] {
        [&self.summary.findings, &self.summary.second_findings].map(Clone::clone)
    }

    /// Measures it, unless that was done before; of several callers one does, and the others wait. `cancel` is checked
    /// every few milliseconds.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn measure(&self, cancel: &Token) -> Result<Arc<Summary>, Cancelled> {
        let busy = Busy::new(self, cancel)?;
        if self.measured.get().is_none()
            && let Some(subject) = self.subject()
        {
            let _ = self.measured.set(Arc::new(self.complete(&subject, cancel)?));
        }
        drop(busy);
        Ok(self.measured.get().cloned().unwrap_or_default())
    }

    /// Draws the portrait as far as a view needs it, unless that was done before, as [`Self::measure`] measures. Several
    /// callers take turns, so that each has its first view soon. The impulse is let go when the portrait has all views:
    /// what was not measured before stays so. `None` where that has failed.
    ///
    /// # Errors
    /// [`Cancelled`].
    pub fn portray(&self, view: View, cancel: &Token) -> Result<Option<Arc<Portrait>>, Cancelled> {
        let busy = Busy::new(self, cancel)?;
        if let Some(Subject { impulse, original, timing }) = self.subject() {
            let before = lock(&self.portrayed).clone();
            let portrait = match before {
                Some(portrait) => portrait,
                None => Arc::new(Portrait::begin(&impulse, original.as_deref(), timing, cancel)?),
            };
            let portrait = if portrait.has(view) { portrait } else { Arc::new(portrait.with(view, &impulse, cancel)?) };
            if portrait.next(view).is_none() {
                *lock(&self.subject) = None;
            }
            *lock(&self.portrayed) = Some(portrait);
        }
        drop(busy);
        Ok(lock(&self.portrayed).clone())
    }

    fn subject(&self) -> Option<Subject> {
        lock(&self.subject).clone()
    }

    fn complete(&self, Subject { impulse, timing, .. }: &Subject, cancel: &Token) -> Result<Summary, Cancelled> {
        // Whoever looks at the decay has had it measured.
        let portrait = lock(&self.portrayed).clone().filter(|portrait| portrait.has(View::Decay));
        let rt60 = match portrait {
            _ if timing.is_reversed => None,
            Some(portrait) => portrait.decay().reverberation_time,
            None => acoustics::rt60(impulse, cancel)?,
        };
        let waveform = impulse.channels().iter().map(|samples| extremes(samples, cancel));
        Ok(Summary {
            seconds: impulse.seconds(),
            channels: impulse.channels().len(),
            marking: impulse.marking(),
            peak: impulse.peak(),
            peak_at: symmetry::peak_at(impulse, cancel)?,
            rt60,
            waveform: waveform.collect::<Result<_, _>>()?,
            ..self.summary.clone()
        })
    }
}

/// Held by the one who measures.
struct Busy<'a>(&'a Unmeasured);

impl<'a> Busy<'a> {
    fn new(unmeasured: &'a Unmeasured, cancel: &Token) -> Result<Self, Cancelled> {
        loop {
            let mut is_busy = lock(&unmeasured.is_busy);
            if *is_busy {
                let waited = unmeasured.is_free.wait_timeout(is_busy, CHECK);
                is_busy = waited.unwrap_or_else(PoisonError::into_inner).0;
            }
            if !*is_busy {
                *is_busy = true;
                return Ok(Self(unmeasured));
            }
            // Without the lock: the question may do work of its own.
            drop(is_busy);
            cancel.check()?;
        }
    }
}

impl Drop for Busy<'_> {
    /// Also where the one who measured was cancelled, or panicked: then the next one does.
    fn drop(&mut self) {
        *lock(&self.0.is_busy) = false;
        self.0.is_free.notify_one();
    }
}

/// A lock that is held for a few instructions, in which nothing panics.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Summary {
    /// What is to be said about decays that were to be scaled.
    fn of_decay(decay: [BandDecay; 3]) -> impl Iterator<Item = Finding> {
        let (mut stay, mut assumed, mut stays) = (Vec::new(), OctaveSet::default(), OctaveSet::default());
        for (name, decay) in ["lows", "middle", "highs"].into_iter().zip(decay) {
            match decay {
                BandDecay::Unchanged => {}
                BandDecay::Scaled { assumed: some, as_recorded, .. } => {
                    (assumed, stays) = (assumed.and(some), stays.and(as_recorded));
                }
                BandDecay::NotMeasurable => stay.push(name.to_owned()),
            }
        }
        let octaves = |octaves: OctaveSet| octaves.centres().map(|hz| format!("{hz:.0} Hz")).collect::<Vec<_>>();
        stay.extend(octaves(stays));
        let some = |places: &Vec<_>| !places.is_empty();
        let not_measurable = Some(stay).filter(some).map(|places| Finding::DecayNotMeasurable { places });
        let assumed = Some(octaves(assumed)).filter(some).map(|places| Finding::DecayAssumed { places });
        not_measurable.into_iter().chain(assumed)
    }

    fn with_cut(mut self, is_cut: bool) -> Self {
        self.cut = is_cut;
        self.findings.extend(is_cut.then_some(Finding::TailCutOff));
        self
    }

    /// A summary as far as it is known without measuring.
    fn about(part: &LaidOut, gains: Gains) -> Self {
        let shaped = &part.shaped;
        let missing = 20.0 * gains.missing.log10();
        // What cannot be seen is not worth a sentence.
        let limited = (missing.abs() >= 0.05).then_some(Finding::LevelLimited { missing });
        let seconds = |samples: usize| samples as f64 / f64::from(shaped.impulse.sample_rate());
        Self {
            name: part.name.clone(),
            sample_rate: part.stored_rate,
            level_db: 20.0 * gains.all.log10(),
            shape_level_db: 20.0 * gains.of_shape.log10(),
            trimmed: (seconds(shaped.trimmed.0), seconds(shaped.trimmed.1)),
            decay: shaped.decay,
            mixing_time: shaped.mixing_time.map(|time| time.seconds),
            findings: part
                .findings
                .iter()
                .cloned()
                .chain(limited)
                .chain(shaped.in_doubt.then_some(Finding::EndInDoubt))
                .chain(Finding::of_top(shaped.top))
                .chain(Self::of_decay(shaped.decay))
                .chain(Finding::of_cleaning(&shaped.cleaning))
                .collect(),
            ..Self::default()
        }
    }
}

fn extremes(samples: &[f32], cancel: &Token) -> Result<Vec<(f32, f32)>, Cancelled> {
    let at = |stretch: usize| stretch * samples.len() / STRETCHES;
    (0..STRETCHES)
        .map(|stretch| {
            cancel.check()?;
            let from = at(stretch);
            let stretch = &samples[from..at(stretch + 1).max(from + 1)];
            Ok(stretch.iter().fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &s| (low.min(s), high.max(s))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_many_who_measure_one_does_and_whoever_waits_can_be_cancelled() {
        let unmeasured = Unmeasured::named("room".to_owned());
        let busy = Busy::new(&unmeasured, &Token::never()).expect("free");
        assert_eq!(unmeasured.measure(&Token::new(&|| true)), Err(Cancelled), "somebody else measures");
        drop(busy);
        assert_eq!(unmeasured.measure(&Token::new(&|| true)), Err(Cancelled), "given up");
        let all: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(|| unmeasured.measure(&Token::never()))).collect();
            threads.into_iter().map(|thread| thread.join().expect("no panic").expect("not cancelled")).collect()
        });
        assert!(all[0].seconds > 10.0 && all.iter().all(|summary| Arc::ptr_eq(summary, &all[0])));
        assert!(lock(&unmeasured.subject).is_some(), "it can still be portrayed");
    }

    #[test]
    fn a_portrait_grows_by_what_is_asked_for_and_the_impulse_is_held_until_it_has_all() {
        let unmeasured = Unmeasured::named("room".to_owned());
        let portray = |view| unmeasured.portray(view, &Token::never()).expect("not cancelled").expect("portrayed");
        let views = |portrait: &Portrait| View::ALL.map(|view| portrait.has(view));
        assert_eq!(views(&portray(View::Wave)), [true, false, false, false]);
        assert_eq!(unmeasured.portray(View::Decay, &Token::new(&|| true)), Err(Cancelled));
        let third = portray(View::Spectrogram);
        assert_eq!(views(&third), [true, false, true, false]);
        assert!(Arc::ptr_eq(&portray(View::Wave), &third), "nothing is measured again");
        portray(View::Response);
        assert!(lock(&unmeasured.subject).is_some(), "the decay is still to be measured");
        let whole = portray(View::Decay);
        assert!(lock(&unmeasured.subject).is_none(), "it is held no longer");
        assert!(View::ALL.iter().all(|view| Arc::ptr_eq(&portray(*view), &whole)));
    }

    #[test]
    fn figures_are_the_same_whether_the_decay_was_measured_before_or_not() {
        let measured = |before: Option<View>| {
            let unmeasured = Unmeasured::named("room".to_owned());
            if let Some(view) = before {
                unmeasured.portray(view, &Token::never()).expect("not cancelled");
            }
            unmeasured.measure(&Token::never()).expect("not cancelled")
        };
        let alone = measured(None);
        assert!(alone.rt60.is_some());
        assert_eq!([Some(View::Wave), Some(View::Decay)].map(measured), [alone.clone(), alone]);
    }

    #[test]
    fn the_waveform_shows_every_extreme_where_it_is() {
        for len in [1, 2, 511, 512, 513, 1000, 48_000] {
            let mut samples = vec![0.25; len];
            samples[len / 2] = -1.5;
            samples[len - 1] = 2.0;
            let waveform = extremes(&samples, &Token::never()).expect("not cancelled");
            assert_eq!(waveform.len(), STRETCHES, "{len} samples");
            assert_eq!(waveform[STRETCHES - 1].1, 2.0, "{len} samples");
            assert!(waveform.iter().all(|(low, high)| low <= high));
            if len > 2 {
                let dip = waveform.iter().position(|stretch| stretch.0 == -1.5).expect("the dip is shown");
                // A stretch is rounded to whole samples at either end.
                assert!(dip.abs_diff(STRETCHES / 2) <= 1 + STRETCHES / len, "{len} samples: dip in stretch {dip}");
            }
        }
    }
}
