//! A phrase that sounds like speech, "hello, one, two, six": a source of pulses and noise through formants, as in
//! D. Klatt, *Software for a cascade/parallel formant synthesizer*, JASA 67 (1980). Vowels, a nasal, stops and
//! sibilants show what a room does to a voice.

use super::filters::{HIGHEST, OnePole, Resonator};
use super::noise::White;
use std::f64::consts::PI;

/// Targets of the voice for some time; it slides towards them.
#[derive(Debug, Clone, Copy)]
struct Sound {
    /// Milliseconds.
    length: f64,
    /// Levels of the voice, of breath through the formants, and of a hiss between teeth or lips.
    voice: f64,
    breath: f64,
    hiss: f64,
    /// Pitch of the voice in Hz.
    pitch: f64,
    /// The lower formants in Hz.
    formants: [f64; 3],
    /// Centre of the hiss in Hz.
    centre: f64,
}

/// A sound of the voice.
const fn voiced(length: f64, voice: f64, pitch: f64, formants: [f64; 3]) -> Sound {
    Sound { length, voice, breath: 0.01, hiss: 0.0, pitch, formants, centre: 6_000.0 }
}

/// A sound of breath and hiss.
const fn noisy(length: f64, breath: f64, hiss: f64, formants: [f64; 3], centre: f64) -> Sound {
    Sound { length, voice: 0.0, breath, hiss, pitch: 120.0, formants, centre }
}

const PHRASE: [Sound; 21] = [
    // Hello.
    noisy(70.0, 0.25, 0.0, [530.0, 1_840.0, 2_480.0], 6_000.0),
    voiced(90.0, 1.0, 126.0, [530.0, 1_840.0, 2_480.0]),
    voiced(70.0, 0.6, 131.0, [360.0, 1_000.0, 2_700.0]),
    voiced(110.0, 0.75, 128.0, [570.0, 900.0, 2_400.0]),
    voiced(110.0, 0.7, 110.0, [420.0, 800.0, 2_300.0]),
    noisy(160.0, 0.0, 0.0, [420.0, 800.0, 2_300.0], 6_000.0),
    // One.
    voiced(60.0, 0.6, 120.0, [300.0, 650.0, 2_150.0]),
    voiced(130.0, 0.75, 129.0, [640.0, 1_200.0, 2_450.0]),
    voiced(100.0, 0.5, 108.0, [280.0, 1_500.0, 2_500.0]),
    noisy(90.0, 0.0, 0.0, [300.0, 1_500.0, 2_500.0], 4_500.0),
    // Two.
    noisy(12.0, 0.0, 0.9, [320.0, 1_700.0, 2_500.0], 4_500.0),
    noisy(40.0, 0.3, 0.1, [320.0, 1_300.0, 2_300.0], 4_500.0),
    voiced(110.0, 1.0, 124.0, [310.0, 1_000.0, 2_250.0]),
    voiced(90.0, 0.7, 106.0, [310.0, 870.0, 2_250.0]),
    noisy(110.0, 0.0, 0.0, [350.0, 1_700.0, 2_500.0], 6_200.0),
    // Six.
    noisy(120.0, 0.0, 0.5, [390.0, 1_900.0, 2_550.0], 6_200.0),
    voiced(100.0, 1.0, 118.0, [400.0, 1_950.0, 2_550.0]),
    noisy(60.0, 0.0, 0.0, [350.0, 1_900.0, 2_400.0], 1_900.0),
    noisy(15.0, 0.0, 0.8, [350.0, 1_900.0, 2_400.0], 1_900.0),
    noisy(150.0, 0.0, 0.4, [350.0, 1_900.0, 2_500.0], 6_200.0),
    noisy(80.0, 0.0, 0.0, [350.0, 1_900.0, 2_500.0], 6_200.0),
];

/// Seconds of the phrase.
pub(super) const LENGTH: f64 = {
    let (mut sum, mut at) = (0.0, 0);
    while at < PHRASE.len() {
        sum += PHRASE[at].length;
        at += 1;
    }
    sum / 1000.0
};

/// Bandwidths of the formants in Hz.
const BANDWIDTHS: [f64; 5] = [70.0, 100.0, 150.0, 250.0, 300.0];
/// The upper formants in Hz, which stay where they are.
const UPPER: [f64; 2] = [3_500.0, 4_500.0];
/// Bandwidth of a hiss as a share of its centre.
const HISS_WIDTH: f64 = 0.5;
/// Seconds to 1/e of the way to a target, of levels and of formants and pitch.
const LEVELS: f64 = 0.006;
const TONGUE: f64 = 0.02;
/// Parts of a period in which the glottis opens and is open, after A. Rosenberg, *Effect of glottal pulse shape on the
/// quality of natural vowels*, JASA 49 (1971).
const OPENS: f64 = 0.4;
const CLOSES: f64 = 0.56;
/// Levels of the sources: together the phrase peaks at about -6 dBFS.
const VOICE: f64 = 0.27;
const BREATH: f64 = 0.4;
const HISS: f64 = 0.5;

/// The phrase.
#[derive(Debug, Clone)]
pub(super) struct Speech {
    rate: f64,
    /// The sound that is spoken, and frames that are left of it.
    sound: usize,
    left: f64,
    /// Frames from one tuning of the formants to the next, and until the next.
    tick: u32,
    due: u32,
    /// Voice, breath and hiss.
    levels: [OnePole; 3],
    /// The lower formants and the pitch, at every tuning.
    tongue: [OnePole; 4],
    pitch: f64,
    /// Part of a period that has gone.
    phase: f64,
    white: White,
    formants: [Resonator; 5],
    teeth: Resonator,
}

impl Speech {
    /// At a sample rate in Hz.
    pub fn new(rate: f64) -> Self {
        let tick = (rate / 1000.0).ceil() as u32;
        let first = PHRASE[0];
        let mut tongue = [(); 4].map(|()| OnePole::slide(TONGUE, rate / f64::from(tick)));
        for (value, target) in tongue.iter_mut().zip(targets(&first)) {
            value.jump(target);
        }
        Self {
            rate,
            sound: 0,
            left: frames(&first, rate),
            tick,
            due: 0,
            levels: [(); 3].map(|()| OnePole::slide(LEVELS, rate)),
            tongue,
            pitch: first.pitch,
            phase: 0.0,
            white: White::new(3, rate),
            formants: Default::default(),
            teeth: Resonator::default(),
        }
    }

    pub fn next(&mut self) -> f64 {
        if self.left < 1.0 && self.sound + 1 < PHRASE.len() {
            self.sound += 1;
            self.left += frames(&PHRASE[self.sound], self.rate);
        }
        self.left -= 1.0;
        let sound = &PHRASE[self.sound];
        if self.due == 0 {
            self.due = self.tick;
            self.tune(sound);
        }
        self.due -= 1;
        let [voice, breath, hiss] = &mut self.levels;
        let (voice, breath, hiss) = (voice.next(sound.voice), breath.next(sound.breath), hiss.next(sound.hiss));
        let noise = self.white.next();
        let source = VOICE * voice * self.glottis() + BREATH * breath * noise;
        let spoken = self.formants.iter_mut().fold(source, |sample, formant| formant.next_formant(sample));
        spoken + HISS * hiss * self.teeth.next_band(noise)
    }

    /// Moves the tongue on towards a sound.
    fn tune(&mut self, sound: &Sound) {
        let mut lower = [0.0; 3];
        for ((value, place), target) in
            self.tongue.iter_mut().zip(lower.iter_mut().chain([&mut self.pitch])).zip(targets(sound))
        {
            *place = value.next(target);
        }
        let frequencies = lower.into_iter().chain(UPPER);
        for ((formant, frequency), width) in self.formants.iter_mut().zip(frequencies).zip(BANDWIDTHS) {
            formant.tune(frequency, width, self.rate);
        }
        let centre = sound.centre.min(HIGHEST * self.rate);
        self.teeth.tune(centre, HISS_WIDTH * centre, self.rate);
    }

    /// The derivative of the air that flows through the glottis, from -1 to 0.4.
    fn glottis(&mut self) -> f64 {
        let step = self.pitch / self.rate;
        self.phase = (self.phase + step).fract();
        let (phase, after) = (self.phase, self.phase - CLOSES);
        let scale = 2.0 * (CLOSES - OPENS) / PI;
        let flow = if phase < OPENS {
            scale * 0.5 * PI / OPENS * (PI * phase / OPENS).sin()
        } else if after < 0.0 {
            -(0.5 * PI * (phase - OPENS) / (CLOSES - OPENS)).sin()
        } else {
            0.0
        };
        // The step where it closes, limited to the band: a polynomial in the place of the two samples beside it.
        let beside = after / step;
        let correction = match beside {
            0.0..1.0 => -0.5 * (1.0 - beside).powi(2),
            -1.0..0.0 => 0.5 * (1.0 + beside).powi(2),
            _ => 0.0,
        };
        flow + correction
    }
}

fn targets(sound: &Sound) -> [f64; 4] {
    let [first, second, third] = sound.formants;
    [first, second, third, sound.pitch]
}

fn frames(sound: &Sound, rate: f64) -> f64 {
    sound.length * rate / 1000.0
}
