//! Sessions whose files are moved, renamed, changed, lost and found again.

mod damage;
mod recipes;

use super::*;
use crate::impulse::decode;
use crate::impulse::recipe::Recipe;
use crate::parameters::TranseptParams;
use crate::session::fields;
use crate::session::saved::SavedSession;
use nice_plug::prelude::Params;
use serde_json::Value;
use std::cell::Cell;
use std::collections::BTreeMap;
use transept_support::signal::noise;
use transept_support::wave;

/// What a state holds besides parameters: each member of its one field as JSON, which is the form of older states, too.
type State = BTreeMap<String, String>;

/// The one field of a state.
fn field(state: &State) -> String {
    let mut fields = state.clone();
    fields::fold(&mut fields);
    fields.remove(fields::SESSION).unwrap_or_else(|| "{}".to_owned())
}

/// An instance without sound: what it asks for, and what finds it. Looks for files in one folder.
struct Session {
    params: TranseptParams,
    resolver: Resolver,
}

impl Session {
    fn new(library: &Path) -> Self {
        let params = TranseptParams::default();
        let library = Library { folders: vec![library.to_owned()] };
        Self { resolver: Resolver::new(params.session.clone(), move || library.clone()), params }
    }

    fn open(library: &Path, state: &State) -> Self {
        let session = Self::new(library);
        let saved: SavedSession = serde_json::from_str(&field(state)).expect("any JSON object");
        // A state moves the parameter first.
        session.params.session.move_parameter(saved.clone().impulse_slot());
        session.params.deserialize_fields(&State::from([(fields::SESSION.to_owned(), field(state))]));
        session
    }

    fn find(&self) -> Result<Impulse, PrepareError> {
        self.resolver.find(&self.params.session.get().source, &Token::never())
    }

    /// What sounds, after which all is remembered.
    fn heard(&self) -> Impulse {
        let impulse = self.find().expect("found");
        self.resolver.remember(&Token::never());
        impulse
    }

    /// As a host gets it: the one field.
    fn fields(&self) -> State {
        self.params.serialize_fields()
    }

    fn save(&self) -> State {
        let fields = self.fields();
        assert_eq!(fields.keys().collect::<Vec<_>>(), [fields::SESSION]);
        let members: BTreeMap<String, Value> = serde_json::from_str(&fields[fields::SESSION]).expect("an object");
        members.into_iter().map(|(member, value)| (member, value.to_string())).collect()
    }

    fn hints(&self) -> Vec<Hints> {
        let lookup = self.params.session.lookup(Side::A).expect("there is always one");
        lookup.memory.files.clone()
    }
}

/// The parameter `impulse` is moved, and the worker looks.
fn follow(session: &SessionImpulse, to: usize) {
    session.move_parameter(to);
    session.follow(to, session.loads());
}

/// A folder with an impulse of as many channels in each file.
struct Rooms(tempfile::TempDir);

impl Rooms {
    fn new(names: &[&str]) -> Self {
        let rooms = Self(tempfile::tempdir().expect("a folder"));
        names.iter().enumerate().for_each(|(index, name)| rooms.write(name, 0.5 / (index + 1) as f32));
        rooms
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, sample: f32) {
        std::fs::create_dir_all(self.path(name).parent().expect("below")).expect("a folder");
        let spec = hound::WavSpec {
            channels: 2,
            sample_rate: 48_000,
            bits_per_sample: 24,
            sample_format: hound::SampleFormat::Int,
        };
        let mut file = hound::WavWriter::create(self.path(name), spec).expect("a file");
        for frame in 0..300_i32 {
            file.write_sample((sample * 8_000_000.0) as i32 / (frame + 1)).expect("a sample");
            file.write_sample(frame * 1000).expect("a sample");
        }
        file.finalize().expect("complete");
    }

    /// A session in which a source was chosen and heard, as it is saved then.
    fn saved(&self, source: Source, embedding: Embedding) -> (State, Impulse) {
        let session = self.session();
        session.params.session.embed(embedding);
        session.params.session.choose(Recipe { source, ..Recipe::default() });
        let impulse = session.heard();
        (session.save(), impulse)
    }

    fn file(&self, name: &str) -> Source {
        Source::File { path: self.path(name) }
    }

    fn pair(&self) -> Source {
        Source::Pair { left: self.path("l.wav"), right: self.path("r.wav") }
    }

    fn session(&self) -> Session {
        Session::new(self.0.path())
    }

    fn open(&self, state: &State) -> Session {
        Session::open(self.0.path(), state)
    }

    fn remove(&self, name: &str) {
        std::fs::remove_file(self.path(name)).expect("removed");
    }

    fn rename(&self, from: &str, to: &str) {
        std::fs::create_dir_all(self.path(to).parent().expect("below")).expect("a folder");
        std::fs::rename(self.path(from), self.path(to)).expect("moved");
    }
}

#[test]
fn a_session_carries_two_impulses_along_and_another_first_one_costs_the_second_nothing() {
    let rooms = Rooms::new(&["a.wav", "b.wav", "c.wav"]);
    let session = rooms.session();
    let both = |session: &Session| {
        let hear =
            |side| session.resolver.find(&session.params.session.lookup(side).expect("both").source, &Token::never());
        let heard = Side::BOTH.map(|side| hear(side).expect("found"));
        session.resolver.remember(&Token::never());
        heard
    };
    session.params.session.put(Side::A, rooms.file("a.wav"));
    session.params.session.put(Side::B, rooms.file("b.wav"));
    let heard = both(&session);
    let state = session.save();
    let elsewhere = Rooms::new(&[]);
    let there = Session::open(elsewhere.0.path(), &state);
    for name in ["a.wav", "b.wav"] {
        rooms.rename(name, &format!("kept/{name}"));
    }
    assert_eq!((both(&there), there.save()), (heard.clone(), state), "without their files");

    let editions = there.params.session.choice().editions();
    there.params.session.put(Side::A, rooms.file("c.wav"));
    let after = there.params.session.choice().editions();
    assert!(after[0] > editions[0] && after[1] == editions[1]);
    let both = both(&there);
    assert!(both[0] != heard[0] && both[1] == heard[1], "the second one is out of the session still");
    assert_eq!(there.save()["embedded_second"], session.save()["embedded_second"]);
}

/// Automation goes from the session's impulse to another one of the list and back, and all of that next year, without
/// the files.
#[test]
fn what_automation_uses_is_carried_along_and_what_was_only_tried_is_not() {
    let rooms = Rooms::new(&["a.wav", "b.wav", "tried.wav"]);
    let session = rooms.session();
    let slot = |session: &Session| session.params.session.choice().slot.expect("in the list");
    let choose = |name: &str| {
        session.params.session.put(Side::A, rooms.file(name));
        let heard = session.heard();
        session.params.session.prove(session.params.session.choice().editions(), true);
        (heard, slot(&session))
    };
    let (_, tried) = choose("tried.wav");
    let (b, at_b) = choose("b.wav");
    let (a, at_a) = choose("a.wav");
    let go = |session: &Session, to: usize| {
        follow(&session.params.session, to);
        let heard = session.heard();
        session.params.session.prove(session.params.session.choice().editions(), true);
        heard
    };
    go(&session, at_a);
    assert_eq!((go(&session, at_b), go(&session, at_a)), (b.clone(), a.clone()));

    let state = session.save();
    let elsewhere = Rooms::new(&[]);
    let next_year = Session::open(elsewhere.0.path(), &state);
    ["a.wav", "b.wav", "tried.wav"].iter().for_each(|name| rooms.rename(name, &format!("gone/{name}")));
    assert_eq!((next_year.heard(), next_year.save()), (a.clone(), state.clone()));
    assert_eq!((slot(&next_year), next_year.params.session.text(at_b).as_str()), (at_a, "b"));
    assert_eq!(go(&next_year, at_b), b);
    assert_eq!(go(&next_year, at_a), a);
    follow(&next_year.params.session, tried);
    assert!(matches!(next_year.find(), Err(PrepareError::Missing(path)) if path == rooms.path("tried.wav")));
    next_year.params.session.refuse(next_year.params.session.choice().editions());
    assert_eq!(next_year.save(), state, "what is missing is not saved, and costs nothing");
    assert_eq!(rooms.open(&state).params.session.text(tried), "tried");
    let here = rooms.open(&state);
    follow(&here.params.session, tried);
    assert!(here.find().is_ok(), "found by its content");
}

#[test]
fn a_second_impulse_that_was_moved_is_found_in_the_library() {
    let rooms = Rooms::new(&["a.wav", "b.wav"]);
    let session = rooms.session();
    session.params.session.embed(Embedding::Never);
    session.params.session.put(Side::B, rooms.file("b.wav"));
    let find = |session: &Session| session.resolver.find(&rooms.file("b.wav"), &Token::never());
    let heard = find(&session).expect("found");
    session.resolver.remember(&Token::never());
    rooms.rename("b.wav", "elsewhere/other name.wav");
    let there = rooms.open(&session.save());
    assert_eq!(find(&there).expect("found by its content"), heard);
    there.resolver.remember(&Token::never());
    assert_eq!(there.params.session.located(Side::B), Some(rooms.file("elsewhere/other name.wav")));
    assert_eq!(there.params.session.located(Side::A), Some(Recipe::default().source));
}

fn has_bytes(state: &State) -> bool {
    state["embedded"] != "null"
}

#[test]
fn a_session_carries_its_impulse_along_and_sounds_the_same_without_its_files() {
    let rooms = Rooms::new(&["a.wav", "l.wav", "r.wav"]);
    for source in [rooms.file("a.wav"), rooms.pair()] {
        let (state, heard) = rooms.saved(source, Embedding::WhenSmall);
        let elsewhere = Rooms::new(&[]);
        for library in [rooms.0.path(), elsewhere.0.path()] {
            let session = Session::open(library, &state);
            assert_eq!(session.heard(), heard);
            assert_eq!(session.save(), state, "and is saved with the same bytes");
        }
    }
    let (state, heard) = rooms.saved(rooms.file("a.wav"), Embedding::WhenSmall);
    rooms.remove("a.wav");
    let session = rooms.open(&state);
    assert_eq!((session.heard(), session.save()), (heard.clone(), state.clone()), "the file is gone");
    rooms.write("a.wav", -0.9);
    let session = rooms.open(&state);
    assert_eq!((session.heard(), session.save()), (heard, state), "the file is another");
}

#[test]
fn everything_about_a_file_is_remembered_once_it_sounds_and_its_path_at_once() {
    let rooms = Rooms::new(&["halls/l.wav", "halls/r.wav"]);
    let pair = Source::Pair { left: rooms.path("halls/l.wav"), right: rooms.path("halls/r.wav") };
    let session = rooms.session();
    session.params.session.choose(Recipe { source: pair, ..Recipe::default() });
    let at_once = session.hints();
    assert_eq!(at_once[0], Hints::of_path(&rooms.path("halls/l.wav")));
    assert_eq!((at_once.len(), has_bytes(&session.save())), (2, false));
    let early = rooms.open(&session.save());
    assert_eq!(early.heard(), session.heard(), "a session saved that early is whole");
    for session in [early, session] {
        let hints = session.hints();
        for (hints, name) in hints.iter().zip(["l.wav", "r.wav"]) {
            let path = rooms.path("halls").join(name);
            assert_eq!(hints.path, Some(path.clone()));
            assert_eq!(hints.relative, Some(Path::new("halls").join(name)));
            assert_eq!(hints.name, Some(name.into()));
            assert_eq!(hints.file_size, Some(path.metadata().expect("there").len()));
            assert_eq!(
                hints.fingerprint,
                Fingerprint::of(&decode::file(&path, &Token::never()).expect("a file"), &Token::never()).ok()
            );
            assert!(hints.file_hash.is_some());
        }
        assert_ne!(hints[0].fingerprint, hints[1].fingerprint);
        assert!(has_bytes(&session.save()));
    }
}

#[test]
fn a_file_that_was_moved_or_renamed_is_found_and_the_next_session_knows_where() {
    for to in ["new/place/a.wav", "A (1).wav"] {
        let rooms = Rooms::new(&["b.wav", "a.wav"]);
        let (state, heard) = rooms.saved(rooms.file("a.wav"), Embedding::Never);
        assert!(!has_bytes(&state));
        rooms.rename("a.wav", to);
        let session = rooms.open(&state);
        assert_eq!(session.find().expect("found"), heard);
        assert_eq!(session.save(), state, "nothing is said before it is known");
        session.resolver.remember(&Token::never());
        assert_eq!(session.hints()[0].path, Some(rooms.path(to)));
        assert_eq!(session.hints()[0].relative, Some(to.into()));
        assert_eq!(session.params.session.located(Side::A), Some(rooms.file(to)), "what the window shows");
        let nowhere = Rooms::new(&[]);
        let next = nowhere.open(&session.save());
        assert_eq!((next.heard(), next.save()), (heard, session.save()), "in no library, by its new path");
    }
}

#[test]
fn a_missing_file_is_said_by_name_and_nothing_is_lost_on_save() {
    let rooms = Rooms::new(&["a.wav", "l.wav", "r.wav"]);
    for (source, gone) in [(rooms.file("a.wav"), "a.wav"), (rooms.pair(), "r.wav")] {
        let (state, heard) = rooms.saved(source, Embedding::Never);
        let away = Rooms::new(&[]);
        std::fs::rename(rooms.path(gone), away.path(gone)).expect("away");
        let session = rooms.open(&state);
        for _ in 0..2 {
            assert!(matches!(session.find(), Err(PrepareError::Missing(wanted)) if wanted == rooms.path(gone)));
            session.resolver.remember(&Token::never());
            assert_eq!(session.save(), state);
        }
        std::fs::rename(away.path(gone), rooms.path(gone)).expect("back");
        assert_eq!((session.heard(), session.save()), (heard.clone(), state.clone()));
        let next = rooms.open(&state);
        assert_eq!((next.heard(), next.save()), (heard, state));
    }
}

#[test]
fn a_file_that_is_another_now_is_not_taken_for_the_old_one_unless_by_hand() {
    let rooms = Rooms::new(&["a.wav"]);
    let (state, heard) = rooms.saved(rooms.file("a.wav"), Embedding::Never);
    rooms.write("a.wav", -0.9);
    let session = rooms.open(&state);
    let error = session.find().expect_err("another");
    assert!(error.to_string().ends_with("a.wav: is another file now"), "{error}");
    let PrepareError::Changed { wanted, found } = error else { panic!("{error}") };
    assert_eq!((&wanted, &found), (&rooms.path("a.wav"), &rooms.path("a.wav")));
    session.resolver.remember(&Token::never());
    assert_eq!(session.save(), state);
    let edition = session.params.session.choice().editions();
    session.params.session.choose(session.params.session.get());
    assert!(session.params.session.choice().editions() > edition, "another impulse for the same recipe");
    let other = session.heard();
    assert_ne!(other, heard);
    let next = rooms.open(&session.save());
    assert_eq!((next.heard(), next.save()), (other, session.save()));
}

#[test]
fn what_is_chosen_is_read_from_disk_and_goes_on_as_it_was_read() {
    let rooms = Rooms::new(&["a.wav"]);
    for embedding in [Embedding::Always, Embedding::Never] {
        let (state, heard) = rooms.saved(rooms.file("a.wav"), embedding);
        rooms.write("a.wav", heard.peak() - 0.01);
        let session = rooms.open(&state);
        session.params.session.choose(session.params.session.get());
        let chosen = session.heard();
        assert_ne!(chosen, heard, "not what was embedded");
        // Changed once more: what is carried along stays, and what is not is remembered anew.
        rooms.write("a.wav", heard.peak() - 0.02);
        let now = session.heard();
        assert_eq!(now == chosen, embedding == Embedding::Always);
        assert_eq!(rooms.open(&session.save()).heard(), now, "what is heard is what is saved");
    }
}

#[test]
fn damaged_bytes_give_way_to_the_file_and_are_kept_where_there_is_none() {
    let rooms = Rooms::new(&["a.wav"]);
    let (whole, heard) = rooms.saved(rooms.file("a.wav"), Embedding::WhenSmall);
    let text = &whole["embedded"];
    let mut flipped = text.clone().into_bytes();
    let middle = flipped.len() / 2;
    flipped[middle] = if flipped[middle] == b'A' { b'B' } else { b'A' };
    let flipped = String::from_utf8(flipped).expect("text");
    let short = format!("{}\"", &text[..text.len() / 2]);
    for damaged in [&flipped, &short, "\"\"", "\"?\"", "7", "{\"form\":2}"] {
        let mut state = whole.clone();
        state.insert("embedded".to_owned(), damaged.to_owned());
        let session = rooms.open(&state);
        assert_eq!(session.heard(), heard, "{damaged}");
        assert_eq!(session.save(), whole, "embedded again");
        rooms.rename("a.wav", "a.bak");
        let session = rooms.open(&state);
        assert!(matches!(session.find(), Err(PrepareError::Missing(_))), "{damaged}");
        session.resolver.remember(&Token::never());
        assert_eq!(session.save(), state);
        rooms.rename("a.bak", "a.wav");
    }
}

#[test]
fn bytes_of_another_impulse_than_the_one_remembered_do_not_sound() {
    let rooms = Rooms::new(&["a.wav", "b.wav"]);
    let (mut state, heard) = rooms.saved(rooms.file("a.wav"), Embedding::WhenSmall);
    let (other, _) = rooms.saved(rooms.file("b.wav"), Embedding::WhenSmall);
    state.insert("embedded".to_owned(), other["embedded"].clone());
    assert_eq!(rooms.open(&state).heard(), heard);
    state.insert("memory".to_owned(), other["memory"].clone());
    assert_eq!(rooms.open(&state).heard(), heard, "both are about another recipe");
}

#[test]
fn the_first_versions_sessions_open_and_remember_from_then_on() {
    let rooms = Rooms::new(&["a.wav"]);
    let (state, heard) = rooms.saved(rooms.file("a.wav"), Embedding::WhenSmall);
    let old = State::from([("recipe".to_owned(), state["recipe"].clone())]);
    let session = rooms.open(&old);
    assert_eq!((session.heard(), session.save()), (heard.clone(), state.clone()));
    rooms.rename("a.wav", "below/A.WAV");
    assert_eq!(rooms.open(&old).heard(), heard, "by its name alone");
    rooms.write("a.wav", -0.9);
    assert_ne!(rooms.open(&old).heard(), heard, "nothing was known of its content");
}

#[test]
fn what_is_embedded_is_what_the_session_says_and_the_only_bytes_are_not_thrown_away() {
    let rooms = Rooms::new(&["a.wav"]);
    let (never, heard) = rooms.saved(rooms.file("a.wav"), Embedding::Never);
    let session = rooms.open(&never);
    session.heard();
    for (embedding, embedded) in [(Embedding::Always, true), (Embedding::Never, false), (Embedding::WhenSmall, true)] {
        session.params.session.embed(embedding);
        session.heard();
        assert_eq!(has_bytes(&session.save()), embedded, "{embedding:?}");
        assert_eq!(rooms.open(&session.save()).params.session.embedding(), embedding);
    }
    rooms.remove("a.wav");
    session.params.session.embed(Embedding::Never);
    assert_eq!(session.heard(), heard);
    assert!(has_bytes(&session.save()), "there is no file");
    assert_eq!(rooms.open(&session.save()).heard(), heard);
}

#[test]
fn too_large_an_impulse_is_remembered_by_its_files_alone() {
    let rooms = Rooms::new(&[]);
    wave::write(&rooms.path("long.wav"), 96_000, &[1, 2, 3, 4].map(|seed| noise(8 * 96_000, seed)));
    let (state, heard) = rooms.saved(rooms.file("long.wav"), Embedding::WhenSmall);
    assert!(!has_bytes(&state));
    rooms.rename("long.wav", "longer.wav");
    let session = rooms.open(&state);
    assert_eq!(session.heard(), heard);
    session.params.session.embed(Embedding::Always);
    session.heard();
    assert!(session.save()["embedded"].len() > embed::SMALL);
    rooms.remove("longer.wav");
    assert_eq!(rooms.open(&session.save()).heard(), heard);
}

#[test]
fn remembering_can_be_given_up_at_every_question_and_is_done_another_time() {
    let rooms = Rooms::new(&["l.wav", "r.wav"]);
    let (whole, _) = rooms.saved(rooms.pair(), Embedding::WhenSmall);
    let session = rooms.session();
    session.params.session.choose(Recipe { source: rooms.pair(), ..Recipe::default() });
    let early = session.save();
    session.find().expect("found");
    let mut after = 0;
    loop {
        let asked = Cell::new(0);
        session.resolver.remember(&Token::new(&|| asked.replace(asked.get() + 1) >= after));
        if asked.get() <= after {
            break;
        }
        assert_eq!(session.save(), early, "given up at question {after}");
        assert!(asked.get() <= after + 6, "{} questions after the one at which it was given up", asked.get() - after);
        after += 1;
    }
    assert!(after > 10, "asked {after} times");
    assert_eq!(session.save(), whole);
    let asked = Cell::new(0);
    session.resolver.remember(&Token::new(&|| asked.replace(asked.get() + 1) > 0));
    assert_eq!(asked.get(), 0, "there is nothing left to do");
}

#[test]
fn a_build_that_was_given_up_does_not_cost_what_is_still_to_be_remembered() {
    let rooms = Rooms::new(&["a.wav"]);
    let (whole, _) = rooms.saved(rooms.file("a.wav"), Embedding::WhenSmall);
    let session = rooms.session();
    session.params.session.choose(Recipe { source: rooms.file("a.wav"), ..Recipe::default() });
    session.find().expect("found");
    let given_up = session.resolver.find(&rooms.file("a.wav"), &Token::new(&|| true));
    assert!(matches!(given_up, Err(PrepareError::Cancelled(_))));
    session.resolver.remember(&Token::never());
    assert_eq!(session.save(), whole);
}
