//! The line at the foot: sample rate, block, latency, tail and load.
use crate::editor::controller::Controller;
use crate::editor::theme;
use crate::editor::view::View;
use crate::monitor::{Figures, Load};
use egui::text::{LayoutJob, TextWrapping};
use egui::{Rect, Role, Sense, Ui, WidgetInfo, vec2};
use std::convert::Infallible;

/// Height of the line.
pub const HEIGHT: f32 = 16.0;
/// Seconds from one reading of the figures to the next: what can be read, and no frame for what cannot.
const PERIOD: f32 = 1.0;
/// Said where the pointer rests.
const ABOUT: &str = "Load: the part of a block's duration that its processing takes, over the last ten seconds of \
                     audio, and the largest of a single block. Tail: what sounds after the input has ended.";

/// Figures of the host and of the engine's work, as they are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Model {
    /// Hz; `None` before the host has activated the plugin.
    pub sample_rate: Option<u32>,
    /// Frames of the last block; 0 before the first.
    pub block: usize,
    /// Frames of the largest.
    pub largest: usize,
    /// Tenths of a second; `None` before the first block.
    pub tail: Option<u32>,
    /// Time that the blocks take.
    pub load: Share,
}

/// The load as it is shown, in per cent of the deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Share {
    /// Nothing was played for a second yet.
    #[default]
    Pending,
    /// It cannot be measured.
    Unknown,
    /// Mean and worst of ten seconds.
    Known(u32, u32),
}

/// The line that is shown, and the seconds since it was made.
#[derive(Debug, Default)]
pub struct State {
    shown: Option<Model>,
    age: f32,
}

/// The line at the foot.
pub struct Status;

impl Model {
    /// The figures of an instance at this sample rate in Hz.
    #[must_use]
    pub fn of(sample_rate: Option<u32>, figures: &Figures) -> Self {
        let per_cent = |share: f64| (100.0 * share).round() as u32;
        let tenths = |frames: usize| sample_rate.map(|rate| (10.0 * frames as f64 / f64::from(rate)).round() as u32);
        let load = match figures.load {
            Load::Unknown => Share::Unknown,
            Load::Pending => Share::Pending,
            Load::Known(share) => Share::Known(per_cent(share.mean), per_cent(share.worst)),
        };
        let (block, largest) = (figures.block, figures.largest);
        Self { sample_rate, block, largest, tail: figures.tail.and_then(tenths), load }
    }

    /// The line.
    #[must_use]
    pub fn text(&self) -> String {
        let Some(rate) = self.sample_rate else { return "No audio yet · latency 0".to_owned() };
        let mut parts = vec![format!("{} kHz", f64::from(rate) / 1000.0)];
        parts.extend(match (self.block, self.largest) {
            (0, _) => None,
            (block, largest) if largest > block => Some(format!("block {block} (largest {largest})")),
            (block, _) => Some(format!("block {block}")),
        });
        parts.push("latency 0".to_owned());
        parts.extend(self.tail.map(|tenths| format!("tail {:.1} s", f64::from(tenths) / 10.0)));
        parts.push(match self.load {
            Share::Pending => "load –".to_owned(),
            Share::Unknown => "load unknown: the processor has no counter for it".to_owned(),
            Share::Known(mean, worst) => format!("load {} % (worst {} %)", figure(mean), figure(worst)),
        });
        parts.join(" · ")
    }
}

impl View for Status {
    type Model = Model;
    type State = State;
    type Action = Infallible;

    fn model(controller: &Controller, state: &mut State) -> Model {
        // At every look, because the clocks are compared by it.
        let now = Model::of(controller.format().map(|format| format.sample_rate), &controller.figures());
        state.age += controller.seconds();
        let is_due = state.age >= PERIOD || state.shown.is_none_or(|shown| shown.sample_rate != now.sample_rate);
        if is_due {
            (state.shown, state.age) = (Some(now), 0.0);
        }
        state.shown.unwrap_or(now)
    }

    fn show(ui: &mut Ui, model: &Model, _: &mut State) -> Vec<Infallible> {
        let rect = ui.max_rect();
        let is_late = matches!(model.load, Share::Known(_, worst) if worst > 100);
        let colour = if is_late { theme::of(ui).alert } else { theme::of(ui).text_quiet };
        let mut job = LayoutJob::simple_singleline(model.text(), theme::small(), colour);
        job.wrap = TextWrapping::truncate_at_width(rect.width());
        let galley = ui.painter().layout_job(job);
        let place = Rect::from_min_size(rect.min, vec2(galley.size().x, rect.height()));
        let response = ui.interact(place, ui.scope_id().with("status"), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, model.text()));
        response.on_hover_text(ABOUT);
        ui.painter().galley(place.left_center() - vec2(0.0, galley.size().y / 2.0), galley, colour);
        Vec::new()
    }

    fn act(action: Infallible, _: &mut Controller) {
        match action {}
    }
}

/// Per cent; a load is never nothing.
fn figure(per_cent: u32) -> String {
    if per_cent == 0 { "<1".to_owned() } else { per_cent.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::monitor::Share as Measured;

    const FIGURES: Figures = Figures {
        block: 256,
        largest: 256,
        tail: Some(153_600),
        load: Load::Known(Measured { mean: 0.042, worst: 0.094 }),
    };

    fn text(figures: Figures) -> String {
        Model::of(Some(48_000), &figures).text()
    }

    #[test]
    fn the_line_says_what_host_and_engine_do() {
        assert_eq!(text(FIGURES), "48 kHz · block 256 · latency 0 · tail 3.2 s · load 4 % (worst 9 %)");
        let varying = text(Figures { block: 64, ..FIGURES });
        assert_eq!(varying, "48 kHz · block 64 (largest 256) · latency 0 · tail 3.2 s · load 4 % (worst 9 %)");
        let light = Load::Known(Measured { mean: 0.001, worst: 0.5 });
        assert!(text(Figures { load: light, ..FIGURES }).ends_with("load <1 % (worst 50 %)"));
    }

    #[test]
    fn what_is_not_known_is_said_or_left_out() {
        let nothing = Figures { block: 0, largest: 0, tail: None, load: Load::Pending };
        assert_eq!(text(nothing), "48 kHz · latency 0 · load –");
        assert_eq!(Model::of(None, &nothing).text(), "No audio yet · latency 0");
        let unknown = text(Figures { load: Load::Unknown, ..FIGURES });
        assert!(unknown.ends_with("load unknown: the processor has no counter for it"), "{unknown}");
    }
}
