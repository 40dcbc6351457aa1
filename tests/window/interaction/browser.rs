//! The browser.
use super::{click, used};
use crate::{Harness, Place as Stage, models};
use egui::{Key, Pos2, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;
use std::time::{Duration, Instant};
use transept::catalogue::{Catalogue, Column, Places, Query, Within};
use transept::editor::views::browser::{Action, Browser, Model, Place, Row};
use transept::impulse::recipe::Source;
use transept::library::Library;

/// Beside the list.
const OUTSIDE: Pos2 = pos2(570.0, 275.0);

fn browser(model: Model) -> Harness<Browser> {
    let mut harness = used(model, Stage::panel(540.0, 240.0));
    harness.run();
    harness
}

fn row(name: &str) -> Source {
    Source::File { path: format!("/ir/{name}").into() }
}

#[test]
fn a_click_tries_and_the_pointer_that_leaves_keeps() {
    let mut harness = browser(models::browser());
    let at = harness.get_by_label("Crypt.flac").rect().center();
    click(&harness, at);
    harness.run();
    assert_eq!(harness.state().done, [Action::Try(row("Crypt.flac"))]);
    harness.hover_at(at + egui::vec2(20.0, 40.0));
    // Tips come and go over some frames.
    harness.run_steps(10);
    assert_eq!(harness.state().done.len(), 1, "still listening");
    harness.hover_at(OUTSIDE);
    harness.run_steps(10);
    assert_eq!(harness.state().done.last(), Some(&Action::Keep));
    harness.hover_at(at);
    harness.run_steps(10);
    harness.hover_at(OUTSIDE);
    harness.run_steps(10);
    assert_eq!(harness.state().done.len(), 2, "nothing was tried since");
}

#[test]
fn arrow_keys_go_on_from_the_present_one_and_bring_it_into_sight() {
    let mut harness = browser(models::browser());
    harness.hover_at(pos2(100.0, 150.0));
    harness.key_press(Key::ArrowDown);
    harness.run();
    harness.key_press(Key::ArrowUp);
    harness.run();
    let names = ["Große Halle.wav", "Crypt.flac"].map(|name| Action::Try(row(name)));
    assert_eq!(harness.state().done, names);
    harness.state_mut().model.present = Some(29);
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert_eq!(harness.state().done.last(), Some(&Action::Try(row("Take 30.wav"))));
    let shown = harness.get_by_label("Take 30.wav").rect();
    assert!(shown.bottom() < 240.0, "{shown}");
    harness.state_mut().model.present = Some(30);
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert_eq!(harness.state().done.last(), Some(&Action::Try(row("Take 30.wav"))), "the last one stays");
    harness.key_press(Key::Enter);
    harness.run();
    assert_eq!(harness.state().done.last(), Some(&Action::Keep));
}

#[test]
fn the_wheel_on_the_position_goes_on_one_impulse_a_notch() {
    let mut harness = browser(models::browser());
    let foot = harness.get_by_value("4 of 31 · 64 % measured · 1 cannot be read").rect().center();
    let turn = |harness: &mut Harness<Browser>, lines: f32| {
        harness.event(egui::Event::MouseWheel {
            unit: egui::MouseWheelUnit::Line,
            delta: egui::vec2(0.0, lines),
            phase: egui::TouchPhase::Move,
            modifiers: egui::Modifiers::NONE,
            source: egui::MouseWheelSource::Unknown,
        });
        // The wheel glides over some frames.
        harness.run_steps(30);
    };
    harness.hover_at(foot);
    harness.run_steps(60);
    let tip = "The wheel goes on to the next impulse\n/gone: the folder is not there";
    assert!(harness.query_by_value(tip).is_some());
    for lines in [-1.0, 2.0, -0.5] {
        turn(&mut harness, lines);
    }
    let names = ["Große Halle.wav", "Abbey nave, 3 m.wav"].map(|name| Action::Try(row(name)));
    assert_eq!(harness.state().done, names);
    turn(&mut harness, -0.5);
    assert_eq!(harness.state().done.last(), Some(&Action::Try(row("Große Halle.wav"))), "two halves are one");
    harness.hover_at(pos2(100.0, 150.0));
    harness.run_steps(10);
    turn(&mut harness, -1.0);
    assert_eq!(harness.state().done.len(), 3, "over the list it scrolls");
}

#[test]
fn several_files_of_one_impulse_are_one_row_that_a_click_loads_whole() {
    let mut model = models::browser();
    let files = ["LL", "LR", "RL", "RR"].map(|word| format!("/ir/Hall {word}.wav").into()).to_vec();
    let source = Source::Set { files, speakers: 0, sources: 0 };
    let (name, form) = ("Hall".to_owned(), "LL LR RL RR".to_owned());
    model.rows[3] = Row { source: source.clone(), name, form, ..model.rows[3].clone() };
    let clicked = |model| {
        let mut harness = browser(model);
        harness.get_by_label("Hall LL LR RL RR").click();
        harness.run();
        harness.state().done.first().cloned()
    };
    assert_eq!(clicked(model.clone()), None, "it is asked for");
    // Here one of its files is, alone.
    assert_eq!(clicked(Model { is_part: true, ..model }), Some(Action::Try(source)));
}

#[test]
fn it_searches_as_somebody_types() {
    let mut harness = browser(models::browser());
    harness.get_by_role(egui::accesskit::Role::TextInput).focus();
    harness.run();
    harness.get_by_role(egui::accesskit::Role::TextInput).type_text("abbey");
    harness.run();
    let asked = Action::Ask(Query { search: "abbey".to_owned(), ..Query::default() });
    assert_eq!(harness.state().done.last(), Some(&asked));
}

#[test]
fn a_column_orders_by_itself_and_then_the_other_way_round() {
    let mut harness = browser(models::browser());
    harness.get_by_label("Order by rt60").click();
    harness.run();
    let query = Query { column: Column::Rt60, ..Query::default() };
    assert_eq!(harness.state().done, [Action::Ask(query.clone())]);
    harness.state_mut().model.query = query.clone();
    harness.run();
    harness.get_by_label("Order by rt60").click();
    harness.run();
    assert_eq!(harness.state().done.last(), Some(&Action::Ask(Query { is_descending: true, ..query })));
}

#[test]
fn favourites_and_places_are_chosen() {
    let mut harness = browser(models::browser());
    harness.get_by_label("Favourite: Crypt.flac").click();
    harness.get_by_label("Favourite: Abbey nave, 3 m.wav").click();
    harness.run();
    let favour = |name: &str, is_favourite| Action::Favour(row(name), is_favourite);
    assert_eq!(harness.state().done, [favour("Crypt.flac", true), favour("Abbey nave, 3 m.wav", false)]);
    harness.get_by_label("Everything").click();
    harness.run();
    harness.get_by_label_contains("Churches (27)").click();
    harness.run();
    let query = Query { within: Within::Folder("/ir/Churches".into()), ..Query::default() };
    assert_eq!(harness.state().done.last(), Some(&Action::Ask(query)));
}

#[test]
fn a_key_makes_the_present_one_a_favourite_unless_somebody_types() {
    let mut harness = browser(models::browser());
    harness.key_press(Key::F);
    harness.run();
    assert_eq!(harness.state().done, [Action::Favour(row("Great hall.wav"), true)]);
    harness.state_mut().model.present_row.as_mut().expect("it is listed").is_favourite = true;
    harness.key_press(Key::F);
    harness.run();
    assert_eq!(harness.state().done.last(), Some(&Action::Favour(row("Great hall.wav"), false)));
    for role in [egui::accesskit::Role::TextInput, egui::accesskit::Role::Button] {
        harness.query_all_by_role(role).next().expect("there is one").focus();
        harness.run();
        harness.key_press(Key::F);
        harness.run();
    }
    assert_eq!(harness.state().done.len(), 2, "{:?}", harness.state().done);
    harness.key_press(Key::Escape);
    harness.run();
    // Held, it comes again and again.
    for _ in 0..3 {
        let (key, modifiers) = (Key::F, egui::Modifiers::NONE);
        harness.event(egui::Event::Key { key, physical_key: None, pressed: true, repeat: false, modifiers });
        harness.run();
    }
    for _ in 0..3 {
        for pressed in [false, true] {
            let (key, modifiers) = (Key::F, egui::Modifiers::NONE);
            let event = egui::Event::Key { key, physical_key: None, pressed, repeat: false, modifiers };
            harness.input_mut().events.push(event);
        }
        harness.run();
    }
    assert_eq!(harness.state().done.len(), 3, "{:?}", harness.state().done);
}

/// The tree stands beside the list where there is room for both, and in a menu otherwise.
#[test]
fn folders_are_a_tree_that_opens_and_closes_by_a_click_and_by_the_arrow_keys() {
    for is_wide in [false, true] {
        let mut harness = used::<Browser>(Model { is_wide, ..models::browser() }, Stage::panel(606.0, 240.0));
        harness.run();
        if !is_wide {
            assert!(harness.query_by_label("Churches (27)").is_none());
            harness.get_by_label("Everything").click();
            harness.run();
        }
        let seen = |harness: &Harness<Browser>, label: &str| harness.query_by_label(label).is_some();
        let organ = "With the organ, 2014 to 2019 (9)";
        assert!(seen(&harness, "Churches (27)") && !seen(&harness, organ), "the top is open, what is below closed");
        harness.get_by_label("Open Churches").click();
        harness.run();
        assert!(seen(&harness, organ));
        harness.get_by_label("Impulses (31)").focus();
        harness.run();
        harness.key_press(Key::ArrowLeft);
        harness.run();
        assert!(!seen(&harness, "Churches (27)") && !seen(&harness, organ) && seen(&harness, "Impulses (31)"));
        harness.key_press(Key::ArrowRight);
        harness.run();
        assert!(seen(&harness, organ), "what was open in it still is");
        assert!(harness.state().done.is_empty(), "nothing was chosen: {:?}", harness.state().done);
        harness.get_by_label("Churches (27)").focus();
        harness.key_press(Key::Enter);
        harness.run();
        let query = Query { within: Within::Folder("/ir/Churches".into()), ..Query::default() };
        assert_eq!(harness.state().done, [Action::Ask(query)]);
        assert_eq!(seen(&harness, organ), is_wide, "a menu closes, a tree stays");
    }
}

#[test]
fn the_arrow_keys_reach_every_folder_of_the_tree() {
    const FOLDERS: usize = 40;
    let place = |n: usize| {
        let within = Within::Folder(format!("/ir/{n}").into());
        Place { within, name: format!("folder {n}"), count: None, depth: 0, below: 0 }
    };
    let places = Arc::new((0..FOLDERS).map(place).collect());
    let model = Model { is_wide: true, places, ..models::browser() };
    let mut harness = used::<Browser>(model, Stage::panel(606.0, 240.0));
    harness.run();
    let top = harness.get_by_label("folder 0").rect().top();
    let bottom = harness.get_by_label("Add a folder…").rect().top();
    harness.get_by_label("folder 0").focus();
    harness.run();
    let down = (1..FOLDERS).map(|n| (Key::ArrowDown, n));
    let up = (0..FOLDERS - 1).rev().map(|n| (Key::ArrowUp, n));
    for (key, n) in down.chain(up) {
        harness.key_press(key);
        harness.run();
        let label = format!("folder {n}");
        let node = harness.get_by_label(&label);
        assert!(node.accesskit_node().is_focused(), "{label}");
        let rect = node.rect();
        assert!(rect.top() >= top - 0.5 && rect.bottom() <= bottom, "{label} is out of sight: {rect}");
    }
    assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
}

#[test]
fn an_open_menu_has_the_keys_and_the_pointer_and_a_choice_closes_it() {
    let mut harness = browser(models::browser());
    harness.get_by_label("Crypt.flac").click();
    harness.run();
    let at = harness.get_by_label("Everything").rect().center();
    click(&harness, at);
    harness.run();
    for key in [Key::ArrowDown, Key::F] {
        harness.key_press(key);
        harness.run();
    }
    harness.hover_at(OUTSIDE);
    harness.run_steps(10);
    assert_eq!(harness.state().done, [Action::Try(row("Crypt.flac"))], "still listening");
    let everything: Vec<_> = harness.query_all_by_label("Everything").collect();
    let [_, place] = &everything[..] else { panic!("a button and a place") };
    place.click();
    drop(everything);
    harness.run();
    assert_eq!(harness.state().done[1], Action::Ask(Query::default()), "asked again, though it is there");
    assert!(harness.query_by_label("Churches (27)").is_none(), "it is closed");
}

#[test]
fn an_answer_is_seen_from_its_top() {
    for ask in ["Order by rt60", "Churches (27)"] {
        let model = Model { present: Some(28), is_wide: true, ..models::browser() };
        let mut harness = used::<Browser>(model, Stage::panel(606.0, 240.0));
        harness.run();
        harness.key_press(Key::ArrowDown);
        harness.run();
        assert!(harness.query_by_label("Take 29.wav").is_some() && harness.query_by_label("Crypt.flac").is_none());
        harness.get_by_label(ask).click();
        harness.run();
        assert!(harness.query_by_label("Crypt.flac").is_some(), "{ask}");
    }
}

#[test]
fn what_cannot_be_read_and_how_far_it_is_are_said() {
    let harness = browser(models::browser());
    let foot = harness.get_by_value("4 of 31 · 64 % measured · 1 cannot be read");
    assert!(!foot.accesskit_node().is_disabled());
}

/// However many are listed, a frame has data of those alone that are seen, and of a screenful beyond.
#[test]
fn of_twenty_thousand_files_a_frame_reads_those_that_are_seen() {
    const FILES: usize = 20_000;
    let folder = tempfile::tempdir().expect("a folder");
    for n in 0..FILES {
        std::fs::write(folder.path().join(format!("take {n}.wav")), "").expect("written");
    }
    let library = Library { folders: vec![folder.path().to_owned()] };
    let catalogue = Catalogue::open(Places { library, ..Places::default() });
    catalogue.ask(Query { within: Within::Folder(folder.path().to_owned()), ..Query::default() });
    let began = Instant::now();
    let listing = loop {
        let listing = catalogue.listing();
        if listing.len() == FILES {
            break listing;
        }
        assert!(began.elapsed() < Duration::from_secs(120), "{} of {FILES}", listing.len());
        std::thread::park_timeout(Duration::from_millis(5));
    };
    let mut harness = browser(Model::of(&listing, &(0..40), None));
    let model = &harness.state().model;
    assert_eq!((model.count, model.rows.len()), (FILES, 64));
    let drawn: Vec<_> = harness.query_all_by_role(egui::accesskit::Role::ListItem).collect();
    assert!((8..=12).contains(&drawn.len()), "rows of 20 points in 170: {}", drawn.len());
    drop(drawn);
    let far = Model::of(&listing, &(19_990..20_000), listing.row(19_995).map(|entry| &entry.source));
    assert_eq!((far.first, far.rows.len(), far.present), (19_966, 34, Some(19_995)));
    harness.state_mut().model = far;
    harness.key_press(Key::ArrowDown);
    harness.run();
    assert!(matches!(harness.state().done.last(), Some(Action::Try(_))), "{:?}", harness.state().done);
}
