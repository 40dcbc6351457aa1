//! Ogg Vorbis, encoded by whichever tool is there.

use crate::wav::Wav;
use crate::{Folder, decoded};
use std::path::Path;
use std::process::{Command, Stdio};
use transept::impulse::decode::{self, DecodeError};

/// Encodes a WAV file as Ogg Vorbis; `false` when no encoder is there.
fn encode(wav: &Path, ogg: &Path) -> bool {
    let mut encoders = [Command::new("oggenc"), Command::new("ffmpeg"), Command::new("sox")];
    encoders[0].args(["--quiet", "--quality", "9", "--output"]).arg(ogg).arg(wav);
    encoders[1].args(["-loglevel", "error", "-y", "-i"]).arg(wav).args(["-c:a", "libvorbis", "-q:a", "9"]).arg(ogg);
    encoders[2].arg(wav).args(["-C", "9"]).arg(ogg);
    encoders.iter_mut().any(|encoder| {
        let quiet = encoder.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.status().is_ok_and(|status| status.success())
    })
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
    let ogg = folder.0.path().join("tone.ogg");
    if !encode(&wav, &ogg) {
        println!("skipped: no oggenc, ffmpeg or sox");
        return;
    }
    let bytes = std::fs::read(&ogg).expect("what was encoded");
    let error = decoded(&bytes[..bytes.len() * 2 / 3]).expect_err("truncated");
    assert!(matches!(error, DecodeError::Truncated { .. }), "{error}");
    let impulse = decode::file(&ogg).expect("Ogg Vorbis");
    assert_eq!((impulse.channels().len(), impulse.len(), impulse.sample_rate()), (2, frames, 48_000));
    // At this quality the codec's error lies some 40 dB below the tone; one sample of delay would be 18 dB below it.
    for (channel, scale) in impulse.channels().iter().zip([1.0, -0.5]) {
        let error: f32 = channel.iter().zip(&samples).map(|(found, sample)| (found - scale * sample).powi(2)).sum();
        let energy: f32 = samples.iter().map(|sample| (scale * sample).powi(2)).sum();
        assert!(error < 1e-3 * energy, "error {} dB", 10.0 * (error / energy).log10());
    }
}

#[test]
fn ogg_that_lost_its_last_page_is_called_truncated() {
    // The first page of a stream: version, flags, position, serial number, page number, checksum, one segment of 30 bytes.
    let page = |flags: u8| [b"OggS\0", &[flags][..], &[0; 20], &[1, 30], &[0; 30]].concat();
    let error = decoded(&page(2)).expect_err("only a first page");
    assert!(matches!(error, DecodeError::Truncated { .. }), "{error}");
    let error = decoded(&[page(2), page(4)[..40].to_vec()].concat()).expect_err("half a last page");
    assert!(matches!(error, DecodeError::Truncated { .. }), "{error}");
    let error = decoded(&[page(2), page(4)].concat()).expect_err("all pages, but of nothing");
    assert!(matches!(error, DecodeError::NotAudio { .. }), "{error}");
}
