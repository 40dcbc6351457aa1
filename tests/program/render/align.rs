//! Filters of linear phase, whose delay is taken out of the output.

use super::{RATE, done, file, refused, wet};
use transept::chain::Controls;
use transept::impulse::findings::Finding;
use transept::impulse::recipe::Recipe;
use transept::render::{Align, Change, Job};
use transept_support::folder::Folder;
use transept_support::signal::{decaying_noise, noise};
use transept_support::wave;

/// A low-pass around its middle, of so many samples.
fn low_pass(length: usize) -> Vec<f32> {
    let middle = (length / 2) as f64;
    let tap = |n: usize| {
        let window = (std::f64::consts::PI * (n as f64 + 0.5) / length as f64).sin().powi(2);
        let angle = 0.3 * (n as f64 - middle);
        (if angle == 0.0 { 0.1 } else { 0.1 * angle.sin() / angle } * window) as f32
    };
    (0..length).map(tap).collect()
}

#[test]
fn the_delay_is_taken_out_and_the_filter_stays_whole() {
    let folder = Folder::new();
    let filter = folder.wave("filter.wav", RATE, &[low_pass(4001)]);
    let dry = folder.wave("dry.wav", RATE, &[noise(9000, 1)]);
    let job = wet(&folder, &dry, file(filter));
    let whole = done(&job);
    assert_eq!(whole.impulse.findings, [Finding::PeakInTheMiddle { delay: 2000.0 / f64::from(RATE) }]);
    assert_eq!(whole.aligned, 0);
    let delayed = wave::read(&job.output).channels.remove(0);
    for tail in [true, false] {
        let job = Job { align: Align::Peak, tail, output: folder.path("aligned.wav"), ..job.clone() };
        let report = done(&job);
        assert_eq!((report.aligned, report.frames), (2000, if tail { whole.frames - 2000 } else { 9000 }));
        let aligned = wave::read(&job.output).channels.remove(0);
        assert_eq!(aligned.len() as u64, report.frames);
        assert!(aligned.iter().zip(&delayed[2000..]).all(|(aligned, delayed)| aligned.to_bits() == delayed.to_bits()));
    }
}

#[test]
fn the_delay_is_that_of_the_shaped_impulse_at_the_outputs_rate() {
    let folder = Folder::new();
    let filter = folder.wave("filter.wav", RATE, &[low_pass(4001)]);
    let unit = folder.wave("unit.wav", RATE, &[vec![1.0, 0.0, 0.0, 0.0]]);
    let job = Job { align: Align::Peak, sample_rate: Some(96_000), ..wet(&folder, &unit, file(filter)) };
    assert_eq!(done(&job).aligned, 4000);
    let mut recipe = Recipe::clone(&job.recipe);
    recipe.shape.trim.start = transept::impulse::shape::Cut::At(transept::impulse::units::Time::from_seconds(0.01));
    let cut = Job { sample_rate: None, recipe: recipe.into(), ..job };
    assert_eq!(done(&cut).aligned, 2000 - 480);
    let room = folder.wave("room.wav", RATE, &[[vec![0.0; 700], vec![1.0], decaying_noise(900, 1)].concat()]);
    let report = done(&Job { recipe: Recipe::of(file(room)).into(), ..cut });
    assert_eq!((report.aligned, report.impulse.findings), (700, vec![]), "any peak can be aligned");
}

#[test]
fn changes_stay_where_they_were_in_the_output() {
    let folder = Folder::new();
    let filter = folder.wave("filter.wav", RATE, &[low_pass(4001)]);
    let dry = folder.wave("dry.wav", RATE, &[vec![1.0; 12_000]]);
    let job = wet(&folder, &dry, file(filter));
    let change = Change {
        seconds: 6000.0 / f64::from(RATE),
        recipe: job.recipe.clone(),
        controls: Controls { wet: 0.0, ..job.controls },
    };
    let job = Job { align: Align::Peak, changes: [change].into(), ..job };
    done(&job);
    let out = wave::read(&job.output).channels.remove(0);
    for (n, sample) in out.iter().enumerate().take(6000).skip(4000) {
        assert!((sample - out[4000]).abs() < 1e-4 && *sample > 0.5, "{n}: {sample}");
    }
    // A ramp of 20 ms.
    assert!(out[6000 + 1500..].iter().all(|sample| sample.abs() < 1e-4));
}

#[test]
fn a_dry_signal_that_would_come_too_early_is_refused() {
    let folder = Folder::new();
    let filter = folder.wave("filter.wav", RATE, &[low_pass(4001)]);
    let dry = folder.wave("dry.wav", RATE, &[noise(900, 1)]);
    let job = Job { align: Align::Peak, ..wet(&folder, &dry, file(filter)) };
    let controls = Controls { dry: 0.5, ..job.controls };
    refused(&folder, &Job { controls, ..job }, &dry, "dry signal");
}
