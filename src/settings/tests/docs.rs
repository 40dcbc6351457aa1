//! The table of parameters in the documents is written from the table of settings.

use super::*;
use crate::impulse::recipe::Recipe;
use std::fmt::Write;
use std::path::Path;

const HEAD: &str = "\
# Parameters

Written by a test from `src/settings/table.rs`. After a change there, write it again with
`UPDATE_DOCS=1 cargo test --lib settings::tests::docs`.

Every parameter is also an option of `transept render`, with `-` in the place of `_`, a field of presets, and a name in
automation files; in each the same text gives the same value. Ids never change. All parameters can be automated. A
change of some is heard *at once*, within 20 ms and without a click. For the others the *impulse* is prepared again, and
the sound changes as `docs/changes.md` says. The plugin has one parameter more, `impulse`, which chooses among the
impulses of the session: `docs/hosts.md` describes it.

A value outside its range is set to the nearest end, and a value between two steps to the nearest step. The options of
the program refuse values outside the range.

Cuts and shelves are their analogue prototypes within 0.25 dB up to 20 kHz, at every sample rate from 44.1 kHz on and
without latency.
";

const TEXTS: &str = "
## Texts

A unit may be missing: the number is then in the unit that the first column names. Case does not matter, a comma is read
as a decimal point, and the space before a unit is optional. A parameter that can be off also reads `off`.

| unit | texts | value |
|---|---|---|
";

/// Texts of each unit, each with what a value is shown as.
fn texts() -> String {
    let examples: [(Scale, &[&str]); 4] = [
        (Scale::Decibels, &["-6 dB", "-6", "-6,5dB", "-inf"]),
        (Scale::Milliseconds, &["250 ms", "250", "0.25 s", "2s"]),
        (Scale::Hertz, &["800 Hz", "800", "1.5 kHz", "12k"]),
        (Scale::Percent, &["50 %", "50"]),
    ];
    let mut table = String::new();
    for (scale, texts) in examples {
        for text in texts {
            let value = scale.read(text, Some(f32::NEG_INFINITY)).expect("readable");
            let shown = if value.is_finite() { scale.show(value, 1.0) } else { OFF.to_owned() };
            writeln!(table, "| {} | `{text}` | {shown} |", scale.unit()).expect("memory");
        }
    }
    for (texts, shown) in [(["on", "yes", "true", "1"], "on"), (["off", "no", "false", "0"], "off")] {
        let switch = Switch { default: false };
        assert!(texts.iter().all(|text| switch.read(text).is_some_and(|value| switch.show(value) == shown)));
        writeln!(table, "| switch | {} | {shown} |", texts.map(|text| format!("`{text}`")).join(", ")).expect("memory");
    }
    table
}

/// The values of a setting, and its step.
fn range(setting: &Setting) -> (String, String) {
    match &setting.kind {
        Kind::Number(number) => {
            let [least, most] = [*number.range.start(), *number.range.end()];
            let to = |from: f32, to: f32| format!("{} to {}", number.show(from), number.show(to));
            let values = match number.off {
                Some(off) if off == least => format!("off, {}", to(number.nearest(least + number.step), most)),
                Some(_) => format!("{}, off", to(least, number.nearest(most - number.step))),
                None => to(least, most),
            };
            (values, format!("{} {}", number.step, number.scale.unit()))
        }
        Kind::Switch(_) => ("on, off".to_owned(), "–".to_owned()),
        Kind::Choice(choice) => {
            let word = |words: &&[&str]| match words {
                [word] => (*word).to_owned(),
                [word, others @ ..] => format!("{word} ({})", others.join(", ")),
                [] => String::new(),
            };
            (choice.options.iter().map(word).collect::<Vec<_>>().join(", "), "–".to_owned())
        }
    }
}

/// What a change of a setting does: found out by changing it.
fn change(setting: &Setting) -> &'static str {
    let mut settings = Settings::default();
    settings.enable(setting.id);
    for condition in setting.conditions {
        if let Condition::AnyMoved([first, ..]) = condition {
            let first = find(first).expect("a setting");
            let moved = values(first).into_iter().find(|value| *value != first.default());
            settings.set(first.id, moved.expect("there are others"));
        }
    }
    let sets = |value: Value| {
        let mut settings = settings;
        settings.set(setting.id, value);
        settings
    };
    let second = Some(Recipe::space("plate").source);
    let recipe = |settings: Settings| settings.recipe(Recipe::default().source, second.clone());
    let differs = |is: &dyn Fn(Settings) -> bool| values(setting).into_iter().any(|value| is(sets(value)));
    if differs(&|other| recipe(other) != recipe(settings)) {
        "impulse"
    } else if differs(&|other| other.controls(None) != settings.controls(None)) {
        "at once"
    } else {
        "–"
    }
}

/// The whole document.
fn document() -> String {
    let mut text = HEAD.to_owned();
    for section in Section::ALL {
        let head = "| id | name | values | step | default | what it is | has an effect only if | a change |";
        write!(text, "\n## {}\n\n{head}\n|---|---|---|---|---|---|---|---|\n", section.name()).expect("memory");
        for setting in TABLE.iter().filter(|setting| setting.section == section) {
            let Setting { id, name, about, .. } = setting;
            let (values, step) = range(setting);
            let default = setting.show(setting.default());
            let clause = |condition: &Condition| condition.clause(|other| format!("`{}`", other.id));
            let conditions: Vec<String> = setting.conditions.iter().map(clause).collect();
            let change = change(setting);
            writeln!(
                text,
                "| `{id}` | {name} | {values} | {step} | {default} | {about} | {} | {change} |",
                conditions.join(" and ")
            )
            .expect("memory");
        }
    }
    text + TEXTS + &texts()
}

/// With the environment variable `UPDATE_DOCS` the document is written.
#[test]
fn the_parameters_in_the_documents_are_those_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/parameters.md");
    let document = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &document).expect("docs/parameters.md is written");
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let first = document.lines().zip(written.lines()).find(|(right, wrong)| right != wrong);
    assert!(
        written == document,
        "docs/parameters.md is not what the table says; UPDATE_DOCS=1 writes it. The first line that differs: {first:#?}"
    );
}

/// A parameter of which the worker is not told would change the impulse unheard.
#[test]
fn the_settings_that_shape_the_impulse_are_those_that_change_its_recipe() {
    for setting in &TABLE {
        assert_eq!(setting.shapes_impulse(), change(setting) == "impulse", "{}", setting.id);
    }
}
