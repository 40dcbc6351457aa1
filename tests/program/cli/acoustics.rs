//! What the program tells of the acoustics of rooms.
use super::{Console, RATE};
use transept_support::signal::noise;

#[test]
fn inspect_tells_the_figures_of_the_room_per_octave() {
    let folder = Console::new();
    // 60 dB in half a second, and noise 70 dB below its beginning.
    let decay = |i: usize| 10_f32.powf(-3.0 * i as f32 / 24_000.0);
    let both = noise(192_000, 3);
    let room = (0..96_000).map(|i| both[i] * decay(i) + both[96_000 + i] * 10_f32.powf(-70.0 / 20.0));
    folder.wave("room.wav", RATE, &[room.collect()]);
    let ran = folder.run("inspect room.wav");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    println!("{}", ran.stdout);
    let row = |name: &str| {
        let line = ran.stdout.lines().find_map(|line| line.strip_prefix(&format!("  {name:<12}"))).expect("told");
        line.split_whitespace().map(str::to_owned).collect::<Vec<_>>()
    };
    for name in ["T20", "T30", "EDT", "C50", "C80", "D50", "Ts", "INR"] {
        assert!(!row(name).is_empty() && row(name)[0] != "not", "{name}");
    }
    assert_eq!(row("octave, Hz"), ["63", "125", "250", "500", "1000", "2000", "4000", "8000", "16000"]);
    let (times, early, clarity) = (row("RT60, s"), row("EDT, s"), row("C80, dB"));
    assert_eq!((times.len(), early.len(), clarity.len()), (9, 9, 9));
    // 44 Hz times half a second: nothing is told of the lowest octave but by chance of a scatter of its own.
    for time in &times[4..] {
        // A level scatters by 4.34·√(2/N) dB with N = 2·707·0.5/13.8: at both ends of 30 dB 4.5 %, three of these.
        assert!((time.parse::<f64>().expect("a time") - 0.5).abs() < 0.07, "{times:?}");
    }

    let ran = folder.run("inspect room.wav --json");
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one object");
    for name in ["rt60", "early_decay_time", "t20", "t30", "curvature", "c50_db", "c80_db", "d50", "centre_time"] {
        assert!(told[name].is_number(), "{name}: {told}");
    }
    assert!((told["impulse_to_noise_db"].as_f64().expect("a level") - 70.0).abs() < 2.0, "{told}");
    assert_eq!(told["octaves"].as_array().expect("a list").len(), 9);
    assert_eq!(told["octaves"][4]["hz"], 1000.0);
    let sides = "it has not two sides that sound";
    let reflection = "no direct sound stands out of what follows it";
    let reasons = serde_json::json!({
        "early_correlation": sides, "late_correlation": sides, "initial_time_delay_gap": reflection,
    });
    assert_eq!(told["not_measurable"], reasons);
    let octave = &told["octaves"][4];
    assert!(octave["t20"].is_number() && octave["c50_db"].is_number(), "{octave}");
    assert_eq!(octave["not_measurable"]["late_correlation"], sides);

    let ran = folder.run("inspect room.wav --trim-end 200 --json");
    let told: serde_json::Value = serde_json::from_str(&ran.stdout).expect("one object");
    assert!(told["t30"].is_null() && told["rt60"].is_null(), "24 dB: {told}");
    let reason = told["not_measurable"]["t30"].as_str().expect("a reason");
    assert!(reason.contains("45 dB are needed"), "{reason}");
}

/// A room with a source in the middle: a decay of `seconds` after a direct sound and a reflection at 12 ms.
fn stereo_room(seconds: f32, seed: u64) -> [Vec<f32>; 2] {
    [seed, seed + 1].map(|seed| {
        let decay = |i: usize| 10_f32.powf(-3.0 * i as f32 / (seconds * RATE as f32));
        let mut room: Vec<f32> = noise(96_000, seed).iter().enumerate().map(|(i, x)| 0.05 * x * decay(i)).collect();
        room[..1500].iter_mut().for_each(|sample| *sample *= 0.1);
        (room[0], room[576]) = (1.0, 0.5);
        room
    })
}

#[test]
fn several_impulses_are_told_side_by_side() {
    let folder = Console::new();
    folder.wave("short.wav", RATE, &stereo_room(0.4, 1));
    folder.wave("long.wav", RATE, &stereo_room(1.2, 3));
    let ran = folder.run("inspect short.wav long.wav room.wav");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    println!("{}", ran.stdout);
    let cells = |name: &str| -> Vec<String> {
        let line = ran.stdout.lines().find_map(|line| line.strip_prefix(&format!("  {name} "))).expect("told");
        line.split_whitespace().map(str::to_owned).collect()
    };
    assert!(ran.stdout.lines().any(|line| line.split_whitespace().eq(["short.wav", "long.wav", "room.wav"])));
    let times: Vec<f64> = cells("RT60, s")[..2].iter().map(|cell| cell.parse().expect("a time")).collect();
    // Of noise of 20 kHz the slope over 30 dB is known to a per cent.
    assert!((times[0] - 0.4).abs() < 0.02 && (times[1] - 1.2).abs() < 0.06, "{times:?}");
    assert_eq!(cells("ITDG, ms")[..2], ["12.0", "12.0"]);
    assert_eq!(cells("1000 Hz, s").len(), 3);
    // What is not measurable has its reason below the table.
    let mark = cells("bass ratio").iter().find(|cell| cell.starts_with('–')).expect("too short for one").clone();
    assert!(ran.stdout.contains(&format!("\n  {mark} not measurable: ")), "{mark}");
}

#[test]
fn csv_has_a_row_a_band_of_each_impulse_and_of_what_failed_the_reason() {
    let folder = Console::new();
    folder.wave("a, big hall.wav", RATE, &stereo_room(0.8, 5));
    let ran = folder.run_words(["inspect", "a, big hall.wav", "none.wav", "--csv"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stdout.split('\n').all(|line| line.is_empty() || line.ends_with('\r')), "RFC 4180");
    let mut reader = csv::Reader::from_reader(ran.stdout.as_bytes());
    let header = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.expect("as long as the header")).collect();
    let cell = |row: usize, name: &str| {
        let column = header.iter().position(|heading| heading == name).unwrap_or_else(|| panic!("{name}: {header:?}"));
        rows[row][column].to_owned()
    };
    let bands: Vec<String> = (0..rows.len()).map(|row| cell(row, "band")).collect();
    assert_eq!(bands, ["all", "63", "125", "250", "500", "1000", "2000", "4000", "8000", "16000", ""]);
    assert_eq!((cell(0, "path"), cell(9, "path")), ("a, big hall.wav".into(), "a, big hall.wav".into()));
    let time: f64 = cell(0, "t30").parse().expect("a time");
    assert!((time - 0.8).abs() < 0.04, "{time}");
    assert!((cell(0, "late_correlation").parse::<f64>().expect("two sides")).abs() < 0.1);
    assert!(cell(5, "c80_db").parse::<f64>().is_ok() && cell(5, "bass_ratio").is_empty());
    assert!(cell(10, "error").contains("none.wav") && cell(10, "t30").is_empty());
    // The same figures as in JSON.
    let told = folder.run_words(["inspect", "a, big hall.wav", "--json"]);
    let told: serde_json::Value = serde_json::from_str(&told.stdout).expect("one object");
    for name in ["rt60", "t20", "early_decay_time", "c50_db", "d50", "direct_to_reverberant_db"] {
        assert_eq!(cell(0, name), told[name].to_string(), "{name}");
        if !name.starts_with("direct") {
            assert_eq!(cell(5, name), told["octaves"][4][name].to_string(), "{name}");
        }
    }
}
