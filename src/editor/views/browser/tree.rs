//! The places to look in, as a tree: a click on a name looks there, a click on a triangle opens or closes the folder.
//! Below it are the buttons for folders.
//!
//! With the keyboard on a name the arrow keys go up and down, the right one opens its folder, the left one closes it,
//! and enter looks there. A frame draws the places that are seen, and passes over a closed folder as a whole, however
//! many are in it.

use super::rows::{self, line};
use super::{Action, Model, Place};
use crate::catalogue::{Query, Within};
use crate::editor::theme;
use crate::editor::widgets::keys;
use egui::{
    Align2, Button, CornerRadius, EventFilter, Id, Key, Rect, Response, RichText, Role, ScrollArea, Sense, Shape,
    Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::collections::HashSet;

/// How far a folder is set in from the one that it is in, and the most in all as a share of the width.
const INDENT: f32 = 12.0;
const MOST_INDENT: f32 = 0.4;
/// Width of the triangle.
const TRIANGLE: f32 = 16.0;
/// Width and height in the menu.
const MENU: (f32, f32) = (220.0, 260.0);
/// Height of a button below the tree, and the space above the first.
const BUTTON: f32 = 22.0;
const ABOVE_BUTTONS: f32 = 6.0;
/// Width of the number of impulses.
const COUNT: f32 = 34.0;

/// Folders that are open.
#[derive(Debug, Default)]
pub struct Tree {
    /// Those that are not as they are at first: open at the top, closed below.
    turned: HashSet<Within>,
    /// Line that has the keyboard, and line to be brought into sight.
    focused: Option<usize>,
    scroll_to: Option<usize>,
    /// How far it is scrolled.
    offset: f32,
}

impl Tree {
    fn is_open(&self, place: &Place) -> bool {
        (place.depth == 0) != self.turned.contains(&place.within)
    }

    fn turn(&mut self, place: &Place) {
        if !self.turned.remove(&place.within) {
            self.turned.insert(place.within.clone());
        }
    }

    /// The places that are in no closed folder.
    fn shown<'a>(&self, places: &'a [Place]) -> Vec<&'a Place> {
        let (mut shown, mut at) = (Vec::new(), 0);
        while let Some(place) = places.get(at) {
            shown.push(place);
            at += if self.is_open(place) { 1 } else { 1 + place.below };
        }
        shown
    }
}

/// The tree in a menu, which a choice closes.
pub fn show_menu(ui: &mut Ui, model: &Model, tree: &mut Tree, actions: &mut Vec<Action>) {
    ui.set_width(MENU.0);
    let is_chosen = show(ui, model, tree, MENU.1, actions);
    ui.separator();
    if show_buttons(ui, actions) || is_chosen {
        ui.close();
    }
}

/// The tree beside the list.
pub fn show_beside(ui: &mut Ui, model: &Model, tree: &mut Tree, rect: Rect, actions: &mut Vec<Action>) {
    let foot = rect.with_min_y(rect.bottom() - 2.0 * BUTTON);
    let above = rect.with_max_y(foot.top() - ABOVE_BUTTONS);
    ui.scope_builder(UiBuilder::new().max_rect(above), |ui| show(ui, model, tree, above.height(), actions));
    ui.scope_builder(UiBuilder::new().max_rect(foot), |ui| show_buttons(ui, actions));
}

/// True if one was clicked.
fn show_buttons(ui: &mut Ui, actions: &mut Vec<Action>) -> bool {
    let before = actions.len();
    // As high as there is room for, and with the texts below the names of the tree.
    (ui.spacing_mut().item_spacing.y, ui.spacing_mut().interact_size.y) = (0.0, BUTTON);
    ui.spacing_mut().button_padding = vec2(TRIANGLE, 0.0);
    for (text, action) in [("Add a folder…", Action::AddFolder), ("List the folders again", Action::Refresh)] {
        let button = Button::new(RichText::new(text).font(theme::small())).frame_when_inactive(false);
        if ui.add(button.min_size(vec2(ui.available_width(), BUTTON))).clicked() {
            actions.push(action);
        }
    }
    actions.len() > before
}

/// Draws the tree at the top of what room there is, up to a height. True if a place was chosen.
fn show(ui: &mut Ui, model: &Model, tree: &mut Tree, height: f32, actions: &mut Vec<Action>) -> bool {
    let before = actions.len();
    ui.spacing_mut().item_spacing.y = 0.0;
    let shown = tree.shown(&model.places);
    let mut area = ScrollArea::vertical().id_salt("places").max_height(height).auto_shrink([false, true]);
    if let Some(line) = tree.scroll_to.take() {
        area = area.vertical_scroll_offset(rows::scrolled_to(line, tree.offset, height));
    }
    let scope = ui.scope_id();
    let mut focused = None;
    let output = area.show_rows(ui, rows::HEIGHT, shown.len(), |ui, range| {
        for line in range {
            let (place, rect) = (shown[line], ui.allocate_space(vec2(ui.available_width(), rows::HEIGHT)).1);
            let response = show_place(ui, place, place.within == model.query.within, scope, tree, rect);
            if response.clicked() {
                actions.push(Action::Ask(Query { within: place.within.clone(), ..model.query.clone() }));
            }
            // The one to which the keyboard goes in this frame takes none of the keys.
            if response.has_focus() && focused.is_none() {
                focused = Some(line);
                if let Some(next) = step(ui, line, shown.len()) {
                    ui.memory_mut(|memory| memory.request_focus(place_id(scope, shown[next])));
                    tree.scroll_to = Some(next);
                    ui.ctx().request_repaint();
                }
            }
        }
    });
    tree.offset = output.state.unclamped_offset().y;
    if focused != tree.focused {
        // It came by Tab, which goes beyond what is seen as well.
        tree.scroll_to = tree.scroll_to.or(focused);
        tree.focused = focused;
    }
    actions.len() > before
}

/// The line to which the arrow keys go from one that has the keyboard.
fn step(ui: &Ui, line: usize, count: usize) -> Option<usize> {
    let (down, up) = ui.input(|input| (input.num_presses(Key::ArrowDown), input.num_presses(Key::ArrowUp)));
    let to = line.saturating_add_signed(down as isize - up as isize).min(count - 1);
    (to != line).then_some(to)
}

fn place_id(scope: Id, place: &Place) -> Id {
    scope.with((&place.within, "place"))
}

/// One place, which a click or enter chooses.
fn show_place(ui: &Ui, place: &Place, is_this: bool, scope: Id, tree: &mut Tree, rect: Rect) -> Response {
    let indent = (place.depth as f32 * INDENT).min(MOST_INDENT * rect.width());
    let triangle = Rect::from_min_size(rect.min + vec2(indent, 0.0), vec2(TRIANGLE, rect.height()));
    let name = rect.with_min_x(triangle.right());
    let response = ui.interact(name, place_id(scope, place), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::TreeItem, true, is_this, place.title()));
    show_ground(ui, &response, rect);
    if place.below > 0 {
        let is_open = tree.is_open(place);
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_expanded(is_open));
        if show_triangle(ui, place, is_open, triangle) || (response.has_focus() && asks_to_turn(ui, is_open)) {
            tree.turn(place);
        }
    }
    if response.has_focus() {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    }
    let colours = theme::of(ui);
    let (ink, end) = (if is_this { colours.accent } else { colours.text }, name.right() - rows::BAR);
    line(ui, &place.name, name.with_max_x(end - COUNT), ink);
    if let Some(count) = place.count {
        let at = pos2(end, name.center().y);
        ui.painter().text(at, Align2::RIGHT_CENTER, count.to_string(), theme::small(), colours.text_quiet);
    }
    response.on_hover_ui(|ui| {
        ui.label(match &place.within {
            Within::Folder(path) => path.display().to_string(),
            _ => place.title(),
        });
    })
}

fn show_ground(ui: &Ui, response: &Response, rect: Rect) {
    if response.hovered() {
        ui.painter().rect_filled(rect, CornerRadius::same(theme::ROUNDING), theme::of(ui).control);
    }
    if response.has_focus() {
        keys::ring(ui, rect);
    }
}

/// Down for an open folder, to the right for a closed one. True if it was clicked.
fn show_triangle(ui: &Ui, place: &Place, is_open: bool, rect: Rect) -> bool {
    // The arrow keys do the same on the name: no place of its own for the keyboard.
    let response = ui.interact(rect, ui.scope_id().with((&place.within, "triangle")), Sense::CLICK);
    let about = format!("{} {}", if is_open { "Close" } else { "Open" }, place.name);
    response.widget_info(|| WidgetInfo::labeled(Role::DisclosureTriangle, true, &about));
    let colour = if response.hovered() { theme::of(ui).text } else { theme::of(ui).text_quiet };
    let corner = |x, y| rect.center() + if is_open { vec2(x, y) } else { vec2(y, x) };
    let corners = vec![corner(-4.0, -2.5), corner(4.0, -2.5), corner(0.0, 3.0)];
    ui.painter().add(Shape::convex_polygon(corners, colour, Stroke::NONE));
    response.on_hover_text(about).clicked()
}

/// True if an arrow key opens what is closed, or closes what is open.
fn asks_to_turn(ui: &Ui, is_open: bool) -> bool {
    ui.input(|input| input.key_pressed(if is_open { Key::ArrowLeft } else { Key::ArrowRight }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(name: &str, depth: usize, below: usize) -> Place {
        Place { within: Within::Folder(name.into()), name: name.to_owned(), count: Some(1), depth, below }
    }

    #[test]
    fn folders_at_the_top_are_open_at_first_and_closed_ones_hide_all_below() {
        let places = [place("a", 0, 3), place("b", 1, 2), place("c", 2, 1), place("d", 3, 0), place("e", 0, 0)];
        let mut tree = Tree::default();
        let names = |tree: &Tree| tree.shown(&places).iter().map(|place| place.name.clone()).collect::<String>();
        assert_eq!(names(&tree), "abe");
        tree.turn(&places[2]);
        assert_eq!(names(&tree), "abe", "it is in one that is closed");
        tree.turn(&places[1]);
        assert_eq!(names(&tree), "abcde");
        tree.turn(&places[0]);
        assert_eq!(names(&tree), "ae");
        tree.turn(&places[0]);
        assert_eq!(names(&tree), "abcde", "what was open in it still is");
    }
}
