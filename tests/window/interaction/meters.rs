//! What the meters and the line at the foot tell, and the light that is reset.

use super::super::models;
use super::super::{Harness, Place};
use super::{click, used, whole};
use egui::accesskit::Role;
use egui_kittest::kittest::{NodeT, Queryable};
use transept::chain::Reading;
use transept::editor::views::controls::Page;
use transept::editor::views::meters::{self, Meters, Side};
use transept::settings::Section;

fn panel(model: meters::Model) -> Harness<Meters> {
    used(model, Place::panel(meters::WIDTH, 269.0))
}

/// Both sides, each with a channel that went over full scale, as the model is after `readings` more.
fn heard(state: &mut meters::State, peak: f32) -> meters::Model {
    let readings = [Reading { peak, rms: 0.25 }, Reading { peak: 0.5, rms: 0.25 }];
    let [input, output] = [Side::Input, Side::Output].map(|side| state.update(side, &readings, 0.033));
    meters::Model { input, output, ..models::meters() }
}

#[test]
fn the_light_stays_until_it_is_clicked_and_each_side_has_its_own() {
    let mut state = meters::State::default();
    heard(&mut state, 1.5);
    let mut harness = panel(heard(&mut state, 0.0));
    harness.state_mut().state = state;
    harness.run();
    let lights = ["In: over full scale in L", "Out: over full scale in L"];
    assert!(lights.iter().all(|light| harness.query_by_label(light).is_some()), "it has stayed");
    harness.get_by_label(lights[1]).click();
    harness.run();
    let stage = harness.state_mut();
    stage.model = heard(&mut stage.state, 0.5);
    harness.run();
    assert_eq!(lights.map(|light| harness.query_by_label(light).is_some()), [true, false]);
    let stage = harness.state_mut();
    stage.model = heard(&mut stage.state, 1.5);
    harness.run();
    assert!(harness.query_by_label(lights[1]).is_some(), "it went over again");
}

#[test]
fn beside_the_light_nothing_is_reset() {
    let mut state = meters::State::default();
    let mut harness = panel(heard(&mut state, 1.5));
    harness.state_mut().state = state;
    harness.run();
    let below = harness.get_by_role_and_label(Role::Button, "In: over full scale in L").rect().center_bottom();
    click(&harness, below + egui::vec2(0.0, 10.0));
    harness.run();
    let stage = harness.state_mut();
    assert!(heard(&mut stage.state, 0.0).input[0].is_over);
}

#[test]
fn every_channel_tells_peak_rms_and_what_is_held() {
    let mut harness = panel(models::meters());
    harness.run();
    let _ = harness.get_by_label("In R: peak −17.0 dB, RMS −26.5 dB, held −11.0 dB");
    let _ = harness.get_by_label("Out L: peak −3.0 dB, RMS −12.0 dB, held +1.4 dB");
}

#[test]
fn the_line_at_the_foot_is_read_whole() {
    let mut harness = whole(models::hall());
    harness.run();
    let _ = harness.get_by_label("48 kHz · block 256 · latency 0 · tail 3.2 s · load 4 % (worst 9 %)");
}

#[test]
fn the_width_cannot_be_moved_where_no_outputs_are_left_and_right() {
    for is_without_pairs in [false, true] {
        let mut model = models::hall();
        model.controls.is_without_pairs = is_without_pairs;
        let mut harness = whole(model);
        harness.state_mut().state.controls.page = Page::Section(Section::Mix);
        harness.run();
        let width = harness.get_by_label("Width");
        assert_eq!(width.accesskit_node().is_disabled(), is_without_pairs);
    }
}
