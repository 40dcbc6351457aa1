//! Rooms as libraries deliver them: noise that dies away, and all that comes between it and its figures.

use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::impulse::acoustics::{self, Figures, Measured, octave_band};
use transept_support::signal::gaussian_noise;

/// What was recorded.
#[derive(Debug, Clone)]
pub struct Recording {
    pub rate: u32,
    pub seed: u64,
    /// Reverberation time in seconds.
    pub time: f64,
    /// Another one behind it, in seconds, and the level in dB at which it begins.
    pub second: Option<(f64, f64)>,
    /// In seconds.
    pub length: f64,
    /// Level of the stationary noise in dB of the beginning.
    pub floor: Option<f64>,
    /// Share of the length that is faded out by a raised cosine.
    pub fade: f64,
    /// A single sample: where, in seconds, and how high.
    pub click: Option<(f64, f64)>,
    pub offset: f64,
    /// Of 50 Hz.
    pub hum: f64,
    /// Whether it was stored with 16 bits.
    pub is_dithered: bool,
}

/// A clean one of 3 s.
impl Default for Recording {
    fn default() -> Self {
        Self {
            rate: 48_000,
            seed: 1,
            time: 1.0,
            second: None,
            length: 3.0,
            floor: None,
            fade: 0.0,
            click: None,
            offset: 0.0,
            hum: 0.0,
            is_dithered: false,
        }
    }
}

/// The figures of a room that is known to its end.
#[derive(Debug, Clone, Copy)]
pub struct Truth {
    pub times: [f64; 3],
    pub clarities: [f64; 2],
}

impl Recording {
    /// The room alone, for so many seconds; its peak is about 1.
    pub fn clean(&self, seconds: f64) -> Vec<f64> {
        let rate = f64::from(self.rate);
        let decay = |n: usize, time: f64| 10_f64.powf(-6.0 * n as f64 / (time * rate));
        let energy = |n: usize| {
            let second = self.second.map_or(0.0, |(time, level)| 10_f64.powf(0.1 * level) * decay(n, time));
            decay(n, self.time) + second
        };
        let noise = gaussian_noise((seconds * rate) as usize, self.seed);
        noise.into_iter().enumerate().map(|(n, noise)| 0.25 * noise * energy(n).sqrt()).collect()
    }

    /// As it is delivered.
    pub fn impulse(&self) -> Impulse {
        let rate = f64::from(self.rate);
        let mut samples = self.clean(self.length);
        let length = samples.len();
        if let Some(floor) = self.floor {
            let noise = gaussian_noise(length, self.seed + 1000);
            let level = 0.25 * 10_f64.powf(floor / 20.0);
            samples.iter_mut().zip(noise).for_each(|(sample, noise)| *sample += level * noise);
        }
        if let Some((at, height)) = self.click {
            samples[(at * rate) as usize] += height;
        }
        for (n, sample) in samples.iter_mut().enumerate() {
            *sample += self.offset + self.hum * (std::f64::consts::TAU * 50.0 * n as f64 / rate).sin();
        }
        let faded = (self.fade * length as f64) as usize;
        for (n, sample) in samples[length - faded..].iter_mut().enumerate() {
            *sample *= 0.5 + 0.5 * (std::f64::consts::PI * n as f64 / faded as f64).cos();
        }
        if self.is_dithered {
            let dither = gaussian_noise(length, self.seed + 2000);
            samples.iter_mut().zip(dither).for_each(|(s, d)| *s = (*s * 32_768.0 + 0.5 * d).round() / 32_768.0);
        }
        Impulse::new(vec![samples.into_iter().map(|s| s as f32).collect()], self.rate).expect("finite samples")
    }

    /// What is told of it.
    pub fn measured(&self) -> Measured {
        acoustics::measure(&self.impulse(), &Token::never()).expect("not cancelled")
    }

    /// What the same room is like, or an octave of it, if it is recorded for so long that nothing is missing.
    pub fn truth(&self, octave: Option<f64>) -> Truth {
        let longest = self.second.map_or(self.time, |second| second.0);
        let clean: Vec<f32> = self.clean(self.length.max(1.5 * longest)).iter().map(|s| *s as f32).collect();
        let peak = clean.iter().fold(0.0_f32, |peak, sample| peak.max(sample.abs()));
        let onset = clean.iter().position(|sample| sample.abs() >= 0.1 * peak).expect("a peak");
        let band = octave.map_or_else(|| clean.clone(), |centre| octave_band(&clean, self.rate, centre));
        let mut rest = 0.0;
        let mut curve: Vec<f64> = band
            .iter()
            .rev()
            .map(|sample| {
                rest += f64::from(*sample).powi(2);
                rest
            })
            .collect();
        curve.reverse();
        let level = |n: usize| 10.0 * (curve[n] / curve[0]).log10();
        let reaches = |wanted: f64| (0..curve.len()).find(|n| curve[*n] <= curve[0] * 10_f64.powf(0.1 * wanted));
        let time = |(upper, lower): (f64, f64)| {
            let (from, to) = (reaches(upper).expect("falls"), reaches(lower).expect("falls"));
            let middle = 0.5 * (from + to - 1) as f64;
            let (mut square, mut product) = (0.0, 0.0);
            for n in from..to {
                square += (n as f64 - middle).powi(2);
                product += (n as f64 - middle) * level(n);
            }
            -60.0 * square / product / f64::from(self.rate)
        };
        let clarity = |seconds: f64| {
            let late = curve[onset + (seconds * f64::from(self.rate)) as usize];
            10.0 * ((curve[0] - late) / late).log10()
        };
        Truth { times: [(0.0, -10.0), (-5.0, -25.0), (-5.0, -35.0)].map(time), clarities: [0.05, 0.08].map(clarity) }
    }
}

impl Truth {
    /// How many of the figures are given; they are right within 5 % and 1 dB.
    pub fn check(&self, told: &Figures, what: &str) -> usize {
        let mut given = 0;
        for ((told, truth), name) in
            [told.early_decay_time, told.t20, told.t30].into_iter().zip(self.times).zip(["EDT", "T20", "T30"])
        {
            let Ok(told) = told else { continue };
            assert!((told / truth - 1.0).abs() <= 0.05, "{what}: {name} is {told} s and not {truth}");
            given += 1;
        }
        for ((told, truth), name) in [told.c50, told.c80].into_iter().zip(self.clarities).zip(["C50", "C80"]) {
            let Ok(told) = told else { continue };
            assert!((told - truth).abs() <= 1.0, "{what}: {name} is {told} dB and not {truth}");
            given += 1;
        }
        given
    }
}
