//! Our own menu of a parameter.
use super::{check, drawn};
use crate::{Place, models};
use egui::{Event, Key, vec2};
use transept::editor::views::context_menu::ContextMenu;

#[test]
fn the_menu_of_a_number_that_could_not_be_read_is_drawn_like_this() {
    let place = Place::window(vec2(230.0, 230.0));
    let mut harness = drawn::<ContextMenu>(models::context_menu("wet", Some("-6.0 dB")), place);
    harness.run_steps(4);
    harness.event(Event::Text("loud".to_owned()));
    harness.run_steps(2);
    harness.key_press(Key::Enter);
    harness.run_steps(2);
    check(harness, "menu-number");
}
