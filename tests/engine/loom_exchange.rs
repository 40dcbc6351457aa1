//! Every interleaving of the exchange, under loom: the protocol of `src/handover.rs` itself, compiled against loom's
//! atomics. Only the slot is another one; see `src/handover/slot.rs`.
//!
//! It runs as
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test --no-default-features --features exchange --test engine --target-dir target/loom -- --nocapture
//! ```
//! in a target folder of its own, because the flag is part of every dependency's fingerprint.

use loom::cell::UnsafeCell;
use loom::thread;
use std::cell::Cell;
use std::collections::BTreeSet;
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering::SeqCst},
};
use std::time::Instant;
use transept::handover::{Append, AudioEnd, Numbered, Port, Snapshot, WorkerEnd, exchange};

/// What loom must not see: it belongs to the test, not to the model.
#[derive(Default)]
struct Ledger {
    made: AtomicUsize,
    most_alive: AtomicUsize,
    freed: Mutex<BTreeSet<usize>>,
}

/// A payload. Its memory is a cell in which loom notices every access that is not ordered after the one before.
struct Load {
    number: usize,
    memory: UnsafeCell<()>,
    in_audio: Cell<bool>,
    /// The rest of a list.
    next: Option<Box<Load>>,
    ledger: Arc<Ledger>,
}

impl Load {
    fn new(number: usize, ledger: &Arc<Ledger>) -> Box<Self> {
        let made = ledger.made.fetch_add(1, SeqCst) + 1;
        let alive = made - ledger.freed.lock().expect("one thread at a time").len();
        ledger.most_alive.fetch_max(alive, SeqCst);
        let (memory, in_audio) = (UnsafeCell::new(()), Cell::new(false));
        let load = Self { number, memory, in_audio, next: None, ledger: ledger.clone() };
        load.touch();
        Box::new(load)
    }
    fn touch(&self) {
        self.memory.with_mut(|_| ());
    }
}

impl Numbered for Load {
    fn number(&self) -> u64 {
        self.number as u64
    }
}

impl Append for Load {
    fn append(mut self: Box<Self>, others: Option<Box<Self>>) -> Box<Self> {
        assert!(self.next.is_none(), "one box at a time is retired here");
        self.next = others;
        self
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return; // Another promise is broken already; a second panic would hide which.
        }
        self.touch();
        assert!(!self.in_audio.get(), "freed on the audio thread");
        assert!(self.ledger.freed.lock().expect("one thread at a time").insert(self.number), "freed twice");
    }
}

/// What the audio thread holds.
#[derive(Default)]
struct Sound {
    sounding: Option<Box<Load>>,
    ringing_out: Option<Box<Load>>,
}

impl Sound {
    /// One block. A fade lasts one.
    fn block(&mut self, audio: &mut AudioEnd<Load>) {
        if let Some(old) = self.ringing_out.take() {
            assert!(audio.return_is_free(), "once free it stays free until something is sent");
            old.touch();
            old.in_audio.set(false);
            audio.give_back(old);
        } else if audio.return_is_free() && audio.is_waiting() {
            let new = audio.take().expect("what waits is there");
            new.touch();
            new.in_audio.set(true);
            assert!(self.sounding.as_ref().is_none_or(|old| old.number < new.number), "never an older one");
            self.ringing_out = self.sounding.replace(new);
        }
    }
    /// The instance goes, on the main thread.
    fn end(self) {
        for load in [self.sounding, self.ringing_out].into_iter().flatten() {
            load.in_audio.set(false);
        }
    }
}

fn work(worker: &mut WorkerEnd<Load>, numbers: std::ops::RangeInclusive<usize>, ledger: &Arc<Ledger>) {
    for number in numbers {
        drop(worker.collect());
        drop(worker.offer(Load::new(number, ledger)));
    }
}

fn explore(name: &str, model: impl Fn() + Send + Sync + 'static) {
    let runs = Arc::new(AtomicUsize::new(0));
    let start = Instant::now();
    let count = runs.clone();
    loom::model(move || {
        count.fetch_add(1, SeqCst);
        model();
    });
    println!("{name}: {} interleavings in {:.1} s", runs.load(SeqCst), start.elapsed().as_secs_f64());
}

#[test]
fn in_every_interleaving_each_box_is_freed_once_and_never_by_the_audio_thread() {
    explore("offers, fade, return path", || {
        let ledger: Arc<Ledger> = Arc::default();
        let (mut worker, mut audio) = exchange();
        // The first room already sounds.
        work(&mut worker, 1..=1, &ledger);
        let mut sound = Sound::default();
        sound.block(&mut audio);
        let thread = thread::spawn(move || {
            for _ in 0..5 {
                sound.block(&mut audio);
            }
            (audio, sound)
        });
        work(&mut worker, 2..=4, &ledger);
        let (audio, sound) = thread.join().expect("the audio thread panicked");
        drop(worker.collect());
        assert!(audio.return_is_free(), "the return path is free again once all is collected");
        drop((worker, audio));
        sound.end();
        assert_eq!(ledger.freed.lock().expect("one thread at a time").len(), 4, "leaked");
        // Sounding, ringing out, inbox, worker, return path (H8).
        assert!(ledger.most_alive.load(SeqCst) <= 5);
    });
}

#[test]
fn in_every_interleaving_of_their_ends_nothing_is_left() {
    explore("either end goes at any moment", || {
        let ledger: Arc<Ledger> = Arc::default();
        let (mut worker, mut audio) = exchange();
        work(&mut worker, 1..=1, &ledger);
        let mut sound = Sound::default();
        sound.block(&mut audio);
        let thread = thread::spawn(move || {
            sound.block(&mut audio);
            sound.block(&mut audio);
            drop(audio);
            sound.end();
        });
        work(&mut worker, 2..=3, &ledger);
        drop(worker);
        thread.join().expect("the audio thread panicked");
        assert_eq!(ledger.freed.lock().expect("one thread at a time").len(), 3, "leaked");
    });
}

#[test]
fn in_every_interleaving_the_newest_is_heard_in_the_end_and_its_number_is_not_lost() {
    explore("the newest", || {
        let ledger: Arc<Ledger> = Arc::default();
        let (mut worker, mut audio) = exchange();
        let thread = thread::spawn(move || {
            let mut sound = Sound::default();
            sound.block(&mut audio);
            sound.block(&mut audio);
            (audio, sound)
        });
        work(&mut worker, 1..=2, &ledger);
        let (mut audio, mut sound) = thread.join().expect("the audio thread panicked");
        // The worker has offered all: three quiet blocks, for a fade and what follows, must be enough.
        for _ in 0..3 {
            drop(worker.collect());
            sound.block(&mut audio);
        }
        assert_eq!(sound.sounding.as_ref().map(|load| load.number), Some(2));
        sound.end();
    });
}

/// What the worker gets back through a port is marked until then: whatever the port frees fails.
fn free(list: Option<Box<Load>>) {
    let mut list = list;
    while let Some(mut load) = list {
        load.in_audio.set(false);
        list = load.next.take();
    }
}

#[test]
fn in_every_interleaving_a_port_gives_back_all_that_it_has_taken() {
    explore("the port", || {
        let ledger: Arc<Ledger> = Arc::default();
        let (mut worker, audio) = exchange();
        let mut port = Port::new(audio);
        // A chain without a fade: what is replaced has retired.
        let block = |port: &mut Port<Load>, sounding: &mut Option<Box<Load>>| {
            port.pass(|incoming| {
                let new = incoming?;
                new.touch();
                new.in_audio.set(true);
                assert!(sounding.as_ref().is_none_or(|old| old.number < new.number), "never an older one");
                sounding.replace(new)
            });
        };
        let thread = thread::spawn(move || {
            let mut sounding = None;
            for _ in 0..3 {
                block(&mut port, &mut sounding);
            }
            (port, sounding)
        });
        for number in 1..=3 {
            free(worker.collect());
            drop(worker.offer(Load::new(number, &ledger)));
        }
        let (mut port, mut sounding) = thread.join().expect("the audio thread panicked");
        for _ in 0..2 {
            free(worker.collect());
            block(&mut port, &mut sounding);
        }
        assert_eq!(sounding.as_ref().map(|load| load.number), Some(3), "the newest");
        free(worker.collect());
        free(sounding);
        drop((worker, port));
        assert_eq!(ledger.freed.lock().expect("one thread at a time").len(), 3, "leaked");
    });
}

/// Numbers that are written together are read together.
#[test]
fn a_snapshot_is_of_one_moment() {
    loom::model(|| {
        let snapshot = loom::sync::Arc::new(Snapshot::<2>::default());
        let read = snapshot.clone();
        let reader = thread::spawn(move || {
            if let Some([a, b]) = read.read() {
                assert_eq!(a, b, "of one moment");
                assert!(a > 0, "written");
            }
        });
        snapshot.write([1; 2]);
        snapshot.write([2; 2]);
        reader.join().expect("no fault");
    });
}
