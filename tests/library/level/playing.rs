//! What is played is as loud as what goes in: in every layout, of one impulse and of two, in every shape.

use super::{decibels, pink, power};
use transept::cancel::Token;
use transept::chain::Format;
use transept::channels::{Bus, ChannelLayout};
use transept::convolution;
use transept::impulse::level::MOST_COMPENSATION;
use transept::impulse::recipe::{Combination, Recipe, Second};
use transept::impulse::units::{Level, Ratio};
use transept::prepare::{self, Prepared};
use transept::settings::Settings;
use transept_support::folder::Folder;
use transept_support::recordings::recordings;
use transept_support::signal::decaying_noise;

pub(super) const RATE: u32 = 48_000;

/// How much louder than the dry signal, in LU, a recipe plays pink noise: with independent noise in each input, and
/// with the same in all. Each is a mean over the channels.
pub(super) struct Heard {
    pub(super) apart: f64,
    pub(super) together: f64,
    /// What the level makes up for.
    pub(super) compensated: f64,
}

pub(super) fn heard(recipe: &Recipe, layout: ChannelLayout, noise: &[f64]) -> Heard {
    let format = Format { sample_rate: RATE, layout };
    let Prepared { mut delivery, summary } = prepare::build(recipe, format, &Token::never()).expect("built");
    let (inputs, outputs) = (layout.inputs(), layout.outputs());
    let mut sounds = vec![vec![]; outputs];
    for input in 0..inputs {
        let silent = vec![0.0; delivery.kernel().len()];
        let mut clicks = vec![silent.clone(); inputs];
        clicks[input][0] = 1.0;
        let clicks: Vec<&[f32]> = clicks.iter().map(Vec::as_slice).collect();
        let mut responses = vec![silent.clone(); outputs];
        delivery.convolver_mut().reset();
        delivery.convolver_mut().process(&clicks, &mut responses.iter_mut().map(Vec::as_mut_slice).collect::<Vec<_>>());
        for (sounds, response) in sounds.iter_mut().zip(&responses) {
            // What is longer than the period comes round again.
            let mut taps = vec![0.0; noise.len().min(response.len())];
            response.iter().enumerate().for_each(|(n, tap)| taps[n % noise.len()] += f64::from(*tap));
            sounds.push(convolution::circular_fft(noise, &taps, noise.len()));
        }
    }
    let judged: Vec<_> = sounds.into_iter().enumerate().filter(|(output, _)| layout.is_judged(*output)).collect();
    let sounds: Vec<_> = judged.into_iter().map(|(_, sounds)| sounds).collect();
    let dry = power(noise) * sounds.len() as f64;
    let apart = sounds.iter().flatten().map(|sound| power(sound)).sum::<f64>();
    let sum = |sounds: &Vec<Vec<f64>>| -> Vec<f64> {
        (0..noise.len()).map(|n| sounds.iter().map(|sound| sound[n]).sum()).collect()
    };
    let together = sounds.iter().map(|sounds| power(&sum(sounds))).sum::<f64>();
    let [apart, together] = [apart, together].map(|power| decibels((power / dry).sqrt()));
    Heard { apart, together, compensated: summary.shape_level_db }
}

/// The layouts in which every knob is turned. Larger ones take so much longer that they have the impulses alone.
pub(super) const SMALL: [ChannelLayout; 3] = [ChannelLayout::Stereo, ChannelLayout::Mono, ChannelLayout::MonoToStereo];

/// One of each kind of layout.
const LAYOUTS: [ChannelLayout; 7] = [
    ChannelLayout::Stereo,
    ChannelLayout::Mono,
    ChannelLayout::MonoToStereo,
    ChannelLayout::Through(Bus::Surround51),
    ChannelLayout::StereoTo(Bus::Quad),
    ChannelLayout::Through(Bus::Ambisonic1),
    ChannelLayout::MonoTo(Bus::Ambisonic1),
];

/// A knob's name and value, and what it does to the settings.
pub(super) type Knob = (&'static str, Box<dyn Fn(&mut Settings)>);

/// Moves from a fresh instance's settings to both ends of each knob that counts.
pub(super) fn knobs() -> Vec<Knob> {
    vec![
        ("nothing", Box::new(|_| {})),
        ("late +24 dB", Box::new(|s| s.late = 24.0)),
        ("late -24 dB", Box::new(|s| s.late = -24.0)),
        ("size 50 %", Box::new(|s| s.size = 50.0)),
        ("size 200 %", Box::new(|s| s.size = 200.0)),
        ("attack 500 ms", Box::new(|s| s.attack = 500.0)),
        ("decay 200 ms", Box::new(|s| s.decay = 200.0)),
        ("decay 10 ms", Box::new(|s| s.decay = 10.0)),
        ("lows 25 %", Box::new(|s| s.decay_low = 25.0)),
        ("lows 400 %", Box::new(|s| s.decay_low = 400.0)),
        ("middle 25 %", Box::new(|s| s.decay_middle = 25.0)),
        ("middle 400 %", Box::new(|s| s.decay_middle = 400.0)),
        ("highs 25 %", Box::new(|s| s.decay_high = 25.0)),
        ("highs 400 %", Box::new(|s| s.decay_high = 400.0)),
        ("all 25 %", Box::new(|s| s.decay_all = 25.0)),
        ("all 400 %", Box::new(|s| s.decay_all = 400.0)),
        ("reverse", Box::new(|s| s.reverse = true)),
    ]
}

#[test]
fn every_impulse_is_as_loud_in_every_layout() {
    let folder = Folder::new();
    let file = |name: &str, seeds: &[u64]| {
        Recipe::file(folder.wave(
            name,
            RATE,
            &seeds.iter().map(|seed| decaying_noise(20_000, *seed)).collect::<Vec<_>>(),
        ))
    };
    let silent = || vec![0.0; 20_000];
    let mut recipes: Vec<_> = ["hall", "plate", "room"].into_iter().map(Recipe::space).collect();
    recipes.extend([
        file("mono.wav", &[1]),
        file("pair.wav", &[1, 2]),
        file("pair of one.wav", &[1, 1]),
        file("four.wav", &[1, 2, 3, 4]),
        file("four of one.wav", &[1; 4]),
        file("four of two.wav", &[1, 2, 1, 2]),
        Recipe::file(folder.wave("dead.wav", RATE, &[decaying_noise(20_000, 1), silent(), silent(), silent()])),
    ]);
    if let Some(data) = recordings() {
        for name in ["seminar-room-clap", "museum-basement-clap"] {
            recipes.push(Recipe::file(data.join(format!("impulses/{name}.wav"))));
        }
    }
    let noise = pink(1 << 17);
    for recipe in &recipes {
        for layout in LAYOUTS {
            let Heard { apart, together, .. } = heard(recipe, layout, &noise);
            let name = recipe.display_name();
            println!("{name}, {}: {apart:+.2} LU apart, {together:+.2} LU together", layout.name());
            assert!(apart.max(together).abs() < 0.5, "{name}, {}: {apart:+.2}, {together:+.2} LU", layout.name());
        }
    }
}

#[test]
fn a_knob_changes_the_character_of_a_room_and_not_its_loudness() {
    let folder = Folder::new();
    let four: Vec<_> = (1..=4).map(|seed| decaying_noise(40_000, seed)).collect();
    let four = Recipe::file(folder.wave("four.wav", RATE, &four));
    let noise = pink(1 << 17);
    for recipe in [Recipe::space("hall"), Recipe::space("room"), four] {
        for layout in SMALL {
            for (knob, turn) in knobs() {
                let mut settings = Settings::default();
                turn(&mut settings);
                let recipe = settings.recipe(recipe.source.clone(), None);
                let Heard { apart, together, compensated } = heard(&recipe, layout, &noise);
                let (name, loudness) = (recipe.display_name(), apart.max(together));
                println!("{name}, {}, {knob}: {loudness:+.2} LU, made up for by {compensated:+.1} dB", layout.name());
                let is_at_the_limit = (compensated.abs() - MOST_COMPENSATION).abs() < 1e-9;
                // What is then left has the sign of what is missing.
                assert!(
                    loudness.abs() < 0.5 || is_at_the_limit && loudness * compensated < 0.0,
                    "{name}, {}, {knob}: {loudness:+.2} LU",
                    layout.name()
                );
            }
        }
    }
}

#[test]
fn cuts_leave_the_level_of_what_they_leave() {
    let gain = |turn: &dyn Fn(&mut Settings)| {
        let mut settings = Settings::default();
        turn(&mut settings);
        let recipe = settings.recipe(Recipe::space("hall").source, None);
        let format = Format { sample_rate: RATE, layout: ChannelLayout::Stereo };
        prepare::build(&recipe, format, &Token::never()).expect("built").summary.level_db
    };
    let whole = gain(&|_| {});
    assert_eq!(gain(&|s| s.trim_end = 300.0), whole);
    assert_eq!(gain(&|s| s.trim_start = 30.0), whole);
    assert_eq!(gain(&|s| (s.fade_in, s.fade_out) = (100.0, 500.0)), whole);
    // And a shape is made up for as without them.
    let late = gain(&|s| s.late = 12.0);
    assert!((late - whole).abs() > 0.5, "{late} and {whole} dB");
    assert!((gain(&|s| (s.late, s.fade_in, s.fade_out) = (12.0, 100.0, 500.0)) - late).abs() < 1e-9);
}

#[test]
fn two_impulses_are_as_loud_as_one() {
    let noise = pink(1 << 17);
    let pairs = [("hall", "room"), ("room", "plate"), ("plate", "plate")];
    for (first, second) in pairs {
        for percent in [0, 25, 50, 90, 100] {
            both(first, second, Combination::Morph(Ratio::from_thousandths(10 * percent)), &noise);
        }
        for percent in [25, 50] {
            both(first, second, Combination::Blend(Ratio::from_thousandths(10 * percent)), &noise);
        }
        both(first, second, Combination::Series, &noise);
    }
}

fn both(first: &str, second: &str, how: Combination, noise: &[f64]) {
    for layout in SMALL {
        for late in [0.0, 12.0] {
            let second = Some(Second { source: Recipe::space(second).source, how });
            let mut recipe = Recipe { second, ..Recipe::space(first) };
            recipe.shape.late = Level::from_decibels(late);
            let Heard { apart, together, .. } = heard(&recipe, layout, noise);
            let (name, loudness) = (recipe.display_name(), apart.max(together));
            println!("{name}, {how:?}, {}, late {late} dB: {loudness:+.2} LU", layout.name());
            assert!(loudness.abs() < 0.5, "{name}, {how:?}, {}, late {late} dB: {loudness:+.2} LU", layout.name());
        }
    }
}
