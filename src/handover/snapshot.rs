//! The newest of many values from one thread to others, all of one moment.

#[cfg(loom)]
use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};
#[cfg(not(loom))]
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

/// `N` numbers that one thread writes together, and others read together. The writer never waits; who reads while it
/// writes gets nothing, and tries again.
///
/// A sequence lock: the count is odd while the numbers are being written, and a reader that finds the same even count
/// before and after has read one moment (H.-J. Boehm, "Can seqlocks get along with programming language memory
/// models?", 2012).
#[derive(Debug)]
pub struct Snapshot<const N: usize> {
    count: AtomicU64,
    numbers: [AtomicU32; N],
}

impl<const N: usize> Default for Snapshot<N> {
    fn default() -> Self {
        Self { count: AtomicU64::new(0), numbers: std::array::from_fn(|_| AtomicU32::new(0)) }
    }
}

impl<const N: usize> Snapshot<N> {
    /// Writes the numbers. For one thread alone. Real-time safe. \[audio\]
    pub fn write(&self, numbers: [u32; N]) {
        let count = self.count.load(Ordering::Relaxed);
        self.count.store(count + 1, Ordering::Relaxed);
        // No number may be seen before the odd count.
        fence(Ordering::Release);
        for (place, number) in self.numbers.iter().zip(numbers) {
            place.store(number, Ordering::Relaxed);
        }
        // Release: who sees the even count sees the numbers.
        self.count.store(count + 2, Ordering::Release);
    }

    /// The newest numbers. `None` while they are being written, and before they were first written. \[any\]
    #[must_use]
    pub fn read(&self) -> Option<[u32; N]> {
        let before = self.count.load(Ordering::Acquire);
        let numbers = std::array::from_fn(|at| self.numbers[at].load(Ordering::Relaxed));
        // Who has seen a number of a later moment sees its count.
        fence(Ordering::Acquire);
        let after = self.count.load(Ordering::Relaxed);
        (before == after && before > 0 && before.is_multiple_of(2)).then_some(numbers)
    }
}

#[cfg(all(test, not(loom)))]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicBool;

    #[test]
    fn there_is_nothing_before_the_first_moment() {
        let snapshot = Snapshot::<2>::default();
        assert_eq!(snapshot.read(), None);
        snapshot.write([1, 2]);
        assert_eq!(snapshot.read(), Some([1, 2]));
    }

    #[test]
    fn what_is_read_is_of_one_moment_and_never_older_than_before() {
        let (snapshot, is_over) = (Snapshot::<40>::default(), AtomicBool::new(false));
        std::thread::scope(|scope| {
            let reader = scope.spawn(|| {
                let (mut read, mut newest) = (0, 0);
                while !is_over.load(Ordering::Relaxed) || read == 0 {
                    let Some(numbers) = snapshot.read() else { continue };
                    assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
                    assert!(numbers[0] >= newest);
                    (read, newest) = (read + 1, numbers[0]);
                }
                newest
            });
            (0..200_000).for_each(|moment| snapshot.write([moment; 40]));
            is_over.store(true, Ordering::Relaxed);
            assert!(reader.join().expect("no fault") < 200_000);
        });
    }
}
