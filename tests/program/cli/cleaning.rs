//! What `transept clean` promises.
use super::{Console, RATE};
use std::path::Path;
use transept_support::signal::noise;
use transept_support::wave;

/// A room of 0.6 s over noise at -55 dB, and the same without that noise.
fn rooms() -> [Vec<f32>; 2] {
    let (room, floor) = (noise(72_000, 7), noise(72_000, 8));
    let decay = |n: usize| 10_f32.powf(-3.0 * n as f32 / 28_800.0);
    let clean: Vec<f32> = room.iter().enumerate().map(|(n, sample)| sample * decay(n)).collect();
    [clean.iter().zip(&floor).map(|(sample, noise)| sample + 0.0018 * noise).collect(), clean]
}

#[test]
fn several_impulses_go_to_a_folder_with_a_line_of_what_was_cleaned() {
    let folder = Console::new();
    let [noisy, clean] = rooms();
    folder.wave("noisy.wav", RATE, &[noisy.clone(), noisy.clone()]);
    folder.wave("digital.wav", RATE, std::slice::from_ref(&clean));
    let ran = folder.run("clean noisy.wav digital.wav -o out/");
    println!("{}{}", ran.stdout, ran.stderr);
    assert_eq!(ran.code, Some(0));
    let path = Path::new("out").join("noisy.wav");
    let first = format!("{}: 1.", path.display());
    for line in [
        first.as_str(),
        " s, before 1.500 s\n",
        "octave, Hz",
        "noise from, s",
        "noise, dB",
        "after, at the old end, dB",
    ] {
        assert!(ran.stdout.contains(line), "{line}");
    }
    assert!(
        ran.stderr.contains("digital.wav: its tail is as recorded: no steady noise is seen at its end"),
        "{}",
        ran.stderr
    );
    let [cleaned, digital] = ["out/noisy.wav", "out/digital.wav"].map(|name| wave::read(&folder.path(name)).channels);
    assert_eq!(digital[0], clean, "bit by bit");
    // The lowest octave comes within 20 dB of its noise after 0.3 s.
    assert_eq!(cleaned[0][..9600], noisy[..9600], "bit by bit");
    let level = |samples: &[f32]| samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32;
    // 0.8 s are 80 dB down, 25 below the noise: three times that is far from what is left.
    assert!(level(&cleaned[0][38_400..40_000]) < 0.05 * level(&noisy[38_400..40_000]));
    // What is there is not replaced unasked, and is said.
    let again = folder.run("clean noisy.wav -o out/");
    assert_eq!((again.code, again.stdout.as_str()), (Some(1), ""));
    assert!(again.stderr.contains("out") && again.stderr.contains("--overwrite"), "{}", again.stderr);
    assert!(folder.run("clean noisy.wav -o out/ --skip-existing").stdout.contains("left alone"));
    let json = folder.run("clean noisy.wav -o out/ --overwrite --json --bits 24");
    let object: serde_json::Value = serde_json::from_str(&json.stdout).expect("an object");
    let octave = object["octaves"].as_array().expect("octaves").iter().find(|octave| octave["hz"] == 4000.0);
    let octave = octave.expect("4 kHz");
    // The decay meets the noise at -55 dB after 0.55 s, and goes on in 0.6 s; both within what is known of them.
    let number = |name: &str| octave[name].as_f64().expect("a number");
    assert!((0.5..0.6).contains(&number("knee")) && (0.57..0.63).contains(&number("rt60")), "{octave}");
    assert!((-60.0..-50.0).contains(&number("noise_db")) && octave["cleaned_db"].is_null(), "{octave}");
    // It is over before the last tenth of the recording.
    assert!(object["seconds"].as_f64().expect("seconds") < 1.35, "{object}");
    assert_eq!(object["seconds_before"], 1.5);
}

#[test]
fn of_a_gap_it_says_what_inspect_says() {
    let folder = Console::new();
    // A decay of 1 s over noise at -50 dB: what a gap breaks off may go on behind it.
    let (room, floor) = (noise(144_000, 7), noise(144_000, 8));
    let sample =
        |(n, (sample, noise)): (usize, (&f32, &f32))| sample * 10_f32.powf(-3.0 * n as f32 / 48_000.0) + 0.003 * noise;
    let mut gap: Vec<f32> = room.iter().zip(&floor).enumerate().map(sample).collect();
    gap[14_400..21_600].fill(0.0);
    folder.wave("gap.wav", RATE, &[gap]);
    let words = "no steady noise is seen at its end";
    let told = folder.run("inspect gap.wav").stdout;
    assert!(told.contains(&format!("INR          not measurable: {words}")), "{told}");
    let ran = folder.run("clean gap.wav -o out.wav");
    assert!(ran.stderr.contains(&format!("gap.wav: its tail is as recorded: {words}")), "{}", ran.stderr);
}

#[test]
fn what_makes_no_sense_is_refused_before_any_work() {
    let folder = Console::new();
    for (arguments, words) in [
        ("clean room.wav -o out.mp3", ".mp3 is not written"),
        ("clean room.wav second.wav -o out.wav", "several files need a folder"),
        ("clean - -o out.wav", "name files"),
        ("clean room.wav -o out/ --name {space}", "there is no {space}, only {stem} and {index}"),
        ("clean room.wav -o out.flac --bits 32f", "FLAC holds no 32-bit float"),
    ] {
        folder.fails(arguments, 2, &[words]);
    }
    folder.fails("clean missing.wav -o out.wav", 1, &["missing.wav"]);
    folder.fails("clean room.wav -o room.wav --overwrite", 1, &["room.wav"]);
}
