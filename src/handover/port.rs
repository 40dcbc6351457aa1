//! Port of the audio thread: boxes come in and are given back around one block of sound (H1).

use super::{AudioEnd, Numbered};

/// Boxes that can be joined to a list in one box, so that several are given back at once.
pub trait Append {
    /// Appends a list to this list. Neither allocates nor frees.
    #[must_use = "dropping it would free it on this thread"]
    fn append(self: Box<Self>, others: Option<Box<Self>>) -> Box<Self>;
}

/// The audio thread's end of an exchange, with the boxes that wait until the return path is free.
///
/// ```
/// use transept::handover::{Append, Numbered, Port, exchange};
///
/// struct Room(u64, Option<Box<Room>>);
/// impl Numbered for Room {
///     fn number(&self) -> u64 {
///         self.0
///     }
/// }
/// impl Append for Room {
///     fn append(mut self: Box<Self>, others: Option<Box<Self>>) -> Box<Self> {
///         self.1 = others; // These rooms come one by one: the list has one place more.
///         self
///     }
/// }
///
/// let (mut worker, audio) = exchange();
/// let mut port = Port::new(audio);
/// let mut sounding = Box::new(Room(0, None));
/// drop(worker.offer(Box::new(Room(1, None))));
/// // In each block:
/// port.pass(|incoming| incoming.map(|new| std::mem::replace(&mut sounding, new)));
/// assert_eq!((sounding.0, worker.collect().map(|old| old.0)), (1, Some(0)));
/// ```
pub struct Port<T> {
    audio: AudioEnd<T>,
    /// A list of boxes to be given back.
    leaving: Option<Box<T>>,
}

impl<T: Send + Numbered + Append> Port<T> {
    /// A port at this end of an exchange.
    #[must_use]
    pub fn new(audio: AudioEnd<T>) -> Self {
        Self { audio, leaving: None }
    }

    /// True when a newer box waits in the inbox. Real-time safe. \[audio\]
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.audio.is_waiting()
    }

    /// Runs one block. `process` receives the box that waits, if the return path is free for what it replaces, and
    /// returns what has retired, which is given back as soon as the return path is free. Real-time safe if `process`
    /// is. \[audio\]
    pub fn pass(&mut self, process: impl FnOnce(Option<Box<T>>) -> Option<Box<T>>) {
        let can_take = self.leaving.is_none() && self.audio.is_waiting() && self.audio.return_is_free();
        let incoming = if can_take { self.audio.take() } else { None };
        let retired = process(incoming);
        self.give(retired);
    }

    fn give(&mut self, retired: Option<Box<T>>) {
        if let Some(retired) = retired {
            self.leaving = Some(retired.append(self.leaving.take()));
        }
        if self.audio.return_is_free()
            && let Some(leaving) = self.leaving.take()
        {
            self.audio.give_back(leaving);
        }
    }

    /// True when no box waits, on either way. Real-time safe. \[audio\]
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.leaving.is_none() && !self.audio.is_waiting()
    }

    /// Runs one block without receiving: what waits in the inbox goes on waiting. Otherwise as [`pass`](Self::pass).
    /// \[audio\]
    pub fn hold(&mut self, process: impl FnOnce() -> Option<Box<T>>) {
        let retired = process();
        self.give(retired);
    }

    /// Takes the newest box, even if the return path is not free: before a block, so that the newest is heard from its
    /// first sample. What it replaces is given back by [`hold`](Self::hold). \[main\]
    #[must_use]
    pub fn take_newest(&mut self) -> Option<Box<T>> {
        self.audio.take()
    }
}
