//! Promises of the exchange, on real threads. Every interleaving of it is run in `loom_exchange.rs`.

use assert_no_alloc::assert_no_alloc;
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, Barrier};
use std::thread;
use transept::handover::{Append, AudioEnd, Numbered, Port, Snapshot, WorkerEnd, exchange};
use transept_support::signal::Seeded;

thread_local! {
    /// Set while this thread plays the audio thread: then nothing may be freed on it.
    static IN_AUDIO: Cell<bool> = const { Cell::new(false) };
}

#[derive(Default)]
struct Ledger {
    live: AtomicIsize,
    freed: AtomicUsize,
    freed_in_audio: AtomicUsize,
}

/// A payload that is counted.
struct Load {
    number: usize,
    ledger: Arc<Ledger>,
    /// The rest of a list.
    next: Option<Box<Load>>,
}

impl Load {
    fn new(number: usize, ledger: &Arc<Ledger>) -> Box<Self> {
        ledger.live.fetch_add(1, SeqCst);
        Box::new(Self { number, ledger: ledger.clone(), next: None })
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
        self.ledger.live.fetch_sub(1, SeqCst);
        self.ledger.freed.fetch_add(1, SeqCst);
        self.ledger.freed_in_audio.fetch_add(usize::from(IN_AUDIO.get()), SeqCst);
    }
}

fn number(load: Option<Box<Load>>) -> Option<usize> {
    load.map(|load| load.number)
}

#[test]
fn the_newest_offer_wins_and_what_it_replaced_comes_back_to_the_worker() {
    let ledger = Arc::default();
    let (mut worker, mut audio) = exchange();
    assert!(worker.offer(Load::new(1, &ledger)).is_none());
    assert_eq!(number(worker.offer(Load::new(2, &ledger))), Some(1));
    assert_eq!(number(audio.take()), Some(2));
    assert!(audio.take().is_none());
    assert!(worker.offer(Load::new(3, &ledger)).is_none());
}

#[test]
fn the_return_path_is_free_except_between_giving_back_and_collecting() {
    let ledger = Arc::default();
    let (mut worker, mut audio) = exchange();
    assert!(audio.return_is_free() && worker.collect().is_none() && audio.return_is_free());
    audio.give_back(Load::new(1, &ledger));
    assert!(!audio.return_is_free());
    assert_eq!(number(worker.collect()), Some(1));
    assert!(audio.return_is_free() && worker.collect().is_none());
}

#[test]
fn the_audio_end_knows_when_something_waits() {
    let ledger = Arc::default();
    let (mut worker, mut audio) = exchange();
    assert!(!audio.is_waiting());
    drop(worker.offer(Load::new(1, &ledger)));
    assert!(audio.is_waiting());
    drop(worker.offer(Load::new(2, &ledger)));
    assert!(audio.is_waiting());
    drop(audio.take());
    assert!(!audio.is_waiting());
}

#[test]
fn the_audio_end_neither_allocates_nor_frees() {
    let ledger: Arc<Ledger> = Arc::default();
    let (mut worker, mut audio) = exchange();
    drop(worker.offer(Load::new(1, &ledger)));
    assert_no_alloc(|| {
        assert!(audio.is_waiting() && audio.return_is_free());
        let load = audio.take().expect("offered");
        audio.give_back(load);
        assert!(audio.take().is_none() && !audio.return_is_free());
    });
    assert_eq!((ledger.live.load(SeqCst), number(worker.collect())), (1, Some(1)));
}

#[test]
fn a_port_takes_only_while_the_return_path_is_free_and_gives_back_all_that_has_retired() {
    let ledger: Arc<Ledger> = Arc::default();
    let (mut worker, audio) = exchange();
    let mut port = Port::new(audio);
    let mut pass = |retired: Option<Box<Load>>| {
        assert_no_alloc(|| {
            let mut taken = None;
            port.pass(|incoming| {
                taken = incoming;
                retired
            });
            taken
        })
    };
    assert!(pass(None).is_none(), "nothing waits");
    drop(worker.offer(Load::new(1, &ledger)));
    let first = pass(None);
    assert_eq!(first.as_ref().map(|load| load.number), Some(1));
    drop(worker.offer(Load::new(2, &ledger)));
    let second = pass(first);
    assert_eq!(second.as_ref().map(|load| load.number), Some(2));
    // The first is on the return path, so the third must wait, and what retires meanwhile waits, too.
    drop(worker.offer(Load::new(3, &ledger)));
    assert!(pass(second).is_none());
    assert!(pass(Some(Load::new(9, &ledger))).is_none());
    assert_eq!(number(worker.collect()), Some(1));
    assert!(pass(None).is_none(), "first the list is given back");
    let list = worker.collect().expect("given back");
    assert_eq!((list.number, list.next.as_ref().map(|load| load.number)), (9, Some(2)));
    drop(list);
    assert_eq!(number(pass(None)), Some(3));
    assert_eq!((ledger.live.load(SeqCst), ledger.freed_in_audio.load(SeqCst)), (0, 0));
}

#[test]
fn a_port_gives_the_newest_before_what_was_replaced_is_given_back() {
    let ledger: Arc<Ledger> = Arc::default();
    let (mut worker, audio) = exchange();
    let mut port = Port::new(audio);
    port.pass(|_| Some(Load::new(1, &ledger)));
    port.pass(|_| Some(Load::new(2, &ledger)));
    drop(worker.offer(Load::new(3, &ledger)));
    assert!(port.is_waiting());
    assert_eq!(number(port.take_newest()), Some(3), "though the return path is not free");
    assert!(!port.is_idle(), "a box waits for the return path");
    assert_eq!((ledger.live.load(SeqCst), number(worker.collect())), (2, Some(1)));
    port.hold(|| None);
    assert!(port.is_idle());
    assert_eq!((number(worker.collect()), ledger.live.load(SeqCst)), (Some(2), 0), "what waited was given back");
}

/// How much stands in the two places when the ends go.
#[derive(Debug, Clone, Copy)]
struct Moment {
    in_inbox: bool,
    on_return_path: bool,
    worker_first: bool,
}

#[test]
fn whichever_end_goes_first_everything_is_freed_once() {
    for bits in 0..8 {
        let moment = Moment { in_inbox: bits & 1 != 0, on_return_path: bits & 2 != 0, worker_first: bits & 4 != 0 };
        let ledger = Arc::default();
        let (mut worker, mut audio): (WorkerEnd<Load>, AudioEnd<Load>) = exchange();
        if moment.on_return_path {
            audio.give_back(Load::new(1, &ledger));
        }
        if moment.in_inbox {
            drop(worker.offer(Load::new(2, &ledger)));
        }
        if moment.worker_first {
            drop(worker);
            drop(audio);
        } else {
            drop(audio);
            drop(worker);
        }
        let made = usize::from(moment.in_inbox) + usize::from(moment.on_return_path);
        assert_eq!((ledger.live.load(SeqCst), ledger.freed.load(SeqCst)), (0, made), "{moment:?}");
    }
}

#[test]
fn a_box_given_back_against_the_rule_is_noticed() {
    let ledger = Arc::default();
    let (_worker, mut audio) = exchange();
    audio.give_back(Load::new(1, &ledger));
    let second = Load::new(2, &ledger);
    let sent = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| audio.give_back(second)));
    assert_eq!(sent.is_err(), cfg!(debug_assertions));
}

/// The audio thread of one instance: `blocks` blocks, a fade of one block, then the instance goes.
fn play(mut audio: AudioEnd<Load>, blocks: usize, mut seeded: Seeded) {
    let mut sounding: Option<Box<Load>> = None;
    let mut ringing_out = None;
    IN_AUDIO.set(true);
    for _ in 0..blocks {
        if let Some(old) = ringing_out.take() {
            assert!(audio.return_is_free(), "once free it stays free until something is sent");
            audio.give_back(old);
        } else if audio.return_is_free() && audio.is_waiting() {
            let new = audio.take().expect("what waits is there");
            assert!(sounding.as_ref().is_none_or(|old| old.number < new.number), "never an older one");
            ringing_out = sounding.replace(new);
        }
        if seeded.below(8) == 0 {
            thread::yield_now();
        }
    }
    IN_AUDIO.set(false); // A host drops an instance on its main thread.
    drop((audio, sounding, ringing_out));
}

#[test]
fn after_a_hundred_thousand_exchanges_under_random_ends_nothing_is_left() {
    const INSTANCES: u64 = 1000;
    const OFFERS: usize = 100;
    let ledger: Arc<Ledger> = Arc::default();
    for seed in 0..INSTANCES {
        let (mut worker, audio) = exchange();
        let mut seeded = Seeded(seed);
        // Either end goes at a random moment of the other's work, before its begin and after its end included.
        let blocks = seeded.below(3 * OFFERS);
        let start = Arc::new(Barrier::new(2));
        let audio = thread::spawn({
            let start = start.clone();
            move || {
                start.wait();
                play(audio, blocks, Seeded(!seed));
            }
        });
        start.wait();
        for number in 1..=OFFERS {
            drop(worker.offer(Load::new(number, &ledger)));
            if seeded.below(3) > 0 {
                drop(worker.collect());
            }
            // Sounding, ringing out, the inbox, the return path; the one that this thread works on is dropped already
            // (H8).
            assert!(ledger.live.load(SeqCst) <= 4, "memory is bounded");
        }
        drop(worker);
        audio.join().expect("the audio thread panicked");
    }
    assert_eq!(ledger.live.load(SeqCst), 0, "leaked or freed twice");
    assert_eq!(ledger.freed.load(SeqCst), INSTANCES as usize * OFFERS);
    assert_eq!(ledger.freed_in_audio.load(SeqCst), 0, "freed on the audio thread");
}

#[test]
fn what_is_read_is_of_one_moment_and_never_older_than_before() {
    let (snapshot, is_over) = (Snapshot::<40>::default(), AtomicBool::new(false));
    thread::scope(|scope| {
        let reader = scope.spawn(|| {
            let (mut read, mut newest) = (0, 0);
            while !is_over.load(Relaxed) || read == 0 {
                let Some(numbers) = snapshot.read() else { continue };
                assert!(numbers.iter().all(|number| *number == numbers[0]), "{numbers:?}");
                assert!(numbers[0] >= newest);
                (read, newest) = (read + 1, numbers[0]);
            }
            newest
        });
        (0..200_000).for_each(|moment| snapshot.write([moment; 40]));
        is_over.store(true, Relaxed);
        assert!(reader.join().expect("no fault") < 200_000);
    });
}
