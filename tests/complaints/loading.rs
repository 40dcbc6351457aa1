//! About what happens while an impulse is loaded, and when it cannot be.

use crate::common::noise;
use crate::{Folder, STEREO};
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};
use transept::chain::Format;
use transept::impulse::recipe::Recipe;
use transept::prepare::worker::{OnFailure, State, Wanted, Worker};

/// Only against hangs.
const FOR_EVER: Duration = Duration::from_secs(120);

/// 1. The session opens without its impulse, silently; saved again it is gone for good.
#[cfg(feature = "plugin")]
#[test]
fn the_session_opens_without_its_impulse() {
    use nice_plug::prelude::Params;
    use std::sync::Arc;
    use transept::plugin::params::TranseptParams;
    let folder = Folder::new();
    let path = folder.file("church.wav", 48_000, &[noise(1000, 1)]);
    let before = TranseptParams::default();
    before.recipe.choose(Recipe::file(&path));
    let session = before.serialize_fields();
    std::fs::remove_file(&path).expect("removed");

    let params = Arc::new(TranseptParams::default());
    params.deserialize_fields(&session);
    let asked = params.clone();
    let wanted =
        move || Some(Wanted { recipe: asked.wanted(), format: STEREO, edition: 0, on_failure: OnFailure::Silence });
    let (worker, mut audio) = Worker::spawn(wanted);
    assert!(worker.handle().settle(FOR_EVER), "hung");
    assert_eq!(worker.handle().status().state, State::Missing { wanted: path.clone() }, "said, by name");
    assert!(audio.take().expect("silence").kernel().is_empty(), "and no other room in its place");
    assert_eq!(params.serialize_fields(), session, "saved again nothing is lost");

    folder.file("church.wav", 48_000, &[noise(1000, 1)]);
    worker.handle().reload();
    assert!(worker.handle().settle(FOR_EVER), "hung");
    assert_eq!(worker.handle().status().state, State::Ready, "found again it sounds");
}

/// 17. The window freezes while loading.
#[test]
fn the_window_freezes_while_loading() {
    let folder = Folder::new();
    let recipe = Recipe::file(folder.file("long.wav", 44_100, &vec![noise(441_000, 1); 4]));
    let format = Format { sample_rate: 192_000, ..STEREO };
    // Once the build asks whether to go on, it is held until the window has looked.
    let (hold, held) = mpsc::channel::<()>();
    let held = Mutex::new((0, held));
    let wanted = move || {
        let (asked, held) = &mut *held.lock().expect("no panic");
        *asked += 1;
        if *asked == 2 {
            // An error is the test's end.
            let _ = held.recv();
        }
        Some(Wanted { recipe: recipe.clone(), format, edition: 0, on_failure: OnFailure::default() })
    };
    let (worker, _audio) = Worker::spawn(wanted);
    let handle = worker.handle();
    let began = Instant::now();
    while handle.status().state == State::Empty {
        assert!(began.elapsed() < FOR_EVER, "nothing is loaded");
        std::thread::yield_now();
    }
    for _ in 0..1000 {
        handle.nudge();
        assert_eq!(handle.status().state, State::Loading, "every look is answered");
    }
    hold.send(()).expect("the worker waits");
    assert!(handle.settle(FOR_EVER), "hung");
    assert_eq!(handle.status().state, State::Ready);
}
