//! Ogg Vorbis, encoded by whichever tool is there.

use super::decoded;
use std::path::Path;
use std::process::{Command, Stdio};
use transept::audio::AudioError;
use transept::cancel::Token;
use transept::impulse::decode::{self, DecodeError};
use transept_support::encode::wav::Wav;
use transept_support::folder::Folder;

/// Encodes a WAV file as Ogg Vorbis; `false`, after saying so, when no encoder is there.
fn encode(wav: &Path, ogg: &Path) -> bool {
    let mut encoders = [Command::new("oggenc"), Command::new("ffmpeg"), Command::new("sox")];
    encoders[0].args(["--quiet", "--quality", "9", "--output"]).arg(ogg).arg(wav);
    encoders[1].args(["-loglevel", "error", "-y", "-i"]).arg(wav).args(["-c:a", "libvorbis", "-q:a", "9"]).arg(ogg);
    encoders[2].arg(wav).args(["-C", "9"]).arg(ogg);
    let is_encoded = encoders.iter_mut().any(|encoder| {
        let quiet = encoder.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    });
    if !is_encoded {
        println!("skipped: no oggenc, ffmpeg or sox");
    }
    is_encoded
}

#[test]
fn ogg_vorbis_decodes_at_its_place_and_level() {
    let folder = Folder::new();
    // A Hann-windowed tone, which the codec keeps; its place shows an encoder delay that was not taken away.
    let frames = 9600;
    let tone = |index: usize| {
        let time = index as f32 / frames as f32;
        let window = 0.5 - 0.5 * (std::f32::consts::TAU * time).cos();
        0.5 * window * (std::f32::consts::TAU * 1000.0 * index as f32 / 48_000.0).sin()
    };
    let samples: Vec<f32> = (0..frames).map(tone).collect();
    let interleaved: Vec<f32> = samples.iter().flat_map(|sample| [*sample, -0.5 * *sample]).collect();
    let wav = folder.file("tone.wav", &Wav::float32(2, &interleaved).bytes());
    let ogg = folder.path("tone.ogg");
    if !encode(&wav, &ogg) {
        return;
    }
    let impulse = decode::file(&ogg, &Token::never()).expect("Ogg Vorbis");
    assert_eq!((impulse.channels().len(), impulse.len(), impulse.sample_rate()), (2, frames, 48_000));
    // At this quality the codec's error lies some 40 dB below the tone; one sample of delay would be 18 dB below it.
    for (channel, scale) in impulse.channels().iter().zip([1.0, -0.5]) {
        let error: f32 = channel.iter().zip(&samples).map(|(found, sample)| (found - scale * sample).powi(2)).sum();
        let energy: f32 = samples.iter().map(|sample| (scale * sample).powi(2)).sum();
        assert!(error < 1e-3 * energy, "error {} dB", 10.0 * (error / energy).log10());
    }
}

/// The bytes of half a second of noise in Ogg Vorbis, which are some pages.
fn noise() -> Option<Vec<u8>> {
    let folder = Folder::new();
    let samples = transept_support::signal::noise(24_000, 1);
    let wav = folder.file("noise.wav", &Wav::float32(1, &samples).bytes());
    let ogg = folder.path("noise.ogg");
    encode(&wav, &ogg).then(|| std::fs::read(&ogg).expect("what was encoded"))
}

#[test]
fn ogg_vorbis_that_lost_its_end_is_called_truncated_wherever_it_breaks_off() {
    let Some(whole) = noise() else { return };
    decoded(&whole).expect("whole");
    for length in (4..whole.len()).step_by(97).chain([whole.len() - 1]) {
        let error = decoded(&whole[..length]).expect_err("truncated");
        assert!(
            matches!(error, DecodeError::Audio(AudioError::Truncated { .. })),
            "{length} of {} bytes: {error}",
            whole.len()
        );
    }
}

#[test]
fn ogg_vorbis_with_a_damaged_byte_is_refused_wherever_it_is() {
    let Some(whole) = noise() else { return };
    let mut said = Vec::new();
    for at in (0..whole.len()).step_by(89) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0x10;
        let error = decoded(&bytes).expect_err("damaged");
        // A size that became larger reaches over the end, where the page is the last one.
        // Without its first letters it is no audio.
        let DecodeError::Audio(error) = error else { panic!("byte {at}: {error}") };
        let is_kind = matches!(error, AudioError::Damaged { .. } | AudioError::Truncated { .. });
        assert!(is_kind || at < 4 && matches!(error, AudioError::NotAudio { .. }), "byte {at}: {error}");
        said.push(error.to_string());
    }
    assert!(said.iter().any(|said| said.contains("page 3 is damaged")), "{said:?}");
}

#[test]
fn ogg_vorbis_without_one_of_its_pages_is_refused() {
    let Some(whole) = noise() else { return };
    let pages: Vec<usize> = (0..whole.len()).filter(|at| whole[*at..].starts_with(b"OggS\0")).collect();
    assert!(pages.len() > 4, "{} pages", pages.len());
    for page in pages.windows(2).skip(1) {
        let error = decoded(&[&whole[..page[0]], &whole[page[1]..]].concat()).expect_err("a hole");
        assert!(error.to_string().contains("is missing"), "{error}");
    }
}
