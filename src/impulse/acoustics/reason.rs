//! Why a figure is not given.

/// A figure, or why there is none.
pub type Figure = Result<f64, NotMeasurable>;

/// Why a figure of an impulse is not measurable.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum NotMeasurable {
    /// There is no sound in it.
    #[error("there is no sound")]
    Silent,
    /// Its sound does not die away.
    #[error("nothing dies away")]
    NoDecay,
    /// Its sound lasts less than 50 ms.
    #[error("it is too short for a decay")]
    Short,
    /// Nothing but one sample sounds in it.
    #[error("only one sample sounds")]
    OneSample,
    /// Its decay comes down less far than the figure needs before noise or the recording's end, in dB.
    #[error("the decay is seen over {seen:.0} dB, {needed:.0} dB are needed")]
    Range {
        /// What the figure needs.
        needed: f64,
        /// Range that is seen, in dB.
        seen: f64,
    },
    /// The energy that is still to come at the time that the figure divides by is too weak to be told
    /// from noise or from what was cut off.
    #[error("what follows the first {milliseconds} ms cannot be told from the noise or from the recording's end")]
    Late {
        /// The figure's time.
        milliseconds: f64,
    },
    /// The end may be noise or a late decay, or the noise scatters too much: the figure would be uncertain by more than
    /// 5 %, or 1 dB.
    #[error("noise and late decay cannot be told apart")]
    Uncertain,
    /// The octave is so narrow that its filter rings as long as the decay: bandwidth times reverberation time is 16 or
    /// less (ISO 3382-2:2008, 7.3).
    #[error("the decay is too short for so narrow a band")]
    Narrow,
    /// No steady noise is seen at the end.
    #[error("no steady noise is seen at its end")]
    NoNoise,
    /// An octave that the figure is made of has no reverberation time.
    #[error("the octave at {hz:.0} Hz has no reverberation time")]
    Octave {
        /// The octave's centre in Hz.
        hz: f64,
    },
    /// Nothing at the beginning stands out of what follows: the sound builds up, or is dense from the first.
    #[error("no direct sound stands out of what follows it")]
    NoDirectSound,
    /// What comes first, up to 100 ms after the direct sound, does not stand out of what is around.
    #[error("no first reflection stands out within 100 ms of the direct sound")]
    NoReflection,
    /// There are no two sides that sound.
    #[error("it has not two sides that sound")]
    OneSide,
    /// Its tail was cleaned, and is that of other octaves because too little of its own decay is seen.
    #[error("too little of its own decay is seen, its tail is that of the octaves next to it")]
    Assumed,
    /// It is played backwards.
    #[error("it is played backwards")]
    Backwards,
}
