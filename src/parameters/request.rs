//! The request of an instance to its worker: the session's sources, with level, shape and combination from the
//! parameters, for the host's format.
//!
//! `Request` lives on the worker's thread. It also reports the outcome of each request to the session.

use super::sampled::{PATIENCE, Reader};
use super::{TranseptParams, shaped};
use crate::cancel::Token;
use crate::chain::Format;
use crate::handover::Revision;
use crate::impulse::recipe::Source;
use crate::library::{self, Library};
use crate::prepare::worker::{Client, OnFailure, Outcome, Wanted};
use crate::prepare::{Located, PrepareError};
use crate::session::choice::{Choice, Origin};
use crate::session::list::SIBLINGS;
use crate::session::resolver::Resolver;
use crate::settings::Settings;
use parking_lot::Mutex;
use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::time::Duration;

/// The worker's client on behalf of an instance.
pub(crate) struct Request {
    params: Arc<TranseptParams>,
    sampled: Reader,
    /// `None` before the first activation.
    format: Arc<Mutex<Option<Format>>>,
    /// The last request, if it cannot be built.
    refused: RefCell<Option<Wanted>>,
    resolver: Resolver,
    /// Edition of the impulse whose folder was listed last.
    offered: Cell<u64>,
}

impl Request {
    pub(crate) fn new(
        params: Arc<TranseptParams>,
        format: Arc<Mutex<Option<Format>>>,
        library: impl Fn() -> Library + Send + 'static,
    ) -> Self {
        Self::with_patience(params, format, library, PATIENCE)
    }

    /// As [`new`](Self::new), with a time without blocks after which the parameters themselves count.
    pub(crate) fn with_patience(
        params: Arc<TranseptParams>,
        format: Arc<Mutex<Option<Format>>>,
        library: impl Fn() -> Library + Send + 'static,
        patience: Duration,
    ) -> Self {
        let resolver = Resolver::new(params.session.clone(), library);
        let sampled = Reader::new(patience);
        Self { params, sampled, format, refused: RefCell::default(), resolver, offered: Cell::new(0) }
    }

    fn compose(&self, settings: &Settings) -> Option<Wanted> {
        let format = (*self.format.lock())?;
        let choice = self.params.session.choice();
        let on_failure = if choice.loaded { OnFailure::Silence } else { OnFailure::KeepSounding };
        let editions = choice.editions();
        Some(Wanted { recipe: shaped(choice.recipe, settings), format, editions, on_failure })
    }

    /// Once somebody has chosen a file that sounds, the parameter `impulse` offers the next ones of its folder.
    fn offer_siblings(&self, cancel: &Token) {
        let Choice { recipe, origins: [Origin { loaded, edition }, _], slot, is_tried, .. } =
            self.params.session.choice();
        let Source::File { path } = recipe.source else { return };
        if loaded || is_tried || slot.is_none() || self.offered.get() == edition {
            return;
        }
        let Ok(mut files) = library::siblings(&path, cancel) else { return };
        self.offered.set(edition);
        let after = files.iter().position(|file| *file == path).map_or(0, |at| at + 1);
        // Those behind it first, and round to those before it.
        let before = files.split_off(after);
        let sources = before.into_iter().chain(files).take(SIBLINGS).map(|path| Source::File { path });
        self.params.session.offer(edition, sources);
    }
}

impl Client for Request {
    fn poll(&self) -> Option<Wanted> {
        let session = &self.params.session;
        let sample = self.sampled.read(&self.params);
        session.follow(sample.slot, sample.loads);
        let wanted = self.compose(&sample.settings)?;
        let is_another = |refused: &Wanted| refused.editions == wanted.editions && *refused != wanted;
        if self.refused.borrow().as_ref().is_some_and(is_another) {
            // Another format, level or shape, while what is chosen cannot be built: what sounds must follow.
            session.go_back(wanted.editions);
            return self.compose(&sample.settings);
        }
        Some(wanted)
    }

    fn finished(&self, wanted: &Wanted, outcome: Outcome) {
        match outcome {
            Outcome::Offered => self.params.session.prove(wanted.editions, wanted.recipe.second.is_some()),
            Outcome::Impossible => self.params.session.refuse(wanted.editions),
        }
        *self.refused.borrow_mut() = Some(wanted.clone()).filter(|_| outcome == Outcome::Impossible);
    }

    fn locate(&self, source: &Source, again: bool, cancel: &Token) -> Result<Located, PrepareError> {
        self.resolver.locate(source, again, cancel)
    }

    fn afterwards(&self, cancel: &Token) {
        self.resolver.remember(cancel);
        self.offer_siblings(cancel);
    }

    fn revision(&self) -> Arc<Revision> {
        self.params.revision.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::recipe::Recipe;
    use crate::plugin::Transept;
    use crate::prepare::worker::State;

    /// Longest wait of a test, so that a fault fails instead of hanging.
    const FOR_EVER: Duration = Duration::from_secs(60);

    fn settled(instance: &Transept) -> State {
        assert!(instance.worker().settle(FOR_EVER));
        instance.worker().status().state.clone()
    }

    fn at(instance: &Transept, sample_rate: u32) {
        *instance.format.lock() = Some(Format { sample_rate, layout: crate::channels::ChannelLayout::Stereo });
    }

    fn saved(instance: &Transept) -> String {
        serde_json::to_string(&instance.params.session.save()).expect("JSON")
    }

    #[test]
    fn a_choice_that_cannot_be_built_is_neither_saved_nor_taken_to_another_rate() {
        let instance = Transept::default();
        assert_eq!(settled(&instance), State::Empty);
        at(&instance, 48_000);
        assert_eq!(settled(&instance), State::Ready);
        let before = saved(&instance);
        instance.params.session.choose(Recipe::file("/nowhere/Cathedral.wav"));
        assert!(matches!(settled(&instance), State::Missing { .. }));
        assert!(matches!(settled(&instance), State::Missing { .. }), "the error stays in sight");
        assert_eq!(saved(&instance), before);
        at(&instance, 44_100);
        assert_eq!(settled(&instance), State::Ready);
        assert_eq!(instance.params.session.get(), Recipe::default());
    }

    /// A build may end after something else was chosen: its outcome is about the request that it was made for.
    #[test]
    fn an_outcome_says_nothing_of_another_choice() {
        let params = Arc::new(TranseptParams::default());
        let format = Format { sample_rate: 48_000, layout: crate::channels::ChannelLayout::Mono };
        let request = Request::new(params.clone(), Arc::new(Mutex::new(Some(format))), Library::of_user);
        let hall = request.poll().expect("a format is set");
        params.session.choose(Recipe::file("/nowhere/Cathedral.wav"));
        request.finished(&hall, Outcome::Offered);
        assert_eq!(params.session.slot("Cathedral"), None, "not proved");
        let cathedral = request.poll().expect("a format is set");
        request.finished(&cathedral, Outcome::Offered);
        assert!(params.session.slot("Cathedral").is_some(), "proved by its own");
    }

    #[test]
    fn a_file_that_was_chosen_and_sounds_brings_its_folder_along() {
        let folder = tempfile::tempdir().expect("a folder");
        for name in ["1.wav", "2.wav", "10.wav"] {
            std::fs::write(folder.path().join(name), ONE_SAMPLE).expect("a file");
        }
        let instance = Transept::default();
        at(&instance, 48_000);
        assert_eq!(settled(&instance), State::Ready);
        let recipe = &instance.params.session;
        recipe.choose(Recipe::file(folder.path().join("2.wav")));
        assert_eq!(settled(&instance), State::Ready);
        let patience = std::time::Instant::now() + FOR_EVER;
        while recipe.slot("1").is_none_or(|slot| recipe.text(slot) != "1") && std::time::Instant::now() < patience {
            assert_eq!(settled(&instance), State::Ready);
        }
        let names: Vec<String> = (4..8).map(|slot| recipe.text(slot)).collect();
        assert_eq!(names, ["2", "10", "1", "– [8]"]);
    }

    /// A WAV file of one frame.
    const ONE_SAMPLE: &[u8] =
        b"RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\x02\0\0\0\0\x40";

    #[test]
    fn a_choice_that_can_be_built_is_what_is_gone_back_to_from_then_on() {
        let instance = Transept::default();
        at(&instance, 48_000);
        instance.params.session.choose(Recipe::space("plate"));
        assert_eq!(settled(&instance), State::Ready);
        let proved = saved(&instance);
        instance.params.session.choose(Recipe::file("/nowhere/Cathedral.wav"));
        settled(&instance);
        assert_eq!(saved(&instance), proved);
    }
}
