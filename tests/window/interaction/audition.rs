//! Signals to listen with.

use super::{choose, chooser, models};
use egui_kittest::kittest::{NodeT, Queryable};
use transept::audition::Signal;
use transept::editor::views::chooser::{Action, Model};

#[test]
fn a_signal_is_chosen_from_the_menu() {
    let mut harness = chooser(models::chooser());
    for name in ["Click", "Snare", "Speech", "Pink noise"] {
        choose(&mut harness, "Listen", name);
        assert!(harness.query_by_label(name).is_none(), "the menu is closed");
    }
    assert_eq!(harness.state().done, Signal::ALL.map(Action::Audition));
}

#[test]
fn while_a_signal_sounds_the_button_stops_it() {
    let mut harness = chooser(Model { auditioned: Some(Signal::Pink), ..models::chooser() });
    harness.run();
    assert!(harness.query_by_label("Listen").is_none());
    harness.get_by_label("Stop").click();
    harness.run();
    assert_eq!(harness.state().done, [Action::EndAudition]);
    harness.state_mut().model.auditioned = None;
    harness.run();
    assert!(harness.query_by_label("Stop").is_none() && harness.query_by_label("Click").is_none(), "no menu opens");
}

#[test]
fn nothing_can_be_heard_where_the_host_processes_nothing() {
    let mut harness = chooser(Model { is_processed: false, ..models::chooser() });
    harness.run();
    assert!(harness.get_by_label("Listen").accesskit_node().is_disabled());
    harness.get_by_label("Listen").click();
    harness.run();
    assert!(harness.query_by_label("Click").is_none());
}
