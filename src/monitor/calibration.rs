//! The rate of the processor's counter, by the system's clock. Never on the audio thread.
use std::time::{Duration, Instant};

/// Least time from one measurement to the next. A thread that is preempted between its two clocks for a millisecond
/// measures a rate that is wrong by a thousandth, until the next.
const INTERVAL: Duration = Duration::from_secs(1);

/// Measures again and again, because a machine that was asleep may have stopped one clock and not the other.
#[derive(Debug, Default)]
pub(super) struct Calibration {
    /// Both clocks at the last measurement.
    since: Option<(Instant, u64)>,
    rate: Option<f64>,
}

impl Calibration {
    /// Takes both clocks, and gives the ticks of a second; `None` in the first second.
    pub fn rate(&mut self, now: Instant, ticks: u64) -> Option<f64> {
        let Some((then, before)) = self.since else {
            self.since = Some((now, ticks));
            return None;
        };
        let elapsed = now.saturating_duration_since(then);
        if elapsed >= INTERVAL {
            self.since = Some((now, ticks));
            // A counter that went back was reset meanwhile.
            self.rate = ticks.checked_sub(before).map(|ticks| ticks as f64 / elapsed.as_secs_f64()).or(self.rate);
        }
        self.rate
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_is_that_of_the_last_second_or_more() {
        let (start, mut calibration) = (Instant::now(), Calibration::default());
        let mut at = |millis: u64, ticks| calibration.rate(start + Duration::from_millis(millis), ticks);
        assert_eq!(at(0, 7_000), None);
        assert_eq!(at(999, 8_000), None, "not yet");
        assert_eq!(at(1_000, 10_000), Some(3_000.0));
        assert_eq!(at(1_500, 99_000), Some(3_000.0), "not yet again");
        assert_eq!(at(3_000, 18_000), Some(4_000.0));
        assert_eq!(at(5_000, 100), Some(4_000.0), "the counter was reset");
        assert_eq!(at(6_000, 2_600), Some(2_500.0));
    }
}
