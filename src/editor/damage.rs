//! Draws of each frame what has changed since the last one, and no more.
//!
//! Without a graphics card each pixel costs time of the processor: a window drawn whole for every move of a meter uses
//! most of a core. So the last frame is kept ([`Canvas`]); the shapes of a frame are compared with those of the one
//! before; and the rectangle in which they differ is drawn anew, of all shapes that meet it. Views know nothing of it.

use super::canvas::{Canvas, Edition};
use egui::epaint::ClippedShape;
use egui::{Context, FullOutput, Plugin, Rect, Shape};

/// Points by which a shape is larger on the screen than its outline: soft edges, and what is set on whole pixels.
pub const EDGE: f32 = 2.0;

/// Compares the frames of one window.
#[derive(Debug)]
pub struct Damage {
    canvas: Canvas,
    /// Of the last frame.
    number: u64,
    last: Option<Frame>,
    /// True if a pass that was not drawn has set pictures anew.
    has_new_pictures: bool,
}

#[derive(Debug)]
struct Frame {
    edition: Edition,
    screen: Rect,
    shapes: Vec<ClippedShape>,
}

impl Damage {
    /// Of a window whose first frame is still to come.
    #[must_use]
    pub fn new(canvas: Canvas) -> Self {
        Self { canvas, number: 0, last: None, has_new_pictures: false }
    }

    /// Number of the last frame, from 1 on; 0 before the first.
    #[cfg(test)]
    pub fn number(&self) -> u64 {
        self.number
    }
}

impl Plugin for Damage {
    fn debug_name(&self) -> &'static str {
        "damage"
    }

    fn output_hook(&mut self, context: &Context, output: &mut FullOutput) {
        if !self.canvas.is_able() {
            self.last = None;
            return;
        }
        // A picture that is set anew has other pixels in the same shape; letters are only ever added.
        self.has_new_pictures |= output.textures_delta.set.values().flatten().any(|delta| delta.is_whole());
        if is_discarded(context, output) {
            return;
        }
        let (screen, scale) = (context.viewport_rect(), output.pixels_per_point);
        let shapes = std::mem::take(&mut output.shapes);
        let has_new_pictures = std::mem::take(&mut self.has_new_pictures);
        let is_like = |last: &Frame| last.screen == screen && last.edition.scale == scale && !has_new_pictures;
        let before = self.last.take().filter(|last| is_like(last) && self.canvas.holds(last.edition));
        let damage = before.as_ref().map_or(screen, |before| aligned(changed(&before.shapes, &shapes), scale));
        self.number += 1;
        let drawn = |shape| ClippedShape::new(screen, shape);
        output.shapes.push(drawn(self.canvas.enter(screen, before.map(|before| before.edition))));
        output.shapes.extend(within(&shapes, damage));
        output.shapes.push(drawn(self.canvas.leave(screen, self.number)));
        self.last = Some(Frame { edition: Edition { number: self.number, scale }, screen, shapes });
    }
}

/// True if a pass is not drawn, because egui lays the frame out once more.
fn is_discarded(context: &Context, output: &FullOutput) -> bool {
    let (most, passes) = (context.options(|options| options.max_passes.get()), &output.platform_output);
    passes.requested_discard() && passes.num_completed_passes < most
}

/// The rectangle outside of which two frames are the same.
fn changed(before: &[ClippedShape], after: &[ClippedShape]) -> Rect {
    let extent = |shapes: &[ClippedShape]| shapes.iter().map(extent).fold(Rect::NOTHING, Rect::union);
    if before.len() == after.len() {
        let differ = before.iter().zip(after).filter(|(before, after)| before != after);
        return differ
            .fold(Rect::NOTHING, |all, (before, after)| all.union(self::extent(before)).union(self::extent(after)));
    }
    let same = before.iter().zip(after).take_while(|(before, after)| before == after).count();
    let (before, after) = (&before[same..], &after[same..]);
    let same = before.iter().rev().zip(after.iter().rev()).take_while(|(before, after)| before == after).count();
    extent(&before[..before.len() - same]).union(extent(&after[..after.len() - same]))
}

/// The shapes that meet a rectangle, cut to it.
fn within(shapes: &[ClippedShape], damage: Rect) -> impl Iterator<Item = ClippedShape> {
    let meets = move |shape: &&ClippedShape| extent(shape).intersect(damage).is_positive();
    shapes
        .iter()
        .filter(meets)
        .map(move |shape| ClippedShape { clip_rect: shape.clip_rect.intersect(damage), ..shape.clone() })
}

/// Where a shape may leave a mark.
fn extent(shape: &ClippedShape) -> Rect {
    let place = match &shape.shape {
        // It may draw anywhere in its clip.
        Shape::Callback(_) => Rect::EVERYTHING,
        drawn => drawn.visual_bounding_rect(),
    };
    if place.is_negative() {
        return Rect::NOTHING;
    }
    (shape.transform_after_tessellation * place).expand(EDGE).intersect(shape.clip_rect)
}

/// The smallest rectangle around this one whose sides lie between pixels.
fn aligned(rect: Rect, scale: f32) -> Rect {
    if !rect.is_positive() {
        return Rect::NOTHING;
    }
    Rect { min: (rect.min * scale).floor() / scale, max: (rect.max * scale).ceil() / scale }
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::{Color32, Pos2, RawInput, TextureOptions, pos2, vec2};

    const WINDOW: Rect = Rect { min: Pos2::ZERO, max: pos2(400.0, 300.0) };

    fn filled(rect: Rect, colour: Color32) -> ClippedShape {
        ClippedShape::new(WINDOW, Shape::rect_filled(rect, 0.0, colour))
    }

    fn square(x: f32, colour: Color32) -> ClippedShape {
        filled(Rect::from_min_size(pos2(x, 10.0), vec2(10.0, 10.0)), colour)
    }

    /// A ground, and squares of 10 by 10 points at these places.
    fn frame(squares: &[f32]) -> Vec<ClippedShape> {
        let ground = std::iter::once(filled(WINDOW, Color32::BLACK));
        ground.chain(squares.iter().map(|x| square(*x, Color32::WHITE))).collect()
    }

    #[test]
    fn what_has_changed_is_where_it_was_and_where_it_is() {
        let between =
            |left: f32, right: f32| Rect::from_x_y_ranges(left - EDGE..=right + EDGE, 10.0 - EDGE..=20.0 + EDGE);
        assert_eq!(changed(&frame(&[50.0]), &frame(&[50.0])), Rect::NOTHING);
        assert_eq!(changed(&frame(&[50.0, 90.0, 200.0]), &frame(&[50.0, 95.0, 200.0])), between(90.0, 105.0));
        assert_eq!(changed(&frame(&[50.0, 90.0, 200.0]), &frame(&[50.0, 200.0])), between(90.0, 100.0));
        assert_eq!(changed(&frame(&[50.0]), &frame(&[50.0, 90.0, 200.0])), between(90.0, 210.0));
        assert_eq!(changed(&[], &frame(&[])), WINDOW);
    }

    #[test]
    fn what_moves_by_its_transform_has_changed_and_what_is_clipped_away_has_not() {
        let moved = |x: f32| {
            let by = egui::emath::TSTransform::from_translation(vec2(x, 0.0));
            vec![ClippedShape { transform_after_tessellation: by, ..square(0.0, Color32::WHITE) }]
        };
        let all = Rect::from_x_y_ranges(100.0 - EDGE..=130.0 + EDGE, 10.0 - EDGE..=20.0 + EDGE);
        assert_eq!(changed(&moved(100.0), &moved(120.0)), all);
        let hidden = |colour| {
            let below = Rect::from_x_y_ranges(0.0..=400.0, 200.0..=300.0);
            vec![ClippedShape { clip_rect: below, ..square(0.0, colour) }]
        };
        assert!(!changed(&hidden(Color32::WHITE), &hidden(Color32::RED)).is_positive());
    }

    #[test]
    fn what_is_drawn_is_all_that_meets_the_rectangle_in_its_order_and_no_more_of_it() {
        let (shapes, damage) = (frame(&[50.0, 90.0, 200.0]), Rect::from_x_y_ranges(85.0..=95.0, 0.0..=40.0));
        let drawn: Vec<_> = within(&shapes, damage).collect();
        assert_eq!(drawn.iter().map(|shape| &shape.shape).collect::<Vec<_>>(), [&shapes[0].shape, &shapes[2].shape]);
        assert!(drawn.iter().all(|shape| shape.clip_rect == damage));
        assert_eq!(within(&shapes, Rect::NOTHING).count(), 0);
    }

    #[test]
    fn sides_lie_between_pixels() {
        let rect = Rect::from_min_max(pos2(10.3, 20.0), pos2(11.2, 30.1));
        assert_eq!(aligned(rect, 1.0), Rect::from_min_max(pos2(10.0, 20.0), pos2(12.0, 31.0)));
        assert_eq!(aligned(rect, 2.0), Rect::from_min_max(pos2(10.0, 20.0), pos2(11.5, 30.5)));
    }

    #[test]
    fn a_frame_that_was_laid_out_twice_is_compared_with_the_last_one_that_was_drawn() {
        let (context, canvas) = (Context::default(), Canvas::without_context());
        context.add_plugin(Damage::new(canvas.clone()));
        let drawn = |twice: bool, has_picture: bool| {
            let mut texture = None;
            let input = RawInput { screen_rect: Some(WINDOW), ..RawInput::default() };
            let output = context.run_ui(input, |ui| {
                ui.painter().rect_filled(ui.max_rect(), 0.0, Color32::BLACK);
                let is_first = ui.output(|output| output.num_completed_passes) == 0;
                if twice && is_first {
                    ui.ctx().request_discard("a test");
                    if has_picture {
                        let image = egui::ColorImage::filled([4, 4], Color32::WHITE);
                        texture = Some(ui.ctx().load_texture("picture", image, TextureOptions::NEAREST));
                    }
                }
            });
            canvas.hold(context.plugin::<Damage>().lock().number(), output.pixels_per_point);
            let count = output.shapes.len() - 2;
            output.drop_without_applying_deltas();
            count
        };
        assert_eq!(drawn(false, false), 1, "the first");
        assert_eq!(drawn(true, false), 0, "the same");
        assert_eq!(drawn(true, true), 1, "a picture that the pass before has set");
        assert_eq!(drawn(false, false), 0, "the same");
    }

    #[test]
    fn a_frame_is_drawn_whole_unless_the_last_one_is_kept_and_looks_alike() {
        let (context, canvas) = (Context::default(), Canvas::without_context());
        context.add_plugin(Damage::new(canvas.clone()));
        let mut texture = None;
        let mut drawn = |size: egui::Vec2, scale: f32, is_kept: bool, has_picture: bool| {
            context.set_zoom_factor(scale);
            let input = RawInput { screen_rect: Some(Rect::from_min_size(Pos2::ZERO, size)), ..RawInput::default() };
            let output = context.run_ui(input, |ui| {
                ui.painter().rect_filled(ui.max_rect(), 0.0, Color32::BLACK);
                if has_picture {
                    let image = egui::ColorImage::filled([4, 4], Color32::WHITE);
                    texture = Some(ui.ctx().load_texture("picture", image, TextureOptions::NEAREST));
                }
            });
            if is_kept {
                canvas.hold(context.plugin::<Damage>().lock().number(), output.pixels_per_point);
            }
            let count = output.shapes.len() - 2;
            output.drop_without_applying_deltas();
            count
        };
        let size = vec2(200.0, 100.0);
        assert_eq!(drawn(size, 1.0, true, false), 1, "the first");
        assert_eq!(drawn(size, 1.0, true, false), 0, "the same");
        assert_eq!(drawn(size + vec2(1.0, 0.0), 1.0, true, false), 1, "another size");
        assert_eq!(drawn(size + vec2(1.0, 0.0), 1.0, false, false), 0, "not drawn");
        assert_eq!(drawn(size + vec2(1.0, 0.0), 1.0, true, false), 1, "what was not drawn is not there");
        assert_eq!(drawn(size + vec2(1.0, 0.0), 1.0, true, true), 1, "a new picture");
        // The scale of a frame counts from the one after it.
        drawn(size, 2.0, true, false);
        assert_eq!(drawn(size, 2.0, true, false), 1, "another scale");
        assert_eq!(drawn(size, 2.0, true, false), 0);
    }
}
