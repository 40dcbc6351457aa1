//! Where convolvers come in to the audio thread and leave it (H1).

use crate::engine::Convolver;
use crate::handover::AudioEnd;

/// The audio thread's end of the exchange, with those that wait for the way home.
pub struct Door {
    kernels: AudioEnd<Convolver>,
    leaving: Option<Box<Convolver>>,
}

impl Door {
    /// A door at this end of an exchange.
    #[must_use]
    pub fn new(kernels: AudioEnd<Convolver>) -> Self {
        Self { kernels, leaving: None }
    }

    /// Whether a newer convolver waits outside. Real-time safe.
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.kernels.is_waiting()
    }

    /// One block: `process` gets the convolver that waits, if what it replaces will have a way, and gives back what has
    /// finished, which goes home as soon as the way is free. Real-time safe, as long as `process` is. \[audio\]
    pub fn pass(&mut self, process: impl FnOnce(Option<Box<Convolver>>) -> Option<Box<Convolver>>) {
        let can_take = self.leaving.is_none() && self.kernels.is_waiting() && self.kernels.home_is_free();
        let incoming = if can_take { self.kernels.take() } else { None };
        if let Some(finished) = process(incoming) {
            self.leaving = Some(finished.together(self.leaving.take()));
        }
        if self.kernels.home_is_free()
            && let Some(leaving) = self.leaving.take()
        {
            self.kernels.send_home(leaving);
        }
    }

    /// The newest convolver, whether or not the way home is free: for a thread that frees what it replaces. What waits for
    /// the way is freed here, too. \[main\]
    #[must_use]
    pub fn open(&mut self) -> Option<Box<Convolver>> {
        self.leaving = None;
        self.kernels.take()
    }
}
