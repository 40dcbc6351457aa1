//! The load of the last seconds, counted in frames of audio.
//!
//! The audio thread adds up ticks and frames, and puts a second that is complete into a ring. The window reads complete
//! seconds alone, so that ticks and frames belong together. A share of the deadline is computed there: ticks per frame,
//! by the rates of the audio and of the counter.
use std::array::from_fn;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

/// Seconds of audio that a load is of.
pub const SECONDS: usize = 10;
/// Seconds in the ring. The audio thread writes to the oldest: it would have to play six while the window reads ten.
const RING: usize = 16;

// The others are relaxed: numbers by themselves, of which one thread writes each.
use Ordering::Relaxed;

/// Load in blocks, each of which has its own duration as its deadline.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Of the time of all blocks.
    pub mean: f64,
    /// The largest of a block.
    pub worst: f64,
}

/// A second of audio, or a little more: it ends with a block.
#[derive(Debug, Default)]
struct Second {
    ticks: AtomicU64,
    frames: AtomicU64,
    /// Most ticks per frame of a block, as the bits of an `f64`.
    worst: AtomicU64,
}

/// The load of one instance.
#[derive(Debug)]
pub(super) struct Load {
    /// Frames of a second; 0 before the first activation.
    sample_rate: AtomicU64,
    /// The second that is not complete.
    present: Second,
    ring: [Second; RING],
    /// Number of complete seconds.
    count: AtomicUsize,
    /// Number of the first that counts.
    first: AtomicUsize,
}

impl Default for Load {
    fn default() -> Self {
        Self {
            sample_rate: AtomicU64::default(),
            present: Second::default(),
            ring: from_fn(|_| Second::default()),
            count: AtomicUsize::default(),
            first: AtomicUsize::default(),
        }
    }
}

impl Second {
    fn put(&self, ticks: u64, frames: u64, worst: f64) {
        self.ticks.store(ticks, Relaxed);
        self.frames.store(frames, Relaxed);
        self.worst.store(worst.to_bits(), Relaxed);
    }

    fn get(&self) -> (u64, u64, f64) {
        (self.ticks.load(Relaxed), self.frames.load(Relaxed), f64::from_bits(self.worst.load(Relaxed)))
    }
}

impl Load {
    /// Blocks of another sample rate in Hz begin, or the same after a pause: what was before counts no more. No block
    /// is being processed. \[main\]
    pub fn begin(&self, sample_rate: u32) {
        self.sample_rate.store(sample_rate.into(), Relaxed);
        self.present.put(0, 0, 0.0);
        self.first.store(self.count.load(Relaxed), Relaxed);
    }

    /// Somebody looks from now on: no second counts that began before. \[editor\]
    pub fn watch(&self) {
        self.first.store(self.count.load(Relaxed) + 1, Relaxed);
    }

    /// A block of so many frames has taken so many ticks. Real-time safe. \[audio\]
    pub fn add(&self, ticks: u64, frames: usize) {
        if frames == 0 {
            return; // It has no deadline.
        }
        let (frames, (ticks_before, frames_before, worst)) = (frames as u64, self.present.get());
        let worst = worst.max(ticks as f64 / frames as f64);
        let (ticks, frames) = (ticks_before.saturating_add(ticks), frames_before + frames);
        if frames < self.sample_rate.load(Relaxed) {
            self.present.put(ticks, frames, worst);
            return;
        }
        self.present.put(0, 0, 0.0);
        let count = self.count.load(Relaxed);
        self.ring[count % RING].put(ticks, frames, worst);
        // With the load in `share`: who sees the count sees the second.
        self.count.store(count + 1, Ordering::Release);
    }

    /// The load of the last [`SECONDS`], or of those that there are. `None` before the first is complete. \[editor\]
    pub fn share(&self, ticks_per_second: f64) -> Option<Share> {
        // With the store in `add`.
        let count = self.count.load(Ordering::Acquire);
        let sample_rate = self.sample_rate.load(Relaxed);
        let wanted = SECONDS as u64 * sample_rate;
        let (mut ticks, mut frames, mut worst) = (0_u64, 0_u64, 0.0_f64);
        // Each is a second at least, so that ten are enough.
        for number in (self.first.load(Relaxed)..count).rev().take(SECONDS) {
            if frames >= wanted {
                break; // Blocks of more than a second.
            }
            let second = self.ring[number % RING].get();
            (ticks, frames, worst) = (ticks.saturating_add(second.0), frames + second.1, worst.max(second.2));
        }
        let per_frame = sample_rate as f64 / ticks_per_second;
        (frames > 0).then(|| Share { mean: ticks as f64 / frames as f64 * per_frame, worst: worst * per_frame })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: u32 = 48_000;
    /// Ticks of a frame and of a second: a power of two, so that every quotient is exact.
    const FRAME: u64 = 1 << 16;
    const TICKS: f64 = (FRAME * 48_000) as f64;

    fn load() -> Load {
        let load = Load::default();
        load.begin(RATE);
        load
    }

    /// Blocks for a second, each of which takes this share of its deadline, in 64ths.
    fn play(load: &Load, frames: usize, share: u64) {
        for _ in 0..RATE as usize / frames {
            load.add(frames as u64 * FRAME / 64 * share, frames);
        }
    }

    #[test]
    fn a_block_that_took_half_its_deadline_is_a_load_of_a_half() {
        let load = load();
        assert_eq!(load.share(TICKS), None, "nothing was played");
        play(&load, 480, 32);
        assert_eq!(load.share(TICKS), Some(Share { mean: 0.5, worst: 0.5 }));
        assert_eq!(load.share(2.0 * TICKS), Some(Share { mean: 0.25, worst: 0.25 }), "of ticks half as long");
    }

    #[test]
    fn every_block_has_its_own_deadline_and_counts_for_as_long_as_it_is() {
        let load = load();
        for _ in 0..RATE / 400 {
            load.add(300 * FRAME / 8, 300); // an eighth
            load.add(100 * FRAME / 2, 100); // a half
        }
        assert_eq!(load.share(TICKS), Some(Share { mean: 0.75 / 8.0 + 0.25 / 2.0, worst: 0.5 }));
    }

    #[test]
    fn the_worst_of_ten_seconds_is_forgotten_after_ten_seconds() {
        let load = load();
        play(&load, 480, 48);
        for second in 1..10 {
            play(&load, 480, 16);
            assert_eq!(load.share(TICKS).map(|share| share.worst), Some(0.75), "{second}");
        }
        let mean = load.share(TICKS).map(|share| share.mean);
        assert_eq!(mean, Some((48.0 + 9.0 * 16.0) / 640.0));
        play(&load, 480, 16);
        assert_eq!(load.share(TICKS), Some(Share { mean: 0.25, worst: 0.25 }));
    }

    /// Whatever time passes: a second is over when its frames have been played.
    #[test]
    fn seconds_are_counted_in_frames() {
        let load = load();
        for block in 0..99 {
            load.add(480 * FRAME / 2, 480);
            load.add(FRAME << 40, 0);
            assert_eq!(load.share(TICKS), None, "{block}");
        }
        load.add(480 * FRAME / 2, 480);
        assert_eq!(load.share(TICKS), Some(Share { mean: 0.5, worst: 0.5 }), "a block without frames has no deadline");
    }

    #[test]
    fn blocks_longer_than_a_second_are_no_more_than_ten_seconds() {
        let load = load();
        let long = 4 * RATE as usize;
        for share in [48, 16, 16, 16] {
            load.add(long as u64 * FRAME / 64 * share, long);
        }
        assert_eq!(load.share(TICKS), Some(Share { mean: 0.25, worst: 0.25 }), "the last three are twelve seconds");
    }

    #[test]
    fn a_look_that_begins_knows_no_second_that_began_before() {
        let load = load();
        play(&load, 480, 48);
        load.add(480 * FRAME, 480);
        load.watch();
        play(&load, 480, 16);
        assert_eq!(load.share(TICKS), None, "this one began before");
        play(&load, 480, 16);
        assert_eq!(load.share(TICKS), Some(Share { mean: 0.25, worst: 0.25 }));
    }

    #[test]
    fn an_activation_begins_anew() {
        let load = load();
        play(&load, 480, 48);
        load.add(480 * FRAME, 480);
        load.begin(2 * RATE);
        assert_eq!(load.share(TICKS), None);
        // A frame is half as long now, and so is its deadline.
        (0..200).for_each(|_| load.add(480 * FRAME / 4, 480));
        assert_eq!(load.share(TICKS), Some(Share { mean: 0.5, worst: 0.5 }));
    }
}
