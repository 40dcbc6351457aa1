//! How the rest of an instance talks to its worker.

use super::mailbox::Mailbox;
use super::watcher::Watch;
use crate::handover::Revision;
use crate::picture::View;
use crate::prepare::status::Status;
use std::sync::Arc;
use std::thread::Thread;
use std::time::Duration;

/// A handle of a worker. Clones talk to the same worker. Not for the audio thread, except where a method says so.
#[derive(Debug, Clone)]
pub struct Handle {
    mailbox: Arc<Mailbox>,
    revision: Arc<Revision>,
}

/// Somebody who sees the pictures of the impulse that sounds: the worker makes them as long as there is one. \[any but
/// audio\]
#[derive(Debug)]
pub struct Viewer {
    mailbox: Arc<Mailbox>,
    number: u64,
}

impl Drop for Viewer {
    fn drop(&mut self) {
        self.mailbox.remove_viewer(self.number);
    }
}

impl Handle {
    pub(super) fn new(mailbox: Arc<Mailbox>, revision: Arc<Revision>) -> Self {
        Self { mailbox, revision }
    }

    /// Has the worker [poll](super::Client::poll) now. \[any but audio\]
    pub fn nudge(&self) {
        self.mailbox.nudge();
    }

    /// Has the worker poll at most 5 ms after each raise of the client's [revision](super::Client::revision), as long
    /// as the watch lives: for changes on the audio thread, which wakes nobody. An instance that is active or has its
    /// window open holds one. May start or end a thread. \[any but audio\]
    #[must_use = "the worker is watched while it lives"]
    pub fn watch(&self) -> Watch {
        Watch::new(&self.mailbox, &self.revision)
    }

    /// Has the worker make the [pictures](crate::picture) of the impulse that sounds, as long as the viewer lives: they
    /// take longer than all else that is measured, and only a window shows them. The thread is unparked whenever there
    /// is a new picture or figure. \[any but audio\]
    #[must_use = "pictures are made while it lives"]
    pub fn view(&self, thread: Option<Thread>) -> Viewer {
        Viewer { mailbox: self.mailbox.clone(), number: self.mailbox.add_viewer(thread) }
    }

    /// Says which view is looked at: its picture is made before the others. \[any but audio\]
    pub fn look_at(&self, view: View) {
        self.mailbox.look_at(view);
    }

    /// Builds again though the request is the same: a file has changed on disk, or the chain is a new one that has
    /// heard nothing yet. \[any but audio\]
    pub fn reload(&self) {
        self.mailbox.reload();
    }

    /// Waits until what is requested now, or something newer, is offered, or known to be impossible. Returns false when
    /// the time is over or the worker is gone; `Duration::MAX` waits without limit. Hold no lock that the client takes.
    /// \[main; audio in offline mode only, see H5\]
    #[must_use]
    pub fn settle(&self, timeout: Duration) -> bool {
        self.mailbox.settle(timeout)
    }

    /// What the worker is doing, and what it made last. \[any but audio\]
    #[must_use]
    pub fn status(&self) -> Arc<Status> {
        self.mailbox.status()
    }
}
