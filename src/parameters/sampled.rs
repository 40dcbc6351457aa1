//! The parameters as the audio thread has sampled them, on their way to the worker.
//!
//! While audio runs, what the impulse is built from follows the [grid](crate::prepare::grid), and not the moment at
//! which a parameter moved: so a bounce gives the same bytes each time. While none runs, the parameters themselves
//! count, because the window shows what they make of the impulse. Nobody tells whether audio runs, as many hosts just
//! send no more blocks; so the blocks are counted.

use super::TranseptParams;
use crate::handover::Snapshot;
use crate::settings::{COUNT, Kind, Setting, Settings, TABLE, Value};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// Time without a block after which the parameters themselves count again: longer than any host's block.
pub(super) const PATIENCE: Duration = Duration::from_millis(300);

/// What the impulse is to be built from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sample {
    /// The values of all settings.
    pub settings: Settings,
    /// The slot that the parameter `impulse` is at.
    pub slot: usize,
    /// States that were loaded so far: the slot is one of the newest state's list.
    pub loads: u32,
}

impl Sample {
    /// The parameters at this moment. Real-time safe.
    #[must_use]
    pub fn of(params: &TranseptParams) -> Self {
        // In this order: who sees a state's slot and not its number waits for the next look.
        let loads = params.session.loads();
        Self { settings: params.settings(), slot: params.session.parameter(), loads }
    }
}

/// What the audio thread says to the worker of its instance. Relaxed throughout: the snapshot orders itself, and the
/// others are hints.
#[derive(Debug, Default)]
pub struct Sampled {
    newest: Snapshot<{ COUNT + 2 }>,
    /// True from the first block of an activation on.
    is_running: AtomicBool,
    /// True while a bounce runs: then blocks may be long in coming, and nothing but a sample counts.
    is_bounce: AtomicBool,
    blocks: AtomicU64,
}

impl Sampled {
    /// A sample was taken. Real-time safe. \[audio\]
    pub fn write(&self, sample: &Sample) {
        let mut numbers = [0; COUNT + 2];
        for (number, value) in numbers.iter_mut().zip(sample.settings.values()) {
            *number = bits(value);
        }
        (numbers[COUNT], numbers[COUNT + 1]) = (sample.slot as u32, sample.loads);
        self.newest.write(numbers);
        self.is_running.store(true, Relaxed);
    }

    /// A block has begun. Real-time safe. \[audio\]
    pub fn count_block(&self, is_bounce: bool) {
        self.is_bounce.store(is_bounce, Relaxed);
        self.blocks.fetch_add(1, Relaxed);
    }

    /// True if a sample counts, and not the parameters themselves. Real-time safe. \[any\]
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.is_running.load(Relaxed)
    }

    /// No block will come until the next activation. \[main\]
    pub fn stop(&self) {
        self.is_running.store(false, Relaxed);
        self.is_bounce.store(false, Relaxed);
    }
}

fn bits(value: Value) -> u32 {
    match value {
        Value::Number(number) => number.to_bits(),
        Value::Switch(is_on) => is_on.into(),
        Value::Choice(option) => option as u32,
    }
}

fn value(setting: &Setting, bits: u32) -> Value {
    match setting.kind {
        Kind::Number(_) => Value::Number(f32::from_bits(bits)),
        Kind::Switch(_) => Value::Switch(bits != 0),
        Kind::Choice(_) => Value::Choice(bits as usize),
    }
}

/// Reads what counts at the moment. \[worker\]
pub(super) struct Reader {
    patience: Duration,
    /// Blocks at the last look, and since when there have been so many.
    seen: Cell<(u64, Instant)>,
    /// The sample that was read last.
    last: Cell<Option<Sample>>,
}

impl Reader {
    pub fn new(patience: Duration) -> Self {
        Self { patience, seen: Cell::new((0, Instant::now())), last: Cell::new(None) }
    }

    /// The newest sample while audio runs, the parameters themselves otherwise. Raises the revision where that cannot
    /// be told yet, so that somebody looks again.
    pub fn read(&self, params: &TranseptParams) -> Sample {
        let live = Sample::of(params);
        let sampled = &params.sampled;
        if !sampled.is_running.load(Relaxed) {
            return live;
        }
        // In the midst of a write, the one before it counts: who writes raises the revision after it.
        let newest = sampled.newest.read().map(|numbers| {
            let mut settings = Settings::default();
            for (setting, number) in TABLE.iter().zip(numbers) {
                settings.set(setting.id, value(setting, number));
            }
            Sample { settings, slot: numbers[COUNT] as usize, loads: numbers[COUNT + 1] }
        });
        let Some(sample) = newest.or(self.last.get()) else { return live };
        self.last.set(Some(sample));
        // What the chain alone reads is not sampled when it moves.
        let asked = |sample: &Sample| (sample.settings.shaping(true), sample.slot);
        let is_same = asked(&sample) == asked(&live);
        if sampled.is_bounce.load(Relaxed) || is_same {
            return sample;
        }
        let (blocks, (seen, since)) = (sampled.blocks.load(Relaxed), self.seen.get());
        if blocks != seen {
            self.seen.set((blocks, Instant::now()));
        } else if since.elapsed() >= self.patience {
            // Until the next block is sampled.
            sampled.is_running.store(false, Relaxed);
            return live;
        }
        params.revision.raise();
        sample
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn other() -> Sample {
        let mut settings = Settings::default();
        for setting in &TABLE {
            settings.set(setting.id, setting.at(0.8));
        }
        Sample { settings, slot: 77, loads: 5 }
    }

    #[test]
    fn every_setting_comes_through_as_it_was_sampled() {
        let params = TranseptParams::default();
        let reader = Reader::new(Duration::MAX);
        assert_eq!(reader.read(&params), Sample::of(&params), "no audio");
        params.sampled.count_block(false);
        params.sampled.write(&other());
        assert_eq!(reader.read(&params), other());
        params.sampled.stop();
        assert_eq!(reader.read(&params), Sample::of(&params));
    }

    #[test]
    fn what_the_chain_alone_reads_has_nobody_look_again() {
        let params = TranseptParams::default();
        let mut sample = Sample::of(&params);
        (sample.settings.wet, sample.settings.predelay) = (-3.0, 70.0);
        params.sampled.count_block(false);
        params.sampled.write(&sample);
        let before = params.revision.now();
        assert_eq!(Reader::new(Duration::MAX).read(&params), sample);
        assert_eq!(params.revision.now(), before);
    }

    #[test]
    fn the_parameters_count_again_once_no_block_comes_but_not_in_a_bounce() {
        let params = TranseptParams::default();
        let reader = Reader::new(Duration::ZERO);
        for is_bounce in [true, false] {
            params.sampled.count_block(is_bounce);
            params.sampled.write(&other());
            let before = params.revision.now();
            assert_eq!(reader.read(&params), other(), "a block has come");
            assert_eq!(params.revision.now() > before, !is_bounce, "somebody looks again");
            let expected = if is_bounce { other() } else { Sample::of(&params) };
            assert_eq!(reader.read(&params), expected, "none has come since");
        }
    }
}
