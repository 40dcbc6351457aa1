//! Keys together with those that were held at that moment, signs that are typed, and the ring around what has the
//! keyboard.
//!
//! The windowing layer tells of few keys: of no sign but digits and small letters, and of none of F1 to F12. Other
//! signs arrive as texts, while Ctrl is not held.
use crate::editor::theme;
use egui::{CornerRadius, Event, Key, Modifiers, Rect, StrokeKind, Ui};

/// True if a key was pressed while these were held. A quick hand lets go of Ctrl within the same frame, so the frame's
/// own modifiers do not tell.
pub fn pressed(ui: &Ui, key: Key, are_held: impl Fn(&Modifiers) -> bool) -> bool {
    let is_press = |event: &Event| match event {
        Event::Key { key: other, pressed: true, modifiers, .. } => *other == key && are_held(modifiers),
        _ => false,
    };
    ui.input(|input| input.events.iter().any(is_press))
}

/// True if a key was pressed and nothing else with it. A key that is held counts once: where X11 repeats it, a release
/// and a press come at once, and no finger does that within a frame.
pub fn pressed_once(ui: &Ui, key: Key) -> bool {
    let first = |events: &[Event]| {
        events.iter().find_map(|event| match event {
            Event::Key { key: other, pressed, repeat, modifiers, .. } if *other == key => {
                Some(*pressed && !repeat && modifiers.is_none())
            }
            _ => None,
        })
    };
    ui.input(|input| first(&input.events) == Some(true))
}

/// How many of these signs were typed. Only for what has the keyboard.
pub fn typed(ui: &Ui, signs: &[&str]) -> usize {
    let is_one = |event: &&Event| matches!(event, Event::Text(text) if signs.contains(&text.as_str()));
    ui.input(|input| input.events.iter().filter(is_one).count())
}

/// Draws the ring around what has the keyboard.
pub fn ring(ui: &Ui, rect: Rect) {
    let stroke = (1.0, theme::of(ui).text_quiet);
    ui.painter().rect_stroke(rect, CornerRadius::same(theme::ROUNDING), stroke, StrokeKind::Inside);
}
