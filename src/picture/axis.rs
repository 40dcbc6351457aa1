//! Scales: what a place in a picture stands for.

/// Points between two lines of a scale, at least.
const APART: f64 = 60.0;

/// How a scale goes from one end to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// In equal steps.
    Linear,
    /// In equal ratios.
    Logarithmic,
}

/// Unit of a scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Seconds.
    Seconds,
    /// Hz.
    Hertz,
    /// Decibels.
    Decibels,
    /// Samples, as parts of full scale.
    Samples,
}

/// The scale along one edge of a pane.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Axis {
    /// The value at the left or lower end.
    pub from: f64,
    /// The value at the other end.
    pub to: f64,
    /// How it goes.
    pub scale: Scale,
    /// The unit of its values.
    pub unit: Unit,
    /// The value that is written and read as 0.
    pub zero: f64,
}

impl Axis {
    /// A scale in equal steps.
    #[must_use]
    pub fn linear((from, to): (f64, f64), unit: Unit) -> Self {
        Self { from, to, scale: Scale::Linear, unit, zero: 0.0 }
    }

    /// A scale of frequencies in Hz.
    #[must_use]
    pub fn frequencies((from, to): (f64, f64)) -> Self {
        Self { from, to, scale: Scale::Logarithmic, unit: Unit::Hertz, zero: 0.0 }
    }

    /// Where a value is, from 0 at one end to 1 at the other.
    #[must_use]
    pub fn place(&self, value: f64) -> f64 {
        match self.scale {
            Scale::Linear => (value - self.from) / (self.to - self.from),
            Scale::Logarithmic => (value / self.from).ln() / (self.to / self.from).ln(),
        }
    }

    /// The value at a place, from 0 at one end to 1 at the other.
    #[must_use]
    pub fn value(&self, place: f64) -> f64 {
        match self.scale {
            Scale::Linear => self.from + place * (self.to - self.from),
            Scale::Logarithmic => self.from * (self.to / self.from).powf(place),
        }
    }

    /// The scale with this much of it around a place that stays where it is: half of it is twice as large in a picture.
    /// It does not go beyond `all`, nor below `least` of it.
    #[must_use]
    pub fn zoomed(&self, share: f64, place: f64, all: &Self, least: f64) -> Self {
        let ends = [0.0, 1.0].map(|end| all.place(self.value(place + share * (end - place))));
        let width = (ends[1] - ends[0]).clamp(least, 1.0);
        // The place that stays, where the width is bounded, too.
        let fixed = all.place(self.value(place));
        let from = (fixed - place * width).clamp(0.0, 1.0 - width);
        Self { from: all.value(from), to: all.value(from + width), ..*self }
    }

    /// The scale moved by a share of itself, as far as `all` reaches.
    #[must_use]
    pub fn moved(&self, share: f64, all: &Self) -> Self {
        let ends = [self.from, self.to].map(|end| all.place(end));
        let width = ends[1] - ends[0];
        let from = (ends[0] + share * width).clamp(0.0, (1.0 - width).max(0.0));
        Self { from: all.value(from), to: all.value(from + width), ..*self }
    }

    /// Round values to draw lines at, on a scale of so many points; of samples, the one of silence.
    #[must_use]
    pub fn ticks(&self, points: f32) -> Vec<f64> {
        let most = (f64::from(points) / APART).max(1.0);
        if self.scale == Scale::Logarithmic {
            let decades: Vec<f64> =
                (0..6).flat_map(|decade| [1.0, 2.0, 5.0].map(|m| m * 10_f64.powi(decade))).collect();
            let inside = |step: usize| {
                let ticks = decades.iter().copied().enumerate().filter(move |(index, _)| step == 1 || index % 3 == 0);
                ticks.map(|(_, hz)| hz).filter(|hz| (self.from..=self.to).contains(hz)).collect::<Vec<_>>()
            };
            let all = inside(1);
            return if all.len() as f64 <= most.max(2.0) * 1.5 { all } else { inside(3) };
        }
        let smallest = (self.to - self.from) / most;
        if self.unit == Unit::Samples {
            return vec![0.0];
        }
        if smallest.is_nan() || smallest <= 0.0 || !smallest.is_finite() {
            return vec![self.from];
        }
        let step = self.round_step(smallest);
        let first = ((self.from - self.zero) / step - 1e-9).ceil() as i64;
        let last = ((self.to - self.zero) / step + 1e-9).floor() as i64;
        (first..=last).map(|n| self.zero + n as f64 * step).collect()
    }

    /// A value as the text of a line, in the unit of all lines on this scale.
    #[must_use]
    pub fn label(&self, value: f64, points: f32) -> String {
        let value = value - self.zero;
        match self.unit {
            Unit::Hertz if value >= 1000.0 => format!("{} kHz", value / 1000.0),
            Unit::Hertz => format!("{value} Hz"),
            Unit::Seconds | Unit::Decibels | Unit::Samples => {
                let most = (f64::from(points) / APART).max(1.0);
                let step = self.round_step((self.to - self.from) / most);
                let (value, step, unit) = match self.unit {
                    Unit::Seconds if step < 0.01 => (value * 1000.0, step * 1000.0, " ms"),
                    Unit::Seconds => (value, step, " s"),
                    Unit::Decibels => (value, step, " dB"),
                    _ => (value, step, ""),
                };
                let decimals = (-(step.log10() + 1e-9).floor()).clamp(0.0, 9.0) as usize;
                // No zero has a sign.
                let value = if value.abs() < step / 2.0 { 0.0 } else { value };
                format!("{value:.decimals$}{unit}")
            }
        }
    }

    /// The least step that is not smaller: 1, 2 or 5 times a power of ten; from 20 dB to the next of 100 dB it is 40 dB.
    fn round_step(&self, smallest: f64) -> f64 {
        let decade = 10_f64.powf(smallest.log10().floor());
        let middle = if self.unit == Unit::Decibels { 4.0 } else { 5.0 };
        let steps = [1.0, 2.0, middle, 10.0].map(|m| m * decade);
        steps.into_iter().find(|step| *step >= smallest * (1.0 - 1e-9)).unwrap_or(smallest)
    }

    /// A value as somebody reads it under the pointer, with its unit.
    #[must_use]
    pub fn reading(&self, value: f64) -> String {
        let value = value - self.zero;
        match self.unit {
            Unit::Seconds if self.to - self.from < 0.1 => format!("{:.3} ms", value * 1000.0),
            Unit::Seconds if self.to - self.from < 1.0 => format!("{:.1} ms", value * 1000.0),
            Unit::Seconds => format!("{value:.3} s"),
            Unit::Hertz if value >= 1000.0 => format!("{:.2} kHz", value / 1000.0),
            Unit::Hertz => format!("{value:.0} Hz"),
            Unit::Decibels => format!("{value:.1} dB"),
            Unit::Samples => format!("{value:.3}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TIME: Axis = Axis { from: 0.0, to: 3.2, scale: Scale::Linear, unit: Unit::Seconds, zero: 0.0 };

    #[test]
    fn ticks_are_round_and_not_too_close() {
        assert_eq!(TIME.ticks(582.0), [0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0]);
        let labels = |axis: Axis, points| {
            axis.ticks(points).into_iter().map(|tick| axis.label(tick, points)).collect::<Vec<_>>()
        };
        assert_eq!(labels(Axis { to: 0.02, ..TIME }, 300.0), ["0 ms", "5 ms", "10 ms", "15 ms", "20 ms"]);
        assert_eq!(labels(Axis { from: -0.3, ..TIME }, 300.0), ["0 s", "1 s", "2 s", "3 s"]);
        let from_the_dry_sound = Axis { from: -0.25, zero: -0.25, ..TIME };
        assert_eq!(labels(from_the_dry_sound, 300.0), ["0 s", "1 s", "2 s", "3 s"]);
        assert_eq!(from_the_dry_sound.ticks(300.0)[1], 0.75);
        assert_eq!(labels(Axis::linear((-60.0, 0.0), Unit::Decibels), 200.0), ["-60 dB", "-40 dB", "-20 dB", "0 dB"]);
        assert_eq!(labels(Axis::frequencies((20.0, 20_000.0)), 200.0), ["100 Hz", "1 kHz", "10 kHz"]);
        assert_eq!(Axis::frequencies((20.0, 20_000.0)).ticks(600.0).len(), 10, "20, 50, 100 … 20 000");
        for seconds in [1e-5, 0.0021, 0.37, 1.0, 5.9, 60.0] {
            for width in [50.0_f32, 216.0, 442.0, 1200.0] {
                let ticks = Axis { to: seconds, ..TIME }.ticks(width);
                let between = ticks.get(1).map_or(f64::from(width), |step| step / seconds * f64::from(width));
                assert!(between >= 59.999_f64.min(f64::from(width)), "{seconds} s on {width}: {between}");
                assert!(ticks.len() < 40);
            }
        }
        assert_eq!(Axis { to: 0.0, ..TIME }.ticks(500.0), [0.0]);
    }

    #[test]
    fn zoom_keeps_the_value_at_the_pointer_and_ends_at_the_whole() {
        for all in [TIME, Axis::frequencies((20.0, 20_000.0))] {
            let near = all.zoomed(0.5, 0.3, &all, 1e-3);
            assert!((near.value(0.3) / all.value(0.3) - 1.0).abs() < 1e-9);
            assert!((all.place(near.to) - all.place(near.from) - 0.5).abs() < 1e-9);
            let least = (0..40).fold(near, |axis, _| axis.zoomed(0.5, 0.3, &all, 1e-3));
            assert!((all.place(least.to) - all.place(least.from) - 1e-3).abs() < 1e-9);
            assert!((least.value(0.3) / all.value(0.3) - 1.0).abs() < 1e-6, "{least:?}");
            let back = (0..40).fold(least, |axis, _| axis.zoomed(2.0, 0.9, &all, 1e-3));
            assert!((back.from - all.from).abs() < 1e-6 && (back.to / all.to - 1.0).abs() < 1e-9, "{back:?}");
            let moved = near.moved(10.0, &all);
            assert!((moved.to / all.to - 1.0).abs() < 1e-9);
            assert!((all.place(moved.from) - 0.5).abs() < 1e-9);
        }
    }

    #[test]
    fn readings_have_their_units() {
        assert_eq!(TIME.reading(1.2344), "1.234 s");
        assert_eq!(Axis { zero: -0.25, ..TIME }.reading(1.0), "1.250 s");
        assert_eq!(Axis { to: 0.05, ..TIME }.reading(0.01234), "12.340 ms");
        assert_eq!(Axis::frequencies((20.0, 20_000.0)).reading(1234.0), "1.23 kHz");
        assert_eq!(Axis::frequencies((20.0, 20_000.0)).reading(63.4), "63 Hz");
    }
}
