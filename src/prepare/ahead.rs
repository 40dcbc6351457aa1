//! Building ahead: the next convolver is built in a thread of its own, while the present one plays in the caller's.

use super::{Built, Order, PrepareError, Preparer, decoded};
use crate::cancel::Token;
use crate::chain::Format;
use crate::engine::Delivery;
use crate::impulse::findings::Finding;
use crate::impulse::recipe::Recipe;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// Longest time between two checks of the caller's token while it waits.
const CHECK: Duration = Duration::from_millis(5);

/// What was built ahead. Nobody waits for its figures.
#[derive(Debug)]
pub struct Ready {
    /// For the chain.
    pub delivery: Box<Delivery>,
    /// Findings about the first impulse, or about both together, and those about the second one by itself.
    pub findings: [Vec<Finding>; 2],
}

/// A [`Preparer`] in a thread of its own. Dropping it cancels its work and waits for that.
pub struct Ahead {
    /// `None` once it is to end.
    messages: Option<Sender<Message>>,
    built: Receiver<Result<Ready, PrepareError>>,
    /// Orders that were not taken yet.
    waiting: usize,
    is_cancelled: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

enum Message {
    Build { recipe: Recipe, format: Format, generation: u64 },
    Forget { generation: u64 },
}

impl Ahead {
    /// Starts the thread with a preparer that goes on from what it has built. `None` if the system has no thread left.
    #[must_use]
    pub fn start(mut preparer: Preparer) -> Option<Self> {
        let (messages, inbox) = channel();
        let (outbox, built) = channel();
        let is_cancelled = Arc::<AtomicBool>::default();
        let flag = is_cancelled.clone();
        let work = move || {
            let question = || flag.load(Relaxed);
            for message in inbox {
                match message {
                    Message::Forget { generation } => preparer.forget(generation),
                    Message::Build { recipe, format, generation } => {
                        let order = Order { recipe: &recipe, format, editions: [0; 2], generation };
                        let built = preparer.build(&order, &decoded, &Token::new(&question));
                        // Nobody may want it any more.
                        let _ =
                            outbox.send(built.map(|Built { delivery, unmeasured }| Ready {
                                delivery,
                                findings: unmeasured.findings(),
                            }));
                    }
                }
            }
        };
        let thread = std::thread::Builder::new().name("transept builder".to_owned()).spawn(work).ok()?;
        Some(Self { messages: Some(messages), built, waiting: 0, is_cancelled, thread: Some(thread) })
    }

    /// Orders a convolver, built after those that were ordered before. Generations rise.
    pub fn order(&mut self, recipe: &Recipe, format: Format, generation: u64) {
        self.waiting += 1;
        self.send(Message::Build { recipe: recipe.clone(), format, generation });
    }

    /// Frees convolvers that have retired, and [forgets](Preparer::forget) them for what is ordered after this.
    pub fn free(&self, retired: Option<Box<Delivery>>) {
        for generation in retired.iter().flat_map(|retired| retired.generations()) {
            self.send(Message::Forget { generation });
        }
    }

    /// The convolver that was ordered first of those not taken yet, once it is built; `None` if none was ordered.
    ///
    /// # Errors
    /// See [`PrepareError`]; cancelled by `cancel`, which is checked every 5 ms.
    ///
    /// # Panics
    /// If the thread has.
    pub fn take(&mut self, cancel: &Token) -> Result<Option<Ready>, PrepareError> {
        if self.waiting == 0 {
            return Ok(None);
        }
        self.waiting -= 1;
        loop {
            cancel.check()?;
            match self.built.recv_timeout(CHECK) {
                Ok(built) => return built.map(Some),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => match self.thread.take().map(JoinHandle::join) {
                    Some(Err(panic)) => std::panic::resume_unwind(panic),
                    _ => unreachable!("the thread lives as long as its inbox"),
                },
            }
        }
    }

    fn send(&self, message: Message) {
        if let Some(messages) = &self.messages {
            // An error is the thread's panic, which `take` reports.
            let _ = messages.send(message);
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        self.is_cancelled.store(true, Relaxed);
        self.messages = None;
        if let Some(thread) = self.thread.take() {
            // A panic was reported by the hook; whoever drops this does not want what it built.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::ChannelLayout;

    const FORMAT: Format = Format { sample_rate: 48_000, layout: ChannelLayout::Mono };

    #[test]
    fn orders_are_built_one_after_the_other_and_taken_in_their_order() {
        let mut ahead = Ahead::start(Preparer::default()).expect("a thread");
        assert!(ahead.take(&Token::never()).expect("no error").is_none(), "nothing was ordered");
        for generation in 1..4 {
            ahead.order(&Recipe::space("room"), FORMAT, generation);
        }
        for generation in 1..4 {
            let Ready { delivery, .. } = ahead.take(&Token::never()).expect("built").expect("ordered");
            assert_eq!(delivery.generation(), generation);
            ahead.free(Some(delivery));
        }
        ahead.order(&Recipe::file("/nowhere.wav"), FORMAT, 4);
        assert!(matches!(ahead.take(&Token::never()), Err(PrepareError::Missing(_))));
    }

    #[test]
    fn whoever_waits_can_give_up_and_drop_it_in_the_midst_of_a_build() {
        let mut ahead = Ahead::start(Preparer::default()).expect("a thread");
        ahead.order(&Recipe::space("hall"), FORMAT, 1);
        assert!(matches!(ahead.take(&Token::new(&|| true)), Err(PrepareError::Cancelled(_))));
        drop(ahead);
    }
}
