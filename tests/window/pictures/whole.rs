//! The whole window, in both themes and in several sizes.

use super::{check, checked, drawn, drawn_at, second_impulse, two_impulses};
use crate::{Place, Window, models};
use egui_kittest::SnapshotResults;
use transept::editor::views::controls::Page;
use transept::editor::views::impulse::Impulse;
use transept::editor::window;
use transept::picture;
use transept::settings::Section;

#[test]
fn a_window_with_two_impulses_is_drawn_like_this() {
    let mut model = models::hall();
    model.figures = two_impulses();
    model.header.title = "Hall + Plate".to_owned();
    model.chooser = second_impulse();
    let mut harness = drawn::<Window>(model, Place::window(window::DEFAULT_SIZE));
    harness.state_mut().state.controls.page = Page::Section(Section::Blend);
    check(harness, "window");
}

#[test]
fn a_small_window_with_a_banner_scrolls_and_is_sharp_on_a_fine_screen() {
    let mut harness = drawn_at::<Window>(models::hall_missing(), Place::window(window::WHOLE_SIZE), 2.0);
    harness.state_mut().state.controls.page = Page::Section(Section::Blend);
    check(harness, "window-smallest");
}

#[test]
fn a_window_in_the_light_theme_is_drawn_like_this() {
    let place = Place::window(window::DEFAULT_SIZE).in_light();
    check(drawn_at::<Window>(models::hall(), place, 2.0), "window-light");
}

#[test]
fn a_window_in_the_light_theme_is_drawn_like_this_on_a_coarse_screen() {
    check(drawn::<Window>(models::hall(), Place::window(window::DEFAULT_SIZE).in_light()), "window-light-coarse");
}

#[test]
fn the_first_page_of_a_new_window_is_drawn_like_this() {
    check(drawn::<Window>(models::hall(), Place::window(window::DEFAULT_SIZE)), "window-main");
}

#[test]
fn the_first_page_is_drawn_like_this_on_a_fine_screen() {
    check(drawn_at::<Window>(models::hall(), Place::window(window::DEFAULT_SIZE), 2.0), "window-main-fine");
}

#[test]
fn a_small_window_has_everything_in_sight() {
    check(drawn::<Window>(models::hall(), Place::window(window::WHOLE_SIZE)), "window-small");
}

#[test]
fn a_tiny_window_shows_a_part_and_scrolls() {
    check(drawn::<Window>(models::hall(), Place::window(window::SMALLEST_SIZE)), "window-tiny");
}

/// In the themes and on the screens in which no other test draws it: dark on a fine screen, and light on both.
fn in_both_themes(view: picture::View) {
    let (dark, name) = (Place::panel(570.0, 235.0), view.name().to_lowercase());
    let mut results = SnapshotResults::new();
    for (place, scale, rest) in
        [(dark.in_light(), 2.0, "light"), (dark.in_light(), 1.0, "light-coarse"), (dark, 2.0, "fine")]
    {
        let mut harness = drawn_at::<Impulse>(models::impulse(2), place, scale);
        harness.state_mut().state.look.view = view;
        results.extend(checked(harness, &format!("impulse-{name}-{rest}")));
    }
}

#[test]
fn the_wave_is_drawn_like_this_in_both_themes() {
    in_both_themes(picture::View::Wave);
}

#[test]
fn the_decay_is_drawn_like_this_in_both_themes() {
    in_both_themes(picture::View::Decay);
}

#[test]
fn the_spectrogram_is_drawn_like_this_in_both_themes() {
    in_both_themes(picture::View::Spectrogram);
}

#[test]
fn the_response_is_drawn_like_this_in_both_themes() {
    in_both_themes(picture::View::Response);
}
