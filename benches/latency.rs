//! From a wish to what is heard of it: a worker, its exchange and a chain at the pace of a host, as in the plugin.

use crate::RATE;
use crate::signal::{Noise, room};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use transept::chain::{Chain, Controls, Format};
use transept::channels::ChannelLayout;
use transept::engine::Delivery;
use transept::handover::{Port, Revision};
use transept::impulse::decay::BandRatios;
use transept::impulse::recipe::{Combination, Recipe, Second, Source};
use transept::impulse::shape::{Envelope, Shape};
use transept::impulse::units::{Level, Ratio, Time};
use transept::prepare::worker::{Client, OnFailure, Wanted, Watch, Worker};

/// Frames per callback.
pub(crate) const BLOCK: usize = 64;
const FORMAT: Format = Format { sample_rate: RATE, layout: ChannelLayout::Stereo };
/// Only against hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// What an instance's parameters ask for. A change raises the revision and calls nobody, as on the audio thread.
#[derive(Clone)]
struct Asks {
    wanted: Arc<Mutex<Wanted>>,
    revision: Arc<Revision>,
}

impl Client for Asks {
    fn poll(&self) -> Option<Wanted> {
        self.wanted.lock().ok().map(|wanted| wanted.clone())
    }
    fn revision(&self) -> Arc<Revision> {
        self.revision.clone()
    }
}

/// An instance without a host.
pub(crate) struct Instance {
    asks: Asks,
    worker: Worker,
    _watch: Watch,
    port: Port<Delivery>,
    chain: Chain,
    noise: Noise,
}

impl Instance {
    /// With a room that is wanted, and may not be there yet.
    pub fn new(recipe: Recipe) -> Self {
        let asks = Asks { wanted: Arc::new(Mutex::new(want(recipe))), revision: Arc::default() };
        let (worker, kernels) = Worker::spawn(asks.clone());
        let (watch, chain) = (worker.handle().watch(), Chain::new(FORMAT, Arc::default()));
        Self { asks, worker, _watch: watch, port: Port::new(kernels), chain, noise: Noise::new(1) }
    }

    pub fn want(&self, recipe: Recipe) {
        *self.asks.wanted.lock().expect("nobody panicked") = want(recipe);
        self.asks.revision.raise();
    }

    /// One callback, as the plugin has it. Gives the input and what came of it.
    pub fn callback(&mut self) -> [Vec<f32>; 2] {
        let mut io = [vec![0.0; BLOCK], vec![0.0; BLOCK]];
        io.iter_mut().for_each(|channel| channel.fill_with(|| self.noise.sample()));
        let input = io[0].clone();
        let [left, right] = &mut io;
        let controls = Controls { dry: 0.0, wet: 1.0, ..Controls::default() };
        let chain = &mut self.chain;
        self.port.pass(|incoming| chain.process(&mut [left, right], &controls, incoming));
        let [left, _] = io;
        [input, left]
    }

    /// Number of the convolver that was last offered.
    pub fn generation(&self) -> u64 {
        self.worker.handle().status().generation
    }

    /// Plays until nothing changes any more.
    pub fn settle(&mut self) {
        assert!(self.worker.handle().settle(PATIENCE), "the worker answers");
        let began = Instant::now();
        self.callback();
        while !self.chain.is_settled() || self.port.is_waiting() {
            assert!(began.elapsed() < PATIENCE, "a change ends");
            self.callback();
        }
    }
}

fn want(recipe: Recipe) -> Wanted {
    Wanted { recipe, format: FORMAT, editions: [0; 2], on_failure: OnFailure::default() }
}

/// Milliseconds from a wish to the first callback that sounds otherwise than it would have without it, at live pace.
fn until_heard(instance: &mut Instance, recipe: Recipe) -> f64 {
    instance.settle();
    // The same again, which nobody wants to change.
    let unchanged = instance.asks.wanted.lock().expect("nobody panicked").recipe.clone();
    let mut other = Instance::new(unchanged);
    other.settle();
    instance.chain.reset();
    other.chain.reset();
    (instance.noise, other.noise) = (Noise::new(2), Noise::new(2));
    let period = Duration::from_secs_f64(BLOCK as f64 / f64::from(RATE));
    let mut due = Instant::now();
    // A history of more than a second: a change of a tail is not heard without one.
    for _ in 0..1000 {
        instance.callback();
        other.callback();
    }
    let began = Instant::now();
    instance.want(recipe);
    loop {
        due = (due + period).max(Instant::now());
        while Instant::now() < due {
            std::thread::park_timeout(due - Instant::now());
        }
        let ([_, found], [_, expected]) = (instance.callback(), other.callback());
        let heard = began.elapsed().as_secs_f64() * 1e3;
        assert!(heard < 1e3 * PATIENCE.as_secs_f64(), "it is heard");
        // Far above what rounding makes of another kernel, far below what a fade's first quantum does.
        if found.iter().zip(&expected).any(|(found, expected)| (found - expected).abs() > 1e-5) {
            return heard;
        }
    }
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// A file of 24 bits.
pub(crate) fn file(folder: &Path, name: &str, seconds: usize, rate: u32, channels: u16) -> PathBuf {
    let path = folder.join(name);
    let sample_format = hound::SampleFormat::Int;
    let spec = hound::WavSpec { channels, sample_rate: rate, bits_per_sample: 24, sample_format };
    let mut writer = hound::WavWriter::create(&path, spec).expect("a new file");
    let taps: Vec<_> = (1..=channels.into()).map(|seed| room(seconds * rate as usize, seed)).collect();
    for frame in 0..taps[0].len() {
        for taps in &taps {
            writer.write_sample((taps[frame] * 8_388_607.0) as i32).expect("room on the disk");
        }
    }
    writer.finalize().expect("room on the disk");
    path
}

/// Milliseconds from a knob to sound for a stereo impulse of 6 s, by knob: the median of so many turns.
///
/// # Panics
/// If nothing is heard.
#[must_use]
pub fn knobs(repeats: usize) -> Vec<(&'static str, f64)> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let recipe = Recipe::file(file(folder.path(), "room.wav", 6, RATE, 2));
    type Knob = fn(f64) -> Shape;
    let all: [(&str, Knob); 6] = [
        ("decay of the highs", |turn| Shape {
            decay: BandRatios { high: Ratio::from_f64(0.4 + 0.5 * turn), ..Default::default() },
            ..Shape::default()
        }),
        ("decay of the lows, longer", |turn| Shape {
            // There and back, by so much that the first quantum of the fade tells: of noise, there is little in the
            // lows.
            decay: BandRatios {
                low: Ratio::from_f64(1.1 + 0.05 * ((turn * 100.0).round() % 2.0)),
                ..Default::default()
            },
            ..Shape::default()
        }),
        ("early/late", |turn| Shape { late: Level::from_decibels(1.0 + 6.0 * turn), ..Shape::default() }),
        ("attack", |turn| Shape {
            envelope: Envelope { attack: Time::from_seconds(0.02 + 0.1 * turn), decay: None },
            ..Shape::default()
        }),
        ("size", |turn| Shape { size: Ratio::from_f64(0.8 + 0.15 * turn), ..Shape::default() }),
        ("reverse", |turn| Shape { reverse: (turn * 100.0) as u32 % 2 == 1, ..Shape::default() }),
    ];
    let shaped =
        all.map(|(name, knob)| (name, turned(repeats, &|turn| Recipe { shape: knob(turn), ..recipe.clone() })));
    let other = Source::File { path: file(folder.path(), "other.wav", 5, RATE, 2) };
    let morph = turned(repeats, &|turn| {
        let how = Combination::Morph(Ratio::from_f64(0.3 + turn));
        Recipe { second: Some(Second { source: other.clone(), how }), ..recipe.clone() }
    });
    shaped.into_iter().chain([("morph between two", morph)]).collect()
}

/// The median of so many turns of a knob, each a little further.
fn turned(repeats: usize, recipe: &dyn Fn(f64) -> Recipe) -> f64 {
    let turn = |index: usize| recipe(0.01 * index as f64);
    let mut instance = Instance::new(turn(0));
    median((1..=repeats).map(|index| until_heard(&mut instance, turn(index))).collect())
}

/// Milliseconds from choosing a stereo file of 10 s, 24 bits and 44.1 kHz to sound at 48 kHz: the median of so many
/// times.
///
/// # Panics
/// If nothing is heard.
#[must_use]
pub fn load(repeats: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = ["a.wav", "b.wav"].map(|name| file(folder.path(), name, 10, 44_100, 2));
    let mut instance = Instance::new(Recipe::default());
    let times = (0..repeats).map(|index| {
        instance.want(Recipe::default());
        until_heard(&mut instance, Recipe::file(&files[index % 2]))
    });
    median(times.collect())
}

/// Milliseconds until three instances that are opened together, each with a stereo file of 6 s, have all sounded: the
/// median of so many times.
///
/// # Panics
/// If one of them does not sound.
#[must_use]
pub fn open(repeats: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let files = ["a.wav", "b.wav", "c.wav"].map(|name| file(folder.path(), name, 6, RATE, 2));
    let once = || {
        let began = Instant::now();
        let mut instances = files.each_ref().map(|file| Instance::new(Recipe::file(file)));
        for instance in &mut instances {
            assert!(instance.worker.handle().settle(PATIENCE), "the worker answers");
            let [_, output] = instance.callback();
            assert!(output.iter().any(|y| *y != 0.0), "it sounds");
        }
        began.elapsed().as_secs_f64() * 1e3
    };
    median((0..repeats).map(|_| once()).collect())
}
