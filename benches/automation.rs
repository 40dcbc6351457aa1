//! Every shaping parameter automated while sound passes at the pace of a host: worker, exchange and chain as in the
//! plugin.

use crate::RATE;
use crate::latency::{BLOCK, Instance, file};
use crate::measure::quantile;
use std::time::{Duration, Instant};
use transept::impulse::recipe::Recipe;
use transept::settings::{Kind, Section, Setting, Settings, TABLE, Value};

/// What came of it; callbacks in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Ridden {
    /// Parameters that were moved.
    pub parameters: usize,
    /// Changes that were wanted, and convolvers that came of them in time.
    pub changes: (usize, usize),
    /// Mean, 99.9th percentile and worst callback.
    pub callbacks: (f64, f64, f64),
}

/// Whether a setting changes the impulse of one room.
fn is_shaping(setting: &Setting) -> bool {
    matches!(setting.section, Section::Shape | Section::Decay) || setting.id == "loudness"
}

/// Another value than the default: a third of a host's scale away from it, or the next.
fn moved(setting: &Setting) -> Value {
    match (&setting.kind, setting.default()) {
        (Kind::Number(number), Value::Number(default)) => {
            let (least, most) = (*number.range.start(), *number.range.end());
            let place = ((default - least) / (most - least)).powf(number.skew);
            let other = if place < 0.5 { place + 1.0 / 3.0 } else { place - 1.0 / 3.0 };
            Value::Number(number.nearest(least + (most - least) * other.powf(number.skew.recip())))
        }
        (Kind::Choice(choice), Value::Choice(default)) => Value::Choice((default + 1) % choice.options.len()),
        (_, value) => Value::Switch(value == Value::Switch(false)),
    }
}

/// Moves one shaping parameter after the other there and back, so many changes a second, on a true-stereo impulse of 6
/// s.
///
/// # Panics
/// If the impulse never sounds.
#[must_use]
pub fn ride(rate: usize, seconds: usize) -> Ridden {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let recipe = Recipe::file(file(folder.path(), "room.wav", 6, RATE, 4));
    let shaping: Vec<&Setting> = TABLE.iter().filter(|setting| is_shaping(setting)).collect();
    let mut instance = Instance::new(recipe.clone());
    instance.settle();
    let before = instance.generation();
    let mut callbacks = Vec::new();
    let (mut changes, mut due) = (0, Instant::now());
    let period = Duration::from_secs_f64(BLOCK as f64 / f64::from(RATE));
    for index in 0..seconds * RATE as usize / BLOCK {
        if index * BLOCK * rate / RATE as usize > changes {
            let mut settings = Settings::default();
            // There, and back while the next one is not yet moved.
            if changes % 2 == 0 {
                let setting = shaping[changes / 2 % shaping.len()];
                settings.set(setting.id, moved(setting));
            }
            instance.want(settings.recipe(recipe.source.clone(), None));
            changes += 1;
        }
        due = (due + period).max(Instant::now());
        while Instant::now() < due {
            std::thread::park_timeout(due - Instant::now());
        }
        let start = Instant::now();
        instance.callback();
        callbacks.push(start.elapsed().as_secs_f64() * 1e6);
    }
    let mean = callbacks.iter().sum::<f64>() / callbacks.len() as f64;
    callbacks.sort_by(f64::total_cmp);
    Ridden {
        parameters: shaping.len(),
        changes: (changes, (instance.generation() - before) as usize),
        callbacks: (mean, quantile(&callbacks, 0.999), quantile(&callbacks, 1.0)),
    }
}

impl std::fmt::Display for Ridden {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        let Self { parameters, changes: (wanted, built), callbacks: (mean, most, worst) } = self;
        let share = 100.0 * worst * f64::from(RATE) / (BLOCK as f64 * 1e6);
        write!(
            f,
            "{wanted} changes of {parameters} parameters, {built} kernels: a callback of {BLOCK} frames {mean:.1} µs, "
        )?;
        write!(f, "p99.9 {most:.1} µs, worst {worst:.1} µs, {share:.1} % of its deadline")
    }
}
