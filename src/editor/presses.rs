//! A press takes hold of what is under the pointer when the button goes down, and lets go of it where it goes up.
//!
//! egui looks up what is pressed by where the pointer is at the end of a frame, and counts no movement in the frame in
//! which a button goes up. A quick hand has then moved on, and would take hold of something else, or of nothing. So a
//! frame ends with a press, and a release after a movement comes in the next one. Where egui draws a frame in two
//! passes, the second is the next one in this sense.

use egui::{Context, Event, Plugin, RawInput};

/// Holds back what belongs in the next frame.
#[derive(Debug, Default)]
pub struct Presses {
    held_back: Vec<Event>,
}

impl Plugin for Presses {
    fn debug_name(&self) -> &'static str {
        "presses"
    }

    fn input_hook(&mut self, context: &Context, input: &mut RawInput) {
        input.events.splice(..0, self.held_back.drain(..));
        if let Some(end) = end_of_frame(&input.events) {
            self.held_back = input.events.split_off(end);
            context.request_repaint();
        }
    }
}

/// How many events are of this frame; `None` for all of them.
fn end_of_frame(events: &[Event]) -> Option<usize> {
    let has_movement = |events: &[Event]| events.iter().any(|event| matches!(event, Event::PointerMoved(_)));
    events.iter().enumerate().find_map(|(place, event)| match event {
        Event::PointerButton { pressed: true, .. } => (place + 1 < events.len()).then_some(place + 1),
        Event::PointerButton { pressed: false, .. } => has_movement(&events[..place]).then_some(place),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Modifiers, PointerButton, Pos2, Rect, Sense, Vec2, pos2, vec2};

    fn button(pos: Pos2, pressed: bool) -> Event {
        Event::PointerButton { pos, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE }
    }

    /// How far a handle of 10 by 10 points is dragged.
    fn dragged(context: &Context, frames: Vec<Vec<Event>>) -> Vec2 {
        let handle = Rect::from_min_size(pos2(20.0, 20.0), vec2(10.0, 10.0));
        let mut by = Vec2::ZERO;
        for events in frames {
            let input = RawInput { events, ..Default::default() };
            let output = context.run_ui(input, |ui| {
                by += ui.interact(handle, ui.scope_id().with("handle"), Sense::drag()).drag_delta();
            });
            output.drop_without_applying_deltas();
        }
        by
    }

    #[test]
    fn a_handle_is_dragged_however_fast_the_pointer_leaves_it() {
        let [from, to] = [pos2(25.0, 25.0), pos2(95.0, 25.0)];
        let flick = vec![Event::PointerMoved(from), button(from, true), Event::PointerMoved(to), button(to, false)];
        let frames = vec![vec![], flick, vec![], vec![], vec![]];
        assert_eq!(dragged(&Context::default(), frames.clone()), Vec2::ZERO, "egui alone");
        let context = Context::default();
        context.add_plugin(Presses::default());
        assert_eq!(dragged(&context, frames), to - from);
    }

    #[test]
    fn no_event_is_lost_and_none_overtakes_another() {
        let (context, mut presses) = (Context::default(), Presses::default());
        let at = |x: f32| pos2(x, 0.0);
        let moved = |x: f32| Event::PointerMoved(at(x));
        let all =
            [moved(1.0), button(at(1.0), true), moved(2.0), button(at(2.0), false), button(at(2.0), true), moved(3.0)];
        assert_eq!(end_of_frame(&all[3..5]), None, "a release and a press of the same place");
        assert_eq!(end_of_frame(&[button(at(1.0), true), button(at(1.0), false)]), Some(1));
        let mut seen = Vec::new();
        for events in [all[..5].to_vec(), vec![all[5].clone()], vec![], vec![]] {
            let mut input = RawInput { events, ..Default::default() };
            presses.input_hook(&context, &mut input);
            seen.push(input.events);
        }
        assert_eq!(seen.concat(), all);
        assert_eq!(seen.iter().map(Vec::len).collect::<Vec<_>>(), [2, 1, 2, 1]);
    }
}
