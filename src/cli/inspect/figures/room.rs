//! The acoustics of an impulse, for people and for programs.

use crate::impulse::acoustics::{self, Figure, Measured};
use serde::Serialize;
use std::collections::BTreeMap;

/// A decay is bent, and one reverberation time says little of it, from here on (ISO 3382-2:2008, annex B).
const BENT: f64 = 0.1;

/// The figures over all frequencies, and per octave. `None` is what is not measurable.
#[derive(Debug, Serialize)]
pub(super) struct Room {
    rt60: Option<f64>,
    early_decay_time: Option<f64>,
    t20: Option<f64>,
    t30: Option<f64>,
    curvature: Option<f64>,
    c50_db: Option<f64>,
    c80_db: Option<f64>,
    d50: Option<f64>,
    centre_time: Option<f64>,
    impulse_to_noise_db: Option<f64>,
    direct_to_reverberant_db: Option<f64>,
    bass_ratio: Option<f64>,
    octaves: Vec<Octave>,
    /// Why, by the figure's name.
    not_measurable: BTreeMap<&'static str, String>,
    #[serde(skip)]
    measured: Measured,
}

/// The figures of an octave.
#[derive(Debug, Serialize)]
struct Octave {
    hz: f64,
    rt60: Option<f64>,
    early_decay_time: Option<f64>,
    c80_db: Option<f64>,
}

impl Room {
    pub fn of(measured: Measured) -> Self {
        let all = &measured.broadband;
        let figures = [
            ("rt60", all.reverberation_time()),
            ("early_decay_time", all.early_decay_time),
            ("t20", all.t20),
            ("t30", all.t30),
            ("curvature", all.curvature()),
            ("c50_db", all.c50),
            ("c80_db", all.c80),
            ("d50", all.d50),
            ("centre_time", all.centre_time),
            ("impulse_to_noise_db", all.impulse_to_noise),
            ("direct_to_reverberant_db", measured.direct_to_reverberant),
            ("bass_ratio", measured.bass_ratio()),
        ];
        let reasons = figures.iter().filter_map(|(name, figure)| Some((*name, figure.err()?.to_string())));
        let octave = |(hz, figures): &(f64, acoustics::Figures)| Octave {
            hz: *hz,
            rt60: figures.reverberation_time().ok(),
            early_decay_time: figures.early_decay_time.ok(),
            c80_db: figures.c80.ok(),
        };
        Self {
            rt60: all.reverberation_time().ok(),
            early_decay_time: all.early_decay_time.ok(),
            t20: all.t20.ok(),
            t30: all.t30.ok(),
            curvature: all.curvature().ok(),
            c50_db: all.c50.ok(),
            c80_db: all.c80.ok(),
            d50: all.d50.ok(),
            centre_time: all.centre_time.ok(),
            impulse_to_noise_db: all.impulse_to_noise.ok(),
            direct_to_reverberant_db: measured.direct_to_reverberant.ok(),
            bass_ratio: measured.bass_ratio().ok(),
            octaves: measured.octaves.iter().map(octave).collect(),
            not_measurable: reasons.collect(),
            measured,
        }
    }

    /// Names and values over all frequencies.
    pub fn lines(&self) -> Vec<(&'static str, String)> {
        let all = &self.measured.broadband;
        let seconds = |seconds: f64| format!("{seconds:.2} s");
        let level = |level: f64| format!("{level:+.1} dB");
        let mut lines = vec![
            ("RT60", told(all.reverberation_time(), |time| format!("{time:.2} s over all frequencies"))),
            ("T20", told(all.t20, seconds)),
            ("T30", told(all.t30, seconds)),
        ];
        if let Some(bent) = all.curvature().ok().filter(|bent| bent.abs() > BENT) {
            let percent = 100.0 * bent;
            lines.push(("curvature", format!("{percent:+.0} %: the decay is bent, and no one time tells it")));
        }
        lines.extend([
            ("EDT", told(all.early_decay_time, seconds)),
            ("C50", told(all.c50, level)),
            ("C80", told(all.c80, level)),
            ("D50", told(all.d50, |share| format!("{:.0} %", 100.0 * share))),
            ("Ts", told(all.centre_time, |time| format!("{:.0} ms", 1000.0 * time))),
            ("INR", told(all.impulse_to_noise, |level| format!("{level:.0} dB from peak to noise"))),
            ("D/R", told(self.measured.direct_to_reverberant, level)),
            ("bass ratio", told(self.measured.bass_ratio(), |ratio| format!("{ratio:.2}"))),
        ]);
        lines
    }

    /// The octaves, one a column.
    pub fn table(&self) -> String {
        let row = |name: &str, value: &dyn Fn(&(f64, acoustics::Figures)) -> String| {
            let cells: String = self.measured.octaves.iter().map(|octave| format!(" {:>6}", value(octave))).collect();
            format!("\n  {name:<12}{cells}")
        };
        let cell = |figure: Figure, digits: usize| figure.map_or_else(|_| "–".to_owned(), |v| format!("{v:.digits$}"));
        [
            row("octave, Hz", &|(hz, _)| format!("{hz:.0}")),
            row("RT60, s", &|(_, figures)| cell(figures.reverberation_time(), 2)),
            row("EDT, s", &|(_, figures)| cell(figures.early_decay_time, 2)),
            row("C80, dB", &|(_, figures)| cell(figures.c80, 1)),
        ]
        .concat()
    }
}

/// A figure, or why there is none.
fn told(figure: Figure, text: impl Fn(f64) -> String) -> String {
    figure.map_or_else(|reason| format!("not measurable: {reason}"), text)
}
