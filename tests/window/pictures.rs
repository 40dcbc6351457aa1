//! What the window looks like: a picture of each view in each state worth a look, and two of the whole window.
//!
//! A row more on a page changes the picture of this page, and of the page Blend those of the whole window.
//!
//! The pictures are drawn by a software renderer (lavapipe), which gives the same on every machine but for rounding.
//! `UPDATE_SNAPSHOTS=1 cargo test --test window` draws the references in `tests/window/snapshots` anew: look at them
//! then.
mod contrast;
mod menu;
mod whole;

use super::{Harness, List, Place, Window, models, stage};
use egui::accesskit::Role;
use egui::pos2;
use egui_kittest::kittest::{NodeT, Queryable};
use egui_kittest::{SnapshotOptions, SnapshotResults};
use std::path::PathBuf;
use std::sync::Arc;
use transept::audition::Signal;
use transept::channels::{Bus, ChannelLayout};
use transept::editor::controller::Remark;
use transept::editor::view::View;
use transept::editor::views::banner::{self, Banner, Notice};
use transept::editor::views::browser::Browser;
use transept::editor::views::chooser::{self, Chooser};
use transept::editor::views::controls::{self, Controls, Page};
use transept::editor::views::figures::{self, Figures};
use transept::editor::views::header::{self, Header};
use transept::editor::views::impulse::Impulse;
use transept::editor::views::meters::{self, Level, Meters};
use transept::editor::views::status::{self, Share, Status};
use transept::editor::{theme, window};
use transept::impulse::findings::Finding;
use transept::impulse::recipe::{Side, Source};
use transept::picture;
use transept::prepare::Summary;
use transept::settings::{Section, Settings};

/// Width of rows in a window of the default size, and in the smallest one.
const WIDE: f32 = window::DEFAULT_SIZE.x - 2.0 * theme::MARGIN;
const NARROW: f32 = window::WHOLE_SIZE.x - 2.0 * theme::MARGIN;

fn drawn<V>(model: V::Model, place: Place) -> Harness<V>
where
    V: View<Model: 'static, State: 'static, Action: 'static> + 'static,
{
    drawn_at::<V>(model, place, 1.0)
}

fn drawn_at<V>(model: V::Model, place: Place, pixels_per_point: f32) -> Harness<V>
where
    V: View<Model: 'static, State: 'static, Action: 'static> + 'static,
{
    stage::<V>(model, place, Harness::<V>::builder().with_pixels_per_point(pixels_per_point).wgpu())
}

/// Compares with the reference. The threshold is a squared distance in YIQ. A renderer may round each blend by one step
/// of 255 in each channel, in the worst combination of signs a distance of 0.541; a pixel here is the result of at most
/// three blends (text or curve, control, panel), so 3² · 0.541 = 4.9. Nothing that an eye sees is as small: between the
/// two greys that differ least here, ground and well, lie 14.
fn check<V: View>(harness: Harness<V>, name: &str) {
    drop(checked(harness, name));
}

/// Compares likewise; of several pictures in one test all are compared before one is wrong.
fn checked<V: View>(mut harness: Harness<V>, name: &str) -> SnapshotResults {
    harness.run();
    harness.snapshot_options(
        name,
        &SnapshotOptions::new().output_path("tests/window/snapshots").threshold(4.9).max_failed_pixels(0),
    );
    harness.take_snapshot_results()
}

fn header_row(width: f32) -> Place {
    Place::row(width, header::HEIGHT)
}

#[test]
fn the_top_row_is_drawn_like_this() {
    check(drawn::<Header>(models::header(), header_row(WIDE)), "header");
}

#[test]
fn a_load_under_way_is_a_quiet_note_and_moves_nothing() {
    check(drawn::<Header>(header::Model { is_loading: true, ..models::header() }, header_row(WIDE)), "header-loading");
}

#[test]
fn a_long_name_is_cut() {
    check(drawn::<Header>(models::long_title(), header_row(NARROW)), "header-long-name");
}

#[test]
fn bypass_is_seen_and_a_pair_has_no_next() {
    let mut model = header::Model { can_step: false, ..models::header() };
    model.bypass.iter_mut().for_each(|bypass| bypass.normalized = 1.0);
    check(drawn::<Header>(model, header_row(WIDE)), "header-bypass");
}

#[test]
fn the_list_of_presets_is_drawn_like_this() {
    let model = header::Model { presets: models::at_hand(), ..models::header() };
    let mut harness = drawn::<Header>(model, header_row(WIDE).with_space_below(400.0));
    harness.run();
    harness.get_by_label("Presets: Vocal plate, changed").click();
    check(harness, "header-presets");
}

#[test]
fn a_preset_at_hand_leaves_the_name_of_the_impulse_its_place_in_the_smallest_window() {
    let model = header::Model { presets: models::at_hand(), ..models::long_title() };
    check(drawn::<Header>(model, header_row(NARROW)), "header-preset-narrow");
}

#[test]
fn the_menu_of_options_is_drawn_like_this() {
    let mut harness = drawn::<Header>(models::long_title(), header_row(NARROW).with_space_below(240.0));
    harness.run();
    harness.get_by_label("Options").click();
    check(harness, "header-options");
}

fn chooser_row(width: f32) -> Place {
    Place::row(width, theme::CONTROL_HEIGHT)
}

fn second_impulse() -> chooser::Model {
    chooser::Model { side: Side::B, source: Some(Source::Space { id: "plate".to_owned() }), ..models::chooser() }
}

#[test]
fn a_space_that_is_chosen_is_drawn_like_this() {
    check(drawn::<Chooser>(models::chooser(), chooser_row(WIDE)), "chooser");
}

#[test]
fn the_second_impulse_in_hand_is_drawn_like_this() {
    check(drawn::<Chooser>(second_impulse(), chooser_row(WIDE)), "chooser-second");
}

#[test]
fn a_long_path_is_cut() {
    check(drawn::<Chooser>(models::long_path(), chooser_row(NARROW)), "chooser-long-path");
}

#[test]
fn the_signals_to_listen_with_are_drawn_like_this() {
    let harness = drawn::<Chooser>(models::chooser(), chooser_row(WIDE).with_space_below(140.0));
    harness.get_by_label("Listen").click();
    check(harness, "chooser-listen");
}

#[test]
fn a_signal_that_sounds_is_drawn_like_this() {
    let model = chooser::Model { auditioned: Some(Signal::Speech), ..models::long_path() };
    check(drawn::<Chooser>(model, chooser_row(NARROW)), "chooser-sounding");
}

fn banner_row(width: f32) -> Place {
    Place::row(width, 70.0)
}

fn banner_text(harness: &Harness<Banner>) -> String {
    let banner = harness.get_by_role(Role::Alert);
    banner.accesskit_node().label().expect("the banner has a text")
}

#[test]
fn a_missing_file_is_a_loud_banner_with_its_name_and_locate() {
    let mut harness = drawn::<Banner>(models::missing(), banner_row(WIDE));
    harness.run();
    let text = banner_text(&harness);
    assert!(text.contains("Missing: nave, from the organ loft.wav"), "{text}");
    check(harness, "banner-missing");
}

#[test]
fn a_long_text_is_wrapped_in_the_smallest_window() {
    let (mut model, long) = (models::missing(), "a very long folder's name/".repeat(8));
    model.notice = Some(Notice::Changed { wanted: "/rooms/nave.wav".into(), found: format!("/{long}nave.wav").into() });
    check(drawn::<Banner>(model, Place::row(NARROW, 110.0)), "banner-long-text");
}

#[test]
fn a_failed_load_says_why_and_what_sounds() {
    let mut harness = drawn::<Banner>(models::failed(), banner_row(WIDE));
    harness.run();
    let text = banner_text(&harness);
    assert!(text.contains("five.wav: 5 channels") && text.contains("“Hall” goes on sounding"), "{text}");
    check(harness, "banner-failed");
}

#[test]
fn a_preset_that_cannot_be_opened_says_why() {
    let reason = "/home/ana/Presets/nave.toml, line 4: invalid basic string, expected `\"`".to_owned();
    let model = banner::Model { remark: Some(Remark::NoPreset(reason)), ..models::quiet() };
    check(drawn::<Banner>(model, banner_row(WIDE)), "banner-preset");
}

/// A view of an impulse of so many channels, in the middle panel of the default window.
fn impulse_view(channels: usize, view: picture::View, pixels_per_point: f32) -> Harness<Impulse> {
    let place = Place::panel(582.0, 223.0);
    let mut harness = drawn_at::<Impulse>(models::impulse(channels), place, pixels_per_point);
    harness.state_mut().state.look.view = view;
    harness
}

fn impulse(channels: usize) -> Option<Arc<Summary>> {
    Some(Arc::new(models::summary(channels)))
}

fn two_impulses() -> Option<Arc<Summary>> {
    Some(Arc::new(Summary { second_level_db: Some(1.25), ..models::summary(2) }))
}

#[test]
fn a_stereo_impulse_has_two_lanes_and_its_original_behind_it() {
    check(impulse_view(2, picture::View::Wave, 1.0), "impulse-wave");
}

#[test]
fn levels_in_decibels_show_the_whole_decay() {
    let mut harness = impulse_view(2, picture::View::Wave, 1.0);
    harness.state_mut().state.look.is_in_decibels = true;
    check(harness, "impulse-wave-decibels");
}

#[test]
fn a_mono_impulse_has_one_lane() {
    check(impulse_view(1, picture::View::Wave, 1.0), "impulse-wave-mono");
}

#[test]
fn true_stereo_is_two_by_two_and_fits_the_smallest_window_with_a_banner() {
    check(drawn::<Impulse>(models::impulse(4), Place::panel(442.0, 102.0)), "impulse-wave-true-stereo");
}

#[test]
fn one_channel_of_many_has_the_whole_picture() {
    let mut harness = impulse_view(4, picture::View::Wave, 1.0);
    harness.state_mut().state.look.channel = Some(1);
    check(harness, "impulse-wave-one-channel");
}

#[test]
fn a_handle_under_the_pointer_says_its_value() {
    let mut harness = impulse_view(2, picture::View::Wave, 2.0);
    let settings = Settings {
        fade_in: 120.0,
        fade_out: 900.0,
        decay: 1500.0,
        attack: 300.0,
        predelay: 200.0,
        ..harness.state().model.settings
    };
    harness.state_mut().model.settings = settings;
    harness.run();
    harness.hover_at(harness.get_by_label("Fade out handle").rect().center());
    check(harness, "impulse-handles");
}

#[test]
fn the_decay_is_drawn_with_its_times() {
    check(impulse_view(2, picture::View::Decay, 1.0), "impulse-decay");
}

#[test]
fn the_spectrogram_is_drawn_like_this() {
    check(impulse_view(2, picture::View::Spectrogram, 1.0), "impulse-spectrogram");
}

#[test]
fn the_response_is_drawn_like_this() {
    check(impulse_view(2, picture::View::Response, 1.0), "impulse-response");
}

#[test]
fn what_is_under_the_pointer_is_read_beside_it() {
    let mut harness = impulse_view(2, picture::View::Decay, 1.0);
    harness.run();
    harness.hover_at(pos2(300.0, 120.0));
    check(harness, "impulse-reading");
}

#[test]
fn without_an_impulse_there_is_no_picture() {
    check(drawn::<Impulse>(Default::default(), Place::panel(442.0, 102.0)), "impulse-none");
}

fn figures_row(width: f32) -> Place {
    Place::panel(width, figures::HEIGHT)
}

#[test]
fn the_figures_of_an_impulse_are_drawn_like_this() {
    check(drawn::<Figures>(impulse(2), figures_row(582.0)), "figures");
}

#[test]
fn two_impulses_have_two_levels() {
    check(drawn::<Figures>(two_impulses(), figures_row(582.0)), "figures-two");
}

#[test]
fn figures_of_true_stereo_without_a_reverberation_time_fit_the_smallest_window() {
    let summary = Summary { rt60: None, ..models::summary(4) };
    check(drawn::<Figures>(Some(Arc::new(summary)), figures_row(442.0)), "figures-true-stereo");
}

#[test]
fn what_is_to_be_said_of_an_impulse_is_one_line_below_its_figures() {
    let offset = Finding::ConstantOffset { share: 0.0112, is_kept: false };
    let second_findings = vec![Finding::DeadChannels { names: vec!["right".to_owned()] }];
    let summary = Summary { findings: vec![offset, Finding::OppositePolarity], second_findings, ..models::summary(2) };
    let height = figures::height(Some(&summary));
    let mut harness = drawn::<Figures>(Some(Arc::new(summary)), Place::panel(442.0, height));
    harness.run();
    let whole = "a constant offset of 1.12 % of the peak is taken out; “Keep offset” leaves it in\n\
                 both impulses are of opposite polarity and cancel each other; “Invert 1” turns one over\n\
                 Impulse 2: the channel right is silent";
    let _ = harness.get_by_label(whole);
    check(harness, "figures-notes");
}

#[test]
fn without_an_impulse_the_figures_are_dashes() {
    check(drawn::<Figures>(None, figures_row(442.0)), "figures-none");
}

#[test]
fn levels_above_full_scale_stand_out() {
    check(drawn::<Meters>(models::meters(), Place::panel(meters::WIDTH, 269.0)), "meters");
}

#[test]
fn silence_is_the_lower_end_of_all_meters() {
    let silence = vec![Level::default(); 2];
    let model = meters::Model { input: silence.clone(), output: silence, ..models::meters() };
    check(drawn::<Meters>(model, Place::panel(meters::WIDTH, 269.0)), "meters-silence");
}

fn ramp(count: usize) -> Vec<Level> {
    let level = |at: usize| models::level(-3.0 * at as f32, 2.0 - 3.0 * at as f32, -9.0 - 3.0 * at as f32);
    (0..count).map(level).collect()
}

#[test]
fn names_of_channels_are_left_out_on_the_side_where_they_do_not_fit() {
    let format = Some(models::format(ChannelLayout::MonoTo(Bus::Surround51)));
    let model = meters::Model { input: ramp(1), output: ramp(6), format };
    check(drawn::<Meters>(model, Place::panel(meters::WIDTH, 269.0)), "meters-surround");
}

#[test]
fn every_channel_of_many_has_its_bar() {
    let format = Some(models::format(ChannelLayout::Through(Bus::Ambisonic3)));
    let model = meters::Model { input: ramp(16), output: ramp(16), format };
    check(drawn::<Meters>(model, Place::panel(meters::WIDTH, 269.0)), "meters-many");
}

#[test]
fn meters_of_little_height_have_fewer_marks() {
    check(drawn::<Meters>(models::meters(), Place::panel(meters::WIDTH, 120.0)), "meters-low");
}

fn status_line(model: status::Model) -> Harness<Status> {
    drawn::<Status>(model, Place::row(NARROW, status::HEIGHT))
}

#[test]
fn the_line_at_the_foot_is_drawn_like_this() {
    check(status_line(models::status()), "status");
}

#[test]
fn blocks_that_are_late_stand_out_in_the_line_at_the_foot() {
    let model = status::Model { block: 64, largest: 4096, load: Share::Known(97, 112), ..models::status() };
    check(status_line(model), "status-late");
}

fn page(of: Page, model: controls::Model, width: f32, pixels_per_point: f32) -> Harness<Controls> {
    let place = Place::panel(width - 2.0 * theme::PADDING, controls::HEIGHT);
    let mut harness = drawn_at::<Controls>(model, place, pixels_per_point);
    harness.state_mut().state.page = of;
    harness
}

#[test]
fn what_is_used_daily_is_on_one_page() {
    check(page(Page::Main, models::controls(), WIDE, 1.0), "controls-main");
}

#[test]
fn what_is_used_daily_fits_the_smallest_window_and_what_is_locked_is_seen() {
    let mut model = models::controls_with("mix_mode", 1.0);
    Arc::make_mut(&mut model.readings)
        .iter_mut()
        .filter(|of| of.parameter.ends_with("_lock"))
        .for_each(|of| of.normalized = 1.0);
    check(page(Page::Main, model, NARROW, 2.0), "controls-main-narrow");
}

#[test]
fn in_one_mix_the_two_levels_are_pale() {
    check(page(Page::Section(Section::Mix), models::controls_with("mix_mode", 1.0), WIDE, 1.0), "controls-mix");
}

#[test]
fn the_page_of_filters_is_drawn_like_this() {
    check(page(Page::Section(Section::Tone), models::controls(), WIDE, 1.0), "controls-tone");
}

#[test]
fn the_longest_page_fits_the_smallest_window_and_is_sharp_on_a_fine_screen() {
    check(page(Page::Section(Section::Shape), models::controls(), NARROW, 2.0), "controls-shape");
}

#[test]
fn the_width_is_pale_where_no_outputs_are_left_and_right() {
    let model = controls::Model { is_without_pairs: true, ..models::controls() };
    check(page(Page::Section(Section::Mix), model, WIDE, 1.0), "controls-without-width");
}

#[test]
fn the_page_of_the_decay_is_drawn_like_this() {
    check(page(Page::Section(Section::Decay), models::controls(), WIDE, 1.0), "controls-decay");
}

#[test]
fn the_page_of_two_impulses_is_drawn_like_this() {
    check(page(Page::Section(Section::Blend), models::controls(), WIDE, 1.0), "controls-blend");
}

#[test]
fn the_list_of_notes_is_drawn_like_this() {
    let mut reading = models::reading("predelay_sync");
    (reading.normalized, reading.text) = (8.0 / 9.0, "1/8 dotted".to_owned());
    let mut harness = drawn::<List>(Some(reading), Place::panel(260.0, 27.0).with_space_below(320.0));
    harness.run();
    harness.get_by_label("Pre-delay sync").click();
    check(harness, "list-notes");
}

#[test]
fn a_name_in_a_script_without_a_font_is_drawn_and_harms_nothing() {
    let mut model = models::hall();
    model.header.title = "大聖堂".to_owned();
    model.banner.sounding = Some("大聖堂".to_owned());
    model.banner.notice = Some(Notice::Missing { wanted: PathBuf::from("/音/大聖堂.wav") });
    let builder = Harness::<Window>::builder().allow_missing_glyphs();
    let mut harness = stage::<Window>(model, Place::window(window::DEFAULT_SIZE), builder);
    harness.run();
    let _ = harness.get_by_label("大聖堂");
}

#[test]
fn the_browser_is_drawn_like_this() {
    check(drawn::<Browser>(models::browser(), Place::panel(560.0, 250.0)), "browser");
}

#[test]
fn the_folders_of_a_narrow_browser_are_drawn_in_a_menu_like_this() {
    let mut harness = drawn::<Browser>(models::browser(), Place::panel(290.0, 250.0));
    harness.run();
    harness.get_by_label("Everything").click();
    harness.run();
    harness.get_by_label("Open Churches").click();
    harness.run();
    harness.get_by_label("Churches (27)").focus();
    check(harness, "browser-places");
}

#[test]
fn a_narrow_browser_leaves_columns_out_and_is_sharp_on_a_fine_screen() {
    check(drawn_at::<Browser>(models::browser(), Place::panel(290.0, 250.0), 2.0), "browser-narrow");
}

#[test]
fn a_window_with_the_browser_is_drawn_like_this() {
    check(drawn::<Window>(models::browsing(), Place::window(window::DEFAULT_SIZE)), "window-browser");
}

#[test]
fn a_wide_browser_covers_the_picture_and_has_all_columns() {
    let mut model = models::browsing();
    model.browser.is_wide = true;
    check(drawn::<Window>(model, Place::window(window::DEFAULT_SIZE)), "window-browser-wide");
}

#[test]
fn in_the_smallest_window_the_browser_covers_the_picture() {
    check(drawn::<Window>(models::browsing(), Place::window(window::WHOLE_SIZE)), "window-browser-smallest");
}
