//! Promises of the worker, with a build that the tests hold in their hands.

mod rig;

use super::*;
use crate::cancel::Token;
use crate::impulse::units::Level;
use crate::picture::{Gallery, View};
use rig::{FORMAT, GUARD, Rig, until};
use std::sync::atomic::{AtomicBool, AtomicI16, AtomicUsize, Ordering::SeqCst};
use std::thread;
use std::time::{Duration, Instant};

/// What a convolver answers to a single one.
fn response(mut delivery: Delivery) -> f32 {
    let mut out = [f32::NAN];
    delivery.convolver_mut().process(&[&[1.0]], &mut [&mut out]);
    out[0]
}

#[test]
fn what_is_wanted_is_ready_when_it_has_settled() {
    let mut rig = Rig::new();
    assert_eq!(*rig.settle(), Status::default(), "nothing is wanted");
    let status = rig.settled("7");
    assert_eq!((&status.state, status.generation), (&State::Ready, 1));
    assert_eq!(status.summary.as_ref().expect("ready").name, "7");
    let convolver = rig.audio().take().expect("offered");
    assert_eq!((convolver.generation(), response(*convolver)), (1, 7.0));
}

#[test]
fn a_summary_follows_what_sounds_and_nobody_waits_for_it() {
    let rig = Rig::new();
    for number in 1..=200 {
        if number % 20 == 0 {
            // Long enough for what was given up to be measured before the next is built.
            std::thread::park_timeout(super::thread::LAG);
        }
        rig.want(&number.to_string(), OnFailure::KeepSounding);
        assert!(rig.handle().settle(GUARD));
        let status = rig.handle().status();
        assert_eq!((&status.state, status.generation), (&State::Ready, number));
        // Of the last one, or of one before.
        let about = status.summary.as_ref().map_or(0, |summary| summary.name.parse().expect("a number"));
        assert!(about <= number && (about == number || status.is_unmeasured), "{about} of {number}");
    }
    assert_eq!(rig.settle().summary.as_ref().expect("measured").name, "200");
}

#[test]
fn pictures_are_made_while_they_have_a_viewer() {
    let rig = Rig::new();
    assert_eq!(rig.settled("1").gallery, Gallery::default(), "nobody sees it");
    let viewer = rig.handle().view(None);
    // The last one.
    let shown = || rig.handle().status().gallery.of(View::Response).cloned();
    until("drawn, though nothing else is wanted", || shown().is_some());
    let is_another =
        |before: &Option<Arc<_>>| shown().zip(before.as_ref()).is_some_and(|(now, before)| !Arc::ptr_eq(&now, before));
    let first = shown();
    rig.settled("2");
    until("the next one is drawn", || is_another(&first));
    let (second, other) = (shown(), rig.handle().view(None));
    drop(viewer);
    rig.settled("3");
    until("drawn for the other viewer", || is_another(&second));
    drop(other);
    rig.settled("4");
    until("nobody sees it any more", || rig.handle().status().gallery == Gallery::default());
}

#[test]
fn a_viewer_is_called_when_there_are_pictures() {
    let rig = Rig::new();
    let _viewer = rig.handle().view(Some(thread::current()));
    rig.want("1", OnFailure::KeepSounding);
    // The last one.
    while rig.handle().status().gallery.of(View::Response).is_none() {
        let began = Instant::now();
        thread::park_timeout(GUARD);
        assert!(began.elapsed() < GUARD, "nobody calls");
    }
}

/// A look may come at any moment while pictures are made; this is true of all of them.
#[test]
fn the_waves_come_first_then_the_view_that_is_open_and_no_view_is_of_two_impulses() {
    let rig = Rig::new();
    let _viewer = rig.handle().view(None);
    rig.handle().look_at(View::Response);
    let drawn = || View::ALL.map(|view| rig.handle().status().gallery.of(view).cloned());
    let mut before = [const { None }; 4];
    for name in ["1", "2", "3"] {
        rig.want(name, OnFailure::KeepSounding);
        assert!(rig.handle().settle(GUARD));
        until("all views are drawn", || {
            let status = rig.handle().status();
            let now = View::ALL.map(|view| status.gallery.of(view).cloned());
            let is_old = |view: usize| match (&now[view], &before[view]) {
                (Some(now), Some(before)) => Arc::ptr_eq(now, before),
                (now, _) => now.is_none(),
            };
            let is_new = [0, 1, 2, 3].map(|view| !is_old(view));
            let [wave, decay, spectrogram, response] = is_new;
            assert!(wave || !response, "{name}: waves first: {is_new:?}");
            assert!(response || !(decay || spectrogram), "{name}: the open view before the others: {is_new:?}");
            assert!(response || status.is_unmeasured, "{name}: the open view before the figures: {is_new:?}");
            for (view, portrait) in View::ALL.into_iter().zip(&now) {
                assert!(portrait.as_ref().is_none_or(|portrait| portrait.has(view)), "{name}: {view:?}");
            }
            is_new == [true; 4]
        });
        before = drawn();
        assert!(before.iter().flatten().all(|of| Arc::ptr_eq(of, before[0].as_ref().expect("drawn"))), "one portrait");
    }
}

#[test]
fn what_is_wanted_again_is_not_built_again_unless_reloaded() {
    let rig = Rig::new();
    rig.settled("7");
    rig.settled("7");
    assert_eq!(rig.gate.builds.load(SeqCst), 1);
    rig.handle().reload();
    assert_eq!((rig.settle().generation, rig.gate.builds.load(SeqCst)), (2, 2));
}

#[test]
fn a_parameter_moved_by_the_host_is_noticed_without_a_call() {
    let rig = Rig::new();
    rig.settled("1");
    rig.want("2", OnFailure::KeepSounding);
    until("idle, it asks by itself", || rig.handle().status().generation == 2);
    rig.hold_up("3");
    rig.want("4", OnFailure::KeepSounding);
    until("building, it asks by itself", || rig.gate.builds.load(SeqCst) == 4);
    rig.gate.closed.store(false, SeqCst);
    assert_eq!(rig.settle().summary.as_ref().expect("ready").name, "4");
}

#[test]
fn the_newest_wins_and_what_it_replaced_unheard_is_freed_by_the_worker() {
    let mut rig = Rig::new();
    for number in 1..=20 {
        rig.settled(&number.to_string());
        // Nobody else drops anything here: the audio end stands still.
        assert_eq!(rig.gate.alive(), 1, "only the newest is kept");
    }
    assert_eq!(response(*rig.audio().take().expect("offered")), 20.0);
    assert!(rig.audio().take().is_none());
}

#[test]
fn a_newer_request_a_reload_or_the_end_is_noticed_at_the_next_question() {
    for (what, call) in [
        ("a newer request", (|rig: &mut Rig| rig.handle().nudge()) as fn(&mut Rig)),
        ("a reload", |rig| rig.handle().reload()),
        ("the end", |rig| rig.worker.as_ref().expect("there").mailbox.stop()),
    ] {
        let mut rig = Rig::new();
        rig.hold_up("1");
        if what == "a newer request" {
            // Not seen before the nudge, or within 5 ms: then the count below is the smaller.
            rig.want("unknown", OnFailure::KeepSounding);
        }
        call(&mut rig);
        let asked = rig.gate.asked.load(SeqCst);
        let gate = rig.gate.clone();
        if what == "a reload" {
            until("built again", || gate.builds.load(SeqCst) == 2);
            gate.closed.store(false, SeqCst);
        }
        if what != "the end" {
            rig.settle();
        }
        drop(rig);
        // The question that was already being answered, and the next. After a reload the gate opens a little later.
        let more = gate.asked.load(SeqCst) - asked;
        assert!(what == "a reload" || more <= 2, "{what}: {more} questions later");
    }
}

#[test]
fn what_is_stale_when_it_is_done_is_not_offered() {
    let rig = Rig::new();
    rig.gate.deaf.store(true, SeqCst);
    rig.hold_up("1");
    rig.want("2", OnFailure::KeepSounding);
    rig.handle().nudge();
    rig.gate.closed.store(false, SeqCst);
    let status = rig.settle();
    assert_eq!((status.generation, &status.summary.as_ref().expect("ready").name[..]), (1, "2"));
}

#[test]
fn back_to_what_is_already_there_is_ready_at_once() {
    let rig = Rig::new();
    rig.settled("1");
    rig.hold_up("2");
    assert_eq!(rig.handle().status().state, State::Loading);
    assert_eq!(rig.handle().status().summary.as_ref().expect("still that of").name, "1");
    let status = rig.settled("1");
    assert_eq!((&status.state, status.generation, rig.gate.alive()), (&State::Ready, 1, 1));
}

#[test]
fn a_failure_says_which_file_and_why_and_the_old_room_goes_on() {
    let mut rig = Rig::new();
    rig.settled("1");
    drop(rig.audio().take());
    let missing = rig.settled("missing");
    assert_eq!(missing.state, State::Missing { wanted: "/gone/hall.wav".into() });
    let State::Failed { message } = rig.settled("unknown").state.clone() else { panic!("not failed") };
    assert!(message.contains("\"unknown\""), "{message}");
    assert!(!rig.audio().is_waiting() && rig.audio().take().is_none(), "nothing is offered");
    let status = rig.handle().status();
    assert_eq!((status.generation, &status.summary.as_ref().expect("of the old").name[..]), (1, "1"));
}

#[test]
fn a_session_whose_file_is_gone_is_silent() {
    let mut rig = Rig::new();
    rig.settled("1");
    rig.want("missing", OnFailure::Silence);
    let status = rig.settle();
    assert_eq!((&status.state, status.generation), (&State::Missing { wanted: "/gone/hall.wav".into() }, 2));
    let silence = rig.audio().take().expect("offered");
    assert!(silence.kernel().is_empty() && silence.generation() == 2);
    assert_eq!(response(*silence), 0.0);
}

#[test]
fn a_panic_in_a_decoder_costs_the_file_and_not_the_worker() {
    let rig = Rig::new();
    let State::Failed { message } = rig.settled("panic").state.clone() else { panic!("not failed") };
    assert_eq!(message, "space \"panic\": internal error: what a strange file");
    assert_eq!(rig.settled("2").state, State::Ready);
}

#[test]
fn settling_ends_with_the_time_or_the_worker() {
    let mut rig = Rig::new();
    rig.hold_up("1");
    assert!(!rig.handle().settle(Duration::ZERO), "it is still being built");
    let handle = rig.handle();
    let waits = thread::spawn(move || handle.settle(Duration::MAX));
    let handle = rig.handle();
    rig.worker = None;
    assert!(!waits.join().expect("no panic") && !handle.settle(Duration::MAX), "the worker is gone");
}

#[test]
fn settling_waits_for_what_is_wanted_now_and_not_for_what_is_being_built() {
    let rig = Rig::new();
    rig.hold_up("1");
    rig.want("2", OnFailure::KeepSounding);
    rig.gate.closed.store(false, SeqCst);
    assert_eq!(rig.settle().summary.as_ref().expect("ready").name, "2");
}

/// A client that always has more to do afterwards, until it is told to stop.
struct Busy {
    wanted: Arc<std::sync::Mutex<Option<Wanted>>>,
    /// Times that it has begun, and that it has been told to stop.
    begun: Arc<AtomicUsize>,
    stopped: Arc<AtomicUsize>,
}

impl Client for Busy {
    fn poll(&self) -> Option<Wanted> {
        self.wanted.lock().unwrap().clone()
    }
    fn afterwards(&self, cancel: &Token) {
        self.begun.fetch_add(1, SeqCst);
        while !cancel.is_cancelled() {
            thread::yield_now();
        }
        self.stopped.fetch_add(1, SeqCst);
    }
}

#[test]
fn what_can_wait_comes_after_the_room_and_makes_nobody_wait() {
    let wanted = Arc::<std::sync::Mutex<Option<Wanted>>>::default();
    let (begun, stopped) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let want = |name: &str| {
        let recipe = Recipe::space(name);
        *wanted.lock().unwrap() =
            Some(Wanted { recipe, format: FORMAT, editions: [0; 2], on_failure: OnFailure::Silence });
    };
    want("unknown");
    let client = Busy { wanted: wanted.clone(), begun: begun.clone(), stopped: stopped.clone() };
    let (worker, mut audio) = Worker::spawn(client);
    let handle = worker.handle();
    until("at it", || begun.load(SeqCst) == 1);
    assert!(audio.take().is_some(), "it was offered before");
    for _ in 0..100 {
        assert!(handle.settle(GUARD), "answered in the midst of it");
    }
    assert_eq!((begun.load(SeqCst), stopped.load(SeqCst)), (1, 0));
    want("something else");
    until("noticed without a call (H9)", || stopped.load(SeqCst) == 1);
    until("at it again", || begun.load(SeqCst) == 2);
    assert_eq!(handle.status().generation, 2);
    handle.reload();
    until("and a reload is noticed", || begun.load(SeqCst) == 3);
    drop(worker);
    assert_eq!(stopped.load(SeqCst), 3, "and the end");
}

/// The client's answer changes, and nobody calls: the clock gives up what could wait, and the worker does not sleep on
/// it.
#[test]
fn what_was_given_up_without_a_call_is_followed_by_the_new_request() {
    let wanted = Arc::<std::sync::Mutex<Option<Wanted>>>::default();
    let (begun, stopped) = (Arc::<AtomicUsize>::default(), Arc::<AtomicUsize>::default());
    let want = |name: &str| {
        let (recipe, on_failure) = (Recipe::space(name), OnFailure::Silence);
        *wanted.lock().unwrap() = Some(Wanted { recipe, format: FORMAT, editions: [0; 2], on_failure });
    };
    want("unknown");
    let client = Busy { wanted: wanted.clone(), begun: begun.clone(), stopped: stopped.clone() };
    let (worker, _audio) = Worker::spawn(client);
    until("at it", || begun.load(SeqCst) == 1);
    want("something else");
    until("at it again", || begun.load(SeqCst) == 2);
    assert_eq!((stopped.load(SeqCst), worker.handle().status().generation), (1, 2));
}

#[test]
fn the_same_recipe_of_another_edition_is_built_again() {
    let rig = Rig::new();
    rig.settled("7");
    rig.asks.change(|wanted| wanted.as_mut().expect("wanted").editions[0] += 1);
    assert_eq!((rig.settle().generation, rig.gate.builds.load(SeqCst)), (2, 2));
}

/// Where the instance stands when it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Moment {
    Idle,
    Building,
    InInbox,
    Sounding,
    OnReturnPath,
    All,
}

#[test]
fn an_instance_may_go_at_any_moment_of_a_load_and_in_any_order() {
    use Moment::{All, Building, Idle, InInbox, OnReturnPath, Sounding};
    for moment in [Idle, Building, InInbox, Sounding, OnReturnPath, All] {
        for worker_first in [true, false] {
            let mut rig = Rig::new();
            let mut sounding = None;
            let at = |moments: &[Moment]| moment == All || moments.contains(&moment);
            if at(&[Sounding, OnReturnPath]) {
                rig.settled("1");
                sounding = rig.audio().take();
            }
            if at(&[OnReturnPath]) {
                rig.settled("2");
                let old = std::mem::replace(&mut sounding, rig.audio().take());
                rig.audio().give_back(old.expect("sounding"));
            }
            if at(&[InInbox]) {
                rig.settled("3");
            }
            if at(&[Building]) {
                rig.hold_up("4");
            }
            if worker_first {
                rig.worker = None;
                rig.audio = None;
            } else {
                rig.audio = None;
                rig.worker = None;
            }
            drop(sounding);
            assert_eq!(rig.gate.alive(), 0, "{moment:?}, worker first: {worker_first}");
        }
    }
}

#[test]
fn in_a_storm_of_requests_memory_is_bounded_and_the_last_is_heard() {
    let rig = Rig::new();
    let Rig { asks, gate, worker, audio, watch } = rig;
    let (worker, mut audio) = (worker.expect("there"), audio.expect("there"));
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let over = &over;
        let player = scope.spawn(move || {
            // A chain whose fade lasts a block: one sounds, one rings out.
            let (mut sounding, mut ringing_out) = (None::<Box<Delivery>>, None);
            loop {
                let last = over.load(SeqCst);
                if let Some(old) = ringing_out.take() {
                    audio.give_back(old);
                } else if audio.return_is_free()
                    && audio.is_waiting()
                    && let Some(new) = audio.take()
                {
                    assert!(sounding.as_ref().is_none_or(|old| old.generation() < new.generation()));
                    ringing_out = sounding.replace(new);
                } else if last && !audio.is_waiting() {
                    return sounding;
                }
                thread::yield_now();
            }
        });
        for number in 1..=3000 {
            let recipe = Recipe::space(&number.to_string());
            let on_failure = OnFailure::default();
            asks.change(|wanted| *wanted = Some(Wanted { recipe, format: FORMAT, editions: [0; 2], on_failure }));
            worker.handle().nudge();
            if number % 3 == 0 {
                thread::yield_now();
            }
        }
        assert!(worker.handle().settle(GUARD));
        over.store(true, SeqCst);
        let sounding = player.join().expect("no panic").expect("something sounds");
        assert_eq!(response(*sounding), 3000.0);
    });
    // Sounding, ringing out, inbox, worker, return path (H8).
    assert!(gate.most_alive.load(SeqCst) <= 5, "{} kernels at once", gate.most_alive.load(SeqCst));
    println!("{} builds, at most {:?} kernels", gate.builds.load(SeqCst), gate.most_alive);
    drop((watch, worker));
    assert_eq!(gate.alive(), 0);
}

/// A knob that never rests, and a room that takes longer to build than it is given.
#[test]
fn while_a_knob_is_turned_one_shape_after_the_other_is_given_up_and_the_next_is_heard() {
    let mut rig = Rig::new();
    rig.settled("1");
    let turn = |step: i16| {
        let late = Level::from_hundredths(step);
        rig.asks.change(|wanted| wanted.as_mut().expect("something is wanted").recipe.shape.late = late);
    };
    rig.gate.closed.store(true, SeqCst);
    let before = rig.gate.builds.load(SeqCst);
    let step = AtomicI16::new(0);
    // The first is given up once it has had its time. The second is not, however long it takes.
    until("building", || {
        turn(step.fetch_add(1, SeqCst) % 2000);
        rig.gate.builds.load(SeqCst) >= before + 2
    });
    let asked = rig.gate.asked.load(SeqCst);
    until("asked often", || rig.gate.asked.load(SeqCst) > asked + 1000);
    let began = Instant::now();
    while began.elapsed() < 3 * super::thread::GRACE {
        turn(2000 + began.elapsed().as_millis() as i16 % 2000);
        std::thread::park_timeout(Duration::from_millis(1));
    }
    assert_eq!(rig.gate.builds.load(SeqCst), before + 2, "it goes on");
    let generation = rig.handle().status().generation;
    rig.gate.closed.store(false, SeqCst);
    until("heard", || rig.handle().status().generation > generation);
    rig.settle();
    assert!(rig.audio().take().is_some());
}
