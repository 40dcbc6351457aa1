//! Promises about settings that move while it plays.
use super::*;
use transept::render::{self, Job};
use transept::settings::{self, Settings};

pub const RATE: u32 = 48_000;

/// Frames at which settings move, at the end of a quantum, within one, together, and while another change is under way.
const MOVES: [(usize, &str, &str); 16] = [
    (3_001, "decay_high", "50 %"),
    (3_001, "size", "80 %"),
    (5_500, "late", "6 dB"),
    (5_520, "decay_low", "200 %"),
    (6_100, "wet", "-6 dB"),
    (6_133, "attack", "20 ms"),
    (9_600, "decay_high", "100 %"),
    (9_600, "loudness", "off"),
    (12_345, "reverse", "on"),
    (14_000, "reverse", "off"),
    (17_024, "trim_end", "150 ms"),
    (19_999, "trim_end", "off"),
    (24_000, "size", "200 %"),
    (28_000, "high_shelf", "-6 dB"),
    (30_001, "fade_out", "100 ms"),
    (33_333, "decay", "300 ms"),
];

/// What the renderer makes of an input: the same effect, without a plugin.
pub fn rendered(room: &Room, input: &[Vec<f32>], moves: &[(usize, &str, &str)]) -> Vec<Vec<f32>> {
    let folder = tempfile::tempdir().expect("a folder");
    let (dry, wet) = (folder.path().join("dry.wav"), folder.path().join("wet.wav"));
    wave::write(&dry, RATE, input);
    let mut settings = Settings { dry: -60.0, wet: 0.0, ..Settings::default() };
    let recipe = |settings: &Settings| Recipe {
        level: settings.level(),
        shape: settings.shape(),
        ..Recipe::of(room.recipe.source.clone())
    };
    let start = (recipe(&settings), settings.controls());
    let changes = moves.iter().map(|(frame, id, text)| {
        let value = settings::find(id).expect("a setting").read(text).expect("a value");
        assert!(settings.set(id, value));
        let seconds = *frame as f64 / f64::from(RATE);
        render::Change { seconds, recipe: recipe(&settings), controls: settings.controls() }
    });
    let changes = changes.collect();
    let job = Job { controls: start.1, changes, tail: false, ..Job::new(&dry, start.0, &wet) };
    render::render(&job, |_| ()).expect("rendered");
    wave::read(&wet).channels
}

fn bounced<I: Instance>(room: &Room, input: &[Vec<f32>], moves: &[(usize, &str, &str)], block: usize) -> Vec<Vec<f32>> {
    let mut instance = I::new();
    assert!(instance.load(&session(&room.recipe, WET)));
    instance.activate(RATE, block, true);
    played(&mut instance, input, moves, block)
}

pub fn played<I: Instance>(
    instance: &mut I,
    input: &[Vec<f32>],
    moves: &[(usize, &str, &str)],
    block: usize,
) -> Vec<Vec<f32>> {
    let mut all = vec![Vec::new(); 2];
    for start in (0..input[0].len()).step_by(block) {
        let end = (start + block).min(input[0].len());
        let due = moves.iter().filter(|(frame, ..)| (start..end).contains(frame));
        let changes: Vec<(&str, usize, f64)> =
            due.map(|(frame, id, text)| (*id, frame - start, instance.read(id, text).expect("a value"))).collect();
        let piece: Vec<Vec<f32>> = input.iter().map(|channel| channel[start..end].to_vec()).collect();
        let out = instance.process(&piece, &changes);
        all.iter_mut().zip(out).for_each(|(all, piece)| all.extend(piece));
    }
    all
}

pub fn assert_same(found: &[Vec<f32>], expected: &[Vec<f32>], what: &str) {
    for (found, expected) in found.iter().zip(expected) {
        let differs = found.iter().zip(expected).position(|(a, b)| a.to_bits() != b.to_bits());
        assert_eq!((found.len(), differs), (expected.len(), None), "{what}");
    }
}

/// 12. Offline render differs. Whatever the blocks, the instance's phase, and what it played before.
pub fn automated_shapes_bounce_to_the_renderers_bytes<I: Instance>() {
    let room = room(2, 0.4, 51);
    let input = vec![noise(40_000, 52), noise(40_000, 53)];
    let expected = rendered(&room, &input, &MOVES);
    for block in [64, 441, 8192] {
        let found = bounced::<I>(&room, &input, &MOVES, block);
        assert_same(&found, &expected, &format!("blocks of {block}"));
    }
}
