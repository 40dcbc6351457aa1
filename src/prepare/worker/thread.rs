//! The life of the worker's thread.

use super::mailbox::{Mailbox, Request};
use super::pool::reason;
use super::{Client, OnFailure, Outcome, State, Status, Wanted};
use crate::cancel::{Cancelled, Token};
use crate::engine::Delivery;
use crate::handover::WorkerEnd;
use crate::impulse::recipe::Source;
use crate::picture::{Gallery, Portrait, View};
use crate::prepare::error::origin_of;
use crate::prepare::preparer::{Built, Order};
use crate::prepare::{Located, PrepareError, Unmeasured, silence};
use std::cell::{Cell, RefCell};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest time during a build between two polls of the client.
const POLL: Duration = Duration::from_millis(5);

/// Time for which a build may go on after its room was requested in another shape. So while a knob is turned, shapes on
/// the way are heard, and not only the last one.
pub(super) const GRACE: Duration = Duration::from_millis(40);

/// Time by which the summary may lag behind what sounds, while one shape of a room follows another: the eye wants no
/// more, and nobody hears it.
pub(super) const LAG: Duration = Duration::from_millis(100);

/// What the thread works with.
pub(super) struct WorkerThread<C, B> {
    mailbox: Arc<Mailbox>,
    /// In a cell, because the question of a build's token is a shared closure, which also frees returned deliveries.
    exchange: RefCell<WorkerEnd<Delivery>>,
    client: C,
    build: RefCell<B>,
    /// Numbers of the convolvers that were freed, until the next build hears of it.
    freed: RefCell<Vec<u64>>,
    /// True if the last build was cancelled because its room was requested in another shape. The next build is then not
    /// cancelled for this reason, because otherwise a long impulse would not change until the knob rests.
    gave_up: Cell<bool>,
    /// What was offered last, until it is measured.
    unmeasured: RefCell<Option<Arc<Unmeasured>>>,
    /// The last time that something was measured.
    measured_at: Cell<Instant>,
    /// Phase of the instance's convolvers, as `Delivery::with_phase` takes it.
    phase: u32,
}

/// Locates the impulse of a source, as [`Client::locate`] does.
pub(in crate::prepare) type Locate<'a> = dyn Fn(&Source, bool, &Token) -> Result<Located, PrepareError> + 'a;

/// How convolvers are built: in a [`Workshop`](super::Workshop), or as the tests do.
pub(in crate::prepare) trait Build: Send + 'static {
    /// See [`Preparer::build`].
    fn build(&mut self, order: &Order, locate: &Locate, cancel: &Token) -> Result<Built, PrepareError>;
    /// See [`Preparer::forget`].
    fn forget(&mut self, _generation: u64) {}
    /// See [`Preparer::begin_anew`].
    fn begin_anew(&mut self) {}
    /// Forgets what a panic may have left half-changed.
    fn give_up(&mut self) {}
}

impl<C: Client, B: Build> WorkerThread<C, B> {
    pub fn new(mailbox: Arc<Mailbox>, exchange: WorkerEnd<Delivery>, client: C, build: B, phase: u32) -> Self {
        let (exchange, build) = (RefCell::new(exchange), RefCell::new(build));
        Self {
            mailbox,
            exchange,
            client,
            build,
            freed: RefCell::default(),
            gave_up: Cell::default(),
            unmeasured: RefCell::default(),
            measured_at: Cell::new(Instant::now()),
            phase,
        }
    }

    /// Runs until the mailbox says stop.
    pub fn run(self) {
        let _ends = EndsOnDrop(&self.mailbox);
        // The request that was done last, and what was published of it.
        let mut done = None;
        let mut published = Status::default();
        let mut reloads = 0;
        while let Some(request) = self.mailbox.look() {
            self.free_retired();
            let wanted = self.client.poll();
            if done.as_ref() == Some(&(wanted.clone(), request.reloads)) {
                // Back to what is already there: a build of something else was given up.
                if self.mailbox.status().state == State::Loading {
                    self.mailbox.publish(published.clone());
                }
                self.mailbox.acknowledge(&request);
                // Nobody who settles has to wait for it.
                let answer = |request: &Request| self.mailbox.acknowledge(request);
                if self.measure(wanted.as_ref(), request.reloads, answer, &mut published)
                    && self.afterwards(wanted.as_ref(), request.reloads)
                {
                    self.mailbox.wait(&request);
                }
                continue;
            }
            if self.measured_at.get().elapsed() >= LAG {
                // What is wanted now is still to be built.
                let keep_waiting = |_: &Request| ();
                self.measure(wanted.as_ref(), request.reloads, keep_waiting, &mut published);
            }
            if std::mem::replace(&mut reloads, request.reloads) != request.reloads {
                self.build.borrow_mut().begin_anew();
            }
            let status = match &wanted {
                None => Some(Status { state: State::Empty, ..published.clone() }),
                Some(wanted) => self.build_and_offer(wanted, request.reloads, &published),
            };
            if let Some(status) = status {
                // The client first: who sees the status may save at once.
                if let Some(wanted) = &wanted {
                    let is_offered = status.state == State::Ready;
                    self.client.finished(wanted, if is_offered { Outcome::Offered } else { Outcome::Impossible });
                }
                self.mailbox.publish(status.clone());
                published = status;
                done = Some((wanted, request.reloads));
            }
        }
        self.free_retired();
        drop(self.mailbox.take_left());
    }

    /// Builds and offers. `None` when something newer is wanted, or nothing any more.
    fn build_and_offer(&self, wanted: &Wanted, reloads: u64, published: &Status) -> Option<Status> {
        self.mailbox.publish(Status { state: State::Loading, ..published.clone() });
        let noticed = Cell::new(None);
        let has_time = |newer: &Wanted| {
            let since = noticed.get().unwrap_or_else(Instant::now);
            noticed.set(Some(since));
            newer.is_reshaped(wanted) && (self.gave_up.get() || since.elapsed() < GRACE)
        };
        let watch = self.watch(Some(wanted), reloads, |_| (), has_time);
        let cancel = Token::new(&watch);
        let locate = |source: &_, again, cancel: &Token| self.client.locate(source, again, cancel);
        let mut build = self.build.borrow_mut();
        self.freed.take().into_iter().for_each(|generation| build.forget(generation));
        let Wanted { recipe, format, editions, .. } = wanted;
        let order = Order { recipe, format: *format, editions: *editions, generation: published.generation + 1 };
        // A strange file that makes a decoder panic costs that file, not the worker. What it leaves half-changed is
        // given up.
        let built = catch_unwind(AssertUnwindSafe(|| build.build(&order, &locate, &cancel)));
        if built.is_err() {
            build.give_up();
        }
        let is_stale = cancel.is_cancelled();
        self.gave_up.set(is_stale && self.client.poll().is_some_and(|newer| newer.is_reshaped(wanted)));
        if is_stale {
            build.forget(order.generation);
            return None; // And with it what was built, thrown away here.
        }
        let state = match built {
            Ok(Ok(Built { delivery, unmeasured })) => {
                self.offer(delivery.of_editions(*editions));
                *self.unmeasured.borrow_mut() = Some(unmeasured);
                let (state, generation) = (State::Ready, order.generation);
                return Some(Status { state, is_unmeasured: true, generation, ..published.clone() });
            }
            // The choice has changed, and the token has not looked since.
            Ok(Err(PrepareError::Cancelled(_))) => {
                build.forget(order.generation);
                return None;
            }
            Ok(Err(PrepareError::Missing(wanted))) => State::Missing { wanted },
            Ok(Err(PrepareError::Changed { wanted, found })) => State::Changed { wanted, found },
            Ok(Err(error)) => State::Failed { message: error.to_string() },
            Err(panic) => {
                let from = origin_of(&wanted.recipe);
                State::Failed { message: format!("{from}: internal error: {}", reason(&*panic)) }
            }
        };
        let mut status = Status { state, ..published.clone() };
        if wanted.on_failure == OnFailure::Silence
            && let Ok(empty) = silence(wanted.format)
        {
            status.generation += 1;
            (status.summary, status.gallery, status.is_unmeasured) = (None, Gallery::default(), false);
            *self.unmeasured.borrow_mut() = None;
            self.offer(Delivery::new(empty, status.generation).of_editions(wanted.editions));
        }
        Some(status)
    }

    /// Completes the summary of what was offered last, and draws its portrait if it has a viewer, as far as that is still
    /// to be done and as long as nothing but another shape of it is wanted, and that not often. What is seen comes
    /// first: the waves and the view that is open, then the summary, then the other views. `still` is as for
    /// [`Self::watch`]. False if it was given up, for a change that may have called nobody.
    fn measure(&self, wanted: Option<&Wanted>, reloads: u64, still: impl Fn(&Request), published: &mut Status) -> bool {
        let Some(unmeasured) = self.unmeasured.borrow().clone() else { return true };
        let has_viewers = self.mailbox.has_viewers();
        if !published.is_unmeasured && !has_viewers {
            return true;
        }
        let lags = |newer: &Wanted| {
            wanted.is_some_and(|wanted| newer.is_reshaped(wanted)) && self.measured_at.get().elapsed() >= LAG
        };
        let watch = self.watch(wanted, reloads, still, lags);
        let cancel = Token::new(&watch);
        if has_viewers {
            for view in [View::Wave, self.mailbox.open_view()] {
                if self.portray(&unmeasured, view, &cancel, published).is_err() {
                    return false;
                }
            }
        }
        if published.is_unmeasured {
            // A panic, which the panic hook has reported, costs what was measured, and not the worker.
            match catch_unwind(AssertUnwindSafe(|| unmeasured.measure(&cancel))) {
                Ok(Err(_cancelled)) => return false,
                measured => published.summary = measured.ok().and_then(Result::ok),
            }
            published.is_unmeasured = false;
            // Pictures that nobody sees are not kept.
            if !has_viewers {
                published.gallery = Gallery::default();
            }
            self.publish_beside(published);
        }
        // Enough was seen of this shape: another one waits no longer.
        self.measured_at.set(Instant::now());
        let mut next = has_viewers.then_some(View::Wave);
        while let Some(view) = next {
            match self.portray(&unmeasured, view, &cancel, published) {
                Ok(portrait) => next = portrait.and_then(|portrait| portrait.next(self.mailbox.open_view())),
                Err(_cancelled) => return false,
            }
        }
        if has_viewers {
            *self.unmeasured.borrow_mut() = None;
        }
        true
    }

    /// Draws a view of the portrait of what was offered last, and publishes it. `None` if it has panicked: then there
    /// are no pictures.
    fn portray(
        &self,
        unmeasured: &Unmeasured,
        view: View,
        cancel: &Token,
        published: &mut Status,
    ) -> Result<Option<Arc<Portrait>>, Cancelled> {
        let portrait = match catch_unwind(AssertUnwindSafe(|| unmeasured.portray(view, cancel))) {
            Ok(portrait) => portrait?,
            // A panic, which the panic hook has reported, costs the pictures, and not the worker.
            Err(_panic) => None,
        };
        let before = published.gallery.clone();
        match &portrait {
            Some(portrait) => published.gallery.hang(portrait),
            None => published.gallery = Gallery::default(),
        }
        if published.gallery != before {
            self.publish_beside(published);
        }
        Ok(portrait)
    }

    /// Publishes what is known of the convolver that was offered last, whatever is being built meanwhile.
    fn publish_beside(&self, published: &Status) {
        self.mailbox.publish(Status { state: self.mailbox.status().state.clone(), ..published.clone() });
        self.mailbox.call_viewers();
    }

    /// Has the client do what can wait until the room sounds, as long as nothing else is wanted (H9). False if that was
    /// given up, for a change that may have called nobody.
    fn afterwards(&self, wanted: Option<&Wanted>, reloads: u64) -> bool {
        // Nobody who settles has to wait for it.
        let watch = self.watch(wanted, reloads, |request| self.mailbox.acknowledge(request), |_| false);
        // A panic, which the panic hook has reported, costs what was to be done, and not the worker.
        let token = Token::new(&watch);
        let _ = catch_unwind(AssertUnwindSafe(|| self.client.afterwards(&token)));
        !token.is_cancelled()
    }

    /// The question of a [`Token`] (H9): true once there is another request, a reload, or no request any more. `still`
    /// is called with each look at the mailbox that changes nothing. `has_time` says whether the work may go on
    /// although there is a newer request.
    fn watch<'a>(
        &'a self,
        wanted: Option<&'a Wanted>,
        reloads: u64,
        still: impl Fn(&Request) + 'a,
        has_time: impl Fn(&Wanted) -> bool + 'a,
    ) -> impl Fn() -> bool + 'a {
        let given_up = Cell::new(false);
        let looked = Cell::new((self.mailbox.count(), Instant::now()));
        move || {
            let (count, at) = looked.get();
            // Cheap unless somebody requested or it is time to ask, so that work may ask as often as it likes.
            if !given_up.get() && (self.mailbox.count() != count || at.elapsed() >= POLL) {
                looked.set((self.mailbox.count(), Instant::now()));
                self.free_retired();
                let request = self.mailbox.look().filter(|request| request.reloads == reloads);
                let newest = self.client.poll();
                match request {
                    Some(request) if newest.as_ref() == wanted => still(&request),
                    Some(_) if newest.is_some_and(|newest| has_time(&newest)) => {}
                    _ => given_up.set(true),
                }
            }
            given_up.get()
        }
    }

    fn offer(&self, delivery: Delivery) {
        let unheard = self.exchange.borrow_mut().offer(Box::new(delivery.with_phase(self.phase)));
        self.free(unheard); // H3: here, on the worker.
    }

    fn free_retired(&self) {
        let retired = self.exchange.borrow_mut().collect();
        self.free(retired);
    }

    fn free(&self, deliveries: Option<Box<Delivery>>) {
        if let Some(deliveries) = deliveries {
            self.freed.borrow_mut().extend(deliveries.generations());
        }
    }
}

/// Tells those who wait when the thread ends, even by a panic.
struct EndsOnDrop<'a>(&'a Mailbox);

impl Drop for EndsOnDrop<'_> {
    fn drop(&mut self) {
        self.0.end();
    }
}
