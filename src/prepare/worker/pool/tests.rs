//! Promises of a pool, with work that the tests hold in their hands.

use super::*;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::Instant;

type Numbers = Pool<u8, usize, &'static str>;

/// Against hanging; no promise depends on it.
const GUARD: Duration = Duration::from_secs(120);

fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < GUARD, "still not: {what}");
        thread::park_timeout(Duration::from_millis(1));
    }
}

/// Work that goes on until its gate opens or its token is cancelled.
#[derive(Default)]
struct Gate {
    is_open: AtomicBool,
    begun: AtomicUsize,
    given_up: AtomicUsize,
}

impl Gate {
    fn work(self: &Arc<Self>) -> impl FnOnce(&Token) -> Result<Made<usize>, Failure<&'static str>> + Send + use<> {
        let gate = self.clone();
        move |cancel| {
            let number = gate.begun.fetch_add(1, SeqCst);
            while !gate.is_open.load(SeqCst) {
                if cancel.is_cancelled() {
                    gate.given_up.fetch_add(1, SeqCst);
                    return Err(Failure::Cancelled);
                }
                thread::yield_now();
            }
            Ok(Made { value: number, is_lasting: true })
        }
    }
}

/// One who waits in a thread of its own, until it is told not to.
struct Waiting {
    is_cancelled: Arc<AtomicBool>,
    thread: thread::JoinHandle<Outcome<usize, &'static str>>,
}

impl Waiting {
    fn new(pool: &Arc<Numbers>, gate: &Arc<Gate>) -> Self {
        let is_cancelled = Arc::new(AtomicBool::new(false));
        let (pool, work, flag) = (pool.clone(), gate.work(), is_cancelled.clone());
        let thread = thread::spawn(move || pool.get(&7, work, &Token::new(&|| flag.load(SeqCst))));
        Self { is_cancelled, thread }
    }

    fn outcome(self) -> Outcome<usize, &'static str> {
        self.thread.join().expect("no panic")
    }

    fn cancelled(self) -> Outcome<usize, &'static str> {
        self.is_cancelled.store(true, SeqCst);
        self.outcome()
    }
}

fn pool_and_gate() -> (Arc<Numbers>, Arc<Gate>) {
    Default::default()
}

#[test]
fn sixteen_who_want_the_same_get_the_same_and_it_is_made_once() {
    let (pool, gate) = pool_and_gate();
    let all: Vec<_> = (0..16).map(|_| Waiting::new(&pool, &gate)).collect();
    until("all wait", || pool.waiting() == 16);
    gate.is_open.store(true, SeqCst);
    let made: Vec<_> = all.into_iter().map(|one| one.outcome().expect("made")).collect();
    assert!(made.iter().all(|one| Arc::ptr_eq(one, &made[0])));
    assert_eq!(gate.begun.load(SeqCst), 1);
    let later = pool.get(&7, gate.work(), &Token::never()).expect("there");
    assert!(Arc::ptr_eq(&later, &made[0]) && gate.begun.load(SeqCst) == 1, "it is there");
    let other = pool.get(&8, gate.work(), &Token::never()).expect("made");
    assert_eq!((*other, gate.begun.load(SeqCst)), (1, 2), "another key");
}

#[test]
fn nothing_outlives_its_last_user() {
    let (pool, gate) = pool_and_gate();
    gate.is_open.store(true, SeqCst);
    let made = pool.get(&7, gate.work(), &Token::never()).expect("made");
    until("the thread has left it alone", || Arc::strong_count(&made) == 1);
    assert_eq!(pool.len(), 1);
    let weak = Arc::downgrade(&made);
    drop(made);
    assert!(weak.upgrade().is_none() && pool.len() == 0);
    assert_eq!(pool.get(&7, gate.work(), &Token::never()).as_deref(), Ok(&1), "made again");
}

#[test]
fn whoever_began_it_may_give_up_and_the_others_get_it() {
    let (pool, gate) = pool_and_gate();
    let first = Waiting::new(&pool, &gate);
    until("begun", || gate.begun.load(SeqCst) == 1);
    let others = [(); 2].map(|()| Waiting::new(&pool, &gate));
    until("all wait", || pool.waiting() == 3);
    // While the work goes on: whoever waits for another's can be cancelled as well.
    assert_eq!(first.cancelled(), Err(Failure::Cancelled));
    let [second, third] = others;
    assert_eq!(second.cancelled(), Err(Failure::Cancelled));
    assert_eq!((pool.waiting(), gate.given_up.load(SeqCst)), (1, 0), "it goes on for one");
    gate.is_open.store(true, SeqCst);
    assert_eq!(third.outcome().as_deref(), Ok(&0));
    assert_eq!(gate.begun.load(SeqCst), 1);
}

#[test]
fn when_all_have_given_up_it_ends_before_the_last_one_leaves_and_begins_anew_for_the_next() {
    let (pool, gate) = pool_and_gate();
    let all = [(); 3].map(|()| Waiting::new(&pool, &gate));
    until("all wait", || pool.waiting() == 3);
    for one in all {
        assert_eq!(one.cancelled(), Err(Failure::Cancelled));
    }
    assert_eq!((gate.given_up.load(SeqCst), pool.len()), (1, 0));
    gate.is_open.store(true, SeqCst);
    assert_eq!(pool.get(&7, gate.work(), &Token::never()).as_deref(), Ok(&1));
}

#[test]
fn a_failure_and_a_panic_are_told_to_all_who_wait_and_to_none_who_come_later() {
    let (pool, gate) = pool_and_gate();
    for how in ["fails", "panics"] {
        let make = move |gate: Arc<Gate>| {
            move |cancel: &Token| {
                gate.work()(cancel)?;
                assert!(how == "fails", "what a strange file");
                Err(Failure::Failed("no impulse"))
            }
        };
        let expected = if how == "fails" {
            Failure::Failed("no impulse")
        } else {
            Failure::Panicked("what a strange file".to_owned())
        };
        gate.is_open.store(false, SeqCst);
        let all = [(); 3].map(|()| {
            let (pool, gate) = (pool.clone(), gate.clone());
            thread::spawn(move || pool.get(&7, make(gate), &Token::never()))
        });
        until("all wait", || pool.waiting() == 3);
        gate.is_open.store(true, SeqCst);
        for one in all {
            assert_eq!(one.join().expect("no panic here"), Err(expected.clone()), "{how}");
        }
        assert_eq!(pool.len(), 0, "{how}");
        assert!(pool.get(&7, gate.work(), &Token::never()).is_ok(), "the next one tries again: {how}");
    }
}

#[test]
fn what_is_not_lasting_is_given_to_those_who_wait_alone() {
    let (pool, gate) = pool_and_gate();
    gate.is_open.store(true, SeqCst);
    let unsure = || {
        let work = gate.work();
        move |cancel: &Token| work(cancel).map(|made| Made { is_lasting: false, ..made })
    };
    let made = pool.get(&7, unsure(), &Token::never()).expect("made");
    assert_eq!((*made, pool.len()), (0, 0));
    assert_eq!(pool.get(&7, unsure(), &Token::never()).as_deref(), Ok(&1));
}

/// Every interleaving that threads happen upon: many come and go, and nobody gets another's or waits for ever.
#[test]
fn in_a_crowd_everyone_gets_what_was_asked_for_or_has_given_up() {
    let pool = Arc::<Numbers>::default();
    thread::scope(|scope| {
        for worker in 0..8_usize {
            let pool = &pool;
            scope.spawn(move || {
                for turn in 0..500 {
                    let key = ((worker + turn) % 3) as u8;
                    let questions = AtomicUsize::new(0);
                    let question = || turn % 4 == 0 && questions.fetch_add(1, SeqCst) > 0;
                    let make = move |cancel: &Token| {
                        for _ in 0..turn % 7 {
                            if cancel.is_cancelled() {
                                return Err(Failure::Cancelled);
                            }
                            thread::yield_now();
                        }
                        Ok(Made { value: usize::from(key), is_lasting: true })
                    };
                    match pool.get(&key, make, &Token::new(&question)) {
                        Ok(made) => assert_eq!(*made, usize::from(key)),
                        Err(failure) => assert_eq!((failure, turn % 4), (Failure::Cancelled, 0)),
                    }
                }
            });
        }
    });
    assert_eq!((pool.len(), pool.waiting()), (0, 0));
}
