//! The worker thread: recipe to kernel, newest wins, frees what comes back.
//!
//! It asks its [`Client`] what is wanted: what should sound, builds it when the answer has changed, and offers it to the audio thread. Nobody
//! has to tell it: it asks at least every 5 ms, because parameters are also moved on the audio thread, which wakes nobody
//! (H2). While it builds it goes on asking, and gives the work up as soon as the answer is another one (H9).
//!
//! ```text
//!  wanted() ──> build ──offer──> inbox ──> audio thread
//!     │           │                           │
//!   [any]       Status ──> editor             └──> way home ──> freed here
//! ```
//!
//! Once that is done and those who wait for it are answered, the client may do what can wait: remember the impulse for the
//! session, say.
//!
//! Memory is bounded (H8): of convolvers there are here at most the one being built, or the one just replaced in the
//! inbox; and each is dropped before the next is begun.

mod client;
mod door;

use super::preparer::{Order, Preparer};
use super::status::{Call, Desk};
pub use super::status::{State, Status};
use super::{Find, PrepareError, Prepared};
use crate::cancel::Token;
use crate::chain::Format;
use crate::engine::Convolver;
use crate::handover::{self, AudioEnd, Numbered, WorkerEnd};
use crate::impulse::recipe::Recipe;
pub use client::Client;
pub use door::Door;
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// Longest time between two questions for what is wanted.
const POLL: Duration = Duration::from_millis(5);

/// How long a build goes on when its room is wanted in another shape meanwhile: while a knob is turned, every shape on the
/// way that can be ready in time is heard, and not only the one at the end.
const GRACE: Duration = Duration::from_millis(40);

impl Numbered for Convolver {
    fn number(&self) -> u64 {
        self.generation()
    }
}

/// What should sound. Another answer than the last starts a build.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Which impulse, and how it is shaped.
    pub recipe: Recipe,
    /// For which rate and layout.
    pub format: Format,
    /// Of the recipe's first and second source: each counts up when the same may give another impulse, because the client
    /// finds it elsewhere.
    pub editions: [u64; 2],
    /// What sounds when the recipe cannot be built.
    pub on_failure: OnFailure,
}

impl Wanted {
    /// Whether it is the same room, made anew only because of its shape or level.
    fn is_reshaped(&self, other: &Self) -> bool {
        (self.recipe.room(), self.format, self.editions, self.on_failure)
            == (other.recipe.room(), other.format, other.editions, other.on_failure)
    }
}

/// What sounds when a recipe cannot be built. That depends on where it came from, which the caller knows alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// Nothing is offered and the old room goes on: a user tried a file that is none.
    #[default]
    KeepSounding,
    /// An empty kernel is offered, so that the wet path is silent: a session was loaded whose file is gone. The room that
    /// sounded before belongs to another session, and would be a lie.
    Silence,
}

/// The thread. Dropping it cancels its work, waits for that (H9) and frees what has come home.
#[derive(Debug)]
pub struct Worker {
    handle: Handle,
    thread: Option<JoinHandle<()>>,
}

/// How the rest of the instance talks to the worker. Not for the audio thread, except where it says so.
#[derive(Debug, Clone)]
pub struct Handle {
    desk: Arc<Desk>,
}

impl Worker {
    /// Starts the thread. A closure that says what is wanted will do for a client. If the system has no thread left,
    /// [`State::Failed`] says so. \[main\]
    #[must_use]
    pub fn spawn(client: impl Client) -> (Self, AudioEnd<Convolver>) {
        Self::spawn_building(client, Preparer::default())
    }

    /// The same with another way to build, for the tests.
    pub(super) fn spawn_building(client: impl Client, build: impl Build) -> (Self, AudioEnd<Convolver>) {
        let (exchange, audio) = handover::exchange();
        let desk = Arc::new(Desk::default());
        // Instances count on, so that their convolvers are not all at the same point of their schedules.
        static INSTANCES: AtomicU32 = AtomicU32::new(0);
        let phase = INSTANCES.fetch_add(1, Ordering::Relaxed);
        let workbench = Workbench {
            desk: desk.clone(),
            exchange: RefCell::new(exchange),
            client,
            build: RefCell::new(build),
            gone: RefCell::default(),
            gave_up: Cell::default(),
            phase,
        };
        let thread = std::thread::Builder::new().name("transept worker".to_owned()).spawn(move || workbench.run());
        if let Err(error) = &thread {
            let message = format!("no thread to prepare impulses: {error}");
            desk.publish(Status { state: State::Failed { message }, ..Status::default() });
            desk.end();
        }
        (Self { handle: Handle { desk }, thread: thread.ok() }, audio)
    }

    /// A handle to it. \[any\]
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.handle.desk.stop();
        if let Some(thread) = self.thread.take() {
            // An error is a panic of `wanted`, which the panic hook has reported; nothing is left to do about it here.
            let _ = thread.join();
        }
    }
}

impl Handle {
    /// Asks `wanted()` now instead of within 5 ms. \[any but audio\]
    pub fn nudge(&self) {
        self.desk.nudge();
    }

    /// Builds again though `wanted()` is the same: a file has changed on disk, or the chain is a new one that has heard
    /// nothing yet. \[any but audio\]
    pub fn reload(&self) {
        self.desk.reload();
    }

    /// Waits until what `wanted()` says now, or something newer, is offered, or known to be impossible. Returns false when
    /// the time is over or the worker is gone; `Duration::MAX` waits without limit. Hold no lock that `wanted()` takes.
    /// \[main; audio in offline mode only, see H5\]
    #[must_use]
    pub fn settle(&self, timeout: Duration) -> bool {
        self.desk.settle(timeout)
    }

    /// What the worker is doing, and what it made last. \[any but audio\]
    #[must_use]
    pub fn status(&self) -> Arc<Status> {
        self.desk.status()
    }
}

/// What the thread works with.
struct Workbench<C, B> {
    desk: Arc<Desk>,
    /// In a cell because a build asks through a shared closure whether to go on, and what comes home is freed then too.
    exchange: RefCell<WorkerEnd<Convolver>>,
    client: C,
    build: RefCell<B>,
    /// Numbers of the convolvers that were freed, until the next build hears of it.
    gone: RefCell<Vec<u64>>,
    /// Whether the last build was given up because its room is wanted in another shape. The next one then is not: else
    /// nothing of a long impulse would be heard until a knob rests.
    gave_up: Cell<bool>,
    /// Of the instance's convolvers.
    phase: u32,
}

/// How convolvers are built: a [`Preparer`]'s way, or that of the tests.
pub(super) trait Build: Send + 'static {
    /// See [`Preparer::build`].
    fn build(&mut self, order: &Order, find: &Find, cancel: &Token) -> Result<Prepared, PrepareError>;
    /// See [`Preparer::forget`].
    fn forget(&mut self, _generation: u64) {}
    /// See [`Preparer::begin_anew`].
    fn begin_anew(&mut self) {}
}

impl Build for Preparer {
    fn build(&mut self, order: &Order, find: &Find, cancel: &Token) -> Result<Prepared, PrepareError> {
        self.build(order, find, cancel)
    }
    fn forget(&mut self, generation: u64) {
        self.forget(generation);
    }
    fn begin_anew(&mut self) {
        self.begin_anew();
    }
}

impl<C: Client, B: Build> Workbench<C, B> {
    /// The life of the thread.
    fn run(self) {
        let _ends = EndsOnDrop(&self.desk);
        // The request that was last seen through, and what was then to be said about it.
        let mut done = None;
        let mut said = Status::default();
        let mut reloads = 0;
        while let Some(call) = self.desk.look() {
            self.free_what_came_home();
            let wanted = self.client.wanted();
            if done.as_ref() == Some(&(wanted.clone(), call.reloads)) {
                // Back to what is already there: a build of something else was given up.
                if self.desk.status().state == State::Loading {
                    self.desk.publish(said.clone());
                }
                self.desk.answer(&call);
                self.afterwards(wanted.as_ref(), call.reloads);
                self.desk.wait(&call, POLL);
                continue;
            }
            if std::mem::replace(&mut reloads, call.reloads) != call.reloads {
                self.build.borrow_mut().begin_anew();
            }
            let outcome = match &wanted {
                None => Some(Status { state: State::Empty, ..said.clone() }),
                Some(wanted) => self.fulfil(wanted, call.reloads, &said),
            };
            if let Some(status) = outcome {
                self.desk.publish(status.clone());
                said = status;
                done = Some((wanted, call.reloads));
            }
        }
        self.free_what_came_home();
    }

    /// Builds and offers. `None` when something newer is wanted, or nothing any more.
    fn fulfil(&self, wanted: &Wanted, reloads: u64, said: &Status) -> Option<Status> {
        self.desk.publish(Status { state: State::Loading, ..said.clone() });
        let noticed = Cell::new(None);
        let has_time = |newer: &Wanted| {
            let since = noticed.get().unwrap_or_else(Instant::now);
            noticed.set(Some(since));
            newer.is_reshaped(wanted) && (self.gave_up.get() || since.elapsed() < GRACE)
        };
        let watch = self.watch(Some(wanted), reloads, |_| (), has_time);
        let cancel = Token::new(&watch);
        let find = |source: &_, cancel: &Token| self.client.find(source, cancel);
        let mut build = self.build.borrow_mut();
        self.gone.take().into_iter().for_each(|generation| build.forget(generation));
        let Wanted { recipe, format, editions, .. } = wanted;
        let order = Order { recipe, format: *format, editions: *editions, generation: said.generation + 1 };
        // A strange file that makes a decoder panic costs that file, not the worker. What it leaves half-changed is given up.
        let built = catch_unwind(AssertUnwindSafe(|| build.build(&order, &find, &cancel)));
        if built.is_err() {
            build.begin_anew();
        }
        let is_stale = cancel.is_cancelled();
        self.gave_up.set(is_stale && self.client.wanted().is_some_and(|newer| newer.is_reshaped(wanted)));
        if is_stale {
            build.forget(order.generation);
            return None; // And with it what was built, thrown away here.
        }
        let state = match built {
            Ok(Ok(Prepared { convolver, summary })) => {
                let generation = order.generation;
                self.offer(*convolver, generation);
                return Some(Status { state: State::Ready, summary: Some(Arc::new(summary)), generation });
            }
            Ok(Err(PrepareError::Missing(wanted))) => State::Missing { wanted },
            Ok(Err(PrepareError::Changed { wanted, found })) => State::Changed { wanted, found },
            Ok(Err(error)) => State::Failed { message: error.to_string() },
            Err(panic) => {
                let from = super::error::origin_of(&wanted.recipe);
                State::Failed { message: format!("{from}: internal error: {}", reason(&*panic)) }
            }
        };
        let (mut generation, mut summary) = (said.generation, said.summary.clone());
        if wanted.on_failure == OnFailure::Silence
            && let Ok(silence) = super::silence(wanted.format)
        {
            generation += 1;
            summary = None;
            self.offer(silence, generation);
        }
        Some(Status { state, summary, generation })
    }

    /// What can wait until the room sounds, as long as nothing else is wanted (H9).
    fn afterwards(&self, wanted: Option<&Wanted>, reloads: u64) {
        // Nobody who settles has to wait for it.
        let watch = self.watch(wanted, reloads, |call| self.desk.answer(call), |_| false);
        // A panic, which the panic hook has reported, costs what was to be done, and not the worker.
        let _ = catch_unwind(AssertUnwindSafe(|| self.client.afterwards(&Token::new(&watch))));
    }

    /// The question of a [`Token`] (H9): true when something else is wanted, or the same anew, or nothing any more.
    /// `still` hears of each call that changes nothing, and `has_time` says whether work may go on although something newer
    /// is wanted.
    fn watch<'a>(
        &'a self,
        wanted: Option<&'a Wanted>,
        reloads: u64,
        still: impl Fn(&Call) + 'a,
        has_time: impl Fn(&Wanted) -> bool + 'a,
    ) -> impl Fn() -> bool + 'a {
        let given_up = Cell::new(false);
        let looked = Cell::new((self.desk.attention(), Instant::now()));
        move || {
            let (attention, at) = looked.get();
            // Cheap unless somebody called or it is time to ask, so that work may ask as often as it likes.
            if !given_up.get() && (self.desk.attention() != attention || at.elapsed() >= POLL) {
                looked.set((self.desk.attention(), Instant::now()));
                self.free_what_came_home();
                let call = self.desk.look().filter(|call| call.reloads == reloads);
                let newest = self.client.wanted();
                match call {
                    Some(call) if newest.as_ref() == wanted => still(&call),
                    Some(_) if newest.is_some_and(|newest| has_time(&newest)) => {}
                    _ => given_up.set(true),
                }
            }
            given_up.get()
        }
    }

    fn offer(&self, convolver: Convolver, generation: u64) {
        let convolver = convolver.with_generation(generation).with_phase(self.phase);
        let unheard = self.exchange.borrow_mut().offer(Box::new(convolver));
        self.free(unheard); // H3: here, on the worker.
    }

    fn free_what_came_home(&self) {
        let home = self.exchange.borrow_mut().collect();
        self.free(home);
    }

    fn free(&self, convolvers: Option<Box<Convolver>>) {
        if let Some(convolvers) = convolvers {
            self.gone.borrow_mut().extend(convolvers.generations());
        }
    }
}

/// What a panic said.
fn reason(panic: &(dyn std::any::Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no reason given")
}

/// Tells those who wait when the thread ends, even by a panic.
struct EndsOnDrop<'a>(&'a Desk);

impl Drop for EndsOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}

#[cfg(test)]
mod tests;
