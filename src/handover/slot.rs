//! A place for one box, filled and emptied by swaps.

#[cfg(loom)]
pub(super) use modelled::Slot;
#[cfg(not(loom))]
pub(super) use real::Slot;

#[cfg(not(loom))]
mod real {
    use crossbeam::atomic::AtomicCell;

    /// An atomic pointer that owns what it points to. The cell's swap acquires and releases, and is one instruction: a
    /// box or nothing is one word.
    pub struct Slot<T>(AtomicCell<Option<Box<T>>>);

    impl<T: Send> Slot<T> {
        pub fn empty() -> Self {
            // Else the cell would take a lock: then this does not compile.
            const { assert!(AtomicCell::<Option<Box<T>>>::is_lock_free()) };
            Self(AtomicCell::new(None))
        }

        /// Puts `new` in and gives what was there.
        pub fn swap(&self, new: Option<Box<T>>) -> Option<Box<T>> {
            self.0.swap(new)
        }
    }
}

#[cfg(loom)]
mod modelled {
    use loom::sync::atomic::{AtomicUsize, Ordering};
    use std::{collections::BTreeMap, sync::Mutex};

    /// The slot of the model, without `unsafe`: loom's atomic holds not an address but a number, and the table stands
    /// for the heap. Loom does not see the table, and so knows no order between the threads but that of the atomic's
    /// swaps, as in the real one. A box that is taken twice is not in the table the second time, and the model fails.
    pub struct Slot<T> {
        number: AtomicUsize,
        heap: Mutex<(usize, BTreeMap<usize, Box<T>>)>,
    }

    impl<T: Send> Slot<T> {
        pub fn empty() -> Self {
            Self { number: AtomicUsize::new(0), heap: Mutex::new((0, BTreeMap::new())) }
        }

        /// Puts `new` in and gives what was there.
        pub fn swap(&self, new: Option<Box<T>>) -> Option<Box<T>> {
            let number = new.map_or(0, |new| {
                let mut heap = self.heap.lock().expect("loom runs one thread at a time");
                heap.0 += 1;
                let number = heap.0;
                heap.1.insert(number, new);
                number
            });
            // The ordering of crossbeam's cell.
            let old = self.number.swap(number, Ordering::AcqRel);
            let mut heap = self.heap.lock().expect("loom runs one thread at a time");
            (old != 0).then(|| heap.1.remove(&old).expect("a box was taken twice"))
        }
    }
}
