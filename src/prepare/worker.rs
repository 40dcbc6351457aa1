//! The worker thread: recipe to kernel, newest wins, frees what comes back.
//!
//! ```text
//!  poll() ──> build ──offer──> inbox ──> audio thread
//!     ^         │                           │
//!     │       Status ──> window             └──> return path ──> freed here
//!  finished() <─┘
//! ```
//!
//! The worker sleeps until it is woken: by a [`Handle`], or, after a change on the audio thread, by the process's one
//! watcher (`watcher.rs`), because the audio thread wakes nobody (H2). Then it polls its [`Client`]. If the request
//! differs from the last one, the worker builds it, offers it to the audio thread and tells the client the outcome.
//! During a build the worker goes on polling, and a changed request cancels the build (H9). A request for the same room
//! in another shape cancels it only after 40 ms, and not twice in a row (`thread.rs`): so a knob is heard while it
//! moves.
//!
//! Workers that want the same build it once (`workshop.rs`, `pool.rs`).
//!
//! After the waiting callers are answered, the client does the work that can wait, such as remembering the impulse for
//! the session.
//!
//! Memory is bounded (H8): the worker holds at most one convolver, which it builds or which was just replaced in the
//! inbox. It drops each before it begins the next.

mod client;
mod handle;
mod mailbox;
mod pool;
#[cfg(test)]
mod tests;
mod thread;
mod watcher;
mod workshop;

pub use super::status::{State, Status};
use crate::chain::Format;
use crate::engine::Delivery;
use crate::handover::{self, Append, AudioEnd, Numbered};
use crate::impulse::recipe::Recipe;
pub use client::Client;
pub use handle::{Handle, Viewer};
use mailbox::Mailbox;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::JoinHandle;
pub(super) use thread::Build;
use thread::WorkerThread;
pub use watcher::Watch;
use workshop::Workshop;

impl Numbered for Delivery {
    fn number(&self) -> u64 {
        self.generation()
    }
}

impl Append for Delivery {
    fn append(self: Box<Self>, others: Option<Box<Self>>) -> Box<Self> {
        Delivery::append(self, others)
    }
}

/// A request: what the client wants to sound. A request that differs from the last one starts a build.
#[derive(Debug, Clone, PartialEq)]
pub struct Wanted {
    /// Which impulse, and how it is shaped.
    pub recipe: Recipe,
    /// Sample rate and layout to build for.
    pub format: Format,
    /// Edition of the first and of the second impulse. Another number means that the same source may give another
    /// impulse, for instance because its file is found elsewhere.
    pub editions: [u64; 2],
    /// What sounds when the recipe cannot be built.
    pub on_failure: OnFailure,
}

impl Wanted {
    /// True if both requests are for the same room, and at most its shape or level differs.
    fn is_reshaped(&self, other: &Self) -> bool {
        (self.recipe.room(), self.format, self.editions, self.on_failure)
            == (other.recipe.room(), other.format, other.editions, other.on_failure)
    }
}

/// What sounds when a recipe cannot be built. The client decides, because it knows where the recipe came from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OnFailure {
    /// Nothing is offered and the old room goes on: a user tried a file that is none.
    #[default]
    KeepSounding,
    /// An empty kernel is offered, so that the wet path is silent: a session was loaded whose file is gone. The room
    /// that sounded before belongs to another session, and would be a lie.
    Silence,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Its kernel was offered to the audio thread.
    Offered,
    /// It cannot be built; the [`Status`] says why.
    Impossible,
}

/// The thread. Dropping it cancels its work, waits for that (H9) and frees what has come back.
#[derive(Debug)]
pub struct Worker {
    handle: Handle,
    mailbox: Arc<Mailbox>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread. A closure that gives the request will do for a client. If the system has no thread left,
    /// [`State::Failed`] says so. \[main\]
    #[must_use]
    pub fn spawn(client: impl Client) -> (Self, AudioEnd<Delivery>) {
        Self::spawn_building(client, Workshop::default())
    }

    /// Starts the thread with another way to build, for the tests.
    pub(super) fn spawn_building(client: impl Client, build: impl Build) -> (Self, AudioEnd<Delivery>) {
        let (exchange, audio) = handover::exchange();
        let (mailbox, revision) = (Arc::new(Mailbox::default()), client.revision());
        let audio = audio.raising(revision.clone());
        let handle = Handle::new(mailbox.clone(), revision);
        // Instances count on, so that their convolvers are not all at the same point of their schedules.
        static INSTANCES: AtomicU32 = AtomicU32::new(0);
        let phase = INSTANCES.fetch_add(1, Ordering::Relaxed);
        let worker = WorkerThread::new(mailbox.clone(), exchange, client, build, phase);
        let thread = std::thread::Builder::new().name("transept worker".to_owned()).spawn(move || worker.run());
        if let Err(error) = &thread {
            let message = format!("no thread to prepare impulses: {error}");
            mailbox.publish(Status { state: State::Failed { message }, ..Status::default() });
            mailbox.end();
        }
        (Self { handle, mailbox, thread: thread.ok() }, audio)
    }

    /// Leaves the audio thread's side of an instance to the worker, which frees it at its end: it may hold the last
    /// reference to a kernel. The worker is to be dropped next. \[main\]
    pub fn leave(&self, side: impl Send + 'static) {
        self.mailbox.leave(Box::new(side));
    }

    /// A handle to it. \[any\]
    #[must_use]
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.mailbox.stop();
        if let Some(thread) = self.thread.take() {
            // An error is a panic of the client's, which the panic hook has reported; nothing is left to do about it
            // here.
            let _ = thread.join();
        }
        // Where there was no thread.
        drop(self.mailbox.take_left());
    }
}
