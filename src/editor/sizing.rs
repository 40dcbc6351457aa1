//! The size that the host's frame was asked for, until the host gives it.
//!
//! While a host resizes its frame, it may drop what else it is asked for: of a drag of the corner the last steps would
//! be lost. So the host is asked again, a few times.

use std::time::{Duration, Instant};

/// Time that a host gets to resize its frame.
const PATIENCE: Duration = Duration::from_millis(250);

/// Times that a host is asked for one size. A host that refuses is left alone then.
const TRIES: usize = 4;

/// The request that is under way, if one is. Sizes are width and height in pixels.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sizing(Option<Request>);

#[derive(Debug, Clone, Copy)]
struct Request {
    size: [u32; 2],
    at: Instant,
    tries: usize,
}

impl Sizing {
    /// The host was asked for a size.
    pub fn begin(&mut self, size: [u32; 2], now: Instant) {
        self.0 = Some(Request { size, at: now, tries: 1 });
    }

    /// True if the host may have to be asked again.
    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        self.0.is_some_and(|request| now.saturating_duration_since(request.at) >= PATIENCE)
    }

    /// The size that the host is to be asked for again; `present` is the size that it gives now. A host that has given
    /// the size once is asked no more: whatever comes then is the user's hand.
    #[must_use]
    pub fn again(&mut self, present: [u32; 2], now: Instant) -> Option<[u32; 2]> {
        self.0.take_if(|request| request.size == present);
        if !self.is_due(now) {
            return None;
        }
        let request = self.0.take().filter(|request| request.tries < TRIES)?;
        self.0 = Some(Request { at: now, tries: request.tries + 1, ..request });
        Some(request.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The times in milliseconds at which a host is asked that gives these sizes from these times on.
    fn asked(sizing: &mut Sizing, from: Instant, sizes: &[(u64, [u32; 2])]) -> Vec<u64> {
        let size = |ms: u64| sizes.iter().rfind(|(from, _)| *from <= ms).expect("a size").1;
        let now = |ms: u64| from + Duration::from_millis(ms);
        (0..3_000).step_by(10).filter(|ms| sizing.again(size(*ms), now(*ms)).is_some()).collect()
    }

    #[test]
    fn a_host_that_keeps_its_size_is_asked_four_times_in_all() {
        let (mut sizing, now) = (Sizing::default(), Instant::now());
        assert_eq!(asked(&mut sizing, now, &[(0, [780, 600])]), [0; 0], "nothing is asked for");
        sizing.begin([900, 700], now);
        assert!(!sizing.is_due(now));
        assert_eq!(asked(&mut sizing, now, &[(0, [780, 600])]), [250, 500, 750]);
        assert!(!sizing.is_due(now + Duration::from_secs(9)), "it is left alone");
    }

    #[test]
    fn a_host_that_obeys_is_asked_once_and_one_that_stops_half_way_again() {
        let (mut sizing, now) = (Sizing::default(), Instant::now());
        sizing.begin([900, 700], now);
        // The user pulls the host's frame afterwards.
        assert_eq!(asked(&mut sizing, now, &[(0, [780, 600]), (30, [900, 700]), (100, [800, 600])]), [0; 0]);
        sizing.begin([900, 700], now);
        assert_eq!(asked(&mut sizing, now, &[(0, [800, 600]), (30, [850, 650]), (400, [900, 700])]), [250]);
    }
}
