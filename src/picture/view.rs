//! The views.

/// One of the four views.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash)]
pub enum View {
    /// Samples over time.
    #[default]
    Wave,
    /// Energy decay curves.
    Decay,
    /// Levels over time and frequency.
    Spectrogram,
    /// Magnitude over frequency.
    Response,
}

impl View {
    /// All views, in their order.
    pub const ALL: [Self; 4] = [Self::Wave, Self::Decay, Self::Spectrogram, Self::Response];

    /// Name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wave => "Wave",
            Self::Decay => "Decay",
            Self::Spectrogram => "Spectrogram",
            Self::Response => "Response",
        }
    }
}
