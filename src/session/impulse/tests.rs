//! Choices that are saved, gone back to and followed.

use super::*;
use crate::session::choice::to_json;
use crate::session::list::List;
use serde_json::{Value, json};

/// The saved recipe.
fn save(slot: &SessionImpulse) -> String {
    slot.save().recipe.to_string()
}

/// Loads a state that says no more than a recipe.
fn load(slot: &SessionImpulse, recipe: Value) {
    restore(slot, SavedSession::from(json!({ "recipe": recipe })));
}

/// Loads a whole state, which moves the parameter first.
fn restore(slot: &SessionImpulse, saved: SavedSession) {
    slot.move_parameter(saved.clone().impulse_slot());
    slot.load(saved);
}

/// The parameter is moved, and the worker looks.
fn follow(slot: &SessionImpulse, to: usize) {
    slot.move_parameter(to);
    slot.follow(to, slot.loads());
}

fn editions(slot: &SessionImpulse) -> [u64; 2] {
    slot.choice().editions()
}

#[test]
fn a_recipe_comes_back_from_a_session_with_the_same_bytes() {
    let slot = SessionImpulse::default();
    slot.choose(Recipe::file("/rooms/Große Halle.wav"));
    let bytes = save(&slot);
    let other = SessionImpulse::default();
    load(&other, serde_json::from_str(&bytes).expect("JSON"));
    assert_eq!((other.get(), save(&other)), (slot.get(), bytes));
    assert!(other.choice().loaded && !slot.choice().loaded);
    assert_eq!(other.generation(), 1);
}

#[test]
fn what_cannot_be_read_is_kept_and_saved_again_until_another_is_chosen() {
    for foreign in [
        r#"{"source":{"kind":"dream"},"version":1}"#,
        r#"{"source":{"id":"hall","kind":"space"},"version":99}"#,
        "[1,2]",
        "null",
    ] {
        let slot = SessionImpulse::default();
        load(&slot, serde_json::from_str(foreign).expect("JSON"));
        assert!(!slot.is_readable(), "{foreign}");
        assert_eq!((slot.get(), save(&slot).as_str()), (Recipe::default(), foreign));
        slot.choose(Recipe::space("plate"));
        assert!(slot.is_readable() && save(&slot) != foreign);
    }
}

#[test]
fn a_choice_that_cannot_be_built_is_not_saved() {
    let slot = SessionImpulse::default();
    let proved = save(&slot);
    slot.choose(Recipe::file("/no.wav"));
    assert_ne!(save(&slot), proved, "it may still turn out to be good");
    slot.choose(Recipe::file("/no.txt"));
    slot.refuse([0; 2]); // of the one before: too late
    assert_ne!(save(&slot), proved);
    slot.refuse(editions(&slot));
    assert_eq!(save(&slot), proved);
    assert_eq!(slot.get(), Recipe::file("/no.txt"), "its error stays in sight");
    slot.go_back(editions(&slot));
    assert_eq!(slot.get(), Recipe::default());
}

#[test]
fn a_refused_choice_whose_file_comes_later_is_saved() {
    let slot = SessionImpulse::default();
    slot.choose(Recipe::file("/not/yet.wav"));
    let chosen = save(&slot);
    slot.refuse(editions(&slot));
    assert_ne!(save(&slot), chosen);
    slot.prove(editions(&slot), true);
    assert_eq!(save(&slot), chosen);
}

#[test]
fn a_second_impulse_that_cannot_be_built_leaves_both_as_they_were() {
    let slot = SessionImpulse::default();
    slot.put(Side::B, Recipe::space("plate").source);
    slot.prove(editions(&slot), true);
    let proved = save(&slot);
    slot.put(Side::B, Recipe::file("/no.wav").source);
    slot.refuse(editions(&slot));
    assert_eq!(save(&slot), proved);
    slot.put(Side::A, Recipe::file("/neither.wav").source);
    slot.refuse(editions(&slot));
    slot.go_back(editions(&slot));
    assert_eq!(
        (save(&slot), slot.lookup(Side::B).map(|recall| recall.source)),
        (proved, Some(Recipe::space("plate").source))
    );
}

#[test]
fn a_choice_moves_the_parameter_once_it_can_be_built_and_is_not_undone_before_it_has_moved() {
    let slot = SessionImpulse::default();
    let (hall, nave) = (0, Recipe::file("/rooms/Nave.wav"));
    slot.put(Side::A, nave.source.clone());
    follow(&slot, hall); // The host has not heard of it.
    assert_eq!((slot.get(), slot.take_move(), slot.slot("Nave")), (nave.clone(), None, None));
    slot.prove(editions(&slot), true);
    follow(&slot, hall);
    let there = slot.slot("Nave").expect("it is in the list");
    assert_eq!((slot.get(), slot.take_move(), slot.take_move()), (nave.clone(), Some(there), None));
    let generation = slot.generation();
    follow(&slot, there);
    assert_eq!(slot.generation(), generation, "it is there already");
    follow(&slot, hall);
    assert_eq!((slot.get(), slot.take_move()), (Recipe::default(), None), "a host moves it itself");
    follow(&slot, there);
    assert_eq!(slot.get(), nave);
    follow(&slot, 127);
    assert_eq!(slot.get(), nave, "nothing is there");
}

#[test]
fn a_choice_made_before_the_host_answers_is_not_undone_by_the_answer() {
    let slot = SessionImpulse::default();
    slot.put(Side::A, Recipe::space("plate").source);
    slot.prove(editions(&slot), true);
    slot.put(Side::A, Recipe::space("room").source);
    assert_eq!(slot.take_move(), None, "it would go to what nobody wants any more");
    slot.prove(editions(&slot), true);
    let there = slot.take_move().expect("to the room");
    slot.put(Side::A, Recipe::file("/rooms/Nave.wav").source);
    follow(&slot, there);
    assert_eq!(slot.get(), Recipe::file("/rooms/Nave.wav"));
}

#[test]
fn a_second_impulse_that_nobody_has_heard_is_not_proved_with_the_first() {
    let slot = SessionImpulse::default();
    let before = save(&slot);
    slot.put(Side::B, Recipe::file("/no.wav").source);
    slot.prove(editions(&slot), false);
    slot.prove(editions(&slot), false);
    assert_ne!(save(&slot), before, "it may still turn out to be good");
    slot.refuse(editions(&slot));
    assert_eq!(save(&slot), before);
    slot.go_back(editions(&slot));
    assert_eq!(slot.get(), Recipe::default());
    slot.put(Side::B, Recipe::space("plate").source);
    slot.prove(editions(&slot), true);
    slot.refuse(editions(&slot));
    assert_ne!(save(&slot), before, "proved is proved");
}

#[test]
fn what_is_known_of_a_slots_file_outlasts_its_refusal() {
    let slot = SessionImpulse::default();
    let mut list = List::default();
    let nave = Recipe::file("/rooms/Nave.wav").source;
    let at = list.place(&nave, 0);
    let known = Remembered::at_once(&nave, Embedding::Never);
    list.get_mut(at).expect("known").memory = Arc::new(known.clone().into());
    restore(&slot, SavedSession::from(json!({ "impulses": list.saved(None) })));
    follow(&slot, at);
    slot.refuse(editions(&slot));
    let recall = slot.lookup(Side::A).expect("it is asked for");
    assert_eq!((recall.source, &recall.memory.files), (nave, &known.files));
    // Its file comes.
    slot.prove(editions(&slot), true);
    assert_eq!(slot.lookup(Side::A).expect("it is asked for").memory.files, known.files);
}

#[test]
fn a_save_is_one_moment_whatever_is_chosen_meanwhile() {
    let slot = SessionImpulse::default();
    slot.put(Side::A, Recipe::file("/rooms/Nave.wav").source);
    slot.prove(editions(&slot), true);
    let json = |saved: &SavedSession| serde_json::to_value(saved).expect("JSON");
    let saved = slot.save();
    let before = json(&saved);
    follow(&slot, 2);
    slot.prove(editions(&slot), true);
    assert_eq!(json(&saved), before);
    assert_ne!(json(&slot.save()), before);
}

#[test]
fn a_parameter_that_nobody_has_looked_at_yet_is_saved_as_the_choice_that_it_is() {
    let slot = SessionImpulse::default();
    let woken = Arc::new(AtomicUsize::default());
    let counted = woken.clone();
    slot.on_change(move || {
        counted.fetch_add(1, Ordering::Relaxed);
    });
    let plate = slot.slot("Plate").expect("in every list");
    slot.move_parameter(plate);
    let saved = slot.save();
    assert_eq!((saved.recipe(), saved.slot), (Recipe::space("plate"), Some(plate)));
    assert_eq!(woken.load(Ordering::Relaxed), 1, "and is built");
    assert_eq!(slot.get(), Recipe::default(), "by the worker");
    slot.follow(slot.parameter(), slot.loads());
    assert_eq!((slot.save(), woken.load(Ordering::Relaxed)), (saved, 1));
}

#[test]
fn a_whole_session_comes_back_with_members_that_this_version_does_not_know() {
    let slot = SessionImpulse::default();
    slot.put(Side::B, Recipe::space("plate").source);
    slot.prove(editions(&slot), true);
    slot.embed(Embedding::Never);
    let mut saved = serde_json::to_value(slot.save()).expect("JSON");
    saved["mood"] = json!("blue");
    let other = SessionImpulse::default();
    restore(&other, serde_json::from_value(saved.clone()).expect("any JSON"));
    assert_eq!(serde_json::to_value(other.save()).expect("JSON"), saved);
    assert_eq!((other.get(), other.embedding()), (slot.get(), Embedding::Never));
}

#[test]
fn a_session_of_another_version_of_the_sound_is_known_until_somebody_takes_note() {
    let slot = SessionImpulse::default();
    assert_eq!((slot.sound(), slot.save().sound), (Sound::NEWEST, Sound::NEWEST));
    for (saved, sound) in [(json!({}), 0), (json!({ "sound": 7 }), 7), (json!({ "sound": "loud" }), 0)] {
        restore(&slot, serde_json::from_value(saved).expect("any JSON"));
        assert_eq!(slot.sound().number(), sound);
        assert_eq!(slot.save().sound, Sound::NEWEST, "it is saved as it sounds");
        slot.accept_sound();
        assert_eq!(slot.sound(), Sound::NEWEST);
    }
    restore(&slot, slot.save());
    assert_eq!(slot.sound(), Sound::NEWEST);
}

#[test]
fn whoever_is_to_be_woken_is_called_after_each_change_and_not_during_it() {
    let slot = SessionImpulse::default();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let (changed, log) = (slot.clone(), seen.clone());
    slot.on_change(move || log.lock().push(changed.get().display_name()));
    slot.choose(Recipe::space("plate"));
    slot.put(Side::B, Recipe::space("room").source);
    slot.embed(Embedding::Always);
    load(&slot, to_json(&Recipe::default()));
    assert_eq!(*seen.lock(), ["plate", "plate + room", "plate + room", "hall"]);
}

#[test]
fn what_cannot_be_built_does_not_come_into_the_list() {
    let slot = SessionImpulse::default();
    slot.put(Side::A, Recipe::file("/no.wav").source);
    slot.refuse(editions(&slot));
    slot.go_back(editions(&slot));
    assert_eq!((slot.slot("no"), slot.take_move(), slot.text(4).as_str()), (None, None, "– [5]"));
}

#[test]
fn what_was_moved_stays_in_its_slot() {
    let slot = SessionImpulse::default();
    slot.put(Side::A, Recipe::file("/rooms/Nave.wav").source);
    slot.prove(editions(&slot), true);
    let there = slot.slot("Nave");
    slot.relocate(Side::A, Recipe::file("/elsewhere/Nave, 48 kHz.wav").source);
    slot.prove(editions(&slot), true);
    assert_eq!((slot.slot("Nave, 48 kHz"), slot.slot("Nave")), (there, None));
}

#[test]
fn going_back_does_not_undo_a_choice_made_meanwhile() {
    let slot = SessionImpulse::default();
    slot.choose(Recipe::file("/no.wav"));
    let refused = editions(&slot);
    slot.refuse(refused);
    slot.choose(Recipe::space("plate"));
    slot.go_back(refused);
    assert_eq!(slot.get(), Recipe::space("plate"));
}

#[test]
fn a_bad_choice_does_not_hide_that_the_session_cannot_be_read() {
    let slot = SessionImpulse::default();
    load(&slot, json!({ "source": { "kind": "dream" } }));
    slot.choose(Recipe::file("/no.wav"));
    slot.refuse(editions(&slot));
    assert!(!slot.is_readable());
}

#[test]
fn a_sessions_recipe_stays_even_if_it_cannot_be_built() {
    let slot = SessionImpulse::default();
    load(&slot, to_json(&Recipe::file("/elsewhere/Hall.wav")));
    let bytes = save(&slot);
    slot.refuse(editions(&slot));
    slot.go_back(editions(&slot));
    assert_eq!((save(&slot), slot.get()), (bytes, Recipe::file("/elsewhere/Hall.wav")));
}

/// A host that loads what it saved before the files were looked at, or what somebody wrote by hand.
#[test]
fn a_state_that_says_less_of_the_impulse_that_is_there_brings_no_other_and_forgets_nothing() {
    let slot = SessionImpulse::default();
    let recipe = Recipe::file("/rooms/Nave.wav");
    slot.choose(recipe.clone());
    let early = slot.save();
    let before = editions(&slot);
    let known = Remembered::at_once(&recipe.source, Embedding::WhenSmall);
    let files = known.files.iter().map(|hints| Hints { file_size: Some(12), ..hints.clone() }).collect();
    let known = Remembered { files, ..known };
    slot.remember(Side::A, before[0], known.clone(), Embedded::from(json!("AAAA")));
    let remembered = |slot: &SessionImpulse| {
        let lookup = slot.lookup(Side::A).expect("a file");
        (lookup.memory.files.clone(), lookup.memory.embedding, lookup.embedded)
    };
    restore(&slot, early);
    assert_eq!(editions(&slot), before, "the same as it was");
    load(&slot, to_json(&recipe));
    assert_eq!(editions(&slot)[0], before[0], "it says nothing else");
    let (files, _, embedded) = remembered(&slot);
    assert_eq!((files, embedded), (known.files.clone(), Embedded::from(json!("AAAA"))));
    // Another file under the same name.
    let other = known.files.iter().map(|hints| Hints { file_size: Some(13), ..hints.clone() }).collect();
    let other = Remembered { files: other, ..known };
    let memory = serde_json::to_value(&other).expect("JSON");
    restore(&slot, SavedSession::from(json!({ "recipe": to_json(&recipe), "memory": memory })));
    assert_ne!(editions(&slot)[0], before[0]);
    assert_eq!(remembered(&slot).0, other.files);
}

#[test]
fn what_was_kept_comes_back_with_what_was_known_of_it_and_leaves_the_other_impulse() {
    let slot = SessionImpulse::default();
    let recipe = json!({ "source": { "kind": "file", "path": "/gone/nave.wav" }, "version": 1 });
    restore(&slot, SavedSession::from(json!({ "recipe": recipe, "embedded": "AAAA" })));
    slot.put(Side::B, Recipe::space("plate").source);
    let (kept, [first, second]) = (slot.kept(), editions(&slot));
    slot.put(Side::A, Recipe::space("room").source);
    slot.prove(editions(&slot), true);
    assert!(!kept.asks_for_the_same(&slot.kept()));
    slot.bring_back(kept.clone());
    let lookup = slot.lookup(Side::A).expect("a first impulse");
    assert_eq!(lookup.embedded, Embedded::from(json!("AAAA")), "its file is gone, and it is embedded");
    assert!(lookup.origin.loaded && lookup.origin.edition > first, "it is looked for as a session's");
    assert_eq!(editions(&slot)[1], second, "nobody builds the second one again");
    assert!(kept.asks_for_the_same(&slot.kept()));
}

#[test]
fn a_recipe_that_cannot_be_read_comes_back_as_it_was() {
    let slot = SessionImpulse::default();
    load(&slot, json!({ "version": 99 }));
    let (kept, saved) = (slot.kept(), save(&slot));
    slot.choose(Recipe::space("plate"));
    slot.bring_back(kept);
    slot.prove(editions(&slot), true);
    assert_eq!((slot.is_readable(), save(&slot)), (false, saved));
}

#[test]
fn what_is_tried_shares_a_slot_and_what_is_kept_has_its_own() {
    let slot = SessionImpulse::default();
    let file = |n: usize| Recipe::file(format!("/rooms/{n}.wav"));
    for n in 0..200 {
        slot.try_out(Side::A, file(n).source);
        slot.prove(editions(&slot), true);
        let there = slot.slot(&n.to_string()).expect("it is in the list");
        assert_eq!(slot.take_move(), (n == 0).then_some(there), "the parameter stays where it is");
        follow(&slot, there);
        assert_eq!(slot.get(), file(n));
    }
    let before = editions(&slot);
    slot.keep();
    assert_eq!((slot.get(), editions(&slot)), (file(199), before), "nothing is built again");
    let kept = slot.slot("199").expect("kept");
    slot.try_out(Side::A, file(500).source);
    slot.prove(editions(&slot), true);
    assert_eq!((slot.slot("199"), slot.take_move()), (Some(kept), slot.slot("500")));
    assert_ne!(slot.slot("500"), Some(kept));
}

#[test]
fn what_is_kept_before_it_is_built_takes_its_slot_when_it_is() {
    let slot = SessionImpulse::default();
    slot.try_out(Side::A, Recipe::file("/rooms/Nave.wav").source);
    slot.keep();
    assert_eq!(slot.slot("Nave"), None);
    slot.prove(editions(&slot), true);
    let nave = slot.slot("Nave");
    slot.try_out(Side::A, Recipe::file("/rooms/Crypt.wav").source);
    slot.prove(editions(&slot), true);
    assert!(nave.is_some() && slot.slot("Nave") == nave && slot.slot("Crypt") != nave);
}

#[test]
fn a_session_that_is_saved_keeps_what_is_tried() {
    let slot = SessionImpulse::default();
    slot.try_out(Side::A, Recipe::file("/rooms/Nave.wav").source);
    slot.prove(editions(&slot), true);
    let again = SessionImpulse::default();
    restore(&again, slot.save());
    assert_eq!(again.get(), Recipe::file("/rooms/Nave.wav"));
    let nave = again.slot("Nave").expect("it is in the list");
    again.try_out(Side::A, Recipe::file("/rooms/Crypt.wav").source);
    again.prove(editions(&again), true);
    assert_eq!(again.slot("Nave"), Some(nave));
}
