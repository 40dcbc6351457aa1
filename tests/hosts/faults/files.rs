//! A file that is no audio, is truncated or empty, has no channels, no rate or samples that are no numbers, or is too
//! much for an impulse.
use super::unwrapped::{Session, Unwrapped};
use crate::promises::state::{FOR_EVER, is_remembered, members, stereo};
use crate::promises::{expected, room};
use std::time::{Duration, Instant};
use transept::chain::Controls;
use transept::impulse::recipe::Recipe;
use transept::prepare::worker::State;
use transept_support::encode::wav::Wav;
use transept_support::signal::noise;

/// Bytes of files, their names, and why they are refused.
fn unusable() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let whole = Wav::pcm16(2, &[0x4000; 128]);
    let bytes = whole.bytes();
    vec![
        ("letter.wav", b"Dear all, this is no audio.".to_vec(), "it is text, which is not read"),
        ("truncated.wav", bytes[..bytes.len() / 2].to_vec(), "truncated"),
        ("header.wav", bytes[..30].to_vec(), "truncated"),
        ("nothing.wav", Vec::new(), "it holds no samples"),
        ("bare.wav", Wav::pcm16(2, &[]).bytes(), "it holds no samples"),
        ("nobody.wav", Wav { channels: 0, ..whole.clone() }.bytes(), "0 channels"),
        ("timeless.wav", Wav { sample_rate: 0, ..whole }.bytes(), "0 Hz"),
        ("strange.wav", Wav::float32(2, &[0.5, 0.5, 0.5, f32::NAN]).bytes(), "sample 1 of channel 2 is not a finite"),
        ("endless.wav", Wav::float32(1, &[0.5, f32::INFINITY]).bytes(), "sample 1 of channel 1 is not a finite"),
        (
            "long.wav",
            Wav { sample_rate: 1000, ..Wav::pcm16(1, &vec![1; 60_001]) }.bytes(),
            "an impulse has 60 s at most",
        ),
        ("wide.wav", Wav::pcm16(16, &[1; 160]).bytes(), "16 channels"),
        ("wider.wav", Wav::pcm16(17, &[1; 170]).bytes(), "17 channels"),
    ]
}

/// What is saved once the impulse that sounds is remembered: a moment after it sounds.
fn remembered(instance: &Unwrapped) -> Session {
    let began = Instant::now();
    loop {
        let saved = instance.saved();
        if is_remembered(&members(saved.iter().map(|(key, json)| (key.as_str(), json.as_str()))), true) {
            return saved;
        }
        assert!(began.elapsed() < FOR_EVER, "never remembered: {saved:?}");
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// It sounds on to the bit, as if nobody had tried.
#[test]
fn its_name_and_the_reason_are_said_what_sounds_sounds_on_and_the_recipe_stays() {
    let room = room(2, 0.3, 61);
    let cases = unusable();
    let input = vec![noise(2000 * cases.len(), 62), noise(2000 * cases.len(), 63)];
    let mut instance = Unwrapped::open(&Session::new());
    instance.choose(room.recipe.clone());
    instance.activate(stereo());
    let session = remembered(&instance);
    let mut heard = input.clone();
    let folder = tempfile::tempdir().expect("a folder");
    for (case, (name, bytes, reason)) in cases.into_iter().enumerate() {
        let mut play = |instance: &mut Unwrapped, half: usize| {
            for start in (0..1000).step_by(100).map(|frame| 2000 * case + 1000 * half + frame) {
                let mut block: Vec<Vec<f32>> =
                    heard.iter().map(|channel| channel[start..start + 100].to_vec()).collect();
                instance.process(&mut block);
                heard.iter_mut().zip(block).for_each(|(all, block)| all[start..start + 100].copy_from_slice(&block));
            }
        };
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).expect("written");
        instance.choose(Recipe::file(&path));
        // While it is looked at, and after.
        play(&mut instance, 0);
        let State::Failed { message } = instance.says() else { panic!("{name}: {:?}", instance.says()) };
        play(&mut instance, 1);
        assert!(message.contains(&path.display().to_string()) && message.contains(reason), "{name}: {message}");
        assert_eq!(instance.saved(), session, "{name}");
    }
    assert!(heard == expected(&room.recipe, stereo(), &Controls::default(), &input), "it does not sound on");
}
