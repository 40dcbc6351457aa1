//! About what happens while an impulse is loaded, and when it cannot be.

use super::STEREO;
use std::sync::{Mutex, mpsc};
use std::time::{Duration, Instant};
use transept::chain::Format;
use transept::impulse::recipe::Recipe;
use transept::prepare::worker::{OnFailure, State, Wanted, Worker};
use transept_support::folder::Folder;
use transept_support::signal::noise;

/// Only against hangs.
const FOR_EVER: Duration = Duration::from_secs(120);

/// 1. The session opens without its impulse, silently; saved again it is gone for good.
#[cfg(feature = "plugin")]
#[test]
fn the_session_opens_without_its_impulse() {
    use transept::session::embed::Embedding;
    let folder = Folder::new();
    let path = folder.wave("church.wav", 48_000, &[noise(1000, 1)]);
    let before = session::Instance::new(&folder);
    before.params.session.embed(Embedding::Never);
    before.params.session.choose(Recipe::file(&path));
    before.comes_to(&State::Ready);
    let session = before.remembered();
    std::fs::remove_file(&path).expect("removed");

    let mut missing = session::Instance::open(&folder, &session);
    missing.comes_to(&State::Missing { wanted: path.clone() });
    assert!(missing.audio.take().expect("silence").kernel().is_empty(), "and no other room in its place");
    assert_eq!(missing.save(), session, "saved again nothing is lost");

    folder.wave("church.wav", 48_000, &[noise(1000, 2)]);
    missing.worker.handle().reload();
    missing.comes_to(&State::Changed { wanted: path.clone(), found: path.clone() });
    assert_eq!(missing.save(), session, "nor is another file taken for it");

    folder.wave("St. Mary.wav", 48_000, &[noise(1000, 1)]);
    missing.worker.handle().reload();
    missing.comes_to(&State::Ready);
    missing.params.session.embed(Embedding::Always);
    let session = missing.remembered();
    std::fs::remove_file(folder.path("St. Mary.wav")).expect("removed");
    let embedded = session::Instance::open(&folder, &session);
    embedded.comes_to(&State::Ready);
    assert_eq!(embedded.save(), session, "carried along it needs no file");
}

/// An instance without sound, whose library is one folder.
#[cfg(feature = "plugin")]
mod session {
    use super::{FOR_EVER, Folder, Instant, OnFailure, STEREO, State, Wanted, Worker};
    use nice_plug::prelude::Params;
    use std::collections::BTreeMap;
    use std::sync::Arc;
    use std::time::Duration;
    use transept::cancel::Token;
    use transept::engine::Delivery;
    use transept::handover::AudioEnd;
    use transept::impulse::recipe::Source;
    use transept::library::Library;
    use transept::parameters::TranseptParams;
    use transept::prepare::worker::Client;
    use transept::prepare::{Located, PrepareError};
    use transept::session::resolver::Resolver;

    pub struct Instance {
        pub params: Arc<TranseptParams>,
        pub worker: Worker,
        pub audio: AudioEnd<Delivery>,
    }

    struct Asks(Arc<TranseptParams>, Resolver);

    impl Client for Asks {
        fn poll(&self) -> Option<Wanted> {
            let (recipe, editions) = (self.0.wanted(), self.0.session.choice().editions());
            Some(Wanted { recipe, format: STEREO, editions, on_failure: OnFailure::Silence })
        }
        fn locate(&self, source: &Source, again: bool, cancel: &Token) -> Result<Located, PrepareError> {
            self.1.locate(source, again, cancel)
        }
        fn afterwards(&self, cancel: &Token) {
            self.1.remember(cancel);
        }
    }

    impl Instance {
        pub fn new(library: &Folder) -> Self {
            Self::open(library, &BTreeMap::new())
        }

        pub fn open(library: &Folder, session: &BTreeMap<String, String>) -> Self {
            let params = Arc::new(TranseptParams::default());
            params.deserialize_fields(session);
            // A state moves the parameter, too.
            params.session.move_parameter(params.session.choice().slot.expect("a slot for every recipe"));
            let library = Library { folders: vec![library.path("")] };
            let resolver = Resolver::new(params.session.clone(), move || library.clone());
            let (worker, audio) = Worker::spawn(Asks(params.clone(), resolver));
            let handle = worker.handle();
            params.session.on_change(move || handle.nudge());
            Self { params, worker, audio }
        }

        #[track_caller]
        pub fn comes_to(&self, state: &State) {
            assert!(self.worker.handle().settle(FOR_EVER), "hung");
            assert_eq!(self.worker.handle().status().state, *state);
        }

        pub fn save(&self) -> BTreeMap<String, String> {
            self.params.serialize_fields()
        }

        /// What is saved once all is remembered.
        pub fn remembered(&self) -> BTreeMap<String, String> {
            use transept::session::embed::Embedding;
            let began = Instant::now();
            let embeds = self.params.session.embedding() != Embedding::Never;
            loop {
                let saved = self.save();
                let session: serde_json::Value = serde_json::from_str(&saved["session"]).expect("JSON");
                let is_known = session["memory"].to_string().contains("file_hash");
                if is_known && session["embedded"].is_null() != embeds {
                    return saved;
                }
                assert!(began.elapsed() < FOR_EVER, "never remembered: {saved:?}");
                std::thread::park_timeout(Duration::from_millis(5));
            }
        }
    }
}

/// 17. The window freezes while loading.
#[test]
fn the_window_freezes_while_loading() {
    let folder = Folder::new();
    let recipe = Recipe::file(folder.wave("long.wav", 44_100, &vec![noise(441_000, 1); 4]));
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
        Some(Wanted { recipe: recipe.clone(), format, editions: [0; 2], on_failure: OnFailure::default() })
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
