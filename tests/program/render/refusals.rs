//! What cannot be rendered, and that the error says why.

use super::{RATE, busy, file, refused};
use std::path::Path;
use transept::impulse::recipe::Recipe;
use transept::render::Job;
use transept_support::folder::Folder;
use transept_support::signal::noise;
use transept_support::wave;

#[test]
fn a_dry_file_that_cannot_be_rendered_is_refused_with_the_reason() {
    let folder = Folder::new();
    let job = busy(&folder);
    let sound = std::fs::read(&job.dry).expect("there");
    let with = |name: &str, bytes: &[u8]| {
        std::fs::write(folder.path(name), bytes).expect("written");
        folder.path(name)
    };
    let mut no_channels = sound.clone();
    no_channels[22..24].copy_from_slice(&[0, 0]);
    let mut no_rate = sound.clone();
    no_rate[24..28].copy_from_slice(&[0; 4]);
    wave::write(&folder.path("slow.wav"), 4000, &[noise(100, 21)]);
    wave::write(&folder.path("bare.wav"), RATE, &[vec![]]);
    let cases = [
        (folder.path("missing.wav"), "no such file"),
        (with("text.wav", b"This is no audio at all, only words."), "it is text, which is not read"),
        (with("empty.wav", b""), "empty: it holds no samples"),
        (with("header.wav", &sound[..30]), "truncated: "),
        (with("truncated.wav", &sound[..sound.len() / 2]), "truncated: "),
        (with("no-channels.wav", &no_channels), "0 channels"),
        (with("no-rate.wav", &no_rate), "0 Hz"),
        (folder.path("bare.wav"), "empty: it holds no samples"),
        (folder.path("slow.wav"), "4000 Hz, only from 8000 to 384000 Hz; --rate"),
        (folder.wave("many.wav", RATE, &vec![noise(100, 22); 17]), "17 channels; files of 1 to 16 channels"),
        (folder.root().to_owned(), "this is a folder"),
    ];
    for (dry, reason) in cases {
        refused(&folder, &Job { dry: dry.clone(), ..job.clone() }, &dry, reason);
    }
    let slow = Job { sample_rate: Some(7999), ..job.clone() };
    refused(&folder, &slow, &job.dry, "7999 Hz");
}

#[test]
fn an_impulse_that_cannot_be_used_is_refused_with_the_reason() {
    let folder = Folder::new();
    let job = busy(&folder);
    std::fs::write(folder.path("text.wav"), "This is no audio at all, only words.").expect("written");
    let mut bad = noise(100, 23);
    bad[50] = f32::NAN;
    let cases = [
        (folder.path("missing.wav"), "no such file"),
        (folder.path("text.wav"), "it is text, which is not read"),
        (
            folder.wave("three.wav", RATE, &vec![noise(100, 24); 3]),
            "does not fit Stereo, which takes 1, 2 or 4 channels; it fits 3 channels",
        ),
        (folder.wave("nan.wav", RATE, &[bad]), "finite"),
    ];
    for (path, reason) in cases {
        let recipe = Recipe::of(file(path.clone())).into();
        refused(&folder, &Job { recipe, ..job.clone() }, &path, reason);
    }
    let recipe = Recipe::space("moon").into();
    refused(&folder, &Job { recipe, ..job }, Path::new("moon"), "no space");
}
