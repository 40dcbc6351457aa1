//! What the worker is asked for: recipe, with what the parameters make of it, and format together, and where the impulse
//! is.
//!
//! Lives on the worker's thread, which calls [`Client::wanted`] every few milliseconds and right after each build. So it
//! also learns here what became of the recipe, and tells the slot.
use super::TranseptParams;
use crate::cancel::Token;
use crate::chain::Format;
use crate::impulse::Impulse;
use crate::impulse::recipe::Source;
use crate::library::{self, Library};
use crate::prepare::PrepareError;
use crate::prepare::worker::{Client, Handle, OnFailure, State, Status, Wanted};
use crate::session::list::SIBLINGS;
use crate::session::resolver::Finder;
use crate::session::slot::{Choice, Origin};
use parking_lot::Mutex;
use std::cell::{Cell, RefCell};
use std::sync::{Arc, OnceLock};

/// What was asked.
#[derive(Clone)]
struct Asked {
    wanted: Wanted,
    /// Number of the choice that it was made from.
    number: u64,
    /// What the worker said until then: about something else.
    before: Option<Arc<Status>>,
}

/// Asks the worker on behalf of an instance.
pub(crate) struct Request {
    params: Arc<TranseptParams>,
    format: Arc<Mutex<Option<Format>>>,
    /// The worker's own handle; it exists only after the worker does.
    worker: Arc<OnceLock<Handle>>,
    /// What was asked last.
    last: RefCell<Option<Asked>>,
    finder: Finder,
    /// The edition whose folder has been looked at.
    offered: Cell<u64>,
}

impl Request {
    pub(crate) fn new(
        params: Arc<TranseptParams>,
        format: Arc<Mutex<Option<Format>>>,
        worker: Arc<OnceLock<Handle>>,
        library: impl Fn() -> Library + Send + 'static,
    ) -> Self {
        let finder = Finder::new(params.recipe.clone(), library);
        Self { params, format, worker, last: RefCell::new(None), finder, offered: Cell::new(0) }
    }

    /// The answer, and the number of the choice that it was made from.
    fn compose(&self) -> Option<(Wanted, u64)> {
        let format = (*self.format.lock())?;
        let choice = self.params.recipe.choice();
        let on_failure = if choice.loaded { OnFailure::Silence } else { OnFailure::KeepSounding };
        let editions = choice.editions();
        let recipe = self.params.shaped(choice.recipe);
        Some((Wanted { recipe, format, editions, on_failure }, choice.generation))
    }

    /// Once somebody has chosen a file that sounds, the parameter `impulse` offers the next ones of its folder.
    fn offer_siblings(&self, cancel: &Token) {
        let Choice { recipe, origins: [Origin { loaded, edition }, _], slot, .. } = self.params.recipe.choice();
        let Source::File { path } = recipe.source else { return };
        if loaded || slot.is_none() || self.offered.get() == edition {
            return;
        }
        let Ok(mut files) = library::siblings(&path, cancel) else { return };
        self.offered.set(edition);
        let after = files.iter().position(|file| *file == path).map_or(0, |at| at + 1);
        // Those behind it first, and round to those before it.
        let before = files.split_off(after);
        let sources = before.into_iter().chain(files).take(SIBLINGS).map(|path| Source::File { path });
        self.params.recipe.offer(edition, sources);
    }

    /// Tells the slot what became of the choice that was asked for last. True if it cannot be built.
    fn report(&self, asked: &Asked) -> bool {
        let Some(worker) = self.worker.get() else { return false };
        let status = worker.status();
        if asked.before.as_ref().is_some_and(|before| Arc::ptr_eq(before, &status)) {
            return false; // Nothing is said about it yet.
        }
        match status.state {
            State::Empty | State::Loading => false,
            State::Ready => {
                self.params.recipe.prove(asked.number, asked.wanted.recipe.second.is_some());
                false
            }
            State::Missing { .. } | State::Changed { .. } | State::Failed { .. } => {
                self.params.recipe.refuse(asked.number);
                true
            }
        }
    }

    /// Remembers what is asked from now on.
    fn ask(&self, last: &mut Option<Asked>, (wanted, number): (Wanted, u64)) -> Wanted {
        let before = match last.take() {
            // The same, of a choice that differs in nothing: what was said goes on being about it.
            Some(last) if last.wanted == wanted => last.before,
            _ => self.worker.get().map(Handle::status),
        };
        *last = Some(Asked { wanted: wanted.clone(), number, before });
        wanted
    }
}

impl Client for Request {
    fn wanted(&self) -> Option<Wanted> {
        self.params.recipe.follow(|| usize::try_from(self.params.impulse.value()).unwrap_or(0));
        let mut last = self.last.borrow_mut();
        let mut wanted = self.compose()?;
        if let Some(asked) = &*last
            && self.report(asked)
            && asked.number == wanted.1
            && asked.wanted != wanted.0
        {
            // Another format, level or shape, while what is chosen cannot be built: what sounds must follow.
            self.params.recipe.go_back(asked.number);
            wanted = self.compose()?;
        }
        Some(self.ask(&mut last, wanted))
    }

    fn find(&self, source: &Source, cancel: &Token) -> Result<Impulse, PrepareError> {
        self.finder.find(source, cancel)
    }

    fn afterwards(&self, cancel: &Token) {
        self.finder.remember(cancel);
        self.offer_siblings(cancel);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::recipe::Recipe;
    use crate::plugin::Transept;
    use nice_plug::params::persist::PersistentField;
    use std::time::Duration;

    /// Only against hangs.
    const FOR_EVER: Duration = Duration::from_secs(60);

    fn settled(instance: &Transept) -> State {
        assert!(instance.worker().settle(FOR_EVER));
        instance.worker().status().state.clone()
    }

    fn at(instance: &Transept, sample_rate: u32) {
        *instance.format.lock() = Some(Format { sample_rate, layout: crate::channels::ChannelLayout::Stereo });
    }

    fn saved(instance: &Transept) -> String {
        instance.params.recipe.map(|value| value.to_string())
    }

    #[test]
    fn a_choice_that_cannot_be_built_is_neither_saved_nor_taken_to_another_rate() {
        let instance = Transept::default();
        assert_eq!(settled(&instance), State::Empty);
        at(&instance, 48_000);
        assert_eq!(settled(&instance), State::Ready);
        let before = saved(&instance);
        instance.params.recipe.choose(Recipe::file("/nowhere/Cathedral.wav"));
        assert!(matches!(settled(&instance), State::Missing { .. }));
        // Asked once more, the worker has told what became of it.
        assert!(matches!(settled(&instance), State::Missing { .. }), "the error stays in sight");
        assert_eq!(saved(&instance), before);
        at(&instance, 44_100);
        assert_eq!(settled(&instance), State::Ready);
        assert_eq!(instance.params.recipe.get(), Recipe::default());
    }

    /// What the worker said of one choice while it was asked for another says nothing of that.
    #[test]
    fn nothing_is_proved_by_what_was_said_of_the_choice_before() {
        let params = Arc::new(TranseptParams::default());
        let format = Format { sample_rate: 48_000, layout: crate::channels::ChannelLayout::Mono };
        let hall = move || {
            let (recipe, on_failure) = (Recipe::default(), OnFailure::default());
            Some(Wanted { recipe, format, editions: [0; 2], on_failure })
        };
        let (worker, _kernels) = crate::prepare::worker::Worker::spawn(hall);
        assert!(worker.handle().settle(FOR_EVER));
        assert_eq!(worker.handle().status().state, State::Ready);
        let handle = Arc::new(OnceLock::from(worker.handle()));
        let request = Request::new(params.clone(), Arc::new(Mutex::new(Some(format))), handle, Library::of_user);
        request.wanted();
        params.recipe.choose(Recipe::file("/nowhere/Cathedral.wav"));
        for _ in 0..3 {
            request.wanted();
        }
        assert_eq!(params.recipe.slot("Cathedral"), None, "not proved");
        worker.handle().reload();
        assert!(worker.handle().settle(FOR_EVER));
        request.wanted();
        assert!(params.recipe.slot("Cathedral").is_some(), "something new was said");
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
        let recipe = &instance.params.recipe;
        recipe.choose(Recipe::file(folder.path().join("2.wav")));
        assert_eq!(settled(&instance), State::Ready);
        let patience = std::time::Instant::now() + FOR_EVER;
        while recipe.slot("1").is_none_or(|slot| recipe.text(slot) != "1") && std::time::Instant::now() < patience {
            assert_eq!(settled(&instance), State::Ready);
        }
        let names: Vec<String> = (3..7).map(|slot| recipe.text(slot)).collect();
        assert_eq!(names, ["2", "10", "1", "– [7]"]);
    }

    /// A WAV file of one frame.
    const ONE_SAMPLE: &[u8] =
        b"RIFF\x26\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80\xbb\0\0\0\x77\x01\0\x02\0\x10\0data\x02\0\0\0\0\x40";

    #[test]
    fn a_choice_that_can_be_built_is_what_is_gone_back_to_from_then_on() {
        let instance = Transept::default();
        at(&instance, 48_000);
        instance.params.recipe.choose(Recipe::space("plate"));
        assert_eq!(settled(&instance), State::Ready);
        assert_eq!(settled(&instance), State::Ready);
        let proved = saved(&instance);
        instance.params.recipe.choose(Recipe::file("/nowhere/Cathedral.wav"));
        settled(&instance);
        settled(&instance);
        assert_eq!(saved(&instance), proved);
    }
}
