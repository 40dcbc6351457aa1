//! The demo's dry phrase, synthesised: a few plucked strings and a snare, close to the ear and without any room.

use std::f64::consts::TAU;

use crate::wave::Sound;

/// Hz; what the phrase is made for.
pub const RATE: u32 = 48_000;

/// One plucked note: when (in seconds), pitch (MIDI number), how hard (0–1), from where (0 left, 1 right).
const NOTES: &[(f64, u8, f64, f64)] = &[
    (0.00, 38, 0.90, 0.50),
    (0.00, 62, 0.60, 0.35),
    (0.30, 65, 0.55, 0.60),
    (0.60, 69, 0.60, 0.40),
    (0.90, 72, 0.70, 0.65),
    (1.35, 70, 0.55, 0.35),
    (1.50, 69, 0.60, 0.60),
    (1.80, 34, 0.85, 0.50),
    (1.80, 65, 0.60, 0.40),
    (2.10, 62, 0.50, 0.65),
    (2.40, 58, 0.55, 0.35),
    (2.70, 64, 0.60, 0.60),
    (3.15, 60, 0.50, 0.40),
    (3.30, 62, 0.65, 0.55),
    (3.60, 38, 0.90, 0.50),
    (3.60, 74, 0.70, 0.50),
];

/// When the snare is hit (in seconds), and how hard: the last one is left alone, for the room.
const SNARE: &[(f64, f64)] = &[(0.60, 0.75), (1.725, 0.25), (1.80, 0.80), (3.00, 0.75), (4.20, 0.95)];

const SECONDS: f64 = 5.0;

/// The phrase: stereo, [`RATE`], the same samples each time.
pub fn phrase() -> Sound {
    let frames = (SECONDS * f64::from(RATE)) as usize;
    let mut mix = [vec![0.0; frames], vec![0.0; frames]];
    let mut noise = Noise(0x7ea5_5e97);
    for &(start, pitch, force, side) in NOTES {
        let frequency = 440.0 * ((f64::from(pitch) - 69.0) / 12.0).exp2();
        add(&mut mix, start, side, &pluck(frequency, force, 2.2, &mut noise));
    }
    for &(start, force) in SNARE {
        add(&mut mix, start, 0.5, &snare(force, &mut noise));
    }
    // Half of full scale: room above for the hall.
    let peak = mix.iter().flatten().fold(0.0f64, |peak, sample| peak.max(sample.abs()));
    mix.map(|channel| channel.into_iter().map(|sample| (sample * 0.5 / peak) as f32).collect()).into()
}

/// Mixes `sound` in at `start` seconds, panned with constant power.
fn add(mix: &mut [Vec<f64>; 2], start: f64, side: f64, sound: &[f64]) {
    let angle = side * TAU / 4.0;
    let first = (start * f64::from(RATE)) as usize;
    for (channel, gain) in mix.iter_mut().zip([angle.cos(), angle.sin()]) {
        for (mixed, sample) in channel[first..].iter_mut().zip(sound) {
            *mixed += gain * sample;
        }
    }
}

/// A plucked string: noise that runs round a delay line, losing its highs at each turn.
///
/// Karplus and Strong, "Digital Synthesis of Plucked-String and Drum Timbres", Computer Music Journal 7(2), 1983, with
/// the allpass for the fraction of the period from Jaffe and Smith, "Extensions of the Karplus-Strong Plucked-String
/// Algorithm", in the same issue.
fn pluck(frequency: f64, force: f64, seconds: f64, noise: &mut Noise) -> Vec<f64> {
    // Averaging two neighbours delays by half a frame.
    let period = f64::from(RATE) / frequency - 0.5;
    let whole = (period - 0.1).floor();
    let fraction = period - whole;
    let allpass = (1.0 - fraction) / (1.0 + fraction);
    let mut string = excitation(whole as usize, force, noise);
    // The lower the string the longer it rings: 60 dB in about 4 s for the lowest, 1.5 s for the highest note.
    let ring = 4.0 * (82.0 / frequency).sqrt().min(1.2);
    let loss = 10f64.powf(-3.0 / (ring * frequency));
    let (mut before, mut passed, mut fed) = (0.0, 0.0, 0.0);
    let frames = (seconds * f64::from(RATE)) as usize;
    let release = 0.25 * f64::from(RATE);
    (0..frames)
        .map(|frame| {
            let place = frame % string.len();
            let now = string[place];
            let averaged = loss * 0.5 * (now + before);
            before = now;
            passed = allpass * (averaged - passed) + fed;
            fed = averaged;
            string[place] = passed;
            // A finger damps the string at the end of the note.
            now * force * ((frames - frame) as f64 / release).min(1.0)
        })
        .collect()
}

/// What the finger leaves on the string: noise, darker when plucked softly, without the part that a comb at a seventh
/// of the string's length takes away.
fn excitation(length: usize, force: f64, noise: &mut Noise) -> Vec<f64> {
    let mut smooth = 0.0;
    let raw: Vec<f64> = (0..length)
        .map(|_| {
            smooth += (0.25 + 0.6 * force) * (noise.next() - smooth);
            smooth
        })
        .collect();
    let combed: Vec<f64> = (0..length).map(|place| raw[place] - raw[(place + length - length / 7) % length]).collect();
    let mean = combed.iter().sum::<f64>() / length as f64;
    combed.into_iter().map(|sample| sample - mean).collect()
}

/// A snare: two modes of the skin that sink a little in pitch, and the wires' noise.
fn snare(force: f64, noise: &mut Noise) -> Vec<f64> {
    let frames = (0.28 * f64::from(RATE)) as usize;
    let (mut low, mut phase) = (0.0, [0.0f64; 2]);
    (0..frames)
        .map(|frame| {
            let time = frame as f64 / f64::from(RATE);
            let bend = 1.0 + 0.35 * (-time / 0.015).exp();
            let skin: f64 = phase
                .iter_mut()
                .zip([(186.0, 0.09, 1.0), (331.0, 0.05, 0.5)])
                .map(|(phase, (frequency, decay, level))| {
                    *phase += TAU * frequency * bend / f64::from(RATE);
                    level * phase.sin() * (-time / decay).exp()
                })
                .sum();
            // Noise without its lows: what the slow average follows is taken away.
            let white = noise.next();
            low += 0.12 * (white - low);
            let wires = (white - low) * (0.7 * (-time / 0.012).exp() + 0.5 * (-time / 0.065).exp());
            let attack = (time / 0.0006).min(1.0);
            let end = ((frames - frame) as f64 / (0.02 * f64::from(RATE))).min(1.0);
            force * force * attack * end * (0.9 * skin + wires)
        })
        .collect()
}

/// White noise from -1 to 1: xorshift after Marsaglia, "Xorshift RNGs", Journal of Statistical Software 8(14), 2003.
pub struct Noise(pub u32);

impl Noise {
    /// The next sample.
    pub fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        f64::from(self.0) / f64::from(u32::MAX) * 2.0 - 1.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_phrase_is_the_same_each_time_and_half_of_full_scale() {
        let sound = phrase();
        assert_eq!(sound, phrase());
        let peak = sound.iter().flatten().fold(0.0f32, |peak, sample| peak.max(sample.abs()));
        assert_eq!(peak, 0.5);
    }

    #[test]
    fn the_phrase_ends_in_silence_so_that_the_tail_is_the_rooms() {
        for channel in phrase() {
            let quiet = &channel[(4.9 * f64::from(RATE)) as usize..];
            assert!(quiet.iter().all(|sample| sample.abs() < 0.02), "the last note is still loud at the end");
        }
    }

    #[test]
    fn a_plucked_string_has_the_pitch_asked_for() {
        let rate = f64::from(RATE);
        for frequency in [110.0, 440.0, 880.0] {
            let sound = pluck(frequency, 0.6, 1.0, &mut Noise(1));
            let settled = &sound[RATE as usize / 4..RATE as usize * 3 / 4];
            // Energy at the pitch and a quarter-tone beside it (2.9 %): over half a second a bin is 2 Hz wide.
            let energy = |frequency: f64| {
                let (mut re, mut im) = (0.0, 0.0);
                for (frame, sample) in settled.iter().enumerate() {
                    let angle = TAU * frequency * frame as f64 / rate;
                    re += sample * angle.cos();
                    im += sample * angle.sin();
                }
                re * re + im * im
            };
            let beside = energy(frequency * 1.029).max(energy(frequency / 1.029));
            assert!(energy(frequency) > 10.0 * beside, "{frequency} Hz is out of tune");
        }
    }
}
