//! How long a second of sound takes offline while a setting that shapes the impulse moves at every point of the grid.
//!
//! `cargo bench --package transept-bench --bench bounces` measures; `-- --test` only shows that it runs. A bounce in a
//! host does the same work: it waits for the same builds at the same frames.

use std::path::Path;
use std::time::Instant;
use transept::cancel::Token;
use transept::impulse::recipe::Recipe;
use transept::render::{self, Change, Job};
use transept::settings::{Settings, find};
use transept_bench::extent::{Extent, is_given};
use transept_bench::machine;
use transept_bench::processor::all_processor_time;
use transept_bench::signal::{Noise, room, write};

const RATE: u32 = 48_000;

/// What moves, from where to where. Of a blend it is the setting `morph`.
const RIDES: [(&str, f32, f32); 10] = [
    ("size", 80.0, 120.0),
    ("decay_all", 80.0, 130.0),
    ("decay_high", 50.0, 150.0),
    ("decay_low", 80.0, 130.0),
    ("late", -12.0, 0.0),
    ("attack", 0.0, 100.0),
    ("decay", 500.0, 5_000.0),
    ("trim_end", 3_000.0, 6_000.0),
    ("morph", 0.0, 100.0),
    ("blend", 0.0, 100.0),
];

fn main() {
    println!("{}", machine::describe());
    let is_brief = is_given("--test") || Extent::from_arguments() == Extent::Smoke;
    let (seconds, length, repeats) = if is_brief { (1, 1, 1) } else { (10, 6, 5) };
    let folder = tempfile::tempdir().expect("a folder");
    let path = |name: &str| folder.path().join(name);
    let frames = |seconds: u32| (seconds * RATE) as usize;
    for (name, seed) in [("first.wav", 1), ("second.wav", 2)] {
        write(&path(name), RATE, &[room(frames(length), seed), room(frames(length), seed + 10)]);
    }
    let mut noise = Noise::new(3);
    let dry: Vec<f32> = (0..frames(seconds)).map(|_| noise.sample()).collect();
    write(&path("dry.wav"), RATE, &[dry.clone(), dry]);
    let file = |name: &str| Recipe::file(path(name)).source;
    println!("a stereo impulse of {length} s; time for a second of sound, in seconds, median of {repeats}:");
    println!("{:<12} {:>12} {:>12}", "moves", "on two cores", "on one core");
    for (id, from, to) in std::iter::once(("nothing", 0.0, 0.0)).chain(RIDES) {
        let recipe = |settings: &Settings| settings.recipe(file("first.wav"), Some(file("second.wav")));
        let job = job(&path("dry.wav"), &path("wet.wav"), recipe, (id, from, to), seconds);
        let mut times: Vec<(f64, f64)> = (0..repeats).map(|_| time(&job, f64::from(seconds))).collect();
        times.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (elapsed, worked) = times[times.len() / 2];
        println!("{id:<12} {elapsed:>12.3} {worked:>12.3}");
    }
}

/// Renders without the tail, while a setting goes there and back every three seconds. Without a ride nothing moves.
fn job(dry: &Path, wet: &Path, recipe: impl Fn(&Settings) -> Recipe, ride: (&str, f32, f32), seconds: u32) -> Job {
    let (name, from, to) = ride;
    let mut settings = Settings::default();
    let is_blend = name == "blend";
    let id = if is_blend { "morph" } else { name };
    if id == "morph" {
        let kind = find("combine").and_then(|kind| kind.read(name)).expect("a kind");
        assert!(settings.set("combine", kind), "a choice");
    }
    let (start, controls) = (recipe(&settings), settings.controls(None));
    let mut changes = Vec::new();
    // More often than there are points.
    for turn in (1..seconds * 60).filter(|_| find(id).is_some()) {
        let at = f64::from(turn) / 60.0;
        let share = 0.5 - 0.5 * (at / 3.0 * std::f64::consts::TAU).cos();
        let value = transept::settings::Value::Number(from + (to - from) * share as f32);
        assert!(settings.set(id, value), "a number");
        changes.push(Change { seconds: at, recipe: recipe(&settings).into(), controls: settings.controls(None) });
    }
    Job { controls, changes: changes.into(), tail: false, ..Job::new(dry, start, wet) }
}

/// Seconds for a second of sound: passed, and worked on all cores together, which is what one core takes.
fn time(job: &Job, seconds: f64) -> (f64, f64) {
    let (began, before) = (Instant::now(), all_processor_time());
    render::render(job, &Token::never(), |_| ()).expect("rendered");
    (began.elapsed().as_secs_f64() / seconds, (all_processor_time() - before).as_secs_f64() / seconds)
}
