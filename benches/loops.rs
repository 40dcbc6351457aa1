//! The engine's real-time loops one by one, with every set of instructions that the processor has.
//!
//! `cargo bench --package transept-bench --bench loops`, with `-- head` or `-- multiply` for a part of it, `-- --help`
//! for more. Below each time stands what is done in it: frames, samples, or complex products per second, so that 1
//! Gitem/s is one nanosecond each. Whatever else the machine does can only add to a time: the fastest says most.

use divan::counter::ItemsCount;
use divan::{Bencher, Divan, black_box};
use std::fmt;
use std::time::Duration;
use transept::engine::Instructions;
use transept::engine::loops::{HeadLoop, MultiplyLoop, TransformLoop};
use transept_bench::extent::is_given;

/// Runs between two looks at the clock, which itself takes as long as a short loop. Divan's own choice rests on the
/// first few runs, and is often one.
const RUNS: u32 = 32;

/// Only sets are asked for that there are.
const AVAILABLE: &str = "instructions of this processor";

fn main() {
    // Long enough for the clock of the processor to settle.
    let divan = Divan::default().min_time(Duration::from_millis(100));
    // `cargo bench --package transept-bench` gives its options to every bench, and divan refuses those that are not its
    // own.
    let foreign = ["--quick", "--document"].into_iter().any(is_given);
    if foreign { divan.run_benches() } else { divan.config_with_args().main() }
}

/// 64 taps over blocks of 64 frames.
#[divan::bench(args = Instructions::available(), sample_size = RUNS)]
fn head(bencher: Bencher, instructions: Instructions) {
    let mut head = HeadLoop::new(instructions, 64).expect(AVAILABLE);
    bencher.counter(ItemsCount::new(64usize)).bench_local(|| black_box(&mut head).run());
}

/// The packed transform of blocks of so many samples, all its pieces.
mod transform {
    use super::*;

    #[divan::bench(consts = [64, 512, 2048, 4096, 8192], args = Instructions::available(), sample_size = RUNS)]
    fn forward<const POINTS: usize>(bencher: Bencher, instructions: Instructions) {
        let mut transform = TransformLoop::new(instructions, POINTS).expect(AVAILABLE);
        bencher.counter(ItemsCount::new(POINTS)).bench_local(|| black_box(&mut transform).forward());
    }

    #[divan::bench(consts = [64, 512, 2048, 4096, 8192], args = Instructions::available(), sample_size = RUNS)]
    fn inverse<const POINTS: usize>(bencher: Bencher, instructions: Instructions) {
        let mut transform = TransformLoop::new(instructions, POINTS).expect(AVAILABLE);
        bencher.counter(ItemsCount::new(POINTS)).bench_local(|| black_box(&mut transform).inverse());
    }
}

/// Multiply-accumulate: `immediate` block by block, `batched` for several blocks at once.
mod multiply {
    use super::*;

    /// Half of the least L1 cache, 16 KiB of kernel and history together; half of a common L2 cache, 512 KiB.
    const CACHES: [(&str, usize, usize); 2] = [("L1", 16, 64), ("L2", 16, 2048)];
    /// More than most L3 caches: 128 MiB.
    const MEMORY: [(&str, usize, usize); 1] = [("memory", 256, 32_768)];

    #[divan::bench(args = Work::with(&CACHES), sample_size = RUNS)]
    fn immediate_from_cache(bencher: Bencher, work: &Work) {
        immediate(bencher, work);
    }

    #[divan::bench(args = Work::with(&MEMORY), sample_size = 1)]
    fn immediate_from_memory(bencher: Bencher, work: &Work) {
        immediate(bencher, work);
    }

    #[divan::bench(args = Work::with(&CACHES), sample_size = RUNS)]
    fn batched_from_cache(bencher: Bencher, work: &Work) {
        batched(bencher, work);
    }

    #[divan::bench(args = Work::with(&MEMORY), sample_size = 1)]
    fn batched_from_memory(bencher: Bencher, work: &Work) {
        batched(bencher, work);
    }

    fn immediate(bencher: Bencher, work: &Work) {
        let mut multiply = work.multiply();
        bencher.counter(ItemsCount::new(work.products())).bench_local(|| black_box(&mut multiply).immediate());
    }

    fn batched(bencher: Bencher, work: &Work) {
        let mut multiply = work.multiply();
        let products = ItemsCount::new(MultiplyLoop::BATCH * work.products());
        bencher.counter(products).bench_local(|| black_box(&mut multiply).batched());
    }
}

/// What is multiplied, and with which instructions.
struct Work {
    /// Memory in which kernel and history are when they are read again and again.
    place: &'static str,
    partitions: usize,
    bins: usize,
    instructions: Instructions,
}

impl Work {
    /// Every place, given with its partitions and their bins, with all instructions.
    fn with(places: &[(&'static str, usize, usize)]) -> impl Iterator<Item = Self> {
        places.iter().flat_map(|&(place, partitions, bins)| {
            let work = move |instructions| Self { place, partitions, bins, instructions };
            Instructions::available().into_iter().map(work)
        })
    }

    fn multiply(&self) -> MultiplyLoop {
        MultiplyLoop::new(self.instructions, self.partitions, self.bins).expect(AVAILABLE)
    }

    /// For one block.
    fn products(&self) -> usize {
        self.partitions * self.bins
    }
}

impl fmt::Display for Work {
    /// `L2, avx512`
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}, {}", self.place, self.instructions)
    }
}
