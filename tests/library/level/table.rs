//! The table of `docs/changes.md`: how loud 36 impulses are in every layout, at both ends of every knob that counts.

use super::pink;
use super::playing::{Heard, RATE, heard, knobs};
use transept::channels::ChannelLayout;
use transept::impulse::level::MOST_COMPENSATION;
use transept::impulse::recipe::Recipe;
use transept::settings::Settings;
use transept::space;
use transept_support::folder::Folder;
use transept_support::signal::decaying_noise;

/// Noise that decays by 60 dB over its length: bright, or with 6 dB an octave less above 500 Hz.
fn room(seconds: f32, seed: u64, is_dark: bool) -> Vec<f32> {
    let mut samples = decaying_noise((seconds * RATE as f32) as usize, seed);
    if is_dark {
        let mut state = 0.0;
        let share = 1.0 - (-std::f32::consts::TAU * 500.0 / RATE as f32).exp();
        for sample in &mut samples {
            state += share * (*sample - state);
            *sample = state;
        }
    }
    samples
}

/// The built-in spaces, and files of all lengths, channels and colours.
fn recipes(folder: &Folder) -> Vec<Recipe> {
    let mut recipes: Vec<_> = space::built_in().iter().map(|space| Recipe::space(space.id)).collect();
    for seconds in [0.1, 0.4, 1.5, 4.0] {
        for (kind, seeds) in [("mono", &[1][..]), ("pair", &[1, 2]), ("four", &[1, 2, 3, 4]), ("twice", &[1, 2, 1, 2])]
        {
            for is_dark in [false, true] {
                let channels: Vec<_> = seeds.iter().map(|seed| room(seconds, *seed, is_dark)).collect();
                recipes.push(Recipe::file(folder.wave(&format!("{kind} {seconds} {is_dark}.wav"), RATE, &channels)));
            }
        }
    }
    recipes
}

/// Takes some minutes.
#[test]
#[ignore = "prints the table of the documents"]
fn loudness_of_36_impulses() {
    let folder = Folder::new();
    let recipes = recipes(&folder);
    assert_eq!(recipes.len(), 36);
    let noise = pink(1 << 17);
    let layouts = super::playing::SMALL;
    println!("| | {} | made up for | at the limit |", layouts.map(ChannelLayout::name).join(" | "));
    println!("|---|{}---|---|", "---|".repeat(layouts.len()));
    for (knob, turn) in knobs() {
        let mut settings = Settings::default();
        turn(&mut settings);
        let (mut made_up, mut limited) = ([0.0_f64; 2], 0);
        let ranges = layouts.map(|layout| {
            let mut range = [f64::INFINITY, f64::NEG_INFINITY];
            for recipe in &recipes {
                let recipe = settings.recipe(recipe.source.clone(), None);
                let Heard { apart, together, compensated } = heard(&recipe, layout, &noise);
                made_up = [made_up[0].min(compensated), made_up[1].max(compensated)];
                let loudness = apart.max(together);
                if MOST_COMPENSATION - compensated.abs() < 1e-9 {
                    limited += 1;
                    assert!(loudness * compensated < 0.02, "{}, {knob}: {loudness:+.2} LU", recipe.display_name());
                } else {
                    assert!(loudness.abs() < 0.5, "{}, {knob}: {loudness:+.2} LU", recipe.display_name());
                    range = [range[0].min(loudness), range[1].max(loudness)];
                }
            }
            format!("{:+.2} to {:+.2} LU", range[0], range[1])
        });
        println!("| {knob} | {} | {:+.1} to {:+.1} dB | {limited} |", ranges.join(" | "), made_up[0], made_up[1]);
    }
}
