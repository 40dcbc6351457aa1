//! A batch of short files through one long impulse: its processor time beside that of the engine alone for the frames
//! that are written.
//!
//! `cargo bench --package transept-bench --bench batch` measures; `-- --test` only shows that it runs. Batch and engine
//! take turns, file by file, so that both meet the same machine and the same caches. The batch reads, renders and
//! writes WAV files, and prepares the impulse in its first turn. The engine convolves as many frames in memory: once
//! with the sound of the file and silence behind it, which costs it less, and once with sound to the end.

use std::hint::black_box;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use transept::cancel::Token;
use transept::engine::{Convolver, Kernel};
use transept::impulse::recipe::Recipe;
use transept::render::{BLOCK, Batch, Job};
use transept_bench::extent::{Extent, is_given};
use transept_bench::machine;
use transept_bench::processor::{processor_time, threads};
use transept_bench::signal::{Noise, room, write};

const RATE: u32 = 48_000;

fn main() {
    println!("{}", machine::describe());
    let is_brief = is_given("--test") || Extent::from_arguments() == Extent::Smoke;
    let (files, length) = if is_brief { (4, 1) } else { (1000, 6) };
    let folder = tempfile::tempdir().expect("a folder");
    let taps = [1, 2].map(|seed| room((length * RATE) as usize, seed));
    let impulse = folder.path().join("room.wav");
    write(&impulse, RATE, &taps);
    let mut noise = Noise::new(3);
    let sound = [(); 2].map(|()| (0..RATE).map(|_| noise.sample()).collect::<Vec<f32>>());
    let dry = folder.path().join("dry.wav");
    write(&dry, RATE, &sound);

    let (batch, recipe) = (Batch::default(), Arc::new(Recipe::file(impulse)));
    let kernel =
        Kernel::builder(2, 2, RATE).path(0, 0, &taps[0]).path(1, 1, &taps[1]).build().expect("two equal paths");
    let mut convolver = Convolver::new(Arc::new(kernel));
    let (mut by_batch, mut by_engine, mut steadily) = (Duration::ZERO, Duration::ZERO, Duration::ZERO);
    let (mut frames, mut tail) = (0, vec![0.0; taps[0].len()]);
    for file in 0..files {
        let output = folder.path().join(format!("wet{file}.wav"));
        by_batch += time(|| frames += render(&batch, &dry, &recipe, &output));
        std::fs::remove_file(output).expect("removed");
        tail.fill(0.0);
        by_engine += time(|| convolve(&mut convolver, &sound, &tail));
        tail.fill_with(|| noise.sample());
        steadily += time(|| convolve(&mut convolver, &sound, &tail));
    }
    let each = |time: Duration| time.as_secs_f64() * 1e3 / f64::from(files);
    println!("{files} files of 1 s through a stereo impulse of {length} s, {frames} frames written; a file:");
    println!(
        "{:>7.2} ms  the batch: reading, rendering, writing, and a share of preparing the impulse",
        each(by_batch)
    );
    for (time, what) in [(by_engine, "silence"), (steadily, "sound")] {
        let ratio = by_batch.as_secs_f64() / time.as_secs_f64();
        println!(
            "{:>7.2} ms  the engine for as many frames, {what} after the first second: ratio {ratio:.2}",
            each(time)
        );
    }
}

/// Renders one file, and says how many frames were written.
fn render(batch: &Batch, dry: &Path, recipe: &Arc<Recipe>, output: &Path) -> u64 {
    let job = Job::new(dry, recipe.clone(), output);
    batch.render(&job, &Token::never(), |_| ()).expect("rendered").frames
}

/// Convolves the sound and the tail, block by block as a file of the batch.
fn convolve(convolver: &mut Convolver, sound: &[Vec<f32>; 2], tail: &[f32]) {
    convolver.reset();
    let (mut left, mut right) = ([0.0; BLOCK.get()], [0.0; BLOCK.get()]);
    let blocks = sound[0].chunks(BLOCK.get()).zip(sound[1].chunks(BLOCK.get()));
    for (a, b) in blocks.chain(tail.chunks(BLOCK.get()).map(|block| (block, block))) {
        convolver.process(&[a, b], &mut [&mut left[..a.len()], &mut right[..a.len()]]);
        black_box((&left, &right));
    }
}

/// Processor time of all threads.
fn time(work: impl FnOnce()) -> Duration {
    let before = processor_time(threads());
    work();
    processor_time(threads()) - before
}
