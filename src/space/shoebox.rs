//! A rectangular room: its first reflections one by one, then diffuse sound.
//!
//! Time zero is the first arrival of a direct sound at a receiver, whether the direct sound is kept or not: left
//! out, it is the dry signal that stands for it, and the first reflection follows after the gap it has in the room.

use super::colour::{self, Colour};
use super::diffuse::{Diffuse, diffuse};
use super::image::{Image, images};
use super::octaves::Octaves;
use super::pattern::Pattern;
use super::relief::Relief;
use super::reverberation::Reverberation;
use super::text::{LOWEST_DECAY, Shoebox, Text, decay_centres, distance};
use super::{Heard, RECEIVERS, SAMPLE_RATE, SpaceError, seeds};
use crate::cancel::Token;
use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;

/// Samples that a reflection's filter may ring before its arrival: what a delay by part of a sample needs.
const LEAD: usize = 16;
/// Images between two checks of the token: about a millisecond's work.
const IMAGES_PER_CHECK: usize = 64;
/// Time in which diffuse sound builds up, as a share of the mean time between two reflections.
const BUILD_UP: f64 = 0.4;
/// Where reflections begin to be softened, in Hz, so that such a delay rings shortly.
const SOFT_FROM: f64 = 19_000.0;

/// The reverberation of each source at both receivers.
pub(super) fn shoebox(text: &Text, room: &Shoebox, cancel: &Token) -> Result<Vec<Heard>, SpaceError> {
    let absorption = room.absorption(&text.materials);
    let reverberation = Reverberation::new(room, &absorption)?;
    let (sources, receivers) = (room.sources(), [room.left, room.right]);
    let distances = sources.iter().flat_map(|source| receivers.map(|receiver| distance(receiver, *source)));
    let direct = distances.fold(f64::INFINITY, f64::min) / reverberation.speed;
    let (early, late) = reverberation.mixing();
    let fade = Fade { from: direct + early, to: direct + late };
    let reach = fade.to * reverberation.speed;
    let heard: Vec<[Vec<Image>; RECEIVERS]> =
        sources.iter().map(|source| receivers.map(|receiver| images(room.size, *source, receiver, reach))).collect();
    let gains = match_energies(&reverberation, &heard, &absorption, room, fade);

    let reflections = heard.iter().flatten().flatten().filter(|image| image.order() > 0);
    let first = reflections.map(|image| image.distance).fold(f64::INFINITY, f64::min) / reverberation.speed;
    let mean_free_time = reverberation.mean_free_time();
    // The energy that walls scatter, and all of it once the images end, comes as diffuse sound. Its first is scattered
    // near source and receivers: it has built up before a ray has gone its mean way.
    let share = |time: f64| {
        let mirrored = (1.0 - room.scattering).powf(time / mean_free_time) * fade.energy(time);
        let rise = ((time - first) / (BUILD_UP * mean_free_time)).clamp(0.0, 1.0);
        (1.0 - mirrored) * rise * rise * (3.0 - 2.0 * rise)
    };
    let colour = Colour::new(room, &absorption, SAMPLE_RATE);
    let mut mirror = Mirror::new(colour, Relief::new(room.relief / reverberation.speed));
    let pattern = Pattern::new(room.pattern, room.left, room.right);
    let mut of_source = |(heard, seed): (&[Vec<Image>; RECEIVERS], u64)| {
        let aside = aside(&pattern, heard, (first + mean_free_time) * reverberation.speed);
        let noise = Diffuse {
            decay: &reverberation.decay,
            level: &|frequency| gains.at(frequency) * reverberation.energy(frequency, direct),
            share: &|receiver, time| {
                // Sound forgets where it came from within a mean free path.
                let left = (-(time + direct - first).max(0.0) / mean_free_time).exp();
                share(time + direct) * pattern.energy(receiver, aside * left)
            },
            spacing: distance(room.left, room.right) / reverberation.speed,
            seed,
        };
        let mut channels = diffuse(&noise, cancel)?;
        for (receiver, (channel, images)) in channels.iter_mut().zip(heard).enumerate() {
            let sounding = images.iter().filter(|image| room.direct || image.order() > 0);
            for (count, image) in sounding.enumerate() {
                if count % IMAGES_PER_CHECK == 0 {
                    cancel.check()?;
                }
                let time = image.distance / reverberation.speed;
                let kept = (1.0 - room.scattering).powi(image.order() as i32) * fade.energy(time);
                let gain = kept.sqrt() * pattern.gain(receiver, image);
                mirror.add(image, seed, gain, (time - direct) * SAMPLE_RATE, channel);
            }
        }
        Ok(channels)
    };
    heard.iter().zip(seeds(text.seed)).map(&mut of_source).collect()
}

/// How far to the right a source's first reflections lie on the average of their energy: those within `reach` metres.
fn aside(pattern: &Pattern, heard: &[Vec<Image>; RECEIVERS], reach: f64) -> f64 {
    let (mut energy, mut aside) = (0.0, 0.0);
    for image in heard.iter().flatten().filter(|image| image.order() > 0 && image.distance < reach) {
        let of_image = 1.0 / (image.distance * image.distance);
        energy += of_image;
        aside += of_image * pattern.aside(image);
    }
    if energy > 0.0 { aside / energy } else { 0.0 }
}

/// Where the images give way to noise, in seconds after the source's impulse.
#[derive(Clone, Copy)]
struct Fade {
    from: f64,
    to: f64,
}

impl Fade {
    /// Share of the images' energy that is kept.
    fn energy(self, time: f64) -> f64 {
        let place = ((time - self.from) / (self.to - self.from)).clamp(0.0, 1.0);
        (0.5 * std::f64::consts::PI * place).cos().powi(2)
    }
}

/// The energy of the images over what statistics expect, per octave, in the second half of the time they are heard.
/// Absorption that is spread unevenly makes the two differ.
fn match_energies(
    reverberation: &Reverberation,
    heard: &[[Vec<Image>; RECEIVERS]],
    absorption: &[Octaves; 6],
    room: &Shoebox,
    fade: Fade,
) -> Octaves {
    let from = 0.5 * fade.to;
    let gain = |frequency: f64| {
        let reflected = absorption.each_ref().map(|wall| 1.0 - wall.at(frequency));
        let air = room.air().attenuation(frequency);
        let energy = |image: &Image| {
            let walls: f64 = reflected.iter().zip(image.hits).map(|(left, hits)| left.powi(hits as i32)).product();
            walls * 10_f64.powf(-0.1 * air * image.distance) / (image.distance * image.distance)
        };
        let late = heard.iter().flatten().flatten().filter(|image| image.distance >= from * reverberation.speed);
        let found: f64 = late.map(energy).sum::<f64>() / (heard.len() * RECEIVERS) as f64;
        let rate = 6.0 * std::f64::consts::LN_10 / reverberation.decay.at(frequency);
        let expected = (reverberation.energy(frequency, from) - reverberation.energy(frequency, fade.to)) / rate;
        found / expected
    };
    Octaves::new(LOWEST_DECAY, decay_centres().map(gain).collect())
}

/// Adds images to a signal.
struct Mirror {
    colour: Colour,
    relief: Relief,
    inverse: std::sync::Arc<dyn realfft::ComplexToReal<f32>>,
    softness: Vec<f32>,
    spectrum: Vec<Complex32>,
    taps: Vec<f32>,
    scratch: Vec<Complex32>,
}

impl Mirror {
    fn new(colour: Colour, relief: Relief) -> Self {
        let inverse = RealFftPlanner::new().plan_fft_inverse(colour::SIZE);
        let soft = |bin: usize| {
            let frequency = bin as f64 * SAMPLE_RATE / colour::SIZE as f64;
            let place = ((frequency - SOFT_FROM) / (0.5 * SAMPLE_RATE - SOFT_FROM)).clamp(0.0, 1.0);
            ((0.5 * std::f64::consts::PI * place).cos().powi(2) / colour::SIZE as f64) as f32
        };
        Self {
            colour,
            relief,
            softness: (0..colour::BINS).map(soft).collect(),
            spectrum: vec![Complex32::ZERO; colour::BINS],
            taps: vec![0.0; colour::SIZE],
            scratch: vec![Complex32::ZERO; inverse.get_scratch_len()],
            inverse,
        }
    }

    /// Adds an image that arrives `delay` samples after time zero, times `gain`. `seed` is of the walls' relief.
    fn add(&mut self, image: &Image, seed: u64, gain: f64, delay: f64, signal: &mut [f32]) {
        self.colour.path(image.hits, image.distance, &mut self.spectrum);
        let whole = delay.floor();
        let turn = -std::f64::consts::TAU * (delay - whole + LEAD as f64) / colour::SIZE as f64;
        let amplitude = (gain / image.distance) as f32;
        for (bin, (value, softness)) in self.spectrum.iter_mut().zip(&self.softness).enumerate() {
            value.im += (turn * bin as f64) as f32;
            *value = value.exp() * (softness * amplitude);
        }
        if image.order() > 0 {
            self.relief.spread(seed, image.hits, &mut self.spectrum);
        }
        // A real signal's spectrum is real at both ends.
        self.spectrum[0].im = 0.0;
        self.spectrum[colour::BINS - 1].im = 0.0;
        self.inverse
            .process_with_scratch(&mut self.spectrum, &mut self.taps, &mut self.scratch)
            .expect("buffers have the planned lengths and both ends are real");
        let start = whole as usize;
        let skipped = LEAD.saturating_sub(start);
        for (sample, tap) in signal.iter_mut().skip(start + skipped - LEAD).zip(&self.taps[skipped..]) {
            *sample += tap;
        }
    }
}
