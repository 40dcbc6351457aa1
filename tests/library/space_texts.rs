//! What may stand in a space's text, and what is said of a text that cannot be built.

use transept::cancel::Token;
use transept::space::{self, SpaceError};

fn text(id: &str) -> &'static str {
    space::find(id).expect("a built-in space").text
}

/// A text with another line in the place of the one that sets a field.
fn with_line(text: &str, field: &str, line: &str) -> String {
    let start = text.find(&format!("\n{field} = [")).expect("a field") + 1;
    let end = start + text[start..].find('\n').expect("a line");
    format!("{}{line}{}", &text[..start], &text[end..])
}

#[test]
fn spaces_are_found_by_identifier_and_by_name() {
    for space in space::built_in() {
        let recipe: toml::Table = space.text.parse().expect("TOML");
        assert_eq!(recipe["name"].as_str(), Some(space.name));
        for name in [space.id, space.name, &space.name.to_uppercase()] {
            assert_eq!(space::find(name).expect("known"), space);
        }
    }
    assert!(matches!(space::find(""), Err(SpaceError::Unknown(_))));
    let message = space::find("cathedral").expect_err("there is none").to_string();
    for expected in ["cathedral", "hall", "plate", "room"] {
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_text_that_cannot_be_built_is_refused_with_field_found_and_expected() {
    let (room, plate) = (text("room"), text("plate"));
    for (text, from, to, expected) in [
        (room, "size = [5.6,", "size = [5600.0,", &["shoebox.size", "5600 m", "2 to 100 m"][..]),
        (room, "size = [5.6,", "size = [nan,", &["shoebox.size", "NaN"]),
        (room, "sources = [[1.31,", "sources = [[-1.0,", &["shoebox.sources", "-1 m", "0.1 to 5.5 m"]),
        (
            room,
            "sources = [[1.31,",
            "source = [1.0, 1.0, 1.0]\nsources = [[1.31,",
            &["shoebox.source, shoebox.sources", "both"],
        ),
        (room, "sources = [[1.31,", "# [[1.31,", &["shoebox.source, shoebox.sources", "neither", "one of the two"]),
        (room, "sources = [[1.31,", "source = [[1.31,", &["source = [[1.31,", "is to be "]),
        (room, "size = [5.6,", "size = [5.6, 5.6,", &["size = [5.6, 5.6,", "4 values", "3 numbers"]),
        (room, "size = [5.6,", "size = [", &["size = [", "2 values", "3 numbers"]),
        (room, "size = [5.6,", "size = [-5.6,", &["shoebox.size", "-5.6 m", "2 to 100 m"]),
        (room, "size = [5.6,", "size = [\"5.6\",", &["size = [", "it is \"5.6\"", "to be a number"]),
        (room, "size = [5.6,", "size = 5.6 # [", &["size = 5.6", "it is 5.6", "to be 3 numbers"]),
        (room, "sources = [[1.31,", "sources = [[0.5, 1.31,", &["sources = [[", "4 values", "3 numbers"]),
        (room, "sources = [[1.31,", "source = [0.5, 1.0, 1.0, 1.0] # [[", &["source = [", "4 values", "3 numbers"]),
        (room, "left = [", "left = [0.5, ", &["left = [", "4 values", "3 numbers"]),
        (room, "right = [", "right = [0.5, ", &["right = [", "4 values", "3 numbers"]),
        (room, "direct = false", "direct = 0", &["direct = 0", "it is 0", "true or false"]),
        (room, "temperature = 20.0", "temperature = nan", &["shoebox.temperature", "NaN", "-20 to 50 °C"]),
        (plate, "size = [2.03,", "size = [1.0, 2.03,", &["size = [1.0,", "3 values", "2 numbers"]),
        (plate, "size = [2.03,", "size = [-2.03,", &["plate.size", "-2.03 m", "0.3 to 4 m"]),
        (plate, "left = [", "left = [0.5, ", &["left = [", "3 values", "2 numbers"]),
        (plate, "right = [", "right = [0.5, ", &["right = [", "3 values", "2 numbers"]),
        (plate, "drivers = [[1.22,", "drivers = [[0.5, 1.22,", &["drivers = [[", "3 values", "2 numbers"]),
        (plate, "drivers = [[", "driver = [0.5, 0.5, 0.5] # [[", &["driver = [", "3 values", "2 numbers"]),
        (plate, "thickness = 0.5", "thickness = nan", &["plate.thickness", "NaN", "0.2 to 5 mm"]),
        (plate, "decay = [0.7,", "decay = [0.7, 0.7,", &["plate.decay", "10 values", "9"]),
        (plate, "decay = [0.7,", "decay = [nan,", &["plate.decay", "NaN", "0.05 to 20 s"]),
        (room, "sources = [[1.31,", "sources = [[1.0, 1.0, 1.0], [1.31,", &["shoebox.sources", "3 places", "2, left"]),
        (plate, "drivers = [[1.22, 0.72], ", "drivers = [", &["plate.drivers", "1 places", "2, left and right"]),
        (plate, "drivers = [[1.22,", "drivers = [[2.03,", &["plate.drivers", "2.03 m"]),
        (room, "scattering = 0.5", "scattering = 1.5", &["shoebox.scattering", "1.5", "0 to 1"]),
        (room, "humidity = 50.0", "humidity = -3", &["shoebox.humidity", "-3 %", "10 to 100 %"]),
        (room, "floor = \"wood-floor-with-rug\"", "floor = \"lava\"", &["shoebox.walls.floor", "lava", "plaster"]),
        (room, "plaster = [0.12, 0.09,", "plaster = [0.12,", &["materials.plaster", "5 values", "6"]),
        (room, "plaster = [0.12,", "plaster = [1.2,", &["materials.plaster", "1.2", "0.01 to 0.99"]),
        (room, "scattering = 0.5", "scatering = 0.25", &["scatering", "expected one of"]),
        (room, "scattering = 0.5", "", &["missing field", "scattering"]),
        (room, "seed = 306", "seed = -1", &["seed"]),
        (room, "seed = 306", "seed = 3\nfrog = 2", &["frog", "expected one of"]),
        (room, "name = \"Room\"", "name = \"\"", &["name"]),
        (plate, "thickness = 0.5", "thickness = 50", &["plate.thickness", "50 mm", "0.2 to 5 mm"]),
        (room, "pattern = 0.5", "pattern = 0.2", &["shoebox.pattern", "0.2", "0.5 to 1"]),
        (plate, "decay = [0.7, 1.2,", "decay = [0.7,", &["plate.decay", "8 values", "9"]),
        (plate, "decay = [0.7, 1.2,", "decay = [0.7, inf,", &["plate.decay", "inf", "0.05 to 20 s"]),
        (plate, "tone = [-20.0, -8.0,", "tone = [-20.0,", &["plate.tone", "8 values", "9"]),
        (plate, "tone = [-20.0,", "tone = [-200.0,", &["plate.tone", "-200 dB", "-60 to 20 dB"]),
        (room, "relief = 0.3", "relief = 3.5", &["shoebox.relief", "3.5 m", "0 to 2 m"]),
        (plate, "[plate]", "[plete]", &["plete"]),
        (plate, "seed = 40", "seed = = 3", &["seed"]),
    ] {
        assert!(text.contains(from), "{from}");
        let message = space::synthesise(&text.replace(from, to), &Token::never()).expect_err(to).to_string();
        for part in expected {
            assert!(message.contains(part), "{to}: \"{message}\" does not say {part}");
        }
    }
    assert!(
        space::synthesise("name = \"x\"\nseed = 1", &Token::never())
            .expect_err("nothing")
            .to_string()
            .contains("neither")
    );
    let both = format!("{room}\n{}", &plate[plate.find("[plate]").expect("a table")..]);
    assert!(space::synthesise(&both, &Token::never()).expect_err("two kinds").to_string().contains("both"));
    assert!(space::synthesise("", &Token::never()).is_err());
}

#[test]
fn the_largest_the_smallest_and_the_longest_can_be_built() {
    let room = text("room");
    let with = |size: &str, source: &str, left: &str, right: &str| {
        let text = with_line(room, "size", &format!("size = {size}"));
        let text = with_line(&text, "sources", &format!("source = {source}"));
        with_line(&with_line(&text, "left", &format!("left = {left}")), "right", &format!("right = {right}"))
    };
    for text in [
        with("[2.0, 2.0, 2.0]", "[0.1, 0.1, 0.1]", "[1.9, 1.9, 1.9]", "[1.0, 1.0, 1.0]"),
        with("[100.0, 100.0, 100.0]", "[0.1, 0.1, 0.1]", "[99.9, 99.9, 99.9]", "[50.0, 50.0, 50.0]"),
        with("[100.0, 100.0, 2.0]", "[1.0, 1.0, 1.0]", "[99.0, 99.0, 1.0]", "[50.0, 50.0, 1.0]"),
    ] {
        let impulse = space::synthesise(&text, &Token::never()).expect("a room at the edge of what is allowed");
        assert!(impulse.seconds() < 60.0);
        assert!(impulse.channels().iter().all(|c| c.iter().map(|s| s * s).sum::<f32>() > 0.1), "a side is silent");
    }
    let long = with_line(text("plate"), "decay", "decay = [20, 20, 20, 20, 20, 20, 20, 20, 20]");
    assert!((30.0..60.0).contains(&space::synthesise(&long, &Token::never()).expect("a long plate").seconds()));
}

#[test]
fn a_text_with_one_source_is_stereo_and_one_with_two_is_true_stereo() {
    let one = [
        with_line(text("room"), "sources", "source = [1.31, 2.2, 1.25]"),
        with_line(text("plate"), "drivers", "driver = [1.22, 0.72]"),
    ];
    let channels = |text: &str| space::synthesise(text, &Token::never()).expect("a space").channels().to_vec();
    for one in one {
        assert_eq!(channels(&one).len(), 2);
    }
    for id in ["room", "plate"] {
        assert_eq!(channels(text(id)).len(), 4);
    }
}

#[test]
fn a_source_in_a_receiver_is_refused() {
    let left = with_line(text("room"), "left", "left = [1.3, 1.3, 1.3]");
    let text = with_line(&left, "sources", "sources = [[1.31, 3.0, 1.25], [1.3, 1.3, 1.2]]");
    let message = space::synthesise(&text, &Token::never()).expect_err("10 cm").to_string();
    assert!(["shoebox.left", "from a source", "0.2 m"].iter().all(|part| message.contains(part)), "{message}");
}
