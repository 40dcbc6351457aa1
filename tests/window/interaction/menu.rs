//! Our own menu of a parameter.
use super::{click, used};
use crate::{Harness, Place, models};
use egui::{Event, Key, OutputCommand, pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use transept::editor::host_requests::Wish;
use transept::editor::parameter::{Edit, Parameter};
use transept::editor::views::context_menu::{Action, ContextMenu};

fn menu(id: Parameter, copied: Option<&str>) -> Harness<ContextMenu> {
    let mut harness = used(models::context_menu(id, copied), Place::window(vec2(300.0, 400.0)));
    harness.run_steps(4);
    harness
}

fn close(parameter: Parameter) -> Action {
    Action::Close(Wish { parameter, ..models::WISH })
}

fn type_and_enter(harness: &mut Harness<ContextMenu>, text: &str) {
    harness.event(Event::Text(text.to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
}

#[test]
fn a_line_does_one_thing_and_closes_the_menu() {
    for (line, action) in [
        ("Default: −12.0 dB", Action::Edit(Edit::Reset("wet"))),
        ("Copy −12.0 dB", Action::Copy("-12.0 dB".to_owned())),
        ("Paste −6.0 dB", Action::Edit(Edit::Type("wet", "-6.0 dB".to_owned()))),
    ] {
        let mut harness = menu("wet", Some("-6.0 dB"));
        harness.get_by_label(line).click();
        let is_copied = (0..4).any(|_| {
            harness.step();
            let commands = &harness.output().platform_output.commands;
            commands.iter().any(|command| matches!(command, OutputCommand::CopyText(text) if text == "-12.0 dB"))
        });
        assert_eq!((&harness.state().done, is_copied), (&vec![action, close("wet")], line.starts_with("Copy")));
    }
    let mut harness = menu("wet", None);
    let paste = harness.get_by_label("Paste");
    assert!(paste.accesskit_node().is_disabled(), "there is nothing to paste");
    paste.click();
    harness.run_steps(2);
    assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
}

#[test]
fn a_value_is_typed_at_once_in_the_place_of_the_present_one() {
    let mut harness = menu("wet", None);
    type_and_enter(&mut harness, " -3 ");
    assert_eq!(harness.state().done, [Action::Edit(Edit::Type("wet", "-3".to_owned())), close("wet")]);
}

#[test]
fn what_is_out_of_the_range_stays_in_the_menu_with_the_reason() {
    let mut harness = menu("wet", None);
    type_and_enter(&mut harness, "600");
    assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
    harness.get_by_label_contains("“600” is no value: ");
}

#[test]
fn what_cannot_be_read_stays_in_the_menu_with_the_reason() {
    let mut harness = menu("wet", None);
    type_and_enter(&mut harness, "loud");
    assert!(harness.state().done.is_empty(), "{:?}", harness.state().done);
    harness.get_by_label_contains("“loud” is no value: ");
    assert!(harness.get_by_label("Type value: Wet").accesskit_node().is_focused(), "it can be typed on");
    harness.event(Event::Text("er".to_owned()));
    harness.run_steps(2);
    assert!(harness.query_by_label_contains("is no value").is_none(), "it is another text");
    harness.key_press(Key::Escape);
    harness.run_steps(2);
    assert_eq!(harness.state().done, [close("wet")]);
}

#[test]
fn switches_and_choices_have_their_options_in_place_of_the_field() {
    for (id, option, value) in [
        ("mix_lock", "On", Some(1.0)),
        ("mix_lock", "Off", None),
        ("loudness", "Cabinet", Some(1.0)),
        ("loudness", "Room", None),
    ] {
        let mut harness = menu(id, None);
        assert!(harness.query_by_label_contains("Type value").is_none());
        harness.get_by_label(option).click();
        harness.run_steps(2);
        let edits = value.into_iter().flat_map(|value| Edit::gesture(id, value)).map(Action::Edit);
        let done: Vec<Action> = edits.chain([close(id)]).collect();
        assert_eq!(harness.state().done, done, "{id}: {option}");
    }
}

#[test]
fn a_click_beside_the_menu_closes_it() {
    let mut harness = menu("wet", None);
    click(&harness, pos2(290.0, 390.0));
    harness.run_steps(2);
    assert_eq!(harness.state().done, [close("wet")]);
}
