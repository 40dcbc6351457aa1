//! Handles of the picture: the settings that act at a place of it, and where.

use super::Model;
use crate::picture::{Axis, Pane, Portrait, Sheet, Unit, View};
use crate::settings::{self, Condition, Kind, Number, Setting};

/// Milliseconds of a second.
const MS: f64 = 1000.0;
/// Level in dB at which the handle of the envelope's decay lies on its line.
const DECAY: f64 = -60.0;
/// Level in dB at which the handle of all decays lies on the line of the decay time.
const DECAY_ALL: f64 = -30.0;
/// Said where no band's decay can be changed.
const NO_DECAY: &str = "no reverberation time can be measured";

/// The direction in which a handle moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From the left to the right.
    Across,
    /// From the bottom to the top.
    Up,
}

/// A setting at its place in the picture.
#[derive(Debug, Clone)]
pub struct Handle {
    /// The setting.
    pub setting: &'static Setting,
    /// Its range.
    pub number: &'static Number,
    /// Its value.
    pub value: f32,
    /// The pane that it is in; of lanes one below the other, all of them.
    pub pane: Pane,
    /// How it moves.
    pub way: Way,
    /// Its place in the other direction, from 0 at the left or lower edge to 1.
    pub across: f64,
    /// The value on the pane's scale at which the setting is 0.
    pub origin: f64,
    /// What the setting is for each 1 of the pane's scale.
    pub factor: f64,
    /// Where it is on the pane's scale while the setting is off.
    pub rest: Option<f64>,
    /// Why it cannot be moved, if so.
    pub reason: Option<String>,
}

impl Handle {
    /// The scale along which it moves.
    fn axis(&self) -> &Axis {
        match self.way {
            Way::Across => &self.pane.x,
            Way::Up => &self.pane.y,
        }
    }

    /// Where the setting's value is on the pane's scale.
    #[must_use]
    pub fn at(&self) -> f64 {
        let off = self.rest.filter(|_| self.number.off == Some(self.value));
        off.unwrap_or_else(|| self.origin + f64::from(self.value) / self.factor)
    }

    /// Its place in points; `None` outside the pane.
    #[must_use]
    pub fn point(&self) -> Option<[f32; 2]> {
        let (area, place) = (self.pane.area, self.axis().place(self.at()) as f32);
        // Rounding may put an end of the scale outside.
        (-1e-4..=1.0 + 1e-4).contains(&place).then(|| match self.way {
            Way::Across => [area.left + place * area.width(), area.bottom - self.across as f32 * area.height()],
            Way::Up => [area.left + self.across as f32 * area.width(), area.bottom - place * area.height()],
        })
    }

    /// The value of the setting with the handle at a point.
    #[must_use]
    pub fn value_at(&self, [x, y]: [f32; 2]) -> f32 {
        let area = self.pane.area;
        let place = match self.way {
            Way::Across => (x - area.left) / area.width(),
            Way::Up => (area.bottom - y) / area.height(),
        };
        let at = self.axis().value(f64::from(place));
        // What ends nothing any more is off.
        let is_off = self.rest.is_some_and(|rest| (at - rest) * self.factor >= 0.0);
        let off = self.number.off.filter(|_| is_off);
        off.unwrap_or_else(|| self.number.nearest(((at - self.origin) * self.factor) as f32))
    }
}

/// The handles of a view, as it is drawn.
#[must_use]
pub fn of(model: &Model, portrait: &Portrait, sheet: &Sheet) -> Vec<Handle> {
    let mut handles = Handles { model, portrait, all: Vec::new() };
    match sheet.view {
        View::Wave => columns(sheet).iter().for_each(|pane| handles.wave(pane)),
        View::Decay => {
            if let Some(pane) = sheet.panes.first() {
                handles.decay(pane);
            }
            if let Some(pane) = sheet.panes.iter().find(|pane| pane.x.unit == Unit::Hertz) {
                handles.bands(pane);
            }
        }
        View::Spectrogram | View::Response => {}
    }
    handles.all
}

/// The value on a picture's scale of time at which the recording begins.
#[must_use]
pub fn beginning(portrait: &Portrait) -> f64 {
    let trimmed = portrait.timing.before * portrait.timing.stretch;
    if portrait.timing.is_reversed { portrait.seconds + trimmed } else { -trimmed }
}

/// Lanes that are one below the other, as one pane.
fn columns(sheet: &Sheet) -> Vec<Pane> {
    let mut columns: Vec<Pane> = Vec::new();
    for lane in &sheet.panes {
        match columns.iter_mut().find(|column| column.area.left == lane.area.left) {
            Some(column) => column.area.bottom = lane.area.bottom,
            None => columns.push(lane.clone()),
        }
    }
    columns
}

/// Handles as they are collected.
struct Handles<'a> {
    model: &'a Model,
    portrait: &'a Portrait,
    all: Vec<Handle>,
}

impl Handles<'_> {
    fn wave(&mut self, pane: &Pane) {
        let Portrait { seconds, onset, timing, .. } = *self.portrait;
        let start = beginning(self.portrait);
        // The ends of what is left, and of the recording.
        let (sense, [from, to]) = if timing.is_reversed { (-1.0, [seconds, 0.0]) } else { (1.0, [0.0, seconds]) };
        let original = self.portrait.original.as_ref();
        let end = original.map_or(to, |original| start + sense * original.seconds * timing.stretch);
        let ms = sense * MS / timing.stretch;
        self.across("fade_in", pane, 0.95, 0.0, MS);
        self.across("fade_out", pane, 0.95, seconds, -MS);
        self.across("attack", pane, 0.7, onset, MS);
        self.across("trim_start", pane, 0.4, start, ms);
        self.across("trim_end", pane, 0.4, start, ms).rest_at(end);
        self.across("decay", pane, 0.7, onset, MS).rest_at(pane.x.to);
        self.across("predelay", pane, 0.05, -f64::from(self.model.settings.predelay) / MS, MS);
        // Ends that are found are not where the settings say.
        for handle in self.all.iter_mut().filter(|handle| handle.reason.is_some()) {
            match handle.setting.id {
                "trim_start" => handle.stay_at(from),
                "trim_end" => handle.stay_at(to),
                _ => {}
            }
        }
    }

    fn decay(&mut self, pane: &Pane) {
        let onset = self.portrait.onset;
        let level = pane.y.place(DECAY);
        self.across("decay", pane, level, onset, MS).rest_at(pane.x.to);
        self.across("attack", pane, 0.95, onset, MS);
        self.across("predelay", pane, 0.05, -f64::from(self.model.settings.predelay) / MS, MS);
        // The line that reaches furthest down.
        if let Some(fit) = self.portrait.decay().fits.last() {
            let all = f64::from(self.model.settings.decay_all);
            let start = fit.start / fit.fall;
            self.across("decay_all", pane, pane.y.place(DECAY_ALL), start, all * fit.fall / -DECAY_ALL);
        } else {
            let handle = self.across("decay_all", pane, pane.y.place(DECAY_ALL), 0.0, MS);
            handle.stay_at(pane.x.value(0.5));
            handle.reason = Some(NO_DECAY.to_owned());
        }
    }

    fn bands(&mut self, pane: &Pane) {
        let settings = self.model.settings;
        let [low, high] = [settings.low_crossover, settings.high_crossover].map(f64::from);
        self.across("low_crossover", pane, 0.05, 0.0, 1.0);
        self.across("high_crossover", pane, 0.05, 0.0, 1.0);
        let bands = [
            ("decay_low", settings.decay_low, pane.x.from, low),
            ("decay_middle", settings.decay_middle, low, high),
            ("decay_high", settings.decay_high, high, pane.x.to),
        ];
        for (id, ratio, from, to) in bands {
            let of_band = self.portrait.decay().octaves.iter().filter(|(centre, _)| (from..to).contains(centre));
            let times: Vec<f64> = of_band.filter_map(|(_, time)| *time).collect();
            let mean = times.iter().sum::<f64>() / times.len().max(1) as f64;
            let time = if times.is_empty() { pane.y.value(0.5) } else { mean };
            let middle = [from, to].map(|hz| pane.x.place(hz).clamp(0.0, 1.0)).iter().sum::<f64>() / 2.0;
            let handle = self.add(id, pane, Way::Up, middle, 0.0, f64::from(ratio) / time);
            if times.is_empty() {
                handle.reason = Some(NO_DECAY.to_owned());
            }
        }
    }

    /// A handle that moves from the left to the right.
    fn across(&mut self, id: &str, pane: &Pane, height: f64, origin: f64, factor: f64) -> &mut Handle {
        self.add(id, pane, Way::Across, height, origin, factor)
    }

    fn add(&mut self, id: &str, pane: &Pane, way: Way, across: f64, origin: f64, factor: f64) -> &mut Handle {
        let settings = &self.model.settings;
        let setting = settings::find(id).unwrap_or_else(|| panic!("{id} is a setting"));
        let Kind::Number(number) = &setting.kind else { panic!("{id} is a number") };
        let value = match settings.get(id) {
            Some(settings::Value::Number(value)) => value,
            _ => number.default,
        };
        let overruled = setting.unmet(settings).filter(|unmet| !matches!(unmet, Condition::AnyMoved(_)));
        let reason = overruled.map(|unmet| format!("only if {}", unmet.clause(|other| other.name.to_owned())));
        let pane = pane.clone();
        self.all.push(Handle { setting, number, value, pane, way, across, origin, factor, rest: None, reason });
        self.all.last_mut().expect("it was pushed")
    }
}

impl Handle {
    fn rest_at(&mut self, at: f64) {
        self.rest = Some(at);
    }

    /// Whatever its value.
    fn stay_at(&mut self, at: f64) {
        (self.origin, self.factor, self.rest) = (at, f64::INFINITY, None);
    }
}
