//! The views of an impulse, laid out.

use super::axis::{Axis, Unit};
use super::look::Look;
use super::portrait::Portrait;
use super::sheet::{Anchor, Area, Pane, Shape, Sheet, Tone};
use super::spectrogram::Spectrogram;
use super::view::View;
use super::waves::Waves;

/// Width of the scale at the left.
const LEFT: f32 = 46.0;
/// Height of the scale at the bottom.
const BOTTOM: f32 = 18.0;
/// Between two panes.
const GAP: f32 = 6.0;
/// Between text and what it stands beside.
const BESIDE: f32 = 5.0;
/// Width that a text of a scale needs.
const TEXT: f32 = 44.0;
/// Height of a line of text.
const LINE: f32 = 15.0;
/// Between what is largest and the edge of a pane.
const HEADROOM: f64 = 1.06;
/// Lowest level of a waveform in dB below the largest sample.
const QUIETEST: f64 = -100.0;
/// Lowest level of a decay in dB.
const FLOOR: f64 = -80.0;
/// Range of a response in dB.
const RESPONSE: f64 = 60.0;
/// Share of the width that the reverberation times have, and the least width in points of a picture that has them.
const OCTAVES: (f32, f32) = (0.27, 420.0);

/// Draws a view in an area; on a screen with so many pixels a point, bars are a pixel wide.
#[must_use]
pub fn draw(portrait: &Portrait, look: &Look, area: Area, pixels_per_point: f32) -> Sheet {
    let count = portrait.waves.len();
    let channels: Vec<usize> = match look.channel.filter(|channel| *channel < count) {
        Some(channel) => vec![channel],
        None => (0..count).collect(),
    };
    let sheet = Sheet { shapes: Vec::new(), panes: Vec::new(), view: look.view, channels };
    let mut drawing = Drawing { portrait, look, sheet, pixel: 1.0 / pixels_per_point };
    match look.view {
        View::Wave => drawing.wave(area),
        View::Decay => drawing.decay(area),
        View::Spectrogram => drawing.spectrogram(area),
        View::Response => drawing.response(area),
    }
    drawing.sheet
}

/// A picture under way.
struct Drawing<'a> {
    portrait: &'a Portrait,
    look: &'a Look,
    sheet: Sheet,
    /// Points of a pixel.
    pixel: f32,
}

impl Drawing<'_> {
    /// Lanes for the channels, one below the other; those of true stereo have the sources as rows and the ears as
    /// columns. All have the same scales, written at the left and at the bottom.
    fn lanes(&mut self, area: Area, y: Axis) -> Vec<Pane> {
        let channels = self.sheet.channels.clone();
        let form = self.portrait.form.filter(|form| form.sources() > 1 && channels.len() == form.channels());
        let columns = form.map_or(1, crate::channels::ImpulseForm::outputs);
        let rows = channels.len().div_ceil(columns).max(1);
        let x = self.look.scale(self.portrait);
        let margin = if y.unit == Unit::Samples { 0.0 } else { LEFT };
        let width = (area.width() - margin - GAP * (columns - 1) as f32) / columns as f32;
        let height = (area.height() - BOTTOM - GAP * (rows - 1) as f32) / rows as f32;
        let mut panes = Vec::new();
        for (place, channel) in channels.into_iter().enumerate() {
            let (row, column) = (place / columns, place % columns);
            let left = area.left + margin + column as f32 * (width + GAP);
            let top = area.top + row as f32 * (height + GAP);
            let lane = Area { left, top, right: left + width, bottom: top + height };
            let pane = Pane { area: lane, x, y, channel: Some(channel) };
            self.ground(&pane, column == 0, row + 1 == rows);
            panes.push(pane);
        }
        panes
    }

    /// One pane for all channels.
    fn pane(&mut self, area: Area, x: Axis, y: Axis) -> Pane {
        let area = Area { left: area.left + LEFT, bottom: area.bottom - BOTTOM, ..area };
        let pane = Pane { area, x, y, channel: None };
        self.ground(&pane, true, true);
        pane
    }

    /// The ground of a pane with the lines of its scales, and their texts at the left and at the bottom.
    fn ground(&mut self, pane: &Pane, has_left: bool, has_bottom: bool) {
        let Area { left, top, right, bottom } = pane.area;
        self.sheet.panes.push(pane.clone());
        self.fill(pane.area, Tone::Ground);
        let mut written = f32::NEG_INFINITY;
        for tick in pane.x.ticks(pane.area.width()) {
            let x = pane.across(tick);
            if x > left + 1.0 && x < right - 1.0 {
                self.fill(Area { left: x - self.pixel / 2.0, right: x + self.pixel / 2.0, ..pane.area }, Tone::Grid);
            }
            if has_bottom && x - written >= TEXT {
                written = x;
                // No text leaves the picture.
                let anchor = match x {
                    x if x < left + 20.0 => Anchor::Start,
                    x if x > right - 20.0 => Anchor::End,
                    _ => Anchor::Middle,
                };
                let text = pane.x.label(tick, pane.area.width());
                self.text([x, bottom + 3.0], [anchor, Anchor::Start], text, Tone::Scale);
            }
        }
        // Lines may be closer to each other than texts that stand side by side.
        let dense = pane.area.height() * 2.2;
        for tick in pane.y.ticks(dense) {
            let y = pane.up(tick);
            if y > top + 1.0 && y < bottom - 1.0 {
                self.fill(Area { top: y - self.pixel / 2.0, bottom: y + self.pixel / 2.0, ..pane.area }, Tone::Grid);
            }
            let fits = y > top + 4.0 && y < bottom - 2.0;
            if has_left && fits && pane.y.unit != Unit::Samples {
                let text = pane.y.label(tick, dense);
                self.text([left - BESIDE, y], [Anchor::End, Anchor::Middle], text, Tone::Scale);
            }
        }
    }

    fn fill(&mut self, area: Area, tone: Tone) {
        self.sheet.shapes.push(Shape::Fill { area, tone });
    }

    fn text(&mut self, at: [f32; 2], anchor: [Anchor; 2], text: String, tone: Tone) {
        self.sheet.shapes.push(Shape::Text { at, anchor, text, tone });
    }

    fn line(&mut self, points: Vec<[f32; 2]>, width: f32, tone: Tone) {
        if points.len() > 1 {
            self.sheet.shapes.push(Shape::Line { points, width, tone });
        }
    }

    /// The name of a lane's channel, at the right, where rooms have died away.
    fn name(&mut self, pane: &Pane) {
        let name = pane.channel.map(|channel| self.portrait.channel_name(channel)).unwrap_or_default();
        let at = [pane.area.right - BESIDE, pane.area.top + 3.0];
        self.text(at, [Anchor::End, Anchor::Start], name, Tone::Scale);
    }

    /// The names of all channels in their tones, at the right edge of a pane below some lines of text; as many as have
    /// room.
    fn names(&mut self, pane: &Pane, mut row: usize) {
        if self.sheet.channels.len() > 1 {
            let most = ((pane.area.height() - 3.0) / LINE) as usize;
            for channel in self.sheet.channels.clone() {
                if row >= most {
                    break;
                }
                let at = [pane.area.right - BESIDE, pane.area.top + 3.0 + row as f32 * LINE];
                let text = self.portrait.channel_name(channel);
                self.text(at, [Anchor::End, Anchor::Start], text, Tone::Channel(channel));
                row += 1;
            }
        }
    }

    /// One bar for each column of pixels: `span` says from where to where, for the values at its left and right edge.
    fn columns(&mut self, pane: &Pane, tone: Tone, span: impl Fn(f64, f64) -> Option<[f32; 2]>) {
        let Area { left, right, top, bottom } = pane.area;
        let count = ((right - left) / self.pixel).floor().max(1.0) as usize;
        let value = |column: usize| pane.x.value(f64::from(column as f32 * self.pixel / pane.area.width()));
        let half = self.pixel / 2.0;
        let mut spans = Vec::with_capacity(count);
        let mut begin = left;
        for column in 0..count {
            match span(value(column), value(column + 1)) {
                // At least a pixel tall: silence is a line.
                Some([a, b]) => spans.push([(a - half).max(top), (b + half).min(bottom)]),
                None if spans.is_empty() => begin += self.pixel,
                None => break,
            }
        }
        self.sheet.shapes.push(Shape::Columns { left: begin, width: self.pixel, spans, tone });
    }

    fn wave(&mut self, area: Area) {
        let portrait = self.portrait;
        let shadows = portrait.original.as_ref().map(|original| &original.waves[..]).unwrap_or_default();
        let largest = portrait.waves.iter().chain(shadows).map(Waves::peak).fold(f32::MIN_POSITIVE, f32::max);
        let is_in_decibels = self.look.is_in_decibels;
        let y = if is_in_decibels {
            Axis::linear((QUIETEST, 0.0), Unit::Decibels)
        } else {
            Axis::linear((-HEADROOM, HEADROOM), Unit::Samples)
        };
        for pane in self.lanes(area, y) {
            let channel = pane.channel.unwrap_or(0);
            let span = |waves: &Waves, from: f64, to: f64| {
                let (low, high) = waves.between(from, to)?;
                let [low, high] = [low, high].map(|sample| f64::from(sample / largest));
                if is_in_decibels {
                    let peak = low.abs().max(high.abs());
                    Some([pane.up(20.0 * peak.log10()), pane.area.bottom])
                } else {
                    Some([pane.up(high), pane.up(low)])
                }
            };
            if let Some(original) = &portrait.original
                && let Some(waves) = original.waves.get(channel)
            {
                let share = |time: f64| (time + portrait.timing.before) / original.seconds;
                self.columns(&pane, Tone::Shadow, |from, to| span(waves, share(from), share(to)));
            }
            let waves = &portrait.waves[channel];
            self.columns(&pane, Tone::Channel(channel), |from, to| {
                span(waves, from / portrait.seconds, to / portrait.seconds)
            });
            self.name(&pane);
        }
    }

    fn decay(&mut self, area: Area) {
        let portrait = self.portrait;
        let has_times = portrait.decay().octaves.iter().any(|(_, time)| time.is_some());
        let split =
            if has_times && area.width() >= OCTAVES.1 { area.right - OCTAVES.0 * area.width() } else { area.right };
        let y = Axis::linear((FLOOR, 0.0), Unit::Decibels);
        let x = self.look.scale(portrait);
        let pane = self.pane(Area { right: split, ..area }, x, y);
        let channels = self.sheet.channels.clone();
        let largest = channels.iter().map(|channel| portrait.waves[*channel].peak()).fold(f32::MIN_POSITIVE, f32::max);
        self.columns(&pane, Tone::Shadow, |from, to| {
            let share = |time: f64| time / portrait.seconds;
            let extremes = channels.iter().map(|channel| portrait.waves[*channel].between(share(from), share(to)));
            let mut peaks = extremes.map(|of| of.map(|(low, high)| low.abs().max(high.abs())));
            let peak = peaks.try_fold(0.0, |most, peak| Some(f32::max(most, peak?)))?;
            Some([pane.up(20.0 * f64::from(peak / largest).log10()), pane.area.bottom])
        });
        if let Some(knee) = portrait.decay().knee.filter(|knee| (pane.x.from..=pane.x.to).contains(knee)) {
            let x = pane.across(knee);
            self.fill(Area { left: x - 0.5, right: x + 0.5, ..pane.area }, Tone::Mark);
            let (beside, anchor) =
                if x + 40.0 < pane.area.right { (BESIDE, Anchor::Start) } else { (-BESIDE, Anchor::End) };
            self.text([x + beside, pane.area.bottom - 3.0], [anchor, Anchor::End], "knee".to_owned(), Tone::Mark);
        }
        for (index, fit) in portrait.decay().fits.iter().enumerate() {
            let ends = [0.0, FLOOR].map(|level| ((fit.start - level) / fit.fall).clamp(pane.x.from, pane.x.to));
            if ends[0] < ends[1] {
                self.line(ends.map(|time| [pane.across(time), pane.up(fit.at(time))]).to_vec(), 1.0, Tone::Fit(index));
            }
            let at = [pane.area.right - BESIDE, pane.area.top + 3.0 + index as f32 * LINE];
            let text = format!("{} {:.2} s", fit.name, fit.seconds());
            self.text(at, [Anchor::End, Anchor::Start], text, Tone::Fit(index));
        }
        for channel in channels {
            let Some(curve) = portrait.decay().channels.get(channel) else { continue };
            let points =
                curve.levels.iter().enumerate().map(|(index, level)| (index as f64 * curve.step, f64::from(*level)));
            let inside = points.filter(|(time, level)| (pane.x.from..=pane.x.to).contains(time) && *level >= FLOOR);
            let points = inside.map(|(time, level)| [pane.across(time), pane.up(level)]).collect();
            self.line(points, 2.0, Tone::Channel(channel));
        }
        self.names(&pane, portrait.decay().fits.len());
        if split < area.right {
            self.octaves(Area { left: split + GAP, ..area });
        }
    }

    /// Reverberation times by octaves.
    fn octaves(&mut self, area: Area) {
        let octaves = &self.portrait.decay().octaves;
        let known = || octaves.iter().filter_map(|(centre, time)| Some((*centre, (*time)?)));
        let longest = known().map(|(_, time)| time).fold(0.0, f64::max);
        let [first, last] =
            [octaves.first(), octaves.last()].map(|octave| octave.map_or(1000.0, |(centre, _)| *centre));
        let x = Axis::frequencies((first / 1.5, last * 1.5));
        let pane = self.pane(area, x, Axis::linear((0.0, longest * 1.25), Unit::Seconds));
        // A line where neighbours are known, and a point for each.
        for pair in octaves.windows(2) {
            if let [(low, Some(time)), (high, Some(next))] = pair {
                let points = [(*low, *time), (*high, *next)];
                self.line(points.map(|(hz, time)| [pane.across(hz), pane.up(time)]).to_vec(), 2.0, Tone::Channel(0));
            }
        }
        for (centre, time) in known() {
            let [x, y] = [pane.across(centre), pane.up(time)];
            self.fill(Area { left: x - 2.5, top: y - 2.5, right: x + 2.5, bottom: y + 2.5 }, Tone::Channel(0));
        }
        let at = [pane.area.right - BESIDE, pane.area.top + 3.0];
        self.text(at, [Anchor::End, Anchor::Start], "RT60".to_owned(), Tone::Scale);
    }

    fn spectrogram(&mut self, area: Area) {
        let portrait = self.portrait;
        let range = portrait.spectrograms().first().map_or((20.0, 20_000.0), |of| of.range);
        // The first row and the last one reach half a row beyond the frequencies of their middles.
        let half = 0.5 / (Spectrogram::SIZE.1 - 1) as f64;
        let middles = Axis::frequencies(range);
        for pane in self.lanes(area, Axis::frequencies((middles.value(-half), middles.value(1.0 + half)))) {
            let Some(levels) = pane.channel.and_then(|channel| portrait.spectrograms().get(channel)) else { continue };
            // Before the impulse there is the dry sound alone.
            let [from, to] = [pane.x.from.max(0.0), pane.x.to.min(portrait.seconds)];
            let times = [from, to].map(|time| (time / portrait.seconds) as f32);
            let area = Area { left: pane.across(from), right: pane.across(to), ..pane.area };
            if from < to {
                self.sheet.shapes.push(Shape::Levels { area, levels: levels.clone(), times });
            }
            self.name(&pane);
        }
    }

    fn response(&mut self, area: Area) {
        let portrait = self.portrait;
        let channels = self.sheet.channels.clone();
        let loudest =
            channels.iter().filter_map(|channel| portrait.responses().get(*channel)).flat_map(|of| &of.smoothed);
        let top = loudest.fold(f32::MIN, |most, level| most.max(*level));
        // Whole tens, with room for what is not smoothed.
        let top = if top > -150.0 { ((f64::from(top) + 6.0) / 10.0).ceil() * 10.0 } else { 0.0 };
        let pane = self.pane(area, self.look.scale(portrait), Axis::linear((top - RESPONSE, top), Unit::Decibels));
        // Of more than two, what is not smoothed hides what is.
        for &channel in channels.iter().filter(|_| channels.len() <= 2) {
            let Some(response) = portrait.responses().get(channel) else { continue };
            let last = response.extremes.len().saturating_sub(1);
            let all = Axis::frequencies(response.range);
            self.columns(&pane, Tone::Unsmoothed(channel), |from, to| {
                let [from, to] = [from, to].map(|hz| all.place(hz) * last as f64);
                let points = response.extremes.get(from.round().max(0.0) as usize..=(to.round() as usize).min(last))?;
                let all = points.iter().copied().reduce(|(low, high), (a, b)| (low.min(a), high.max(b)))?;
                Some([pane.up(f64::from(all.1)), pane.up(f64::from(all.0))])
            });
        }
        for &channel in &channels {
            let Some(response) = portrait.responses().get(channel) else { continue };
            let points = response.smoothed.iter().enumerate();
            let inside = points.map(|(point, level)| (response.frequency(point), f64::from(*level)));
            // A little beyond the edges, so that the line reaches them.
            let reach = (pane.x.from / 1.01)..=(pane.x.to * 1.01);
            let inside: Vec<_> = inside.filter(|(hz, _)| reach.contains(hz)).collect();
            // No line runs along the bottom where there is less.
            for run in inside.split(|(_, level)| *level < pane.y.from) {
                let within = |hz: f64| pane.across(hz).clamp(pane.area.left, pane.area.right);
                let points = run.iter().map(|(hz, level)| [within(*hz), pane.up(*level)]).collect();
                self.line(points, 2.0, Tone::Channel(channel));
            }
        }
        self.names(&pane, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::Token;
    use crate::impulse::Impulse;
    use crate::picture::Timing;

    const AREA: Area = Area { left: 10.0, top: 20.0, right: 610.0, bottom: 260.0 };

    fn room(len: usize, channels: usize) -> Portrait {
        let mut state = 1_u32;
        let mut noise = move |n: usize| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / 8_388_608.0 - 1.0) * 10_f32.powf(-3.0 * n as f32 / len as f32)
        };
        let channels = (0..channels).map(|_| (0..len).map(&mut noise).collect()).collect();
        let impulse = Impulse::new(channels, 48_000).expect("valid");
        Portrait::new(&impulse, None, Timing::default(), &Token::never()).expect("not cancelled")
    }

    #[test]
    fn impulses_of_any_length_and_channel_count_are_drawn_inside_their_area() {
        for (len, channels) in [(1, 1), (2, 2), (300, 4), (48_000, 6), (20_000, 16)] {
            let portrait = room(len, channels);
            for view in View::ALL {
                for (is_in_decibels, lead) in [(false, 0.0), (true, 0.0), (false, 0.5)] {
                    let sheet = draw(&portrait, &Look { view, is_in_decibels, lead, ..Look::default() }, AREA, 1.5);
                    assert!(!sheet.panes.is_empty());
                    for shape in &sheet.shapes {
                        let ends: Vec<[f32; 2]> = match shape {
                            Shape::Fill { area, .. } | Shape::Levels { area, .. } => {
                                vec![[area.left, area.top], [area.right, area.bottom]]
                            }
                            Shape::Line { points, .. } => points.clone(),
                            Shape::Columns { left, width, spans, .. } => {
                                let right = left + width * spans.len() as f32;
                                spans.iter().flat_map(|[top, bottom]| [[*left, *top], [right, *bottom]]).collect()
                            }
                            Shape::Text { at, .. } => vec![*at],
                        };
                        let is_inside = |at: &[f32; 2]| {
                            let near = Area { left: 9.0, top: 19.0, right: 611.0, bottom: 261.0 };
                            near.contains(*at)
                        };
                        assert!(ends.iter().all(is_inside), "{view:?} of {channels} channels: {shape:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn true_stereo_has_its_sources_in_rows_and_one_channel_has_the_whole_area() {
        let portrait = room(4800, 4);
        let all = draw(&portrait, &Look::default(), AREA, 1.0);
        let corner = |pane: &Pane| (pane.area.left, pane.area.top);
        assert_eq!(all.panes.len(), 4);
        assert_eq!(corner(&all.panes[0]).1, corner(&all.panes[1]).1, "LL and LR");
        assert_eq!(corner(&all.panes[0]).0, corner(&all.panes[2]).0, "LL and RL");
        let one = draw(&portrait, &Look { channel: Some(2), ..Look::default() }, AREA, 1.0);
        assert_eq!((one.panes.len(), one.panes[0].channel), (1, Some(2)));
        assert_eq!(one.panes[0].area.right, AREA.right);
        let gone = draw(&portrait, &Look { channel: Some(4), ..Look::default() }, AREA, 1.0);
        assert_eq!(gone.panes.len(), 4, "another impulse has no such channel");
    }

    #[test]
    fn what_is_under_the_pointer_is_read() {
        let mut samples = vec![0.0; 48_000];
        samples[24_000] = 0.5;
        let impulse = Impulse::new(vec![samples.clone(), samples], 48_000).expect("valid");
        let portrait = Portrait::new(&impulse, None, Timing::default(), &Token::never()).expect("not cancelled");
        let read = |view, x: f64, y: f64| {
            let sheet = draw(&portrait, &Look { view, ..Look::default() }, AREA, 1.0);
            let pane = sheet.panes[0].clone();
            let at = [pane.area.left + x as f32 * pane.area.width(), pane.area.top + y as f32 * pane.area.height()];
            sheet.read(&portrait, at)
        };
        assert_eq!(read(View::Wave, 0.5, 0.2).as_deref(), Some("0.500 s · L -6.0 dB"));
        assert_eq!(read(View::Wave, 0.25, 0.2).as_deref(), Some("0.250 s"), "silence has no level");
        let response = read(View::Response, 0.5, 0.5).expect("inside");
        assert_eq!(response, "632 Hz · L -6.0 dB · R -6.0 dB");
        let spectrogram = read(View::Spectrogram, 0.5, 0.5).expect("inside");
        assert!(spectrogram.starts_with("0.500 s · 632 Hz · L "), "{spectrogram}");
        let silence = read(View::Spectrogram, 0.9, 0.5).expect("inside");
        assert_eq!(silence, "0.900 s · 632 Hz · L -100 dB or less");
        assert_eq!(read(View::Wave, -0.5, 0.5), None);
        // Half a second after the dry sound the impulse begins.
        let sheet = draw(&portrait, &Look { lead: 0.5, ..Look::default() }, AREA, 1.0);
        let pane = &sheet.panes[0];
        assert!((pane.across(0.0) - (pane.area.left + pane.area.width() / 3.0)).abs() < 1e-3);
        let peak = [pane.across(0.5), pane.area.top + 1.0];
        assert_eq!(sheet.read(&portrait, peak).as_deref(), Some("1.000 s · L -6.0 dB"));
    }

    #[test]
    fn a_zoom_shows_its_part_and_a_shorter_impulse_all_of_it() {
        let portrait = room(48_000, 1);
        let look = Look { time: Some((0.25, 0.5)), ..Look::default() };
        let pane = draw(&portrait, &look, AREA, 1.0).panes[0].clone();
        assert_eq!((pane.x.from, pane.x.to), (0.25, 0.5));
        let short = room(4800, 1);
        let pane = draw(&short, &look, AREA, 1.0).panes[0].clone();
        assert_eq!((pane.x.from, pane.x.to), (0.0, 0.1));
    }
}
