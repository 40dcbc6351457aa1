//! What the window looks like.
//!
//! The pictures are drawn by a software renderer (lavapipe), which gives the same on every machine but for rounding.
//! `UPDATE_SNAPSHOTS=1 cargo test --test window` draws the references in `tests/window/snapshots` anew: look at them then.
use super::scenes::{failed, hall, long_name, missing, summary};
use super::{Harness, stage};
use egui::{Vec2, vec2};
use egui_kittest::SnapshotOptions;
use egui_kittest::kittest::{NodeT, Queryable};
use std::path::PathBuf;
use std::sync::Arc;
use transept::editor::scene::{Level, Notice, Remark, Scene};
use transept::editor::window;
use transept::impulse::recipe::{Side, Source};
use transept::prepare::Summary;
use transept::settings::Section;

fn drawn(scene: Scene) -> Harness {
    drawn_at(scene, window::DEFAULT_SIZE, 1.0)
}

fn drawn_at(scene: Scene, size: Vec2, pixels_per_point: f32) -> Harness {
    stage(scene, Harness::builder().with_size(size).with_pixels_per_point(pixels_per_point).wgpu())
}

/// Compares with the reference. The threshold is a squared distance in YIQ. A renderer may round each blend by one step
/// of 255 in each channel, in the worst combination of signs a distance of 0.541; a pixel here is the result of at most
/// three blends (text or curve, control, panel), so 3² · 0.541 = 4.9. Nothing that an eye sees is as small: between the
/// two greys that differ least here, ground and well, lie 14.
fn check(mut harness: Harness, name: &str) {
    harness.run();
    harness.snapshot_options(
        name,
        &SnapshotOptions::new().output_path("tests/window/snapshots").threshold(4.9).max_failed_pixels(0),
    );
}

#[test]
fn a_loaded_hall_is_drawn_like_this() {
    check(drawn(hall()), "hall");
}

#[test]
fn a_load_under_way_is_a_quiet_note_and_moves_nothing() {
    // Silence on all meters shows their lower end as well.
    let silence = [Level { bar: -60.0, held: -60.0 }; 2];
    let scene = Scene { notice: Notice::Loading, input: silence, output: silence, ..hall() };
    check(drawn(scene), "loading");
}

#[test]
fn a_missing_file_is_a_loud_banner_with_its_name_and_locate() {
    let mut harness = drawn(missing());
    harness.run();
    let banner = harness.get_by_role(egui::accesskit::Role::Alert);
    let text = banner.accesskit_node().label().expect("the banner has a text");
    assert!(text.contains("Missing: nave, from the organ loft.wav"), "{text}");
    check(harness, "missing");
}

#[test]
fn a_failed_load_says_why_and_what_sounds() {
    let mut harness = drawn(failed());
    harness.run();
    let banner = harness.get_by_role(egui::accesskit::Role::Alert);
    let text = banner.accesskit_node().label().expect("the banner has a text");
    assert!(text.contains("five.wav: 5 channels") && text.contains("“Hall” goes on sounding"), "{text}");
    check(harness, "failed");
}

#[test]
fn a_long_name_is_cut_and_true_stereo_is_two_by_two() {
    check(drawn(long_name()), "long-name");
}

#[test]
fn a_preset_that_cannot_be_opened_says_why() {
    let reason = "/home/ana/Presets/nave.toml, line 4: invalid basic string, expected `\"`".to_owned();
    let mut harness = drawn(Scene { remark: Some(Remark::NoPreset(reason)), ..hall() });
    harness.run();
    harness.get_by_label("Presets").click();
    check(harness, "presets");
}

#[test]
fn the_sessions_menu_is_drawn_like_this() {
    let mut harness = drawn_at(long_name(), window::SMALLEST_SIZE, 1.0);
    harness.run();
    harness.get_by_label("Session").click();
    check(harness, "session");
}

#[test]
fn the_smallest_window_holds_everything() {
    check(drawn_at(long_name(), window::SMALLEST_SIZE, 1.0), "smallest-long-name");
}

#[test]
fn the_smallest_window_holds_everything_even_with_a_banner() {
    check(drawn_at(missing(), window::SMALLEST_SIZE, 1.0), "smallest-missing");
}

#[test]
fn a_large_window_on_a_fine_screen_is_sharp() {
    check(drawn_at(hall(), vec2(900.0, 620.0), 2.0), "double-scale");
}

#[test]
fn in_one_mix_the_two_levels_are_pale() {
    let mut scene = hall();
    scene.readings.iter_mut().filter(|r| r.parameter == "mix_mode").for_each(|r| r.normalized = 1.0);
    check(drawn(scene), "mix");
}

#[test]
fn the_list_of_notes_is_drawn_like_this() {
    let mut scene = hall();
    for reading in scene.readings.iter_mut().filter(|r| r.parameter == "predelay_sync") {
        (reading.normalized, reading.text) = (8.0 / 9.0, "1/8 dotted".to_owned());
    }
    let mut harness = drawn_at(scene, window::SMALLEST_SIZE, 1.0);
    harness.run();
    harness.get_by_label("Pre-delay sync").click();
    check(harness, "notes");
}

fn on_page(scene: Scene, page: Section, size: Vec2, pixels_per_point: f32) -> Harness {
    let mut harness = drawn_at(scene, size, pixels_per_point);
    harness.state_mut().draft.page = page;
    harness
}

#[test]
fn the_page_of_filters_is_drawn_like_this() {
    check(on_page(hall(), Section::Tone, window::DEFAULT_SIZE, 1.0), "tone");
}

#[test]
fn the_page_of_the_shape_is_drawn_like_this() {
    check(on_page(hall(), Section::Shape, window::DEFAULT_SIZE, 1.0), "shape");
}

#[test]
fn the_page_of_the_decay_is_drawn_like_this() {
    check(on_page(hall(), Section::Decay, window::DEFAULT_SIZE, 1.0), "decay");
}

#[test]
fn two_impulses_and_their_page_are_drawn_like_this() {
    let summary = Summary { second_level_db: Some(1.25), ..summary("Hall + Plate", 2) };
    let source = Some(Source::Space { id: "plate".to_owned() });
    let scene = Scene { side: Side::B, source, summary: Some(Arc::new(summary)), ..hall() };
    check(on_page(scene, Section::Blend, window::DEFAULT_SIZE, 1.0), "blend");
}

#[test]
fn the_longest_page_has_room_in_the_smallest_window_even_with_a_banner() {
    check(on_page(missing(), Section::Shape, window::SMALLEST_SIZE, 1.0), "smallest-shape");
}

#[test]
fn the_longest_page_is_sharp_on_a_fine_screen() {
    check(on_page(hall(), Section::Shape, window::SMALLEST_SIZE, 2.0), "double-scale-shape");
}

#[test]
fn bypass_and_a_mono_impulse_are_drawn_like_this() {
    let mut scene = Scene { summary: Some(Arc::new(summary("Spring", 1))), ..hall() };
    scene.readings.iter_mut().filter(|r| r.parameter == "bypass").for_each(|r| r.normalized = 1.0);
    check(drawn(scene), "bypass-mono");
}

#[test]
fn a_name_in_a_script_without_a_font_is_drawn_and_harms_nothing() {
    let path = PathBuf::from("/音/大聖堂.wav");
    let scene =
        Scene { summary: Some(Arc::new(summary("大聖堂", 2))), notice: Notice::Missing { wanted: path }, ..hall() };
    let mut harness = stage(scene, Harness::builder().with_size(window::DEFAULT_SIZE).allow_missing_glyphs());
    harness.run();
    let _ = harness.get_by_label("大聖堂");
}
