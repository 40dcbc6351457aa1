//! The top of a room that was made larger.

/// What became of the highs of a recording that was made larger.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum Top {
    /// They go up to where the recording's own band ends; or it was not made larger.
    #[default]
    Whole,
    /// The recording's own band ends so low that there is nothing to go on with.
    Narrow {
        /// There is nothing above this frequency in Hz.
        above: f64,
    },
    /// The recording's own highs cannot be told from its noise, and only what stands out of that goes on.
    Noise {
        /// There is little above this frequency in Hz.
        above: f64,
    },
}
