//! The impulse in figures: form, length, rate, peak, reverberation time, level; below them what else is to be said.
use crate::channels::ImpulseForm;
use crate::editor::controller::Controller;
use crate::editor::text::decibels;
use crate::editor::theme;
use crate::editor::view::View;
use crate::prepare::Summary;
use crate::settings;
use egui::text::{LayoutJob, TextWrapping};
use egui::{Rect, Sense, Ui, vec2};
use std::convert::Infallible;
use std::sync::Arc;

/// Height of the row of figures.
pub const HEIGHT: f32 = 36.0;
/// Height of the line below it, which is there only when there is something to say.
const NOTE: f32 = 20.0;
/// Closer to each other, figures run together.
const LEAST_BETWEEN: f32 = 10.0;
/// Farther apart, figures no longer read as a row.
const MOST_BETWEEN: f32 = 44.0;

/// The row of figures, as far apart as the width allows.
pub struct Figures;

/// Height that the figures of an impulse need.
#[must_use]
pub fn height(summary: Option<&Summary>) -> f32 {
    if notes(summary).is_empty() { HEIGHT } else { HEIGHT + NOTE }
}

impl View for Figures {
    type Model = Option<Arc<Summary>>;
    type State = ();
    type Action = Infallible;

    fn model(controller: &Controller, (): &mut ()) -> Self::Model {
        controller.summary().cloned()
    }

    fn show(ui: &mut Ui, model: &Self::Model, (): &mut ()) -> Vec<Infallible> {
        let rect = ui.max_rect().with_max_y(ui.max_rect().top() + HEIGHT);
        let lay = |text: &str, font, colour| ui.painter().layout_no_wrap(text.to_owned(), font, colour);
        let cells = texts(model.as_deref()).map(|(caption, value)| {
            let upper = lay(caption, theme::small(), theme::of(ui).text_quiet);
            let lower = lay(&value, theme::body(), theme::of(ui).text);
            (format!("{caption}: {value}"), upper, lower)
        });
        let widths = cells.each_ref().map(|(_, upper, lower)| upper.size().x.max(lower.size().x));
        // Where there is no room for all, the last ones are left out.
        let width_of = |count: usize| widths[..count].iter().sum::<f32>() + LEAST_BETWEEN * (count - 1) as f32;
        let count = (1..=cells.len()).rev().find(|count| width_of(*count) <= rect.width()).unwrap_or(1);
        let spare = rect.width() - widths[..count].iter().sum::<f32>();
        let gap = (spare / (count - 1).max(1) as f32).min(MOST_BETWEEN);
        let mut left = rect.left();
        for ((label, upper, lower), width) in cells.into_iter().zip(widths).take(count) {
            let cell = Rect::from_x_y_ranges(left..=left + width, rect.y_range());
            left += width + gap;
            let response = ui.interact(cell, ui.scope_id().with(&label), Sense::hover());
            response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &label));
            let bottom = cell.left_bottom() - vec2(0.0, lower.size().y);
            ui.painter().galley(cell.left_top(), upper, theme::of(ui).text_quiet);
            ui.painter().galley(bottom, lower, theme::of(ui).text);
        }
        show_notes(ui, &notes(model.as_deref()), ui.max_rect().with_min_y(rect.bottom()));
        Vec::new()
    }

    fn act(action: Infallible, _: &mut Controller) {
        match action {}
    }
}

/// Caption and value of each figure; a dash for each without an impulse.
#[must_use]
pub fn texts(summary: Option<&Summary>) -> [(&'static str, String); 6] {
    let dash = || "–".to_owned();
    let of = |text: &dyn Fn(&Summary) -> String| summary.map_or_else(dash, text);
    [
        ("Form", of(&|s| form(s))),
        ("Length", of(&|s| seconds(s.seconds))),
        ("Rate", of(&|s| format!("{} kHz", f64::from(s.sample_rate) / 1000.0))),
        ("Peak", of(&|s| decibels(20.0 * f64::from(s.peak).log10()))),
        ("RT60", of(&|s| s.rt60.map_or_else(|| "not measurable".to_owned(), seconds))),
        ("Level applied", of(&|s| level(s))),
    ]
}

/// What else is to be said, a sentence for each; of the second impulse it is said that it is about that one.
#[must_use]
pub fn notes(summary: Option<&Summary>) -> Vec<String> {
    let Some(Summary { findings, second_findings, .. }) = summary else { return Vec::new() };
    let second = second_findings.iter().map(|finding| format!("Impulse 2: {finding}"));
    findings.iter().map(ToString::to_string).chain(second).map(|note| with_names(&note)).collect()
}

/// A note in which the program's options have the names that settings have in the window.
fn with_names(note: &str) -> String {
    let named = |word: &str| {
        let id = word.strip_prefix("--")?.replace('-', "_");
        settings::find(&id).map(|setting| format!("“{}”", setting.name))
    };
    note.split(' ').map(|word| named(word).unwrap_or_else(|| word.to_owned())).collect::<Vec<_>>().join(" ")
}

/// One line, cut where the width ends; the pointer shows all sentences whole.
fn show_notes(ui: &Ui, notes: &[String], rect: Rect) {
    let Some((first, others)) = notes.split_first() else { return };
    let more = if others.is_empty() { String::new() } else { format!("{} more · ", others.len()) };
    let mut job = LayoutJob::simple_singleline(format!("{more}{first}"), theme::small(), theme::of(ui).alert);
    job.wrap = TextWrapping::truncate_at_width(rect.width());
    let galley = ui.painter().layout_job(job);
    let corner = rect.left_bottom() - vec2(0.0, galley.size().y);
    ui.painter().galley(corner, galley, theme::of(ui).alert);
    let whole = notes.join("\n");
    let response = ui.interact(rect, ui.scope_id().with("notes"), Sense::hover());
    response.widget_info(|| egui::WidgetInfo::labeled(egui::Role::Label, true, &whole));
    response.on_hover_text(whole);
}

fn form(summary: &Summary) -> String {
    let form = ImpulseForm::of_marked(summary.channels, summary.marking);
    form.map_or_else(|| format!("{} channels", summary.channels), ImpulseForm::name)
}

/// Of two impulses both.
fn level(summary: &Summary) -> String {
    match summary.second_level_db {
        None if summary.shape_level_db.abs() < 0.05 => decibels(summary.level_db),
        // The part of it that makes up for the shape.
        None => format!("{} (shape {:+.1})", decibels(summary.level_db), summary.shape_level_db),
        Some(second) => format!("{} / {}", decibels(summary.level_db).trim_end_matches(" dB"), decibels(second)),
    }
}

fn seconds(value: f64) -> String {
    if value < 0.1 { format!("{value:.4} s") } else { format!("{value:.2} s") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::findings::Finding;

    #[test]
    fn a_note_names_settings_as_the_window_does() {
        let findings = vec![
            Finding::ConstantOffset { share: 0.05, is_kept: false },
            Finding::OppositePolarity,
            Finding::AssumedLayout { channels: 2, order: "L R".to_owned() },
        ];
        let notes = notes(Some(&Summary { findings, ..Summary::default() }));
        assert_eq!(notes[0], "a constant offset of 5.00 % of the peak is taken out; “Keep offset” leaves it in");
        assert!(notes[1].ends_with("; “Invert 1” turns one over"), "{}", notes[1]);
        assert!(notes[2].ends_with("; --layout says it"), "the window has no such setting: {}", notes[2]);
    }

    #[test]
    fn what_was_not_measured_is_said_to_be_so() {
        let summary = Summary {
            name: "Click".to_owned(),
            seconds: 0.0021,
            channels: 4,
            sample_rate: 22_050,
            ..Summary::default()
        };
        let values = texts(Some(&summary)).map(|(_, value)| value);
        assert_eq!(values, ["true stereo", "0.0021 s", "22.05 kHz", "−∞ dB", "not measurable", "0.0 dB"]);
        assert!(texts(None).iter().all(|(_, value)| value == "–"));
    }
}
