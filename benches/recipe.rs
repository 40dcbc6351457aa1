//! The time from a recipe that names a file to the first block that sounds.

use crate::RATE;
use crate::signal::room;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Instant;
use transept::cancel::Token;
use transept::chain::Format;
use transept::impulse::recipe::{Recipe, Source};
use transept::prepare;

/// Milliseconds, for a 24-bit stereo file of 6 s at `rate` Hz: the median of so many times.
///
/// # Panics
/// If the file cannot be written to the temporary folder.
#[must_use]
pub fn to_sound(rate: u32, repeats: usize) -> f64 {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("room.wav");
    write(&path, rate);
    let recipe = Recipe { source: Source::File { path }, ..Recipe::default() };
    let mut times: Vec<f64> = (0..repeats).map(|_| once(&recipe)).collect();
    times.sort_by(f64::total_cmp);
    times[repeats / 2] * 1e3
}

fn write(path: &PathBuf, rate: u32) {
    let sample_format = hound::SampleFormat::Int;
    let spec = hound::WavSpec { channels: 2, sample_rate: rate, bits_per_sample: 24, sample_format };
    let mut writer = hound::WavWriter::create(path, spec).expect("a new file");
    let sides = [1, 2].map(|seed| room(6 * rate as usize, seed));
    for (left, right) in sides[0].iter().zip(&sides[1]) {
        for sample in [left, right] {
            writer.write_sample((sample * 8_388_607.0) as i32).expect("room on the disk");
        }
    }
    writer.finalize().expect("room on the disk");
}

fn once(recipe: &Recipe) -> f64 {
    let start = Instant::now();
    let format = Format { sample_rate: RATE, inputs: 2, outputs: 2 };
    let mut prepared = prepare::build(recipe, format, &Token::never()).expect("the file was just written");
    let input = [0.5; 64];
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    prepared.delivery.convolver_mut().process(&[&input, &input], &mut [&mut left, &mut right]);
    black_box((left, right));
    start.elapsed().as_secs_f64()
}
