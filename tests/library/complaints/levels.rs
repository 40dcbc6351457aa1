//! About how loud an impulse is.

use super::{MONO, Player, RATE, STEREO, build, plain, wet};
use transept::cancel::Token;
use transept::impulse::Impulse;
use transept::impulse::layout::routes;
use transept::impulse::level::loudness_gain;
use transept::impulse::recipe::{Recipe, Source};
use transept::space;
use transept_support::compare::error_db;
use transept_support::folder::Folder;
use transept_support::signal::{decaying_noise, noise};

/// The impulse that sounds on each of the four paths, after all that was done to it.
fn sounding(recipe: &Recipe) -> Impulse {
    let length = build(recipe, STEREO).delivery.kernel().len();
    let mut click = vec![0.0; length];
    click[0] = 1.0;
    let sides = [vec![click.clone(), vec![0.0; length]], vec![vec![0.0; length], click]];
    let heard = sides.map(|inputs| Player::new(recipe, STEREO, wet()).play(&inputs, 512));
    Impulse::new(heard.concat(), RATE).expect("finite")
}

/// 2. Level jumps of 10–27 dB between impulses.
#[test]
fn level_jumps_between_impulses() {
    let folder = Folder::new();
    let scaled = |samples: Vec<f32>, gain: f32| samples.iter().map(|sample| gain * sample).collect::<Vec<_>>();
    let rumble = (0..9600).map(|i| (i as f32 * 40.0 * std::f32::consts::TAU / RATE as f32).sin()).collect();
    let files = [
        ("click", vec![1.0]),
        ("soft", scaled(decaying_noise(30_000, 1), 0.03)),
        ("long", noise(96_000, 2)),
        ("rumble", rumble),
    ];
    let mut recipes: Vec<Recipe> = space::built_in().iter().map(|space| Recipe::space(space.id)).collect();
    for (name, samples) in files {
        let other = samples.iter().rev().copied().collect();
        recipes.push(Recipe::file(folder.wave(&format!("{name}.wav"), RATE, &[samples, other])));
    }
    let mut applied = Vec::new();
    for recipe in recipes {
        // What is left to be done of the gain that the loudness asks for. The convolver's error is below -125 dB
        // (tests/engine), the transform that measures rounds to single precision: together below 1e-6, or 1e-5 dB.
        let left = routes(&sounding(&recipe), STEREO.layout, &Token::never()).expect("a layout");
        let left = loudness_gain(&left, STEREO.layout, RATE, &Token::never()).expect("not cancelled");
        let left = 20.0 * left.log10();
        assert!(left.abs() < 1e-5, "{}: {left} dB", recipe.display_name());
        applied.push(build(&recipe, STEREO).summary.level_db);
    }
    let (least, most) = applied.iter().fold((f64::MAX, f64::MIN), |(least, most), db| (least.min(*db), most.max(*db)));
    assert!(most - least > 27.0, "they were as different as those that people complain of: {applied:?}");
}

/// 3. Normalisation with the wrong rule, or different per channel.
#[test]
fn normalisation_different_per_channel() {
    let folder = Folder::new();
    // A right side at an eighth: a power of two, so that one gain for both leaves the ratio exact.
    let heard = sounding(&Recipe::file(folder.wave("room.wav", RATE, &[vec![0.7], vec![0.7 / 8.0]])));
    let [left, right] = [0, 3].map(|path| heard.channels()[path][0]);
    assert!(left != 0.7 && right == left / 8.0, "{left} and {right}");
}

/// 16. Trim thresholds that eat quiet impulses.
#[test]
fn trim_thresholds_that_eat_quiet_impulses() {
    let folder = Folder::new();
    // -120 dB at its beginning, -180 dB at its end, and then zeros.
    let quiet: Vec<f32> = decaying_noise(20_000, 3).iter().map(|sample| 2e-5 * sample).collect();
    let mut stored = quiet.clone();
    stored.resize(25_000, 0.0);
    let recipe = plain(Source::File { path: folder.wave("quiet.wav", RATE, &[stored]) });
    assert_eq!(build(&recipe, MONO).delivery.kernel().len(), 20_000, "only the zeros at the end are gone");
    let mut click = vec![0.0; 20_000];
    click[0] = 1.0;
    let heard = Player::new(&recipe, MONO, wet()).play(&[click], 512).remove(0);
    let expected: Vec<f64> = quiet.iter().map(|sample| f64::from(*sample)).collect();
    let error = error_db(&heard, &expected);
    assert!(error < -125.0, "{error:.1} dB; that of any impulse is less (tests/engine)");
}
