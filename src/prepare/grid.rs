//! The grid of automation: when the impulse follows its settings, in sample time.
//!
//! ```text
//!  point 0              point 1              point 2              point 3
//!  ├────────────────────┼────────────────────┼────────────────────┼──
//!  a sounds             a sounds             b sounds             c sounds
//!  a is taken at once   b is sampled here    c is sampled here
//!                       └─ b is built here ──┘
//! ```
//!
//! Points are whole quanta apart, about 30 a second: 1600 frames at 48 kHz, 1472 at 44.1 kHz. They are counted from the
//! first frame after an activation or a reset, of a bounce, or of a file. Numbers are sampled at points, and the value
//! at a point sounds from the next point on, so that offline the next impulse can be built while the present one plays.
//! The values at the first frame sound from there on. A switch, another impulse, and with them every number, are taken
//! at the next boundary of a quantum.
//!
//! Plugin and program follow the same grid, so a bounce in a host and a rendered file are equal bit for bit, whatever
//! the blocks. Live it is equal as well where the build was in time; where it was late, the impulse comes when it is
//! there. The position in a song does not count: a jump of the transport changes nothing.

use crate::engine;
use crate::impulse::recipe::Shaping;

/// Points a second, about.
const RATE: u32 = 30;

/// When settings are sampled, and from which frame on they are to sound. Real-time safe.
#[derive(Debug, Clone)]
pub struct Grid {
    quantum: u64,
    step: u64,
    /// Frames since the beginning.
    position: u64,
    /// The settings that were sampled last.
    sampled: Shaping,
    /// The frame from which these are to sound.
    due: u64,
}

/// When sampled settings are to sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// From the present frame on.
    Now,
    /// From the next point on.
    NextPoint,
}

impl Grid {
    /// The grid at a sample rate in Hz, at its beginning. `sounding` is what sounds already.
    #[must_use]
    pub fn new(sample_rate: u32, sounding: Shaping) -> Self {
        let quantum = engine::quantum(sample_rate) as u64;
        Self { quantum, step: step(sample_rate), position: 0, sampled: sounding, due: 0 }
    }

    /// Begins anew: the next frame is the first one. What was sampled last is to sound from there on.
    pub fn restart(&mut self) {
        (self.position, self.due) = (0, 0);
    }

    /// True before the first frame.
    #[must_use]
    pub fn is_at_start(&self) -> bool {
        self.position == 0
    }

    /// True if what was sampled last is to sound from the present frame on, and not before.
    #[must_use]
    pub fn is_due(&self) -> bool {
        self.position == self.due
    }

    /// True if what was sampled last is to sound later.
    #[must_use]
    pub fn is_ahead(&self) -> bool {
        self.position < self.due
    }

    /// Looks at the settings before the present frame. Gives when they are to sound if they are sampled now and differ
    /// from those that were sampled last; `is_other` says that they are for another impulse.
    pub fn look(&mut self, settings: &Shaping, is_other: bool) -> Option<Due> {
        let at_once =
            self.is_at_start() || self.is_switched(settings, is_other) && self.position.is_multiple_of(self.quantum);
        let differs = is_other || *settings != self.sampled;
        if !differs || !(at_once || self.position.is_multiple_of(self.step)) {
            return None;
        }
        self.sampled = *settings;
        self.due = self.position + if at_once { 0 } else { self.step };
        Some(if at_once { Due::Now } else { Due::NextPoint })
    }

    /// Frames from the present one until the next look, at least 1, as long as the settings stay these.
    #[must_use]
    pub fn ahead(&self, settings: &Shaping, is_other: bool) -> u64 {
        let period = if self.is_switched(settings, is_other) { self.quantum } else { self.step };
        period - self.position % period
    }

    /// Frames have passed: at most as many as [`ahead`](Self::ahead) says.
    pub fn advance(&mut self, frames: u64) {
        self.position += frames;
    }

    fn is_switched(&self, settings: &Shaping, is_other: bool) -> bool {
        is_other || settings.is_switched(&self.sampled)
    }
}

/// Frames from one point to the next.
fn step(sample_rate: u32) -> u64 {
    let quantum = engine::quantum(sample_rate) as u64;
    let quanta = (f64::from(sample_rate) / f64::from(RATE) / quantum as f64).round() as u64;
    quanta.max(1) * quantum
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::impulse::units::Ratio;

    fn sized(percent: u16) -> Shaping {
        let mut shaping = Shaping::default();
        shaping.shape.size = Ratio::from_thousandths(percent * 10);
        shaping
    }

    fn reversed(settings: Shaping) -> Shaping {
        let mut shaping = settings;
        shaping.shape.reverse = true;
        shaping
    }

    #[test]
    fn points_are_whole_quanta_apart_about_thirty_a_second() {
        assert_eq!([48_000, 44_100, 96_000, 192_000, 8_000].map(step), [1600, 1472, 3200, 6400, 256]);
        for rate in (8_000..=384_000).step_by(50) {
            let (step, quantum) = (step(rate), engine::quantum(rate) as u64);
            assert_eq!(step % quantum, 0, "{rate}");
            assert!((step as f64 - f64::from(rate) / 30.0).abs() <= quantum as f64 / 2.0, "{rate}: {step}");
        }
    }

    #[test]
    fn a_number_is_sampled_at_a_point_and_sounds_from_the_next_one_on() {
        let mut grid = Grid::new(48_000, sized(100));
        assert_eq!(grid.look(&sized(90), false), Some(Due::Now), "the initial value");
        assert!(grid.is_due() && !grid.is_ahead());
        assert_eq!(grid.ahead(&sized(80), false), 1600);
        grid.advance(600);
        assert_eq!((grid.look(&sized(80), false), grid.ahead(&sized(80), false)), (None, 1000), "between points");
        grid.advance(1000);
        assert_eq!(grid.look(&sized(70), false), Some(Due::NextPoint));
        assert!(grid.is_ahead());
        grid.advance(1600);
        assert!(grid.is_due());
        assert_eq!(grid.look(&sized(70), false), None, "it has not moved");
        grid.advance(1600);
        assert!(!grid.is_due() && !grid.is_ahead());
    }

    #[test]
    fn a_switch_and_another_impulse_are_taken_at_the_next_quantum_with_every_number() {
        for is_other in [false, true] {
            let next = if is_other { sized(80) } else { reversed(sized(80)) };
            let mut grid = Grid::new(48_000, sized(100));
            grid.advance(100);
            assert_eq!((grid.look(&next, is_other), grid.ahead(&next, is_other)), (None, 28));
            grid.advance(28);
            assert_eq!(grid.look(&next, is_other), Some(Due::Now));
            assert!(grid.is_due());
            assert_eq!(grid.ahead(&next, false), 1600 - 128, "the points stay where they are");
        }
    }

    #[test]
    fn what_was_to_sound_later_gives_way_to_a_switch() {
        let mut grid = Grid::new(48_000, sized(100));
        grid.advance(1600);
        assert_eq!(grid.look(&sized(90), false), Some(Due::NextPoint));
        grid.advance(64);
        assert_eq!(grid.look(&reversed(sized(90)), false), Some(Due::Now));
        assert!(!grid.is_ahead());
    }

    #[test]
    fn a_new_beginning_takes_what_is_there_at_once() {
        let mut grid = Grid::new(44_100, sized(100));
        grid.advance(1472 + 5);
        grid.restart();
        assert!(grid.is_at_start() && grid.is_due());
        assert_eq!((grid.look(&sized(90), false), grid.ahead(&sized(90), false)), (Some(Due::Now), 1472));
    }
}
