//! What is odd or lost is said in one line, with the file and what can be done.
use super::{Console, RATE};
use transept_support::signal::{decaying_noise, noise};

/// The lines that a rendering warns of.
fn warned(folder: &Console, arguments: &str) -> Vec<String> {
    let ran = folder.run(&format!("render {arguments} -o out.wav --overwrite"));
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    ran.stderr.lines().map(str::to_owned).collect()
}

#[test]
fn of_an_ordinary_room_nothing_is_said() {
    let folder = Console::new();
    assert!(warned(&folder, "voice.wav --impulse room.wav").is_empty());
    assert!(!folder.run("inspect room.wav").stdout.contains("note"));
}

#[test]
fn an_offset_is_said_and_can_be_kept() {
    let folder = Console::new();
    let room = |n: usize| 10_f32.powf(-3.0 * n as f32 / 96_000.0);
    let biased = noise(96_000, 5).iter().enumerate().map(|(n, sample)| sample * room(n) + 0.01).collect();
    folder.wave("biased.wav", RATE, &[biased]);
    for (options, end) in [("", "is taken out; --keep-offset leaves it in"), ("--keep-offset", "is kept, as wanted")] {
        let lines = warned(&folder, &format!("voice.wav --impulse biased.wav {options}"));
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert!(line.starts_with("warning: ") && line.contains("biased.wav: a constant offset of"), "{line}");
        assert!(line.ends_with(end), "{line}");
        let told = folder.run(&format!("inspect biased.wav {options}")).stdout;
        assert!(told.contains("note         a constant offset") && told.contains(end), "{told}");
    }
}

#[test]
fn advice_names_options_that_the_command_has() {
    let folder = Console::new();
    let room = |n: usize| 1.5 * 10_f32.powf(-3.0 * n as f32 / 28_800.0);
    let biased = noise(72_000, 5).into_iter().enumerate();
    let biased = biased.map(|(n, sample)| 3.0 * sample * room(n) + 0.05 + 0.001 * sample);
    let biased: Vec<f32> = biased.collect();
    folder.wave("biased.wav", RATE, &[biased]);
    folder.wave("loud.wav", RATE, &[noise(6000, 3).iter().map(|sample| 4.0 * sample).collect()]);
    let commands = [
        ("render", "render loud.wav --impulse biased.wav -o wet.flac --dry 0", 3),
        ("render", "render loud.wav --impulse biased.wav -o wet.wav --bits 16 --dry 0", 2),
        ("inspect", "inspect biased.wav", 1),
        ("clean", "clean biased.wav -o clean.flac", 3),
        ("clean", "clean biased.wav -o clean.wav --bits 16", 2),
    ];
    for (command, line, least) in commands {
        let (ran, help) = (folder.run(line), folder.run(&format!("{command} --help")).stdout);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        let said = ran.stdout + &ran.stderr;
        let findings = said.lines().filter(|line| line.starts_with("warning: ") || line.starts_with("  note "));
        assert!(findings.count() >= least, "{said}");
        for option in said.split_whitespace().filter(|word| word.starts_with("--")) {
            let option = option.trim_end_matches([',', ';']);
            assert!(help.contains(option), "{command} has no {option}: {said}");
        }
    }
}

#[test]
fn silence_a_dead_side_and_an_assumed_order_are_said() {
    let folder = Console::new();
    let room = decaying_noise(4000, 1);
    folder.wave("silent.wav", RATE, &[vec![0.0; 4800]]);
    folder.wave("dead.wav", RATE, &[room.clone(), vec![0.0; 4000]]);
    folder.wave("same.wav", RATE, &[room.clone(), room]);
    folder.wave("four.wav", RATE, &(1..5).map(|seed| decaying_noise(4000, seed)).collect::<Vec<_>>());
    for (file, text) in [
        ("silent.wav", "silent.wav: every sample is zero"),
        ("dead.wav", "dead.wav: the channel right is silent"),
        ("same.wav", "same.wav: all channels are identical"),
        ("four.wav", "four.wav: its four channels are taken as LL LR RL RR"),
    ] {
        let lines = warned(&folder, &format!("voice.wav --impulse {file}"));
        assert!(lines.len() == 1 && lines[0].starts_with("warning: ") && lines[0].contains(text), "{lines:?}");
    }
}

#[test]
fn the_order_of_four_paths_is_an_option_and_says_what_they_are() {
    let folder = Console::new();
    let mut paths: Vec<_> = (1..5).map(|seed| decaying_noise(4000, seed)).collect();
    folder.wave("both.wav", RATE, &[noise(3000, 7), noise(3000, 8)]);
    folder.wave("source.wav", RATE, &paths);
    paths.swap(1, 2);
    folder.wave("ear.wav", RATE, &paths);
    let rendered = |options: &str| {
        let ran = folder.run(&format!("render both.wav {options} --overwrite -o out.wav"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        (std::fs::read(folder.path("out.wav")).expect("written"), ran.stderr.contains("taken as LL LR RL RR"))
    };
    let (expected, is_assumed) = rendered("--impulse source.wav");
    assert!(is_assumed);
    assert_eq!(rendered("--impulse ear.wav --path-order ear"), (expected.clone(), false));
    assert_ne!(rendered("--impulse ear.wav --path-order source").0, expected);
    paths[1] = vec![0.0; 4000];
    folder.wave("dead.wav", RATE, &paths);
    for (option, name) in [("", "LR"), ("--path-order ear", "RL")] {
        let said = folder.run(&format!("inspect dead.wav {option}"));
        let all = said.stdout + &said.stderr;
        assert!(all.contains(&format!("the channel {name} is silent")), "{option}: {all}");
    }
}

#[test]
fn one_impulse_is_spoken_of_once_however_many_files_go_through_it() {
    let folder = Console::new();
    folder.wave("dead.wav", RATE, &[decaying_noise(4000, 1), vec![0.0; 4000]]);
    std::fs::create_dir(folder.path("wet")).expect("created");
    let ran = folder.run("render voice.wav room.wav second.wav --impulse dead.wav -o wet");
    assert_eq!(ran.stderr.matches("is silent").count(), 1, "{}", ran.stderr);
}

#[test]
fn of_each_impulse_that_automation_brings_is_said_by_its_own_name_and_once() {
    let folder = Console::new();
    let silence = vec![0.0; 4000];
    folder.wave("right.wav", RATE, &[silence.clone(), decaying_noise(4000, 1)]);
    folder.wave("left.wav", RATE, &[decaying_noise(4000, 1), silence]);
    let ride = "0, impulse, left.wav\n0.02, impulse, right.wav\n0.04, impulse, left.wav\n0.06, size, 80\n";
    std::fs::write(folder.path("ride.csv"), ride).expect("written");
    let ran = folder.run("render voice.wav --impulse room.wav --automation ride.csv -o out.wav --json");
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let expected = [("left.wav", "the channel right is silent"), ("right.wav", "the channel left is silent")];
    let lines: Vec<&str> = ran.stderr.lines().collect();
    let object: serde_json::Value = serde_json::from_str(&ran.stdout).expect("an object");
    let warnings = object["warnings"].as_array().expect("a list");
    assert_eq!((lines.len(), warnings.len()), (2, 2), "{lines:?} {warnings:?}");
    for ((line, warning), (file, text)) in lines.iter().zip(warnings).zip(expected) {
        let path = folder.path(file);
        assert_eq!(*line, format!("warning: {}: {text}", path.display()));
        assert_eq!(warning["about"], path.to_str().expect("text"));
        assert_eq!((&warning["id"], &warning["text"]), (&"dead-channels".into(), &text.into()));
    }
}

#[test]
fn samples_that_are_no_numbers_are_counted() {
    let folder = Console::new();
    let mut voice = noise(6000, 3);
    (voice[10], voice[500], voice[501]) = (f32::NAN, f32::INFINITY, f32::NEG_INFINITY);
    folder.wave("broken.wav", RATE, &[voice]);
    for options in ["", "--rate 44100"] {
        let lines = warned(&folder, &format!("broken.wav --impulse room.wav {options}"));
        assert_eq!(
            lines,
            [
                "warning: broken.wav: 3 samples that are NaN, infinite or beyond 1e15 are replaced by silence; if sound was \
              in their place, export the file again"
            ]
        );
    }
}

#[test]
fn two_that_cancel_are_said_and_one_of_them_can_be_turned_over() {
    let folder = Console::new();
    let front = decaying_noise(1500, 3);
    folder.wave("back.wav", RATE, &[front.iter().map(|tap| -tap).collect()]);
    folder.wave("front.wav", RATE, &[front]);
    let blend = "voice.wav --impulse front.wav --second back.wav --combine morph --morph 50";
    let lines = warned(&folder, blend);
    assert!(lines.len() == 1 && lines[0].contains("opposite polarity"), "{lines:?}");
    for option in ["--invert", "--second-invert"] {
        assert!(warned(&folder, &format!("{blend} {option}")).is_empty(), "{option}");
    }
}

#[test]
fn a_peak_in_the_middle_is_said_unless_its_delay_is_taken_out() {
    let folder = Console::new();
    let mut backwards = decaying_noise(2000, 3);
    backwards.reverse();
    let filter = [&backwards[..], &[2.0], &decaying_noise(2000, 3)].concat();
    folder.wave("filter.wav", RATE, &[filter]);
    let lines = warned(&folder, "voice.wav --impulse filter.wav --dry off");
    assert!(lines.len() == 1 && lines[0].contains("--align peak takes the delay out"), "{lines:?}");
    assert!(warned(&folder, "voice.wav --impulse filter.wav --dry off --align peak").is_empty());
    folder.fails("render voice.wav --impulse filter.wav --align peak -o other.wav", 2, &["--dry off"]);
}

#[test]
#[cfg(unix)] // Windows has no such names.
fn names_with_line_breaks_and_escapes_keep_to_their_line() {
    let folder = Console::new();
    let name = "a\nb\r\u{1b}[31m\u{2028}c";
    folder.wave(&format!("{name}.wav"), RATE, &[vec![1.5, f32::NAN, 0.1]]);
    let dry = format!("{name}.wav");
    let words = ["render", &dry, "gone\n.wav", "--impulse", "room.wav", "-o", "wet/", "--bits", "16"];
    let ran = folder.run_words(words);
    assert_eq!((ran.code, ran.stdout.lines().count(), ran.stderr.lines().count()), (Some(1), 1, 3), "{}", ran.stderr);
    let shown = r"a\nb\r\u{1b}[31m\u{2028}c.wav";
    assert!(ran.stdout.starts_with(&format!("wet/{shown}: stereo")), "{}", ran.stdout);
    assert!(ran.stderr.contains(&format!("warning: {shown}: 1 sample that is NaN")), "{}", ran.stderr);
    assert!(ran.stderr.contains(r"transept: gone\n.wav: there is no such file"), "{}", ran.stderr);
    let is_plain = |text: &str| !text.contains(['\r', '\u{1b}', '\u{2028}']);
    assert!(is_plain(&ran.stdout) && is_plain(&ran.stderr));
    // In JSON it is the name itself.
    let ran = folder.run_words(words.into_iter().chain(["--json", "--overwrite"]));
    let told: Vec<serde_json::Value> =
        ran.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert!(told.iter().any(|object| object["path"] == dry), "{told:?}");
    // An error of usage has its own lines, and none more.
    let ran = folder.run_words(["render", &dry, &dry, "--impulse", "room.wav", "-o", "out.wav/\n.wav"]);
    assert_eq!((ran.code, ran.stderr.lines().count()), (Some(2), 3), "{}", ran.stderr);
}
