//! What the options say and do.
use super::Console;
use transept::cancel::Token;
use transept::render::{Bits, Job, render};
use transept::settings::{Kind, Settings, TABLE, Value};

#[test]
fn the_options_reach_the_chain() {
    use transept::chain::Controls;
    use transept::impulse::recipe::{LevelRule, Recipe};
    let folder = Console::new();
    let ran = folder.run(
        "render voice.wav --impulse room.wav -o by-program.wav --dry -6.5 --wet off --output-level 3 --predelay 12.5 --low-cut 80 \
         --high-cut 9000 --width 150 --level off --block 100 --rate 44100 --bits 24 --no-tail",
    );
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let controls = Controls {
        dry: 10_f64.powf(-6.5 / 20.0) as f32,
        wet: 0.0,
        output: 10_f64.powf(3.0 / 20.0) as f32,
        predelay: 0.0125,
        low_cut: Some(80.0),
        high_cut: Some(9000.0),
        width: 1.5,
        ..Controls::default()
    };
    let recipe = Recipe { level: LevelRule::Off, ..Recipe::file(folder.path("room.wav")) };
    let job = Job {
        controls,
        sample_rate: Some(44_100),
        bits: Some(Bits::Int24),
        tail: false,
        ..Job::new(folder.path("voice.wav"), recipe, folder.path("by-library.wav"))
    };
    render(&job, &Token::never(), |_| {}).expect("rendered");
    let bytes = |name| std::fs::read(folder.path(name)).expect("written");
    assert!(bytes("by-program.wav") == bytes("by-library.wav"));
    // And each of them alone makes a difference.
    let plain = folder.run("render voice.wav --impulse room.wav -o plain.wav");
    assert_eq!(plain.code, Some(0));
    for option in [
        "--dry -1",
        "--dry off",
        "--wet 0",
        "--mix-mode mix",
        "--output-level -1",
        "--predelay 1",
        "--predelay-sync 1/64",
        "--low-cut 50",
        "--high-cut 9000",
        "--width 50",
        "--level off",
        "--loudness cabinet",
        "--size 51",
        "--late 1",
        "--reverse",
        "--trim-start 1",
        "--trim-end 30",
        "--attack 1",
        "--decay 100",
        "--fade-in 1",
        "--fade-out 1",
        "--decay-high 50",
        "--rate 96000",
        "--bits 16",
        "--no-tail",
        "--second second.wav --combine morph",
        "--second-space plate --combine series",
    ] {
        assert_eq!(
            folder.run(&format!("render voice.wav --impulse room.wav -o it.wav --overwrite {option}")).code,
            Some(0)
        );
        assert!(bytes("it.wav") != bytes("plain.wav"), "{option}");
    }
    assert_eq!(folder.run("render voice.wav --impulse room.wav -o it.wav --overwrite --block 1").code, Some(0));
    assert!(bytes("it.wav") == bytes("plain.wav"), "the block size changes nothing");
}

/// Another value than the default, in the form in which the plugin shows it.
pub(super) fn moved(setting: &transept::settings::Setting) -> Value {
    match &setting.kind {
        Kind::Number(number) => {
            let middle = 0.4 * number.range.start() + 0.6 * number.range.end();
            Value::Number(number.nearest(middle))
        }
        Kind::Switch(_) => Value::Switch(setting.id != "bypass"),
        Kind::Choice(choice) => Value::Choice(choice.options.len() - 1),
    }
}

/// All that is said, but that impulses without noise have none to be cleaned, and that their lowest octave is too short.
pub(super) fn others(said: &str) -> Vec<&str> {
    let usual = ["no steady noise is seen at its end, so there is nothing to clean", "by other frequencies: 63 Hz"];
    said.lines().filter(|line| !usual.iter().any(|words| line.ends_with(words))).collect()
}

#[test]
fn every_setting_is_an_option_and_is_typed_as_the_plugin_shows_it() {
    use transept::impulse::recipe::Recipe;
    let folder = Console::with_long_impulses();
    let mut settings = Settings::default();
    let mut words: Vec<String> = "render voice.wav --impulse room.wav --second second.wav -o by-program.wav"
        .split(' ')
        .map(str::to_owned)
        .collect();
    for setting in &TABLE {
        let value = moved(setting);
        settings.set(setting.id, value);
        let option = format!("--{}", setting.id.replace('_', "-"));
        match setting.kind {
            Kind::Switch(_) => words.push(format!("{option}={}", setting.show(value))),
            _ => words.extend([option, setting.show(value)]),
        }
    }
    let ran = folder.run_words(&words);
    assert_eq!((ran.code, others(&ran.stderr)), (Some(0), Vec::new()), "{words:?}");
    let source = |name| Recipe::file(folder.path(name)).source;
    let recipe = settings.recipe(source("room.wav"), Some(source("second.wav")));
    let controls = settings.controls(None);
    let job = Job { controls, ..Job::new(folder.path("voice.wav"), recipe, folder.path("by-library.wav")) };
    render(&job, &Token::never(), |_| {}).expect("rendered");
    let bytes = |name| std::fs::read(folder.path(name)).expect("written");
    assert!(bytes("by-program.wav") == bytes("by-library.wav"));
}

#[test]
fn numbers_are_typed_with_their_units_and_switches_need_no_value() {
    let folder = Console::new();
    let rendered = |options: &[&str]| {
        let words = ["render", "--impulse", "room.wav", "-o", "it.wav", "--overwrite"]
            .iter()
            .chain(options)
            .chain(&["voice.wav"]);
        let ran = folder.run_words(words);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        std::fs::read(folder.path("it.wav")).expect("written")
    };
    for (long, short) in [
        (&["--wet", "-6.0 dB"][..], &["--wet", "-6"][..]),
        (&["--predelay", "0.25 s"], &["--predelay", "250"]),
        (&["--high-cut", "2 kHz"], &["--high-cut=2000"]),
        (&["--width", "50 %"], &["--width", "50"]),
        (&["--reverse"], &["--reverse=on"]),
        (&[], &["--reverse=off", "--decay", "off", "--loudness", "Room"]),
        (&["--predelay-sync", "1/16 dotted"], &["--predelay-sync", "1/16D", "--tempo", "120"]),
        (&["--predelay-sync", "1/8", "--tempo", "90.0"], &["--predelay-sync=1/8t", "--tempo=60"]),
        (&["--loudness", "off"], &["--level", "off"]),
        (&["--mix", "30 %", "--mix-mode", "mix"], &["--mix", "30"]),
        (&["--mix", "30 %", "--mix-mode", "levels"], &[]),
        (&["--loudness", "room"], &["--level", "match"]),
    ] {
        assert!(rendered(long) == rendered(short), "{long:?} is not {short:?}");
    }
}

#[test]
fn the_ends_that_mean_off_in_the_plugin_mean_off_here() {
    let folder = Console::new();
    let rendered = |options: &str| {
        let ran = folder.run(&format!("render voice.wav --impulse room.wav -o it.wav --overwrite {options}"));
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        std::fs::read(folder.path("it.wav")).expect("written")
    };
    for (end, off, neighbour) in [
        ("--dry -60", "--dry off", "--dry -59.9"),
        ("--wet -60", "--wet off", "--wet -59.9"),
        ("--low-cut 20", "--low-cut off", "--low-cut 21"),
        ("--high-cut 20000", "--high-cut off", "--high-cut 19990"),
    ] {
        assert!(rendered(end) == rendered(off), "{end}");
        assert!(rendered(end) != rendered(neighbour), "{neighbour}");
    }
}

#[test]
fn every_number_has_the_plugins_range_which_help_and_refusals_tell() {
    let folder = Console::new();
    let help = folder.run("render --help").stdout;
    let range =
        |number: &transept::settings::Number| (f64::from(*number.range.start()), f64::from(*number.range.end()));
    let numbers = TABLE.iter().filter_map(|setting| match &setting.kind {
        Kind::Number(number) => {
            Some((format!("--{}", setting.id.replace('_', "-")), range(number), number.scale.unit()))
        }
        _ => None,
    });
    let others = [
        ("--block", (1.0, 1_048_576.0), "frames"),
        ("--rate", (8000.0, 384_000.0), "Hz"),
        ("--tempo", (1.0, 1000.0), "BPM"),
    ];
    let others = others.map(|(option, range, unit)| (option.to_owned(), range, unit));
    for (option, (least, most), unit) in numbers.chain(others) {
        let told = format!("{least} to {most} {unit}");
        let explained = help.split(&format!("      {option} <")).nth(1).expect("explained");
        let own = explained.split("\n      --").next().expect("its lines");
        let own = own.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(own.contains(&told), "{option}: {own}");
        for value in [format!("{}", least - 1.0), format!("{}", most + 1.0), "nan".to_owned(), "much".to_owned()] {
            let arguments = format!("render voice.wav --impulse room.wav -o out.wav {option} {value}");
            folder.fails(&arguments, 2, &[&format!("'{value}' for '{option} "), &told]);
        }
        for value in [least, most] {
            let ran = folder.run(&format!("render voice.wav --impulse room.wav -o out.wav {option} {value}"));
            assert_eq!(ran.code, Some(0), "{option} {value}: {}", ran.stderr);
            std::fs::remove_file(folder.path("out.wav")).expect("written");
        }
    }
}

#[test]
fn version_and_help_are_told() {
    let folder = Console::new();
    let version = folder.run("--version");
    assert_eq!((version.code, version.stdout), (Some(0), format!("transept {}\n", env!("CARGO_PKG_VERSION"))));
    for (arguments, words) in [
        ("--help", ["render", "spaces", "inspect", "play", "Exit codes"].as_slice()),
        ("render --help", &["--impulse", "--space", "--predelay", "--no-tail", "[default: -12.0 dB]", "--decay-high"]),
        ("inspect --help", &["--picture", "--size", "--reverse"]),
    ] {
        let help = folder.run(arguments);
        assert_eq!(help.code, Some(0));
        words.iter().for_each(|word| assert!(help.stdout.contains(word), "{word}"));
    }
}
