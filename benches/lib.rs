//! How callbacks are measured: every callback of a cycle many times, and the least of each kept, since whatever else the
//! machine does can only add to it.

use std::time::Instant;

/// Time of the callbacks of one cycle, in microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Callbacks {
    /// Mean.
    pub mean: f64,
    /// 99th percentile.
    pub p99: f64,
    /// Worst.
    pub worst: f64,
}

impl Callbacks {
    /// Calls `callback` for `passes` cycles of `cycle` calls, after one cycle to settle.
    pub fn measure(cycle: usize, passes: usize, mut callback: impl FnMut()) -> Self {
        (0..cycle).for_each(|_| callback());
        let mut least = vec![f64::INFINITY; cycle];
        for _ in 0..passes {
            for least in &mut least {
                let start = Instant::now();
                callback();
                *least = least.min(start.elapsed().as_secs_f64() * 1e6);
            }
        }
        let mean = least.iter().sum::<f64>() / cycle as f64;
        least.sort_by(f64::total_cmp);
        Self { mean, p99: least[(cycle - 1) * 99 / 100], worst: least[cycle - 1] }
    }
}

/// Seeded noise in ±0.5 that decays by 60 dB over its length.
#[must_use]
pub fn room(len: usize, mut seed: u64) -> Vec<f32> {
    let mut sample = || {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) as f32 / (1u32 << 31) as f32 - 0.5
    };
    (0..len).map(|i| 0.1 * sample() * 10f32.powf(-3.0 * i as f32 / len as f32)).collect()
}

/// How much to measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// `--test`: only so much that the benches are seen to run.
    Smoke,
    /// `--quick`: the main cells.
    Quick,
    /// Everything.
    Full,
}

impl Extent {
    /// From the program's arguments.
    #[must_use]
    pub fn from_arguments() -> Self {
        let is_given = |option| std::env::args().any(|argument| argument == option);
        match () {
            () if is_given("--test") => Self::Smoke,
            () if is_given("--quick") => Self::Quick,
            () => Self::Full,
        }
    }
}
