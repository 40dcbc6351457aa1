//! Cost and worst callback of stereo impulses, beside `fft-convolver` at its best tail, and the time from recipe to sound.

use fft_convolver::TwoStageFFTConvolver;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use transept::chain::Format;
use transept::engine::{Convolver, Kernel};
use transept::impulse::recipe::{Recipe, Source};
use transept::prepare;
use transept_bench::{Callbacks, Extent, room};

const RATE: u32 = 48_000;
/// Callbacks per cycle: a multiple of every schedule and every tail block below.
const CYCLE: usize = 128 * 8;

fn main() {
    let extent = Extent::from_arguments();
    let (seconds, blocks, passes): (&[f64], &[usize], usize) = match extent {
        Extent::Smoke => (&[0.5], &[64], 2),
        Extent::Quick => (&[0.5, 6.0], &[64], 8),
        Extent::Full => (&[0.5, 2.0, 6.0, 10.0], &[64, 512], 20),
    };
    println!("stereo, {RATE} Hz, hot loop; least of {passes} passes; share is the worst callback's of its deadline");
    println!(
        "{:>8} {:>6}  {:<22} {:>9} {:>9} {:>9} {:>9} {:>7}",
        "impulse", "block", "engine", "ns/frame", "mean µs", "p99 µs", "worst µs", "share"
    );
    for &block in blocks {
        for &seconds in seconds {
            let taps = [1, 2].map(|seed| room((seconds * f64::from(RATE)) as usize, seed));
            let ours = transept(&taps, block, passes);
            report(seconds, block, "transept", ours);
            let tails = [512, 1024, 2048, 4096, 8192].into_iter().filter(|tail| *tail >= block);
            let best =
                tails.map(|tail| (tail, peer(&taps, block, tail, passes))).min_by(|a, b| a.1.mean.total_cmp(&b.1.mean));
            if let Some((tail, theirs)) = best {
                report(seconds, block, &format!("fft-convolver, {tail}"), theirs);
                println!("{:>43} {:.2} times ours", "", theirs.mean / ours.mean);
            }
        }
    }
    recipe_to_sound(if extent == Extent::Smoke { 1 } else { 7 });
}

fn report(seconds: f64, block: usize, engine: &str, callbacks: Callbacks) {
    let Callbacks { mean, p99, worst } = callbacks;
    let deadline = block as f64 / f64::from(RATE) * 1e6;
    println!(
        "{seconds:>6} s {block:>6}  {engine:<22} {:>9.1} {mean:>9.2} {p99:>9.2} {worst:>9.2} {:>6.2} %",
        mean * 1e3 / block as f64,
        100.0 * worst / deadline
    );
}

fn transept(taps: &[Vec<f32>; 2], block: usize, passes: usize) -> Callbacks {
    let builder = Kernel::builder(2, 2, RATE).path(0, 0, &taps[0]).path(1, 1, &taps[1]);
    let mut convolver = Convolver::new(Arc::new(builder.build().expect("two equal paths")));
    let inputs = [room(block, 3), room(block, 4)];
    let mut outputs = [vec![0.0; block], vec![0.0; block]];
    let mut play = || {
        let [left, right] = &mut outputs;
        convolver.process(&[&inputs[0], &inputs[1]], &mut [black_box(left), black_box(right)]);
    };
    // The whole impulse sounds before anything is measured.
    (0..taps[0].len() / block).for_each(|_| play());
    Callbacks::measure(CYCLE, passes, play)
}

fn peer(taps: &[Vec<f32>; 2], block: usize, tail: usize, passes: usize) -> Callbacks {
    let mut sides = taps.each_ref().map(|taps| {
        let mut side = TwoStageFFTConvolver::<f32>::default();
        side.init(block, tail, taps).expect("valid sizes");
        side
    });
    let inputs = [room(block, 3), room(block, 4)];
    let mut outputs = [vec![0.0; block], vec![0.0; block]];
    let mut play = || {
        for ((side, input), output) in sides.iter_mut().zip(&inputs).zip(&mut outputs) {
            side.process(input, black_box(output)).expect("equal lengths");
        }
    };
    (0..taps[0].len() / block).for_each(|_| play());
    Callbacks::measure(CYCLE, passes, play)
}

/// From a recipe that names a file of 6 s stereo to the first block that sounds.
fn recipe_to_sound(repeats: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for rate in [48_000, 44_100] {
        let path = folder.path().join(format!("{rate}.wav"));
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: rate,
            bits_per_sample: 24,
            sample_format: hound::SampleFormat::Int,
        };
        let mut writer = hound::WavWriter::create(&path, spec).expect("a new file");
        let sides = [1, 2].map(|seed| room(6 * rate as usize, seed));
        for (left, right) in sides[0].iter().zip(&sides[1]) {
            for sample in [left, right] {
                writer.write_sample((sample * 8_388_607.0) as i32).expect("room on the disk");
            }
        }
        writer.finalize().expect("room on the disk");
        let recipe = Recipe { source: Source::File { path }, ..Recipe::default() };
        let mut times: Vec<f64> = (0..repeats).map(|_| once(&recipe)).collect();
        times.sort_by(f64::total_cmp);
        println!(
            "recipe to sound, 6 s stereo 24-bit file at {rate} Hz: {:.1} ms (median of {repeats})",
            times[repeats / 2] * 1e3
        );
    }
}

fn once(recipe: &Recipe) -> f64 {
    let start = Instant::now();
    let format = Format { sample_rate: RATE, inputs: 2, outputs: 2 };
    let mut prepared = prepare::build(recipe, format, &|| false).expect("the file was just written");
    let input = [0.5; 64];
    let (mut left, mut right) = ([0.0; 64], [0.0; 64]);
    prepared.convolver.process(&[&input, &input], &mut [&mut left, &mut right]);
    black_box((left, right));
    start.elapsed().as_secs_f64()
}
