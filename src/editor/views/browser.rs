//! The browser: all impulses of the user's folders and in the box, with their figures. The folders are a tree, beside
//! the list where there is room, else in a menu.
//!
//! A click or an arrow key tries an impulse. It is kept when the pointer leaves the list, by a double click, by enter,
//! and by any other action in the window. A frame reads the rows that are seen, however many are listed.

mod rows;
mod tree;

use crate::catalogue::{Entries, Folder, Listing, Outcome, Query, Within};
use crate::editor::controller::Controller;
use crate::editor::theme;
use crate::editor::view::View;
use crate::editor::widgets::{button, keys, wheel};
use crate::impulse::recipe::Source;
use egui::containers::menu::{MenuButton, MenuConfig};
use egui::{Button, Key, Popup, PopupCloseBehavior, Rect, RichText, ScrollArea, TextEdit, Ui, UiBuilder, vec2};
use std::ops::Range;
use std::sync::Arc;
use tree::Tree;

/// Height of the row with the search.
const ROW: f32 = 30.0;
/// Height of the line below the list.
const FOOT: f32 = 20.0;
/// Rows beyond those that are seen for which a model has data, so that a turn of the wheel shows no gap.
const BEYOND: usize = 24;
/// Width of the panel's content as a share of the space beside the meters, and its bounds.
const SHARE: f32 = 0.45;
const WIDTHS: (f32, f32) = (240.0, 560.0);
/// The most while it is wide.
const MOST: f32 = 760.0;
/// Width of the tree beside the list, if that has room for all columns beside it, and the space between them.
const TREE: f32 = 140.0;
const BETWEEN: f32 = 12.0;
/// What the pointer says on the line below the list.
const WHEEL: &str = "The wheel goes on to the next impulse";
/// Width of the button that widens it.
const WIDEN: f32 = 58.0;

/// Width of the panel's content in a window of so many points, without the meters; 0 while it is closed.
#[must_use]
pub fn width(model: &Model, space: f32) -> f32 {
    match (model.is_open, model.is_wide) {
        (false, _) => 0.0,
        (true, false) => (SHARE * space).clamp(WIDTHS.0, WIDTHS.1),
        // All that there is, or as much as tree and columns need.
        (true, true) => space.min(MOST),
    }
}

/// The list, as far as it is seen.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// True while the browser is open.
    pub is_open: bool,
    /// True if it is as wide as tree and columns need, even over the picture.
    pub is_wide: bool,
    /// How many impulses are listed.
    pub count: usize,
    /// Row of the first of `rows`.
    pub first: usize,
    /// The rows that are seen, and some beyond.
    pub rows: Vec<Row>,
    /// Row of the impulse that is asked for, if it is listed, or of that of which it is one file.
    pub present: Option<usize>,
    /// That row, seen or not.
    pub present_row: Option<Row>,
    /// True if only one file of that row's is asked for.
    pub is_part: bool,
    /// The question that was asked last. The list answers it, or one before it until it has been ordered again.
    pub query: Query,
    /// Where to look.
    pub places: Arc<Vec<Place>>,
    /// Folders and files that cannot be read, a message for each.
    pub unread: Arc<Vec<String>>,
    /// Per cent that are measured, until all are; `None` while the folders are listed.
    pub measured: Option<u8>,
}

/// An impulse in the list.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Where it comes from.
    pub source: Source,
    /// Its name.
    pub name: String,
    /// Of several files the words in which their names differ; empty of one file.
    pub form: String,
    /// Its figures, or why there are none, once that is known.
    pub outcome: Option<Outcome>,
    /// True for a favourite.
    pub is_favourite: bool,
}

/// A place to look in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// For the query.
    pub within: Within,
    /// Its name.
    pub name: String,
    /// The number of impulses there, if that is known.
    pub count: Option<usize>,
    /// Number of folders that it is in, up to one that the user has named.
    pub depth: usize,
    /// Number of folders in it at any depth. They follow it in the list of places.
    pub below: usize,
}

impl Place {
    /// Its name, with the number of impulses there if that is known.
    #[must_use]
    pub fn title(&self) -> String {
        self.count.map_or_else(|| self.name.clone(), |count| format!("{} ({count})", self.name))
    }
}

/// The part of the list that is seen, and the text that is typed.
#[derive(Debug, Default)]
pub struct State {
    search: String,
    seen: Range<usize>,
    /// Row to be brought into sight.
    scroll_to: Option<usize>,
    /// How far it is scrolled.
    offset: f32,
    /// Notches of the wheel that were turned beyond the last whole one.
    turned: f32,
    /// True while something is tried and the pointer is in the list.
    is_trying: bool,
    tree: Tree,
    /// What does not change from look to look.
    folders: Option<Folders>,
}

/// Places and messages, with the entries that they are of.
#[derive(Debug)]
struct Folders {
    of: Arc<Entries>,
    places: Arc<Vec<Place>>,
    unread: Arc<Vec<String>>,
}

/// Actions in the browser.
#[derive(Debug, Clone, PartialEq)]
pub enum Action {
    /// Lists something else.
    Ask(Query),
    /// Tries an impulse.
    Try(Source),
    /// Keeps the impulse that is tried.
    Keep,
    /// Makes an impulse a favourite, or none any more.
    Favour(Source, bool),
    /// Lists the folders again.
    Refresh,
    /// Asks for the dialog in which a folder is chosen.
    AddFolder,
    /// Makes it wide enough for all columns, or leaves the picture its space.
    Widen(bool),
    /// Closes the browser.
    Close,
}

/// The browser.
pub struct Browser;

impl Model {
    /// The rows in a range, and what is known of all.
    #[must_use]
    pub fn of(listing: &Listing, seen: &Range<usize>, present: Option<&Source>) -> Self {
        let all = listing.entries.all.len();
        let first = seen.start.saturating_sub(BEYOND).min(listing.len());
        let last = (seen.end + BEYOND).min(listing.len());
        let row_at = |row| {
            let entry = listing.row(row)?;
            let is_favourite = listing.marks.is_favourite(&entry.source);
            let (source, outcome) = (entry.source.clone(), entry.outcome().cloned());
            Some(Row { source, name: entry.name.clone(), form: entry.form.clone(), outcome, is_favourite })
        };
        let at = present.and_then(|source| listing.find(source));
        let listed = at.and_then(|row| listing.row(row)).map(|entry| &entry.source);
        Self {
            is_open: true,
            count: listing.len(),
            first,
            rows: (first..last).filter_map(row_at).collect(),
            present: at,
            present_row: at.and_then(row_at),
            is_part: at.is_some() && listed != present,
            query: listing.query.clone(),
            measured: (!listing.is_listing).then(|| (100 * listing.entries.measured() / all.max(1)) as u8),
            ..Self::default()
        }
    }
}

impl Row {
    /// Its name, with the words of several files.
    #[must_use]
    pub fn title(&self) -> String {
        if self.form.is_empty() { self.name.clone() } else { format!("{} {}", self.name, self.form) }
    }
}

impl View for Browser {
    type Model = Model;
    type State = State;
    type Action = Action;

    fn model(controller: &Controller, state: &mut State) -> Model {
        let Some(listing) = controller.listing().filter(|_| controller.is_browsing()) else {
            let (is_open, is_wide) = (controller.is_browsing(), controller.has_wide_browser());
            return Model { is_open, is_wide, ..Model::default() };
        };
        let folders = state.folders.take().filter(|folders| Arc::ptr_eq(&folders.of, &listing.entries));
        let folders = state.folders.insert(folders.unwrap_or_else(|| Folders::of(&listing.entries)));
        let (places, unread) = (folders.places.clone(), folders.unread.clone());
        let is_wide = controller.has_wide_browser();
        let of_listing = Model::of(&listing, &state.seen, controller.source().as_ref());
        Model { is_wide, places, unread, query: controller.asked_catalogue().clone(), ..of_listing }
    }

    fn show(ui: &mut Ui, model: &Model, state: &mut State) -> Vec<Action> {
        let mut actions = Vec::new();
        if !model.is_open {
            return actions;
        }
        let whole = ui.max_rect();
        let has_tree = model.is_wide && whole.width() >= TREE + BETWEEN + rows::WIDE;
        let rect = if has_tree { whole.with_min_x(whole.left() + TREE + BETWEEN) } else { whole };
        if has_tree {
            let beside = whole.with_max_x(whole.left() + TREE);
            tree::show_beside(ui, model, &mut state.tree, beside, &mut actions);
            ui.painter().vline(rect.left() - BETWEEN / 2.0, whole.y_range(), (1.0, theme::of(ui).edge));
        }
        let top = rect.with_max_y(rect.top() + ROW);
        ui.scope_builder(UiBuilder::new().max_rect(top), |ui| show_search(ui, model, state, !has_tree, &mut actions));
        let header = Rect::from_min_max(rect.min + vec2(0.0, ROW), rect.right_top() + vec2(0.0, ROW + rows::HEIGHT));
        rows::show_header(ui, model, header, &mut actions);
        let list = Rect::from_min_max(header.left_bottom(), rect.right_bottom() - vec2(0.0, FOOT));
        show_list(ui, model, state, list, &mut actions);
        show_foot(ui, model, state, rect.with_min_y(rect.bottom() - FOOT), &mut actions);
        if actions.iter().any(|action| matches!(action, Action::Ask(_))) {
            // The answer is seen from its top.
            (state.offset, state.scroll_to) = (0.0, Some(0));
            ui.ctx().request_repaint();
        }
        let tries = actions.iter().any(|action| matches!(action, Action::Try(_)));
        let keeps = actions.contains(&Action::Keep);
        // Menus reach beyond it.
        let is_inside = ui.ctx().pointer_latest_pos().is_some_and(|at| whole.contains(at)) || is_menu_open(ui);
        if state.is_trying && !tries && !keeps && !is_inside {
            actions.push(Action::Keep);
        }
        state.is_trying = (state.is_trying || tries) && is_inside && !keeps;
        actions
    }

    fn act(action: Action, controller: &mut Controller) {
        match action {
            Action::Ask(query) => controller.ask_catalogue(query),
            Action::Try(source) => controller.try_out(source),
            Action::Keep => controller.keep_tried(),
            Action::Favour(source, is_favourite) => controller.set_favourite(&source, is_favourite),
            Action::Refresh => controller.refresh_catalogue(),
            Action::AddFolder => controller.ask_for_folder(),
            Action::Widen(is_wide) => controller.widen_browser(is_wide),
            Action::Close => {
                controller.keep_tried();
                controller.show_browser(false);
            }
        }
    }
}

impl Folders {
    fn of(entries: &Arc<Entries>) -> Self {
        let unread = Arc::new(entries.unread.clone());
        Self { of: entries.clone(), places: Arc::new(places(&entries.folders)), unread }
    }
}

/// All places to look in: everything, the marks, the folders as a tree.
fn places(folders: &[Folder]) -> Vec<Place> {
    let mut places: Vec<Place> =
        [(Within::All, "Everything"), (Within::Favourites, "Favourites"), (Within::Recent, "Loaded last")]
            .map(|(within, name)| Place { within, name: name.to_owned(), count: None, depth: 0, below: 0 })
            .into();
    places.extend(folders.iter().map(|folder| Place {
        within: folder.path.clone().map_or(Within::Spaces, Within::Folder),
        name: folder.name.clone(),
        count: Some(folder.count),
        depth: folder.depth,
        below: folder.below.len() - 1,
    }));
    places
}

fn show_search(ui: &mut Ui, model: &Model, state: &mut State, has_menu: bool, actions: &mut Vec<Action>) {
    ui.spacing_mut().item_spacing.x = 4.0;
    ui.horizontal(|ui| {
        if has_menu {
            let place = model.places.iter().find(|place| place.within == model.query.within);
            let short: String = place.map_or("Everything", |place| &place.name).chars().take(12).collect();
            // A click on a triangle leaves it open.
            let config = MenuConfig::new().close_behavior(PopupCloseBehavior::CloseOnClickOutside);
            let menu = MenuButton::new(short).config(config);
            menu.ui(ui, |ui| tree::show_menu(ui, model, &mut state.tree, actions)).0.on_hover_text("Where to look");
        }
        let close = Button::new("×").min_size(vec2(theme::CONTROL_HEIGHT, theme::CONTROL_HEIGHT));
        let width = ui.available_width() - theme::CONTROL_HEIGHT - WIDEN - 16.0;
        let hint = RichText::new("Search").color(theme::of(ui).text_quiet);
        let field = TextEdit::singleline(&mut state.search).hint_text(hint).margin(egui::Margin::symmetric(8, 0));
        let field = field.align(egui::Align2::LEFT_CENTER);
        let response = ui.name_inputs("Search impulses", |ui| ui.add_sized(vec2(width, theme::CONTROL_HEIGHT), field));
        if response.changed() {
            actions.push(Action::Ask(Query { search: state.search.clone(), ..model.query.clone() }));
        }
        let widen = button::toggle("Wide", model.is_wide).min_size(vec2(WIDEN, theme::CONTROL_HEIGHT));
        if button::add(ui, widen, model.is_wide)
            .on_hover_text("All columns, over the picture where there is no room")
            .clicked()
        {
            actions.push(Action::Widen(!model.is_wide));
        }
        if ui.add(close).on_hover_text("Close the browser").clicked() {
            actions.push(Action::Close);
        }
    });
}

fn show_list(ui: &mut Ui, model: &Model, state: &mut State, rect: Rect, actions: &mut Vec<Action>) {
    let mut ui = ui.new_child(UiBuilder::new().max_rect(rect));
    ui.spacing_mut().item_spacing.y = 0.0;
    let mut area = ScrollArea::vertical().id_salt("impulses").auto_shrink(false);
    if let Some(row) = state.scroll_to.take() {
        area = area.vertical_scroll_offset(rows::scrolled_to(row, state.offset, rect.height()));
    }
    let output = area.show_rows(&mut ui, rows::HEIGHT, model.count, |ui, range| {
        state.seen = range.clone();
        for row in range {
            let place = ui.allocate_space(vec2(ui.available_width(), rows::HEIGHT)).1;
            if let Some(data) = row.checked_sub(model.first).and_then(|at| model.rows.get(at)) {
                let is_present = model.present == Some(row);
                rows::show(ui, data, (is_present, is_present && !model.is_part), place, actions);
            }
        }
    });
    state.offset = output.state.unclamped_offset().y;
    let has_gap = state.seen.end > model.first + model.rows.len() || state.seen.start < model.first;
    if has_gap && model.count > model.rows.len() {
        ui.ctx().request_repaint();
    }
    go_on(&ui, model, state, actions);
}

/// The arrow keys try the next impulse, and F makes the present one a favourite or none any more, unless something else
/// has the keyboard.
fn go_on(ui: &Ui, model: &Model, state: &mut State, actions: &mut Vec<Action>) {
    let is_typing = ui.ctx().text_edit_focused();
    let has_focus = ui.ctx().memory(|memory| memory.focused().is_some());
    if model.count == 0 || (has_focus && !is_typing) || is_menu_open(ui) {
        return;
    }
    let (down, up, enter) = ui.input(|input| {
        let presses = |key| input.num_presses(key);
        (presses(Key::ArrowDown), presses(Key::ArrowUp), input.key_pressed(Key::Enter))
    });
    if enter && !is_typing {
        actions.push(Action::Keep);
    }
    if let Some(row) = model.present_row.as_ref().filter(|_| !is_typing && keys::pressed_once(ui, Key::F)) {
        actions.push(Action::Favour(row.source.clone(), !row.is_favourite));
    }
    if down == up {
        return;
    }
    step(ui, model, state, down as isize - up as isize, actions);
}

/// True while a menu is open anywhere in the window, which has the keys and the pointer then.
fn is_menu_open(ui: &Ui) -> bool {
    // The first knows those that are drawn already in this frame, the second all but our own menu of a parameter.
    ui.ctx().any_popup_open() || Popup::is_any_open(ui.ctx())
}

/// Tries an impulse so many rows from the present one, or the first of all, and brings it into sight.
fn step(ui: &Ui, model: &Model, state: &mut State, rows: isize, actions: &mut Vec<Action>) {
    let Some(last) = model.count.checked_sub(1) else { return };
    let to = model.present.map_or(0, |present| present.saturating_add_signed(rows).min(last));
    if let Some(row) = to.checked_sub(model.first).and_then(|at| model.rows.get(at)) {
        actions.push(Action::Try(row.source.clone()));
    }
    // What is not at hand yet is tried by the next press.
    state.scroll_to = Some(to);
    ui.ctx().request_repaint();
}

fn show_foot(ui: &Ui, model: &Model, state: &mut State, rect: Rect, actions: &mut Vec<Action>) {
    let mut parts = vec![match (model.present, model.measured) {
        (_, None) => "listing…".to_owned(),
        (Some(row), _) => format!("{} of {}", row + 1, model.count),
        (None, _) if model.count == 1 => "1 impulse".to_owned(),
        (None, _) => format!("{} impulses", model.count),
    }];
    parts.extend(model.measured.filter(|per_cent| *per_cent < 100).map(|per_cent| format!("{per_cent} % measured")));
    if !model.unread.is_empty() {
        parts.push(format!("{} cannot be read", model.unread.len()));
    }
    let about: Vec<&str> = std::iter::once(WHEEL).chain(model.unread.iter().map(String::as_str)).collect();
    let response = rows::show_line(ui, &parts.join(" · "), &about.join("\n"), rect);
    if response.contains_pointer() && model.measured.is_some() {
        let notches = wheel::notches(ui, &mut state.turned);
        if notches != 0 {
            step(ui, model, state, notches, actions);
        }
    }
}
