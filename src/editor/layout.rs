//! Places of the views in the window.

use super::theme::{GAP, PADDING};
use egui::{Rect, pos2, vec2};

/// Least width and height of the content of the middle panel.
const LEAST_MIDDLE: (f32, f32) = (240.0, 84.0);
/// Between the panels and a line on the ground.
const ABOVE_BASE: f32 = 6.0;

/// Kind of place that a view has in the window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Place {
    /// A row of this height across the window, below the rows before it in the list. A row of height 0 takes no space.
    Row(f32),
    /// The middle panel, which takes the space that all others leave.
    Middle,
    /// The lower part of the middle panel, with content of this height.
    Caption(f32),
    /// A panel at the right of the middle panel, with content of this width.
    Side(f32),
    /// A panel at the left of the middle panel, with content of this width; of width 0 it takes no space. Where it
    /// would leave too little of the middle panel, it takes all of it.
    Drawer(f32),
    /// A panel across the bottom of the window, with content of this height.
    Foot(f32),
    /// A line of this height on the ground, below all panels.
    Base(f32),
}

/// Rectangles in points.
#[derive(Debug, Clone, PartialEq)]
pub struct Layout {
    /// The rectangle of each view's content, in the order of the list.
    pub views: Vec<Rect>,
    /// The panels, to be painted behind the views.
    pub panels: Vec<Rect>,
}

impl Layout {
    /// The height of content in which every place of a list has room.
    #[must_use]
    pub fn least_height(list: &[Place]) -> f32 {
        let panel = 2.0 * PADDING;
        let others = list.iter().map(|place| match *place {
            Place::Row(height) if height > 0.0 => height + GAP,
            Place::Caption(height) => height + GAP,
            Place::Foot(height) => height + panel + GAP,
            Place::Base(height) => height + ABOVE_BASE,
            Place::Row(_) | Place::Middle | Place::Side(_) | Place::Drawer(_) => 0.0,
        });
        LEAST_MIDDLE.1 + panel + others.sum::<f32>()
    }

    /// Divides `content`, the window without its margin, among the places of a list of views.
    #[must_use]
    pub fn new(content: Rect, list: &[Place]) -> Self {
        let mut rest = content;
        let mut views = vec![Rect::NOTHING; list.len()];
        let mut panels = Vec::new();
        let mut panel = |rect: Rect| {
            panels.push(rect);
            rect.shrink(PADDING)
        };
        for (place, view) in list.iter().zip(&mut views) {
            if let Place::Row(height) = *place {
                *view = Rect::from_min_size(rest.min, vec2(rest.width(), height));
                rest.min.y += if height > 0.0 { height + GAP } else { 0.0 };
            }
        }
        for (place, view) in list.iter().zip(&mut views) {
            if let Place::Base(height) = *place {
                *view = rest.with_min_y(rest.bottom() - height);
                rest.max.y = view.top() - ABOVE_BASE;
            }
        }
        for (place, view) in list.iter().zip(&mut views) {
            if let Place::Foot(height) = *place {
                let foot = rest.with_min_y(rest.bottom() - height - 2.0 * PADDING);
                *view = panel(foot);
                rest.max.y = foot.top() - GAP;
            }
        }
        for (place, view) in list.iter().zip(&mut views) {
            if let Place::Side(width) = *place {
                let side = rest.with_min_x(rest.right() - width - 2.0 * PADDING);
                *view = panel(side);
                rest.max.x = side.left() - GAP;
            }
        }
        for (place, view) in list.iter().zip(&mut views) {
            if let Place::Drawer(width) = *place
                && width > 0.0
            {
                let right = rest.left() + width + 2.0 * PADDING;
                let has_middle = rest.right() - right - GAP - 2.0 * PADDING >= LEAST_MIDDLE.0;
                let drawer = if has_middle { rest.with_max_x(right) } else { rest };
                *view = panel(drawer);
                if !has_middle {
                    return Self { views, panels };
                }
                rest.min.x = drawer.right() + GAP;
            }
        }
        let mut middle = panel(rest);
        for (place, view) in list.iter().zip(&mut views) {
            if let Place::Caption(height) = *place {
                *view = middle.with_min_y(middle.bottom() - height);
                middle = Rect::from_min_max(middle.min, pos2(middle.right(), view.top() - GAP));
            }
        }
        for (place, view) in list.iter().zip(&mut views) {
            if *place == Place::Middle {
                *view = middle;
            }
        }
        Self { views, panels }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A place of every kind, and a row that takes no space.
    const LIST: [Place; 8] = [
        Place::Row(30.0),
        Place::Row(0.0),
        Place::Middle,
        Place::Caption(40.0),
        Place::Side(100.0),
        Place::Foot(150.0),
        Place::Base(16.0),
        Place::Drawer(0.0),
    ];

    #[test]
    fn the_views_lie_side_by_side_within_the_window() {
        let content = Rect::from_min_size(pos2(14.0, 14.0), vec2(612.0, 542.0));
        let Layout { views, panels } = Layout::new(content, &LIST);
        assert_eq!(views[0], Rect::from_min_size(content.min, vec2(612.0, 30.0)));
        assert_eq!((views[3].height(), views[4].width(), views[5].height()), (40.0, 100.0, 150.0));
        assert_eq!(views[2].top() - PADDING, views[0].bottom() + GAP, "the row of height 0 has no gap");
        assert_eq!((views[6].height(), views[6].bottom()), (16.0, content.bottom()));
        assert_eq!(panels.len(), 3);
        for (at, view) in views.iter().enumerate() {
            assert!(content.contains_rect(*view) || *view == Rect::NOTHING, "{at}");
            let others = views.iter().skip(at + 1).filter(|other| other.is_positive());
            assert!(!view.is_positive() || others.into_iter().all(|other| !view.intersects(*other)), "{at}");
        }
    }

    #[test]
    fn in_the_least_height_the_middle_has_its_least_height() {
        let size = vec2(612.0, Layout::least_height(&LIST));
        let Layout { views, .. } = Layout::new(Rect::from_min_size(pos2(0.0, 0.0), size), &LIST);
        assert!((views[2].height() - LEAST_MIDDLE.1).abs() < 1e-3, "{}", views[2].height());
    }

    #[test]
    fn a_drawer_stands_beside_the_middle_or_covers_it() {
        let content = Rect::from_min_size(pos2(14.0, 14.0), vec2(752.0, 572.0));
        let drawn = |width: f32| {
            let list = [&LIST[..7], &[Place::Drawer(width)]].concat();
            Layout::new(content, &list).views
        };
        let closed = drawn(0.0);
        let beside = drawn(280.0);
        assert_eq!((beside[7].width(), beside[7].left()), (280.0, closed[2].left()));
        assert_eq!(beside[2].left(), beside[7].right() + 2.0 * PADDING + GAP);
        assert_eq!((beside[2].right(), beside[4]), (closed[2].right(), closed[4]));
        let over = drawn(400.0);
        assert_eq!((over[7].left(), over[7].right()), (closed[2].left(), closed[2].right()));
        assert_eq!((over[2], over[3]), (Rect::NOTHING, Rect::NOTHING));
    }
}
