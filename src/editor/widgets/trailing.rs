//! The end of a row: buttons that stand at its right.
use egui::{Align, Id, Layout, Rect, Ui, UiBuilder};

/// Widths that differ by less, in points, are the same.
const TOLERANCE: f32 = 0.5;

/// The end of a row, whose contents lie from the left to the right, so that Tab goes through them as they are read.
///
/// Its width is that of its last contents; where that has changed, egui lays the frame out once more before it is seen,
/// unless it has done so already.
#[derive(Debug)]
pub struct Trailing {
    id: Id,
    row: Rect,
    width: f32,
}

impl Trailing {
    /// The end of this row, before its contents are drawn.
    #[must_use]
    pub fn of(ui: &Ui, name: &str, row: Rect) -> Self {
        let id = ui.scope_id().with(("trailing", name));
        Self { id, row, width: ui.data(|data| data.get_temp(id)).unwrap_or(0.0) }
    }

    /// Its left edge.
    #[must_use]
    pub fn left(&self) -> f32 {
        self.row.right() - self.width
    }

    /// Draws its contents.
    pub fn show<R>(self, ui: &mut Ui, contents: impl FnOnce(&mut Ui) -> R) -> R {
        let place = self.row.with_min_x(self.left());
        let layout = Layout::left_to_right(Align::Center);
        let mut end = ui.new_child(UiBuilder::new().max_rect(place).layout(layout));
        let shown = contents(&mut end);
        let width = end.min_rect().width();
        if (width - self.width).abs() >= TOLERANCE {
            ui.data_mut(|data| data.insert_temp(self.id, width));
            ui.ctx().request_discard("the end of a row has another width");
            // egui allows but one more pass; the right place then comes in the next frame.
            if !ui.ctx().will_discard() {
                ui.ctx().request_repaint();
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Button, Context, RawInput, pos2, vec2};

    /// Where two buttons are, of which the first is so wide.
    fn buttons(context: &Context, width: f32) -> [Rect; 2] {
        let row = Rect::from_min_size(pos2(10.0, 10.0), vec2(300.0, 30.0));
        let mut places = [Rect::NOTHING; 2];
        let output = context.run_ui(RawInput::default(), |ui| {
            places = Trailing::of(ui, "buttons", row)
                .show(ui, |ui| [width, 50.0].map(|width| ui.add(Button::new("").min_size(vec2(width, 20.0))).rect));
        });
        output.drop_without_applying_deltas();
        places
    }

    #[test]
    fn contents_end_with_their_row_in_the_frame_in_which_they_change() {
        let context = Context::default();
        for width in [50.0, 80.0, 30.0] {
            let [first, second] = buttons(&context, width);
            assert_eq!((first.width(), second.right()), (width, 310.0));
            assert!(first.right() < second.left());
        }
    }
}
