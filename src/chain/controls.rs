//! The plain numbers that the chain needs for a block.

/// Longest pre-delay in seconds.
pub const MAX_PREDELAY: f32 = 0.5;

/// Gains, times and frequencies for one block. Gains are factors.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controls {
    /// Gain of the dry signal; 0 is off.
    pub dry: f32,
    /// Gain of the convolved signal; 0 is off.
    pub wet: f32,
    /// Gain of the sum of dry and wet signal.
    pub output: f32,
    /// Delay before the convolution in seconds, 0 to [`MAX_PREDELAY`].
    pub predelay: f32,
    /// Corner of the wet signal's low cut in Hz; `None` is off.
    pub low_cut: Option<f32>,
    /// Corner of the wet signal's high cut in Hz; `None` is off.
    pub high_cut: Option<f32>,
    /// Low shelf of the wet signal.
    pub low_shelf: Shelving,
    /// High shelf of the wet signal.
    pub high_shelf: Shelving,
    /// Stereo width of the wet signal: 0 is mono, 1 leaves it as it is, 2 doubles the difference of the sides.
    pub width: f32,
    /// True passes the input to the output untouched.
    pub bypass: bool,
}

/// Gain and corner of a shelf.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shelving {
    /// Gain far beyond the corner in dB; 0 leaves every bit as it is.
    pub gain: f32,
    /// Frequency in Hz at which half of the gain in dB is reached.
    pub corner: f32,
}

impl Default for Controls {
    /// A fresh instance: dry 0 dB, wet -12 dB, output 0 dB, filters open.
    fn default() -> Self {
        Self {
            dry: 1.0,
            wet: 0.251_188_64, // 10^(-12/20)
            output: 1.0,
            predelay: 0.0,
            low_cut: None,
            high_cut: None,
            low_shelf: Shelving { gain: 0.0, corner: 150.0 },
            high_shelf: Shelving { gain: 0.0, corner: 5000.0 },
            width: 1.0,
            bypass: false,
        }
    }
}
