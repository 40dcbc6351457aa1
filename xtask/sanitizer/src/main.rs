//! The audio path under the real-time sanitizer: `sanitizer`, or `sanitizer PROMISE` for one alone.
//!
//! The sanitizer ends the process at the first call that may wait, so each promise is kept in a process of its own. An
//! allocation guard sees what is allocated and freed; this sees locks, files, sleep and the rest of the system's calls
//! too.

use std::process::{Command, ExitCode};
use std::sync::Arc;
use transept::chain::{Chain, Controls, Format, Meters, Shelving};
use transept::channels::ChannelLayout;
use transept::engine::{Convolver, Delivery, Instructions, Kernel, MAX_CHANNELS, Relation};
use transept::handover::{Port, exchange};

const RATE: u32 = 48_000;
const STEREO: Format = Format { sample_rate: RATE, layout: ChannelLayout::Stereo };
const BLOCKS: [usize; 10] = [64, 1, 0, 441, 17, 512, 63, 1785, 8192, 96];

/// A promise, and what happens in real time for it.
type Promise = (&'static str, fn());

const PROMISES: [Promise; 5] = [
    ("blocks of every size, every control moving, with every set of instructions", everything_moves),
    ("rooms that come and go", rooms_come_and_go),
    ("a room that is reshaped again and again", reshaped_again_and_again),
    ("silence, what is no number, and resets", silence_and_resets),
    ("true stereo of 6 s", long_true_stereo),
];

/// What must be found out, or the sanitizer is not there.
const BROKEN: &str = "an allocation";

fn main() -> ExitCode {
    rtsan_standalone::ensure_initialized();
    if let Some(wanted) = std::env::args().nth(1) {
        if wanted == BROKEN {
            in_real_time(|| drop(std::hint::black_box(vec![0.0f32; 64])));
        }
        PROMISES.iter().filter(|(name, _)| *name == wanted).for_each(|(_, keep)| keep());
        return ExitCode::SUCCESS;
    }
    let tell = |name: &str, is_kept: bool| {
        println!("{}  {name}", if is_kept { "ok    " } else { "FAILED" });
        is_kept
    };
    let mut kept = vec![tell("an allocation in real time is found out", !alone(BROKEN))];
    kept.extend(PROMISES.iter().map(|(name, _)| tell(name, alone(name))));
    let passed = kept.iter().filter(|is_kept| **is_kept).count();
    println!("{passed} passed, {} failed", kept.len() - passed);
    if passed == kept.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether a promise is kept, in a process of its own.
fn alone(promise: &str) -> bool {
    let program = std::env::current_exe().expect("this program is somewhere");
    let output = Command::new(program).arg(promise).output().expect("it can be started");
    if !output.status.success() && promise != BROKEN {
        eprintln!("{}", String::from_utf8_lossy(&output.stderr));
    }
    output.status.success()
}

/// Does `part` as an audio callback.
fn in_real_time<T>(part: impl FnOnce() -> T) -> T {
    rtsan_standalone::realtime_enter();
    let done = part();
    rtsan_standalone::realtime_exit();
    done
}

/// Noise that decays, seeded by a number.
fn room(len: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut noise = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state as f32 / u32::MAX as f32 - 0.5
    };
    (0..len).map(|i| noise() * (-6.0 * i as f32 / len as f32).exp()).collect()
}

fn convolver(len: usize, seed: u32, instructions: Instructions) -> Box<Delivery> {
    let taps = [room(len, seed), room(len, seed + 1)];
    let builder = Kernel::builder(2, 2, RATE).path(0, 0, &taps[0]).path(1, 1, &taps[1]).instructions(instructions);
    let kernel = Arc::new(builder.build().expect("two equal paths"));
    Box::new(Delivery::new(Convolver::new(kernel).with_phase(seed), u64::from(seed)))
}

/// A chain and its buffers, played block by block in real time.
struct Player {
    chain: Chain,
    signal: Vec<Vec<f32>>,
    count: usize,
}

impl Player {
    fn new() -> Self {
        let meters = Arc::new(Meters::default());
        meters.watch(true);
        Self { chain: Chain::new(STEREO, meters), signal: vec![room(8192, 1), room(8192, 2)], count: 0 }
    }

    /// One block with what comes in through the port, as the plugin does it.
    fn block(&mut self, controls: &Controls, port: &mut Port<Delivery>) {
        let frames = BLOCKS[self.count % BLOCKS.len()];
        self.count += 1;
        let Self { chain, signal, .. } = self;
        in_real_time(|| {
            let mut io: [&mut [f32]; MAX_CHANNELS] = Default::default();
            io.iter_mut().zip(signal).for_each(|(io, channel)| *io = &mut channel[..frames]);
            port.pass(|incoming| chain.process(&mut io, controls, incoming));
        });
    }
}

fn moving(step: usize) -> Controls {
    let at = |period: usize| (step % period) as f32 / period as f32;
    Controls {
        dry: at(7),
        wet: at(11),
        output: 1.0 + at(13),
        predelay: 0.25 * at(17),
        low_cut: (step % 19 > 3).then(|| 20.0 + 500.0 * at(5)),
        high_cut: (step % 23 > 5).then(|| 2_000.0 + 10_000.0 * at(9)),
        low_shelf: Shelving { gain: 12.0 * at(6) - 6.0, corner: 50.0 + 500.0 * at(14) },
        high_shelf: Shelving { gain: 6.0 - 12.0 * at(8), corner: 1_000.0 + 9_000.0 * at(15) },
        width: 2.0 * at(10),
        bypass: step % 29 < 5,
    }
}

fn everything_moves() {
    for instructions in Instructions::available() {
        let (mut worker, audio) = exchange();
        let mut port = Port::new(audio);
        let mut player = Player::new();
        drop(worker.offer(convolver(50_000, 1, instructions)));
        for step in 0..400 {
            player.block(&moving(step), &mut port);
        }
    }
}

fn rooms_come_and_go() {
    let (mut worker, audio) = exchange();
    let mut port = Port::new(audio);
    let mut player = Player::new();
    for step in 0..1500u32 {
        if step % 40 == 0 {
            drop(worker.offer(convolver(500 + 997 * (step as usize / 40), step + 1, Instructions::best())));
        }
        player.block(&moving(step as usize), &mut port);
        drop(worker.collect());
    }
}

fn reshaped_again_and_again() {
    let (mut worker, audio) = exchange();
    let mut port = Port::new(audio);
    let mut player = Player::new();
    for step in 0..3000u32 {
        if step % 10 == 0 {
            let number = u64::from(step) + 1;
            let relation = Relation { correlation: 0.5, is_reshaped: step % 500 > 0 };
            let new = *convolver(20_000 + 977 * (step as usize % 13), step + 1, Instructions::best());
            let before = [40, 30, 20, 10].map(|steps| number.saturating_sub(steps));
            let new = before.into_iter().fold(new, |new, before| new.with_relation(before, relation));
            drop(worker.offer(Box::new(new)));
        }
        player.block(&moving(step as usize), &mut port);
        if step % 333 == 0 {
            in_real_time(|| player.chain.reset());
        }
        drop(worker.collect());
    }
}

fn silence_and_resets() {
    let (mut worker, audio) = exchange();
    let mut port = Port::new(audio);
    let mut player = Player::new();
    drop(worker.offer(convolver(30_000, 1, Instructions::best())));
    for step in 0..600 {
        let sample = [0.0, f32::NAN, 1e-40, f32::INFINITY, 0.3][step / 7 % 5];
        player.signal.iter_mut().for_each(|channel| channel.fill(sample));
        player.block(&Controls::default(), &mut port);
        if step % 50 == 0 {
            in_real_time(|| player.chain.reset());
        }
    }
}

fn long_true_stereo() {
    let taps: Vec<_> = (0..4).map(|seed| room(288_000, seed)).collect();
    let builder = Kernel::builder(2, 2, RATE).path(0, 0, &taps[0]).path(0, 1, &taps[1]);
    let kernel = builder.path(1, 0, &taps[2]).path(1, 1, &taps[3]).build().expect("four equal paths");
    let mut convolver = Convolver::new(Arc::new(kernel));
    let input = [room(64, 1), room(64, 2)];
    let mut output = [vec![0.0; 64], vec![0.0; 64]];
    for _ in 0..5_000 {
        let [left, right] = &mut output;
        in_real_time(|| convolver.process(&[&input[0], &input[1]], &mut [left, right]));
    }
}
