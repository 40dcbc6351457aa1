//! What outputs are called, and what becomes of that.
use super::{Console, program};
use std::io::Write;
use std::process::Stdio;
use std::time::{Duration, Instant};
use transept::cancel::Token;
use transept::impulse::decode;
use transept_support::signal::noise;
use transept_support::wave;

#[test]
fn a_name_that_says_flac_gives_flac_in_24_bits_and_that_is_said() {
    let folder = Console::new();
    let ran = folder.run("render voice.wav --impulse room.wav -o out.flac");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    assert_eq!(ran.stderr.lines().count(), 1, "{}", ran.stderr);
    assert!(ran.stderr.starts_with("warning: out.flac: FLAC is written in 24 bits, because"), "{}", ran.stderr);
    folder.run("render voice.wav --impulse room.wav -o out.wav --bits 24");
    let [flac, wave] = ["out.flac", "out.wav"].map(|name| decode::audio(&folder.path(name), &Token::never()));
    assert!(flac.expect("FLAC").channels == wave.expect("WAV").channels, "the same samples, dither included");
    let ran = folder.run("render voice.wav --impulse room.wav -o out.flac --bits 16 --overwrite");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn that_flac_has_24_bits_is_said_once_of_a_batch_and_of_each_file_in_json() {
    let folder = Console::new();
    let ran = folder.run("render voice.wav second.wav --impulse room.wav -o wet/ --name {stem}.flac --json");
    assert_eq!((ran.code, ran.stderr.lines().count()), (Some(0), 1), "{}", ran.stderr);
    assert_eq!(ran.stdout.matches(r#""id":"flac-bits""#).count(), 2, "{}", ran.stdout);
    let ran = folder.run("render voice.wav --impulse room.wav -o told.flac --bits 24 --json");
    assert!(!ran.stdout.contains("flac-bits"), "{}", ran.stdout);
}

#[test]
fn an_output_that_appears_meanwhile_is_not_replaced_unasked() {
    for (option, code) in [("", 1), ("--skip-existing", 0), ("--overwrite", 0)] {
        for name in ["out.wav", "out.flac"] {
            let folder = Console::new();
            let words = format!("render - --impulse room.wav -o {name} --bits 16 {option}");
            let mut child = program(folder.root())
                .args(words.split_whitespace())
                .stdin(Stdio::piped())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("it runs");
            // More than a pipe and a reader hold.
            let sound = std::fs::read(folder.wave("long.wav", 48_000, &[noise(200_000, 1)])).expect("there");
            let mut stdin = child.stdin.take().expect("piped");
            stdin.write_all(&sound[..sound.len() / 2]).expect("it reads");
            let begun = Instant::now();
            while folder.names(".").len() < 5 {
                assert!(begun.elapsed() < Duration::from_secs(120), "no temporary file appeared");
                std::thread::park_timeout(Duration::from_millis(5));
            }
            folder.file(name, b"another's");
            stdin.write_all(&sound[sound.len() / 2..]).expect("it reads");
            drop(stdin);
            let ran = child.wait_with_output().expect("it ends");
            let said = String::from_utf8_lossy(&ran.stderr);
            assert_eq!(ran.status.code(), Some(code), "{said}");
            let is_kept = std::fs::read(folder.path(name)).expect("there") == b"another's";
            assert_eq!(is_kept, option != "--overwrite", "{option}: {said}");
            assert_eq!(said.contains(&format!("{name}: is there already")), code == 1, "{said}");
            assert_eq!(folder.names(".").len(), 5, "the temporary file is gone");
        }
    }
}

#[test]
fn the_reference_decoder_finds_nothing_wrong() {
    let folder = Console::new();
    for (rate, bits) in [("8000", "16"), ("48000", "24"), ("384000", "24")] {
        let ran = folder
            .run(&format!("render voice.wav --impulse room.wav -o out.flac --rate {rate} --bits {bits} --overwrite"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let Ok(test) = std::process::Command::new("flac").args(["-t", "out.flac"]).current_dir(folder.root()).output()
        else {
            println!("left out: there is no `flac`");
            return;
        };
        assert!(test.status.success(), "{}", String::from_utf8_lossy(&test.stderr));
    }
}

#[test]
fn what_a_name_says_and_is_not_written_is_refused_before_any_work() {
    let folder = Console::new();
    for name in ["out.mp3", "out.aiff", "out"] {
        folder.fails(&format!("render voice.wav --impulse room.wav -o {name}"), 2, &[name, ".wav or .flac"]);
    }
    let words = ["out.flac", "FLAC holds no 32-bit float", "16 or 24 bits"];
    folder.fails("render voice.wav --impulse room.wav -o out.flac --bits 32f", 2, &words);
    let words = ["out.flac", "96001 Hz", ".wav"];
    folder.fails("render voice.wav --impulse room.wav -o out.flac --bits 24 --rate 96001", 1, &words);
}

#[test]
fn the_standard_output_gets_the_samples_and_nothing_else() {
    let folder = Console::new();
    folder.run("render voice.wav --impulse room.wav -o out.wav");
    let words = ["render", "voice.wav", "--impulse", "room.wav", "-o", "-"];
    let ran = program(folder.root()).args(words).output().expect("it runs");
    assert_eq!(ran.status.code(), Some(0));
    let said = String::from_utf8(ran.stderr).expect("text");
    assert!(said.starts_with("transept: -: stereo, 48000 Hz"), "{said}");
    assert_eq!(folder.names("."), ["out.wav", "room.wav", "second.wav", "voice.wav"]);
    let [piped, whole] = [ran.stdout, std::fs::read(folder.path("out.wav")).expect("there")];
    let samples = |bytes: &[u8]| bytes[58..].to_vec();
    assert_eq!((&piped[..8], piped.len()), (&b"RIFF\xff\xff\xff\xff"[..], whole.len()));
    assert!(samples(&piped) == samples(&whole));
    // Read back like any file that a program has piped.
    let back = decode::audio(&folder.file("piped.wav", &piped), &Token::never()).expect("readable");
    assert!(back.channels == wave::read(&folder.path("out.wav")).channels);
}

#[test]
fn dither_can_be_left_out() {
    let folder = Console::new();
    let of = |option: &str| {
        folder.run(&format!("render voice.wav --impulse room.wav -o out.wav --bits 16 --overwrite {option}"));
        wave::read_integers(&folder.path("out.wav")).1
    };
    let [plain, dithered, float] = [of("--dither off"), of("--dither tpdf"), {
        folder.run("render voice.wav --impulse room.wav -o out.wav --overwrite");
        wave::read(&folder.path("out.wav")).channels.iter().map(|x| rounded(x)).collect()
    }];
    assert!(plain == float && dithered != float && dithered == of(""));
    let difference = dithered.iter().flatten().zip(plain.iter().flatten()).map(|(a, b)| (a - b).abs()).max();
    assert_eq!(difference, Some(1), "at most one step away");
}

fn rounded(channel: &[f32]) -> Vec<i32> {
    channel.iter().map(|x| (f64::from(*x) * 32768.0).round_ties_even() as i32).collect()
}
