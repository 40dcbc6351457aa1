//! A batch of short files through one long impulse: its processor time beside that of the engine alone for the frames
//! that are written.
//!
//! `cargo bench --package transept-bench --bench batch` measures; `-- --test` only shows that it runs. Batch and engine
//! take turns, some files each, so that both meet the same machine. The batch reads, renders and writes WAV files, and
//! prepares the impulse in its first turn; the engine convolves the same sound in memory, with silence behind it.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use transept::cancel::Token;
use transept::engine::{Convolver, Kernel};
use transept::impulse::recipe::Recipe;
use transept::render::{BLOCK, Batch, Job};
use transept_bench::extent::{Extent, is_given};
use transept_bench::machine;
use transept_bench::processor::processor_time;
use transept_bench::signal::{Noise, room};

const RATE: u32 = 48_000;

fn main() {
    println!("{}", machine::describe());
    let is_brief = is_given("--test") || Extent::from_arguments() == Extent::Smoke;
    let (files, turns, length) = if is_brief { (4, 2, 1) } else { (1000, 20, 6) };
    let folder = tempfile::tempdir().expect("a folder");
    let taps = [1, 2].map(|seed| room((length * RATE) as usize, seed));
    let impulse = folder.path().join("room.wav");
    write(&impulse, &taps);
    let mut noise = Noise::new(3);
    let sound = [(); 2].map(|()| (0..RATE).map(|_| noise.sample()).collect::<Vec<f32>>());
    let dry = folder.path().join("dry.wav");
    write(&dry, &sound);

    let (batch, recipe) = (Batch::default(), Arc::new(Recipe::file(impulse)));
    let kernel =
        Kernel::builder(2, 2, RATE).path(0, 0, &taps[0]).path(1, 1, &taps[1]).build().expect("two equal paths");
    let mut convolver = Convolver::new(Arc::new(kernel));
    let (mut by_batch, mut by_engine) = (Duration::ZERO, Duration::ZERO);
    let mut frames = 0;
    for turn in 0..turns {
        for file in turn * files / turns..(turn + 1) * files / turns {
            // Few names, so that no disk has to hold 1000 outputs.
            let output = folder.path().join(format!("wet{}.wav", file % 8));
            by_batch += time(|| frames += render(&batch, &dry, &recipe, output));
        }
        for _ in turn * files / turns..(turn + 1) * files / turns {
            by_engine += time(|| convolve(&mut convolver, &sound, taps[0].len()));
        }
    }
    let each = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(files);
    println!("{files} files of 1 s through a stereo impulse of {length} s, {frames} frames written:");
    println!("batch  {:>8.2} ms of processor time a file, preparation included", each(by_batch));
    println!("engine {:>8.2} ms of processor time a file", each(by_engine));
    println!("ratio  {:>8.2}", by_batch.as_secs_f64() / by_engine.as_secs_f64());
}

/// Renders one file, and says how many frames were written.
fn render(batch: &Batch, dry: &Path, recipe: &Arc<Recipe>, output: PathBuf) -> u64 {
    let job = Job::new(dry, recipe.clone(), output);
    batch.render(&job, &Token::never(), |_| ()).expect("rendered").frames
}

/// Convolves the sound and the silence behind it, as a file of the batch is convolved.
fn convolve(convolver: &mut Convolver, sound: &[Vec<f32>; 2], tail: usize) {
    convolver.reset();
    let silence = [0.0; BLOCK.get()];
    let (mut left, mut right) = ([0.0; BLOCK.get()], [0.0; BLOCK.get()]);
    let blocks = sound[0].chunks(BLOCK.get()).zip(sound[1].chunks(BLOCK.get()));
    for (a, b) in blocks.chain((0..tail / BLOCK.get()).map(|_| (&silence[..], &silence[..]))) {
        convolver.process(&[a, b], &mut [&mut left[..a.len()], &mut right[..a.len()]]);
        black_box((&left, &right));
    }
}

/// Processor time of all threads.
fn time(work: impl FnOnce()) -> Duration {
    let before = processor_time();
    work();
    processor_time() - before
}

fn write(path: &Path, channels: &[Vec<f32>]) {
    let spec = hound::WavSpec {
        channels: channels.len() as u16,
        sample_rate: RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(path, spec).expect("a file");
    for frame in 0..channels[0].len() {
        channels.iter().for_each(|channel| writer.write_sample(channel[frame]).expect("written"));
    }
    writer.finalize().expect("written");
}
