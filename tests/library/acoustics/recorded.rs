//! Real recordings.

use super::{assert_near, curve_of};
use transept::impulse::Impulse;

fn recording(name: &str) -> Option<Impulse> {
    let file = transept_support::recordings::recordings()?.join("impulses").join(name);
    // Straight from the file: the decoder has its own tests.
    let mut reader = hound::WavReader::open(&file).expect("a WAV file");
    let form = reader.spec();
    let full_scale = 2_f32.powi(i32::from(form.bits_per_sample) - 1);
    let samples: Vec<f32> = reader.samples::<i32>().map(|s| s.expect("a sample") as f32 / full_scale).collect();
    let count = usize::from(form.channels);
    let channels = (0..count).map(|channel| samples.iter().skip(channel).step_by(count).copied().collect()).collect();
    Some(Impulse::new(channels, form.sample_rate).expect("finite samples"))
}

#[test]
fn a_recorded_seminar_room_has_the_reverberation_it_is_known_for() {
    let Some(room) = recording("seminar-room-clap.wav") else { return };
    let curve = curve_of(room.channels(), room.sample_rate());
    println!(
        "seminar room: T20 {:?}, T30 {:?}, range {:.1} dB",
        curve.decay_time(-5.0, -25.0),
        curve.decay_time(-5.0, -35.0),
        curve.range()
    );
    assert_near(curve.decay_time(-5.0, -25.0).ok(), 0.6, 0.1, "T20, known to one digit");
}

#[test]
fn a_recording_that_ends_before_its_noise_is_measured_only_as_far_as_it_goes() {
    let Some(basement) = recording("museum-basement-clap.wav") else { return };
    let curve = curve_of(basement.channels(), basement.sample_rate());
    println!(
        "museum basement: T20 {:?}, T30 {:?}, range {:.1} dB",
        curve.decay_time(-5.0, -25.0),
        curve.decay_time(-5.0, -35.0),
        curve.range()
    );
    // It falls by some 30 dB, and by a fade-out at the end.
    assert!(curve.reverberation_time().is_err());
}
