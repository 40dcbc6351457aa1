//! Promises about settings that move while it plays.
use super::*;
use transept::cancel::Token;
use transept::channels::ChannelLayout;
use transept::impulse::recipe::{Combination, Second};
use transept::render::{self, Job};
use transept::settings::{self, Settings, find};
use transept_support::compare::{assert_same_bits, error_db_of_channels};

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
    let mut settings = Settings { dry: -60.0, wet: 0.0, ..Settings::default() };
    let second = room.recipe.second.as_ref().map(|second| &second.source);
    let recipe = |settings: &Settings| settings.recipe(room.recipe.source.clone(), second.cloned());
    let start = (recipe(&settings), settings.controls(None));
    let changes = moves.iter().map(|(frame, id, text)| {
        let value = settings::find(id).expect("a setting").read(text).expect("a value");
        assert!(settings.set(id, value));
        let seconds = *frame as f64 / f64::from(RATE);
        render::Change { seconds, recipe: recipe(&settings).into(), controls: settings.controls(None) }
    });
    render_all(input, start, changes.collect())
}

fn render_all(input: &[Vec<f32>], start: (Recipe, Controls), changes: Vec<render::Change>) -> Vec<Vec<f32>> {
    let folder = tempfile::tempdir().expect("a folder");
    let (dry, wet) = (folder.path().join("dry.wav"), folder.path().join("wet.wav"));
    wave::write(&dry, RATE, input);
    let job = Job { controls: start.1, changes: changes.into(), tail: false, ..Job::new(&dry, start.0, &wet) };
    render::render(&job, &Token::never(), |_| ()).expect("rendered");
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

/// 12. Offline render differs. Whatever the blocks, the instance's phase, and what it played before.
pub fn automated_shapes_bounce_to_the_renderers_bytes<I: Instance>() {
    let room = room(2, 0.4, 51);
    let input = vec![noise(40_000, 52), noise(40_000, 53)];
    let expected = rendered(&room, &input, &MOVES);
    for block in [64, 441, 8192] {
        let found = bounced::<I>(&room, &input, &MOVES, block);
        assert_same_bits(&found, &expected, &format!("blocks of {block}"));
    }
}

/// Two impulses that go over into one another, stand in series, and part again.
pub fn two_impulses_bounce_to_the_renderers_bytes<I: Instance>() {
    let (mut first, second) = (room(2, 0.3, 57), room(1, 0.2, 58));
    first.recipe.second = Some(Second { source: second.recipe.source.clone(), how: Combination::default() });
    let moves = [
        (3_000, "combine", "morph"),
        (7_001, "morph", "80 %"),
        (11_000, "morph", "0 %"),
        (14_000, "decay_high", "50 %"),
        (18_000, "morph", "100 %"),
        (24_000, "combine", "series"),
        (33_000, "combine", "off"),
    ];
    let input = vec![noise(40_000, 59), noise(40_000, 60)];
    let expected = rendered(&first, &input, &moves);
    for block in [64, 441] {
        assert_same_bits(&bounced::<I>(&first, &input, &moves, block), &expected, &format!("blocks of {block}"));
    }
}

/// The parameter `impulse`: a host's list shows names, automation goes from one to the other, a session means the same
/// when it is opened again, and every bounce gives the same bytes.
pub fn impulses_are_chosen_by_automation<I: Instance>() {
    let file = room(2, 0.2, 61);
    let input = vec![noise(24_000, 62), noise(24_000, 63)];
    let mut instance = I::new();
    assert!(instance.load(&session(&file.recipe, WET)));
    let own = instance.value("impulse");
    assert_eq!(instance.show("impulse", own), "room [5]", "the file's name; a space is called Room");
    let saved = instance.save();
    let bounce = |saved: &[u8]| {
        let mut instance = I::new();
        assert!(instance.load(saved));
        instance.activate(RATE, 512, true);
        played(&mut instance, &input, &[(6_001, "impulse", "Plate"), (15_000, "impulse", "room [5]")], 512)
    };
    let first = bounce(&saved);
    assert_same_bits(&bounce(&saved), &first, "another bounce");
    let plain = |recipe: &Recipe| {
        let format = Format { sample_rate: RATE, layout: ChannelLayout::Stereo };
        expected(recipe, format, &wet(), &input)
    };
    let piece = |sound: &[Vec<f32>], frames: std::ops::Range<usize>| -> Vec<Vec<f32>> {
        sound.iter().map(|channel| channel[frames.clone()].to_vec()).collect()
    };
    let (file_alone, plate) = (plain(&file.recipe), plain(&Recipe::space("plate")));
    // Before the change the one alone; after it neither, because the one rings out under the other.
    assert!(error_db_of_channels(&piece(&first, 0..6_001), &piece(&file_alone, 0..6_001)) <= ROUNDING);
    assert!(error_db_of_channels(&piece(&first, 9_000..15_000), &piece(&file_alone, 9_000..15_000)) > -20.0);
    assert!(error_db_of_channels(&piece(&first, 9_000..15_000), &piece(&plate, 9_000..15_000)) > -20.0);

    // Out of a session that was saved while the other one sounded.
    instance.activate(RATE, 512, true);
    played(&mut instance, &input, &[(100, "impulse", "Plate")], 512);
    let saved = instance.save();
    let mut again = I::new();
    assert!(again.load(&saved));
    let at = again.value("impulse");
    assert_eq!(again.show("impulse", at), "Plate");
    again.activate(RATE, 512, true);
    assert!(error_db_of_channels(&again.play(&input, 512), &plate) <= ROUNDING);
}

/// At one tempo, at none, and at one that changes while it plays.
pub fn a_predelay_in_notes_bounces_to_the_renderers_bytes_at_the_hosts_tempo<I: Instance>() {
    const CHANGES_AT: usize = 6_000;
    let room = room(2, 0.1, 57);
    let input = vec![noise(12_000, 58), noise(12_000, 59)];
    let note = find("predelay_sync").and_then(|setting| setting.read("1/16 triplet")).expect("a note");
    let mut settings = Settings { dry: -60.0, wet: 0.0, ..Settings::default() };
    assert!(settings.set("predelay_sync", note));
    let mut heard = Vec::new();
    for tempos in [[Some(171.3); 2], [None; 2], [Some(f64::NAN), Some(120.0)], [Some(240.0), Some(171.3)]] {
        let [start, later] = tempos.map(|tempo| (room.recipe.clone(), settings.controls(tempo)));
        let seconds = CHANGES_AT as f64 / f64::from(RATE);
        let changes = vec![render::Change { seconds, recipe: later.0.into(), controls: later.1 }];
        let expected = render_all(&input, start, changes);
        let mut instance = I::new();
        assert!(instance.load(&session(&room.recipe, WET)));
        instance.activate(RATE, 500, true);
        let note = instance.read("predelay_sync", "1/16T").expect("a note");
        instance.process(&[vec![], vec![]], &[("predelay_sync", 0, note)]);
        instance.deactivate();
        instance.activate(RATE, 500, true);
        let mut found = vec![Vec::new(); 2];
        for (tempo, range) in tempos.into_iter().zip([0..CHANGES_AT, CHANGES_AT..input[0].len()]) {
            instance.set_tempo(tempo);
            let piece: Vec<Vec<f32>> = input.iter().map(|channel| channel[range.clone()].to_vec()).collect();
            let out = instance.play(&piece, 500);
            found.iter_mut().zip(out).for_each(|(found, piece)| found.extend(piece));
        }
        assert_same_bits(&found, &expected, &format!("{tempos:?}"));
        heard.push(found);
    }
    assert!(heard[1] == heard[2], "no number is as none");
    assert!(heard[0] != heard[1] && heard[0] != heard[3] && heard[1] != heard[3], "a tempo is heard");
}
