//! What cleaning did to an impulse's octaves.

use crate::cli::inspect::table::Table;
use crate::impulse::Impulse;
use crate::impulse::acoustics::octave_band;
use crate::impulse::decay::{Cleaning, TailOfOctave};
use serde::Serialize;

/// A level below this, in dB, is not worth a number.
const LEAST: f64 = -150.0;

/// One octave.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct Octave {
    /// Its centre in Hz.
    hz: f64,
    /// Where its decay meets the noise, in seconds after the first sample; `None` where it does not, or that is not
    /// seen.
    knee: Option<f64>,
    /// Level in dB of the noise, relative to the octave's loudest stretch.
    noise_db: Option<f64>,
    /// Level in dB, relative to the same, of what is there instead in the last tenth of the recording; `None` also
    /// where that is silent.
    cleaned_db: Option<f64>,
    /// Reverberation time in seconds of what goes on.
    rt60: Option<f64>,
    /// True if it goes on as others do, because too little of its own decay is seen.
    assumed: bool,
}

/// The octaves of an impulse, before and after; none where nothing was cleaned.
pub(super) fn octaves(recorded: &Impulse, cleaned: &Impulse, cleaning: &Cleaning) -> Vec<Octave> {
    let Cleaning::Cleaned(octaves) = cleaning else { return Vec::new() };
    let of = |hz: f64, tail: TailOfOctave| {
        let nothing = Octave { hz, knee: None, noise_db: None, cleaned_db: None, rt60: None, assumed: false };
        match tail {
            TailOfOctave::NoNoise => nothing,
            TailOfOctave::Assumed { .. } => Octave { assumed: true, ..nothing },
            TailOfOctave::Cleaned { knee, noise, seconds } => {
                let loudest = loudest(recorded, hz, (knee, seconds));
                let level = 10.0 * (at_end(cleaned, recorded.len(), hz) / loudest).log10();
                let rounded = |value: f64, digits: f64| Some((value * digits).round() / digits);
                Octave {
                    knee: rounded(knee, 1000.0),
                    noise_db: rounded(noise, 10.0),
                    cleaned_db: Some(level).filter(|level| *level > LEAST).and_then(|level| rounded(level, 10.0)),
                    rt60: rounded(seconds, 1000.0),
                    ..nothing
                }
            }
        }
    };
    octaves.iter().map(|octave| of(octave.hz, octave.tail)).collect()
}

/// Mean energy of an octave in the last tenth of so many samples, its channels together.
fn at_end(impulse: &Impulse, samples: usize, hz: f64) -> f64 {
    let mut energy = energy(impulse, hz);
    energy.resize(samples.max(energy.len()), 0.0);
    mean(&energy[samples - samples / 10..samples])
}

/// Mean energy of an octave's loudest stretch before its decay, of so many seconds of reverberation time, comes to the
/// noise. A stretch is 2 dB of the decay long, or as long as the octave needs for a level, as where noise is measured.
fn loudest(impulse: &Impulse, hz: f64, (knee, rt60): (f64, f64)) -> f64 {
    let (rate, energy) = (f64::from(impulse.sample_rate()), energy(impulse, hz));
    let shortest = 2.0 * std::f64::consts::SQRT_2 / hz;
    let stretch = (rt60 / 30.0).clamp(shortest, shortest.max(0.05)) * rate;
    let decay = &energy[..((knee * rate) as usize).min(energy.len())];
    decay.chunks((stretch as usize).max(1)).map(mean).fold(0.0, f64::max)
}

/// Energies of an octave's samples, the channels together.
fn energy(impulse: &Impulse, hz: f64) -> Vec<f64> {
    let mut energy = vec![0.0; impulse.len()];
    for channel in impulse.channels() {
        let band = octave_band(channel, impulse.sample_rate(), hz);
        energy.iter_mut().zip(band).for_each(|(energy, sample)| *energy += f64::from(sample).powi(2));
    }
    energy
}

fn mean(energy: &[f64]) -> f64 {
    energy.iter().sum::<f64>() / energy.len() as f64
}

/// Lines that begin with a line break.
pub(super) fn table(octaves: &[Octave]) -> String {
    let mut table = Table::new("octave, Hz", octaves.iter().map(|octave| format!("{:.0}", octave.hz)));
    let mut row = |name: &str, digits: usize, value: fn(&Octave) -> Option<f64>, none: &str| {
        let cell = |octave: &Octave| match value(octave) {
            Some(value) => Ok(format!("{value:.digits$}")),
            None if octave.assumed => {
                Err("less than 15 dB of the decay are seen; it goes on as in the octaves next to it".to_owned())
            }
            None if octave.knee.is_none() => Err("no steady noise is seen; it goes on in its own decay".to_owned()),
            None => Ok(none.to_owned()),
        };
        table.row(name.to_owned(), octaves.iter().map(cell));
    };
    row("noise from, s", 2, |octave| octave.knee, "");
    row("noise, dB", 0, |octave| octave.noise_db, "");
    row("after, at the old end, dB", 0, |octave| octave.cleaned_db, "<-150");
    row("RT60 from there, s", 2, |octave| octave.rt60, "");
    table.text()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::decay::OctaveTail;
    use transept_support::signal::noise;

    #[test]
    fn a_fade_at_the_end_of_the_recording_does_not_make_what_is_left_there_louder() {
        // A decay of 1 s over noise at -40 dB, of which the last fifth is faded out.
        let (count, rate, hz) = (48_000, 48_000, 4000.0);
        let decay = |(n, sample): (usize, f32)| sample * 10_f32.powf(-3.0 * n as f32 / 48_000.0);
        let fade = |n: usize| ((count - n) as f32 / 9600.0).min(1.0);
        let clean: Vec<f32> = noise(count, 1).into_iter().enumerate().map(decay).collect();
        let both = clean.iter().zip(noise(count, 2)).enumerate();
        let recorded: Vec<f32> = both.map(|(n, (sample, noise))| fade(n) * (sample + 0.01 * noise)).collect();
        let [recorded, clean] = [recorded, clean].map(|channel| Impulse::new(vec![channel], rate).expect("valid"));
        let tail = TailOfOctave::Cleaned { knee: 0.667, noise: -40.0, seconds: 1.0 };
        let octaves = octaves(&recorded, &clean, &Cleaning::Cleaned(vec![OctaveTail { hz, tail }]));
        // From -54 to -60 dB over the last tenth, and 1 dB down in the middle of the first stretch. The loudest of
        // stretches of 33 ms, which are 94 independent values of this octave, is 2 standard errors of 0.45 dB above it.
        let left = -54.0 + 10.0 * ((1.0 - 10_f64.powf(-0.6)) / (0.6 * std::f64::consts::LN_10)).log10();
        let level = octaves[0].cleaned_db.expect("a level");
        assert!((level - (left + 1.0)).abs() < 1.0, "{level} dB, {left}");
    }
}
