//! How loud and how long the diffuse sound of a rectangular room is, by statistics alone.

use super::SpaceError;
use super::octaves::Octaves;
use super::text::{DECAYS, LOWEST_DECAY, Shoebox, decay_centres, within};

/// The statistical room.
pub(super) struct Reverberation {
    /// In m³.
    pub(super) volume: f64,
    /// Area of all walls in m².
    pub(super) surface: f64,
    /// Speed of sound in m/s.
    pub(super) speed: f64,
    /// Seconds to fall by 60 dB, per octave.
    pub(super) decay: Octaves,
}

impl Reverberation {
    /// Eyring's formula (*Reverberation time in "dead" rooms*, J. Acoust. Soc. Am. 1, 1930), with the air's share.
    pub(super) fn new(room: &Shoebox, absorption: &[Octaves; 6]) -> Result<Self, SpaceError> {
        let [depth, width, height] = room.size;
        let volume = depth * width * height;
        let areas = [width * height, width * height, depth * height, depth * height, depth * width, depth * width];
        let surface: f64 = areas.iter().sum();
        let speed = room.air().speed();
        let mut decay = Vec::new();
        for frequency in decay_centres() {
            let absorbed: f64 = areas.iter().zip(absorption).map(|(area, wall)| area * wall.at(frequency)).sum();
            let lost_at_walls = -surface * (1.0 - absorbed / surface).ln();
            let lost_in_air = 4.0 * volume * room.air().attenuation(frequency) / (10.0 * std::f64::consts::LOG10_E);
            let seconds = 24.0 * std::f64::consts::LN_10 * volume / (speed * (lost_at_walls + lost_in_air));
            within(&format!("shoebox (its decay at {frequency} Hz)"), seconds, DECAYS, " s")?;
            decay.push(seconds);
        }
        Ok(Self { volume, surface, speed, decay: Octaves::new(LOWEST_DECAY, decay) })
    }

    /// Mean energy per second of the impulse response at `time` seconds after the source's impulse, which is heard
    /// with the amplitude 1 at one metre: mirror sources arrive at a rate of 4πc³t²/V, each with the energy 1/(ct)²
    /// (Kuttruff, *Room Acoustics*, 4.1).
    pub(super) fn energy(&self, frequency: f64, time: f64) -> f64 {
        let at_first = 4.0 * std::f64::consts::PI * self.speed / self.volume;
        at_first * (-std::f64::consts::LN_10 * 6.0 * time / self.decay.at(frequency)).exp()
    }

    /// Seconds between two reflections of a ray, on the average: 4V/(cS).
    pub(super) fn mean_free_time(&self) -> f64 {
        4.0 * self.volume / (self.speed * self.surface)
    }

    /// When, after the direct sound, the reflections can no longer be told from noise: for half of all listeners, and
    /// for nineteen of twenty. Lindau, Kosanke, Weinzierl: *Perceptual evaluation of model- and signal-based predictors
    /// of the mixing time in binaural room impulse responses*, J. Audio Eng. Soc. 60 (2012), with a ceiling for rooms
    /// larger than theirs, and before there would be a thousand reflections.
    pub(super) fn mixing(&self) -> (f64, f64) {
        let ceiling = (1000.0 * 3.0 * self.volume / (4.0 * std::f64::consts::PI)).cbrt() / self.speed;
        let late = (0.0117 * self.volume + 50.1).min(250.0).min(1e3 * ceiling);
        let early = (20.0 * self.volume / self.surface + 12.0).min(0.5 * late);
        (1e-3 * early, 1e-3 * late)
    }
}
