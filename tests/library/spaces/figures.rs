//! The figures in `impulses/README.md` are written from what is measured.

use super::measures::{
    OCTAVES, correlation, crest, decibels, echo_density, energy, first_arrival, longest_gap, loudest_millisecond,
    samples, t30, tone,
};
use super::sources::{lean, near_and_far};
use super::{impulses, spaces};
use std::fmt::Write;
use std::path::Path;
use transept::impulse::Impulse;

const BEGIN: &str = "## Figures\n";
const END: &str = "\n## Fields\n";
const INTRODUCTION: &str = "
Written by a test from the impulses themselves. After a change of a recipe, write them again with
`UPDATE_DOCS=1 cargo test --test library figures`. They are of a source in the middle, which is the same in both inputs,
unless it is said to be hard left or right, in one input alone. Where there are two numbers, they are of the left and
the right output, of a hard source of that on its side and of the other.
";

/// One line of a table: of each space a text.
fn row(text: &mut String, name: &str, of: impl Fn(&Impulse) -> String) {
    write!(text, "| {name} |").expect("memory");
    for (_, impulse) in spaces() {
        write!(text, " {} |", of(impulse)).expect("memory");
    }
    text.push('\n');
}

/// Of both channels a number.
fn both(impulse: &Impulse, of: impl Fn(&[f32]) -> String) -> String {
    impulse.channels().iter().map(|channel| of(channel)).collect::<Vec<_>>().join(", ")
}

fn hertz(frequency: f64) -> String {
    // Nominal 63 Hz is 62.5 Hz.
    if frequency < 1000.0 { format!("{} Hz", frequency.round()) } else { format!("{} kHz", frequency / 1000.0) }
}

fn figures() -> String {
    let mut text = format!("{BEGIN}{INTRODUCTION}\n|");
    for (space, _) in spaces() {
        write!(text, " | {}", space.id).expect("memory");
    }
    let rule = "---|".repeat(spaces().len() + 1);
    writeln!(text, " |\n|{rule}").expect("memory");
    let rows = &mut text;
    row(rows, "length", |impulse| format!("{:.2} s", impulse.seconds()));
    row(rows, "first arrival", |impulse| {
        both(impulse, |channel| format!("{:.1}", first_arrival(channel) as f64 / 48.0)) + " ms"
    });
    row(rows, "left over right, in energy", |impulse| {
        let [left, right] = [0, 1].map(|side| energy(&impulse.channels()[side]));
        format!("{:+.2} dB", decibels(left / right))
    });
    for (name, from, to) in [("until 50 ms", 0.0, 50.0), ("from 50 to 200 ms", 50.0, 200.0)] {
        write!(rows, "| near side over far one, of sources hard left and right, {name} |").expect("memory");
        for (_, impulse) in impulses() {
            let [left, right] = near_and_far(impulse).map(|hard| format!("{:+.1}", lean(hard, from, to)));
            write!(rows, " {left}, {right} dB |").expect("memory");
        }
        rows.push('\n');
    }
    row(rows, "crest of the first 100 ms", |impulse| both(impulse, |channel| format!("{:.1}", crest(channel))) + " dB");
    row(rows, "loudest millisecond of these, over the 20 around", |impulse| {
        both(impulse, |channel| format!("{:.1}", loudest_millisecond(channel))) + " dB"
    });
    row(rows, "longest gap in these", |impulse| both(impulse, |channel| format!("{}", longest_gap(channel))) + " ms");
    for milliseconds in [5.0, 10.0, 20.0, 30.0, 50.0, 70.0, 100.0] {
        row(rows, &format!("echo density at {milliseconds} ms"), |impulse| {
            both(impulse, |channel| format!("{:.2}", echo_density(channel, samples(milliseconds))))
        });
    }
    for centre in OCTAVES {
        row(rows, &format!("T30 at {}", hertz(centre)), |impulse| format!("{:.2} s", t30(impulse, centre)));
    }
    for centre in OCTAVES {
        row(rows, &format!("energy per hertz at {}, over 1 kHz", hertz(centre)), |impulse| {
            // No minus before a zero.
            format!("{:.1} dB", tone(impulse, centre) + 0.0)
        });
    }
    for centre in &OCTAVES[1..6] {
        row(rows, &format!("late correlation of the sides at {}", hertz(*centre)), |impulse| {
            let seconds = impulse.seconds();
            format!("{:.2}", correlation(impulse, *centre, 0.1 * seconds, 0.5 * seconds))
        });
    }
    text
}

#[test]
fn the_readme_has_the_figures() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("impulses/README.md");
    let found = std::fs::read_to_string(&path).expect("the document").replace('\r', "");
    let begin = found.find(BEGIN).expect("a section of figures");
    let end = begin + found[begin..].find(END).expect("a section of fields");
    let expected = format!("{}{}{}", &found[..begin], figures(), &found[end..]);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &expected).expect("the document can be written");
    } else {
        assert!(expected == found, "impulses/README.md is not what is measured: UPDATE_DOCS=1 writes it");
    }
}
