//! What the program tells about rooms.
use super::{Console, RATE};
use transept_support::signal::noise;

#[test]
fn the_spaces_in_the_box_are_listed_with_length_and_reverberation_time() {
    let ran = Console::new().run("spaces");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    for space in transept::space::built_in() {
        let line = ran.stdout.lines().find(|line| line.starts_with(space.id)).expect("listed");
        assert!(line.contains(space.name) && line.matches(" s").count() >= 2, "{line}");
    }
    assert!(ran.stdout.contains("RT60 is the reverberation time of all frequencies together"), "{}", ran.stdout);
}

#[test]
fn inspect_tells_form_length_peak_and_reverberation_time() {
    let folder = Console::new();
    // 60 dB in one second, from 100 samples on.
    let mut decay: Vec<f32> = vec![0.0; 100];
    decay.extend(noise(96_000, 1).iter().enumerate().map(|(i, x)| x * 10_f32.powf(-3.0 * i as f32 / 48_000.0)));
    decay[100] = -0.5;
    folder.wave("decay.wav", RATE, &[decay.clone(), decay]);
    let ran = folder.run("inspect decay.wav");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    println!("{}", ran.stdout);
    for line in [
        "decay.wav",
        "stereo (2 channels)",
        "48000 Hz",
        "2.002 s (96100 samples)",
        "-6.0 dB at 2.1 ms",
        "onset        2.1 ms",
        "level match",
    ] {
        assert!(ran.stdout.contains(line), "{line}");
    }
    let rt60 = ran.stdout.lines().find_map(|line| line.trim().strip_prefix("RT60")).expect("told");
    let rt60: f64 = rt60.trim().trim_end_matches(" s over all frequencies, T30").parse().expect("measured");
    // Noise of one second: the decay's slope is known to a few per cent.
    assert!((rt60 - 1.0).abs() < 0.05, "{rt60}");
}

#[test]
fn inspect_says_nothing_but_the_reason_when_the_picture_cannot_be_written() {
    let folder = Console::new();
    for (picture, reason) in [("room.wav", "would replace"), ("no/it.png", "no folder"), (".", "is a folder")] {
        let ran = folder.run(&format!("inspect room.wav --picture {picture}"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(1), ""));
        assert!(ran.stderr.contains(reason), "{}", ran.stderr);
    }
    // The target before the room, which may take long.
    let ran = folder.run("inspect missing.wav --picture no/it.png");
    assert!(ran.stderr.contains("no folder"), "{}", ran.stderr);
}

#[test]
fn inspect_finds_an_offset_that_zeros_follow_as_render_does() {
    let folder = Console::new();
    let mut room: Vec<f32> = noise(48_000, 1).iter().enumerate().map(|(i, x)| x * (-0.001 * i as f32).exp()).collect();
    room.iter_mut().for_each(|x| *x += 0.01);
    room.resize(72_000, 0.0);
    folder.wave("offset.wav", RATE, &[room]);
    let inspected = folder.run("inspect offset.wav");
    assert!(inspected.stdout.contains("a constant offset of"), "{}", inspected.stdout);
    let rendered = folder.run("render voice.wav --impulse offset.wav -o out.wav");
    assert!(rendered.stderr.contains("a constant offset of"), "{}", rendered.stderr);
}

#[test]
fn inspect_draws_a_picture() {
    let folder = Console::new();
    for arguments in ["inspect room.wav --picture it.png", "inspect --space plate --picture it.png --overwrite"] {
        let ran = folder.run(arguments);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let file = std::io::BufReader::new(std::fs::File::open(folder.path("it.png")).expect("drawn"));
        let mut picture = png::Decoder::new(file).read_info().expect("a picture");
        let mut pixels = vec![0; picture.output_buffer_size().expect("fits")];
        picture.next_frame(&mut pixels).expect("whole");
        assert_eq!(picture.info().width, 1280);
        assert!(pixels.chunks(3).any(|pixel| pixel != &pixels[..3]), "something is on it");
    }
    assert_eq!(folder.names("."), ["it.png", "room.wav", "second.wav", "voice.wav"]);
}

#[test]
fn inspect_tells_what_shaping_made_of_an_impulse() {
    let folder = Console::new();
    // 60 dB in one second after a tenth of silence, and a tenth of silence at the end.
    let mut decay: Vec<f32> = vec![0.0; 4800];
    decay.extend(noise(96_000, 1).iter().enumerate().map(|(i, x)| x * 10_f32.powf(-3.0 * i as f32 / 48_000.0)));
    decay.resize(decay.len() + 4800, 0.0);
    folder.wave("decay.wav", RATE, &[decay]);
    let told = |options: &str| {
        let ran = folder.run(&format!("inspect decay.wav {options}"));
        assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
        println!("{}", ran.stdout);
        ran.stdout
    };
    let plain = told("");
    assert!(!plain.contains("trimmed") && !plain.contains("\n  lows") && plain.contains("dB as a cabinet"));
    let trimmed = told("--trim-start-auto --trim-end 2050");
    assert!(trimmed.contains("trimmed      0.099 s at the start, 0.150 s at the end"));
    assert!(trimmed.contains("1.951 s (93648 samples)"));
    let halved = told("--decay-low 50 --decay-middle 50 --decay-high 50");
    for band in ["lows", "middle", "highs"] {
        let line = halved.lines().find_map(|line| line.trim().strip_prefix(band)).expect("told");
        let (from, to) = line.trim().strip_prefix("RT60 from ").expect("scaled").split_once(" s to ").expect("both");
        let (from, to): (f64, f64) = (from.parse().expect("s"), to.trim_end_matches(" s").parse().expect("s"));
        // Two numbers of two decimals.
        assert!((to - 0.5 * from).abs() < 0.0101, "{line}");
    }
    assert!(told("--reverse").contains("RT60         not measurable"));
}

#[test]
fn inspect_says_where_a_tail_was_cleaned_and_gives_no_figures_of_an_octave_that_was_not_measured() {
    let folder = Console::new();
    // A decay of 0.6 s over noise at -60 dB, and so much rumble that the lowest octave is hardly seen.
    let (decay, floor, mut rumble) = (noise(72_000, 1), noise(72_000, 2), 0.0);
    let sample = |(n, (sample, noise)): (usize, (&f32, &f32))| {
        rumble = 0.9974 * rumble + 3.0 * noise;
        sample * 10_f32.powf(-3.0 * n as f32 / 28_800.0) + 0.001 * (noise + rumble)
    };
    let room = decay.iter().zip(&floor).enumerate().map(sample).collect();
    folder.wave("rumbling.wav", RATE, &[room]);
    let told = folder.run("inspect rumbling.wav --clean-tail").stdout;
    println!("{told}");
    assert!(told.contains(", before 1.500 s\n") && !told.contains("trimmed"), "{told}");
    assert!(
        told.contains("\n  clean tail   decay in the noise's place in the octaves ")
            && told.contains("4000 Hz from 0.")
    );
    assert!(told.contains("note         too little of its decay is seen around 63"), "{told}");
    assert!(told.contains("not measurable: too little of its own decay is seen, its tail is that of the octaves"));
    let json = folder.run("inspect rumbling.wav --clean-tail --decay-all 200 --json").stdout;
    let object: serde_json::Value = serde_json::from_str(&json).expect("an object");
    for name in ["octaves", "octaves_before"] {
        let octaves = object[name].as_array().expect("octaves");
        assert!(octaves[0]["hz"] == 63.0 && octaves[0]["rt60"].is_null(), "{name}: {}", octaves[0]);
        assert!(octaves[6]["hz"] == 4000.0 && octaves[6]["rt60"].is_number(), "{name}: {}", octaves[6]);
    }
    assert_eq!(object["seconds_before"], 1.5);
}
