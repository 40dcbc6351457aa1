//! Numbers given per octave, read at any frequency.

/// Values at octave centres, straight lines between them over the logarithm of frequency, flat beyond both ends.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Octaves {
    first: f64,
    values: Vec<f64>,
}

impl Octaves {
    /// `first` in Hz is the centre that the first of the `values` belongs to.
    pub(super) fn new(first: f64, values: Vec<f64>) -> Self {
        debug_assert!(!values.is_empty());
        Self { first, values }
    }

    /// The value at a frequency in Hz, 0 included.
    pub(super) fn at(&self, frequency: f64) -> f64 {
        let last = self.values.len() - 1;
        let place = (frequency / self.first).log2().clamp(0.0, last as f64);
        let below = (place as usize).min(last.saturating_sub(1));
        let above = (below + 1).min(last);
        self.values[below] + (self.values[above] - self.values[below]) * (place - below as f64)
    }

    /// The largest of the values.
    pub(super) fn largest(&self) -> f64 {
        self.values.iter().copied().fold(f64::NEG_INFINITY, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use super::Octaves;

    #[test]
    fn between_centres_it_is_a_line_over_log_frequency_and_flat_outside() {
        let octaves = Octaves::new(125.0, vec![1.0, 3.0, 2.0]);
        for (frequency, expected) in
            [(0.0, 1.0), (60.0, 1.0), (125.0, 1.0), (125.0 * 2_f64.sqrt(), 2.0), (250.0, 3.0), (500.0, 2.0), (9e9, 2.0)]
        {
            assert!((octaves.at(frequency) - expected).abs() < 1e-12, "{frequency}");
        }
        assert_eq!(Octaves::new(63.0, vec![4.0]).at(1000.0), 4.0);
    }
}
