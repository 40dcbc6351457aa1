//! The presets in the top row: previous and next, the list, and the name to save under.

use super::{Harness, click, header, models};
use egui::accesskit::{Role, Toggled};
use egui::{Key, pos2};
use egui_kittest::kittest::{NodeT, Queryable};
use std::sync::Arc;
use transept::editor::controller::PathField;
use transept::editor::selection::Direction;
use transept::editor::views::header::Header;
use transept::editor::views::header::presets::{Action, Model, Present};
use transept::preset::built_in::built_in;
use transept::preset::list::{List, Origin};
use transept_support::folder::Folder;

fn row(presets: Model) -> Harness<Header> {
    header(header::Model { presets, ..models::header() })
}

/// The list, open.
fn opened(presets: Model) -> Harness<Header> {
    let label = match &presets.present {
        None => "Presets".to_owned(),
        Some(Present { name, is_changed, .. }) => {
            format!("Presets: {name}{}", if *is_changed { ", changed" } else { "" })
        }
    };
    let mut harness = row(presets);
    harness.get_by_label(&label).click();
    harness.run();
    assert_eq!(done(&mut harness), [Action::Refresh], "what is listed is read when the list opens");
    harness
}

/// What was done with presets since the last look.
fn done(harness: &mut Harness<Header>) -> Vec<Action> {
    let done = std::mem::take(&mut harness.state_mut().done);
    let action = |action| match action {
        header::Action::Presets(action) => action,
        other => panic!("{other:?}"),
    };
    done.into_iter().map(action).collect()
}

fn is_open(harness: &Harness<Header>) -> bool {
    harness.query_by_label("Search presets").is_some()
}

fn type_text(harness: &mut Harness<Header>, text: &str) {
    harness.event(egui::Event::Text(text.to_owned()));
    harness.run();
}

fn press(harness: &mut Harness<Header>, key: Key) {
    harness.key_press(key);
    harness.run();
}

fn place(name: &str) -> Origin {
    Origin::BuiltIn(built_in().iter().position(|preset| preset.name == name).expect("in the box"))
}

/// The list with these files of the user's.
fn with(folder: &Folder) -> Model {
    Model { list: Arc::new(List::with(folder.root(), &|| false)), present: None }
}

#[test]
fn previous_and_next_go_from_preset_to_preset_where_there_is_room() {
    let mut harness = row(Model::default());
    for (label, direction) in [("Next preset", Direction::Next), ("Previous preset", Direction::Previous)] {
        harness.get_by_label(label).click();
        harness.run();
        assert_eq!(done(&mut harness), [Action::Step(direction)]);
    }
    let model = models::header();
    let mut narrow = super::used::<Header>(model, super::Place::row(612.0, header::HEIGHT));
    narrow.run();
    assert!(narrow.query_by_label("Next preset").is_none());
    assert!(narrow.query_by_label("Next impulse").is_some());
}

#[test]
fn the_list_opens_with_the_keyboard_in_its_search_and_a_click_opens_a_preset() {
    let mut harness = opened(Model::default());
    harness.get_by_label("Living room").click();
    harness.run();
    assert_eq!(done(&mut harness), [Action::Open(place("Living room"))]);
    assert!(!is_open(&harness), "the list is closed");
}

#[test]
fn what_is_typed_filters_and_enter_opens_the_first() {
    let mut harness = opened(Model::default());
    type_text(&mut harness, "plate VOICE");
    assert!(harness.query_by_label("Vocal plate").is_some() && harness.query_by_label("Studio plate").is_none());
    press(&mut harness, Key::Enter);
    assert_eq!(done(&mut harness), [Action::Open(place("Vocal plate"))]);
    assert!(!is_open(&harness));
    let mut harness = opened(Model::default());
    type_text(&mut harness, "nothing is called so");
    press(&mut harness, Key::Enter);
    assert!(done(&mut harness).is_empty());
}

#[test]
fn the_arrow_keys_go_on_from_the_preset_at_hand() {
    let mut harness = opened(models::at_hand());
    let row = harness.get_by_role_and_label(Role::ListItem, "Vocal plate");
    assert_eq!(row.accesskit_node().toggled(), Some(Toggled::True), "it is marked");
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::ArrowUp);
    press(&mut harness, Key::Enter);
    let last = built_in().iter().position(|preset| preset.name == "Vocal plate").expect("in the box") + 2;
    assert_eq!(done(&mut harness), [Action::Open(Origin::BuiltIn(last))]);
    let mut harness = opened(Model::default());
    press(&mut harness, Key::Enter);
    assert!(done(&mut harness).is_empty(), "nothing is chosen yet");
    let mut harness = opened(Model::default());
    press(&mut harness, Key::ArrowDown);
    press(&mut harness, Key::Enter);
    assert_eq!(done(&mut harness), [Action::Open(Origin::BuiltIn(0))]);
}

#[test]
fn the_last_of_ten_thousand_is_reached_and_only_what_is_seen_is_drawn() {
    let folder = Folder::new();
    for number in 0..10_000 {
        std::fs::write(folder.path(&format!("{number}.toml")), "").expect("written");
    }
    let mut harness = opened(with(&folder));
    let drawn = |harness: &Harness<Header>| {
        harness.root().children_recursive().filter(|node| node.accesskit_node().role() == Role::ListItem).count()
    };
    assert!(drawn(&harness) < 30, "{}", drawn(&harness));
    type_text(&mut harness, "yours 9999");
    harness.get_by_label("9999").click();
    harness.run();
    assert_eq!(done(&mut harness), [Action::Open(Origin::File(folder.path("9999.toml")))]);
}

#[test]
fn a_name_is_suggested_typed_and_saved_and_a_bad_one_cannot_be() {
    let mut harness = opened(Model::default());
    harness.get_by_label("Save").click();
    harness.run();
    assert_eq!(done(&mut harness), [Action::Save { name: "Hall".to_owned(), replaces: false }], "of the impulse");
    assert!(!is_open(&harness));
    let mut harness = opened(Model::default());
    harness.get_by_label("Name to save under").focus();
    harness.run();
    type_text(&mut harness, "/a:b");
    harness.get_by_label("Save").click();
    assert!(harness.query_by_label_contains("cannot have").is_none(), "nobody has said that it is finished");
    harness.get_by_label("Name to save under").focus();
    harness.run();
    press(&mut harness, Key::Enter);
    assert!(done(&mut harness).is_empty() && is_open(&harness));
    harness.get_by_label("A name cannot have the character :");
    assert!(harness.get_by_label("Name to save under").accesskit_node().is_focused(), "it can be typed on");
    type_text(&mut harness, "c");
    assert!(harness.query_by_label_contains("cannot have").is_none(), "it is another name");
}

#[test]
fn a_name_that_is_there_is_replaced_by_a_button_that_says_so() {
    let folder = Folder::with(&["Voice/Mine.toml"]);
    let origin = Origin::File(folder.path("Voice/Mine.toml"));
    let present = Some(Present { origin, name: "Mine".to_owned(), is_changed: false });
    let mut harness = opened(Model { present, ..with(&folder) });
    assert!(harness.query_by_label("Save").is_none());
    harness.get_by_label("Name to save under").focus();
    harness.run();
    press(&mut harness, Key::Enter);
    assert!(done(&mut harness).is_empty(), "nothing is replaced by a key");
    harness.get_by_label("Replace").click();
    harness.run();
    assert_eq!(done(&mut harness), [Action::Save { name: "Voice/Mine".to_owned(), replaces: true }]);
}

#[test]
fn after_a_dialog_that_did_not_come_a_name_can_be_typed_at_once() {
    let mut harness = row(Model::default());
    harness.run();
    harness.state_mut().state.after_dialog(PathField::Focus);
    harness.run();
    assert!(!is_open(&harness));
    harness.state_mut().state.after_dialog(PathField::Name);
    harness.run();
    assert!(is_open(&harness));
    type_text(&mut harness, "Nave");
    press(&mut harness, Key::Enter);
    let saved = Action::Save { name: "Nave".to_owned(), replaces: false };
    assert_eq!(done(&mut harness), [Action::Refresh, saved], "it replaces what was suggested");
}

#[test]
fn dialogs_and_the_copy_are_below_the_list_which_closes_by_a_click_beside_it() {
    let actions =
        [("Open file…", Action::OpenFile), ("Save as…", Action::SaveAs), ("Copy A to B", Action::CopyToOther)];
    for (label, action) in actions {
        let mut harness = opened(Model::default());
        harness.get_by_label(label).click();
        harness.run();
        assert_eq!((done(&mut harness), is_open(&harness)), (vec![action], false), "{label}");
    }
    let mut harness = opened(Model::default());
    click(&harness, pos2(5.0, 150.0));
    harness.run();
    assert!(!is_open(&harness));
    harness.get_by_label("Presets").click();
    harness.run();
    press(&mut harness, Key::Escape);
    assert!(!is_open(&harness) && done(&mut harness) == [Action::Refresh]);
}
