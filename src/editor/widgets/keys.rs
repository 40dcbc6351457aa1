//! Keys together with those that were held at that moment.
use egui::{Event, Key, Modifiers, Ui};

/// True if a key was pressed while these were held. A quick hand lets go of Ctrl within the same frame, so the frame's
/// own modifiers do not tell.
pub fn pressed(ui: &Ui, key: Key, are_held: impl Fn(&Modifiers) -> bool) -> bool {
    let is_press = |event: &Event| match event {
        Event::Key { key: other, pressed: true, modifiers, .. } => *other == key && are_held(modifiers),
        _ => false,
    };
    ui.input(|input| input.events.iter().any(is_press))
}
