//! A worker whose builds the tests hold in their hands.

use super::super::thread::Locate;
use super::*;
use crate::cancel::Token;
use crate::channels::ChannelLayout;
use crate::engine::{Convolver, Kernel};
use crate::handover::Revision;
use crate::prepare::preparer::{Built, Order};
use crate::prepare::{PrepareError, Unmeasured};
use crate::space::SpaceError;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// Against hanging; no promise depends on it.
pub const GUARD: Duration = Duration::from_secs(120);
pub const FORMAT: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Mono };

/// Waits until something is so.
pub fn until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < GUARD, "still not: {what}");
        thread::park_timeout(Duration::from_millis(1));
    }
}

/// The request, as an instance's parameters say it: a change raises a revision and calls nobody.
#[derive(Clone, Default)]
pub struct Asks {
    wanted: Arc<Mutex<Option<Wanted>>>,
    revision: Arc<Revision>,
}

impl Asks {
    pub fn change(&self, change: impl FnOnce(&mut Option<Wanted>)) {
        change(&mut self.wanted.lock().unwrap());
        self.revision.raise();
    }
}

impl Client for Asks {
    fn poll(&self) -> Option<Wanted> {
        self.wanted.lock().unwrap().clone()
    }
    fn revision(&self) -> Arc<Revision> {
        self.revision.clone()
    }
}

/// An instance without an instance: what is wanted, what was built, and a gate that holds builds up.
pub struct Rig {
    pub asks: Asks,
    pub watch: Watch,
    pub gate: Arc<Gate>,
    pub worker: Option<Worker>,
    pub audio: Option<AudioEnd<Delivery>>,
}

#[derive(Default)]
pub struct Gate {
    kernels: Mutex<Vec<Weak<Kernel>>>,
    pub most_alive: AtomicUsize,
    pub builds: AtomicUsize,
    /// While closed, a build goes on asking whether to go on.
    pub closed: AtomicBool,
    /// A build does not care for the answer.
    pub deaf: AtomicBool,
    pub asked: AtomicUsize,
}

impl Gate {
    pub fn alive(&self) -> usize {
        self.kernels.lock().unwrap().iter().filter(|kernel| kernel.strong_count() > 0).count()
    }

    /// A kernel of one tap, by the space's name: its number, or a way to fail.
    fn build(&self, order: &Order, cancel: &Token) -> Result<Built, PrepareError> {
        self.builds.fetch_add(1, SeqCst);
        let Order { recipe, format, generation, .. } = *order;
        let name = recipe.display_name();
        let tap = match name.as_str() {
            "missing" => return Err(PrepareError::Missing(PathBuf::from("/gone/hall.wav"))),
            "unknown" => return Err(SpaceError::Unknown("unknown".to_owned()).into()),
            "panic" => panic!("what a strange file"),
            number => number.parse().unwrap(),
        };
        let kernel = Arc::new(Kernel::builder(1, 1, format.sample_rate).path(0, 0, &[tap]).build().unwrap());
        self.kernels.lock().unwrap().push(Arc::downgrade(&kernel));
        let delivery = Box::new(Delivery::new(Convolver::new(kernel), generation));
        self.most_alive.fetch_max(self.alive(), SeqCst);
        while self.closed.load(SeqCst) {
            self.asked.fetch_add(1, SeqCst);
            let outcome = cancel.check();
            if !self.deaf.load(SeqCst) {
                outcome?;
            }
        }
        Ok(Built { delivery, unmeasured: Arc::new(Unmeasured::named(name)) })
    }
}

impl Build for Arc<Gate> {
    fn build(&mut self, order: &Order, _locate: &Locate, cancel: &Token) -> Result<Built, PrepareError> {
        Gate::build(self, order, cancel)
    }
}

impl Rig {
    pub fn new() -> Self {
        let (asks, gate) = (Asks::default(), Arc::new(Gate::default()));
        let (worker, audio) = Worker::spawn_building(asks.clone(), gate.clone());
        Self { asks, watch: worker.handle().watch(), gate, worker: Some(worker), audio: Some(audio) }
    }

    pub fn want(&self, name: &str, on_failure: OnFailure) {
        let recipe = Recipe::space(name);
        self.asks.change(|wanted| *wanted = Some(Wanted { recipe, format: FORMAT, editions: [0; 2], on_failure }));
    }

    pub fn settled(&self, name: &str) -> Arc<Status> {
        self.want(name, OnFailure::KeepSounding);
        self.settle()
    }

    /// Settled and measured.
    pub fn settle(&self) -> Arc<Status> {
        assert!(self.handle().settle(GUARD));
        until("measured", || !self.handle().status().is_unmeasured);
        self.handle().status()
    }

    pub fn handle(&self) -> Handle {
        self.worker.as_ref().expect("the worker is there").handle()
    }

    pub fn audio(&mut self) -> &mut AudioEnd<Delivery> {
        self.audio.as_mut().expect("the audio end is there")
    }

    /// Wants something and waits until its build stands before the closed gate.
    pub fn hold_up(&self, name: &str) {
        let builds = self.gate.builds.load(SeqCst);
        self.gate.closed.store(true, SeqCst);
        self.want(name, OnFailure::KeepSounding);
        self.handle().nudge();
        until("building", || self.gate.builds.load(SeqCst) > builds);
        let asked = self.gate.asked.load(SeqCst);
        until("asking", || self.gate.asked.load(SeqCst) > asked);
    }
}
