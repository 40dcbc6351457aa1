//! The table: a row for each setting.

use super::condition::Condition::{AnyMoved, Is, IsEither};
use super::kind::{Choice, Kind, Number, Switch};
use super::{Scale, Setting};
use crate::chain::MAX_PREDELAY;

/// Lowest level in dB of dry and wet signal: off.
pub const LEVEL_OFF: f32 = -60.0;
/// Longest pre-delay in ms.
pub const LONGEST_PREDELAY: f32 = 1000.0 * MAX_PREDELAY;
/// Lowest corner of the low cut in Hz: off.
pub const LOW_CUT_OFF: f32 = 20.0;
/// Highest corner of the high cut in Hz: off.
pub const HIGH_CUT_OFF: f32 = 20_000.0;
/// Longest time in ms of the impulse; where a time ends something, it means off.
pub const LONG: f32 = 60_000.0;

/// The part of the product that a setting belongs to; a page of the window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Section {
    /// Levels of dry and wet signal, pre-delay and width.
    #[default]
    Mix,
    /// Filters of the wet signal.
    Tone,
    /// The impulse over time.
    Shape,
    /// Reverberation time per band.
    Decay,
    /// The second impulse.
    Blend,
}

impl Section {
    /// All sections, in the order of the table.
    pub const ALL: [Self; 5] = [Self::Mix, Self::Tone, Self::Shape, Self::Decay, Self::Blend];

    /// The title of the section.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Mix => "Mix",
            Self::Tone => "Tone",
            Self::Shape => "Shape",
            Self::Decay => "Decay",
            Self::Blend => "1 + 2",
        }
    }
}

/// Passes every row to a macro, which makes of each what it needs: a field, a parameter, an entry. A row has field, id,
/// name, section, a sentence, the conditions under which the setting has an effect if there are any, and the values.
///
/// Where a skew looks arbitrary, the comment behind the row has the value that it puts half-way.
macro_rules! every_setting {
    ($with:ident) => {
        $with! {
            dry "dry" "Dry" Mix "Level of the dry signal"
                [Is("mix_mode", "levels")]
                Number { range: -60.0..=12.0, default: 0.0, step: 0.1, skew: 2.0, scale: Scale::Decibels, off: Some(LEVEL_OFF) };
            wet "wet" "Wet" Mix "Level of the wet signal"
                [Is("mix_mode", "levels")]
                Number { range: -60.0..=12.0, default: -12.0, step: 0.1, skew: 2.0, scale: Scale::Decibels, off: Some(LEVEL_OFF) };
            mix_mode "mix_mode" "Mix mode" Mix "Dry and wet signal are set by their two levels, or by one mix"
                Choice { options: &[&["levels"], &["mix"]], default: 0 };
            mix "mix" "Mix" Mix "Share of the wet signal, with the same power everywhere: 0 is dry alone, 100 is wet alone"
                [Is("mix_mode", "mix")]
                Number { range: 0.0..=100.0, default: 25.0, step: 1.0, skew: 1.0, scale: Scale::Percent, off: None };
            mix_lock "mix_lock" "Lock mix" Mix "Leave dry, wet and mix as they are when a preset is opened in the window"
                Switch { default: false };
            output_level "output_level" "Output" Mix "Level of the sum of dry and wet signal"
                Number { range: -24.0..=12.0, default: 0.0, step: 0.1, skew: 1.0, scale: Scale::Decibels, off: None };
            output_lock "output_lock" "Lock output" Mix "Leave the output level as it is when a preset is opened in the window"
                Switch { default: false };
            loudness "loudness" "Loudness" Mix "How impulses are made equally loud: rooms by their loudness on pink noise, cabinets by the peak of their spectrum"
                Choice { options: &[&["off"], &["room", "match", "on"], &["cabinet"]], default: 1 };
            width "width" "Width" Mix "Stereo width of the wet signal: 0 is mono, 100 as it is, 200 twice as wide"
                Number { range: 0.0..=200.0, default: 100.0, step: 1.0, skew: 1.0, scale: Scale::Percent, off: None };
            predelay "predelay" "Pre-delay" Mix "Delay of the wet signal"
                [Is("predelay_sync", "off")]
                Number { range: 0.0..=LONGEST_PREDELAY, default: 0.0, step: 0.1, skew: 0.5, scale: Scale::Milliseconds, off: None };
            predelay_sync "predelay_sync" "Pre-delay sync" Mix "Pre-delay as a note at the host's tempo, at most 500 ms; without a tempo, at 120 beats per minute"
                Choice {
                    options: &[
                        &["off", "no"],
                        &["1/64"],
                        &["1/32"],
                        &["1/16 triplet", "1/16t"],
                        &["1/16"],
                        &["1/16 dotted", "1/16d"],
                        &["1/8 triplet", "1/8t"],
                        &["1/8"],
                        &["1/8 dotted", "1/8d"],
                        &["1/4"],
                    ],
                    default: 0
                };
            bypass "bypass" "Bypass" Mix "Pass the input on untouched"
                Switch { default: false };

            low_cut "low_cut" "Low cut" Tone "Remove what lies below this frequency from the wet signal"
                Number { range: LOW_CUT_OFF..=2000.0, default: LOW_CUT_OFF, step: 1.0, skew: 0.289, scale: Scale::Hertz, off: Some(LOW_CUT_OFF) }; // 200 Hz
            high_cut "high_cut" "High cut" Tone "Remove what lies above this frequency from the wet signal"
                Number { range: 500.0..=HIGH_CUT_OFF, default: HIGH_CUT_OFF, step: 10.0, skew: 0.348, scale: Scale::Hertz, off: Some(HIGH_CUT_OFF) }; // 3.16 kHz

            low_shelf "low_shelf" "Low shelf" Tone "Gain of the lows of the wet signal"
                Number { range: -18.0..=18.0, default: 0.0, step: 0.1, skew: 1.0, scale: Scale::Decibels, off: None };
            low_shelf_corner "low_shelf_corner" "Low corner" Tone "Frequency at which half of the gain of the low shelf is reached"
                [AnyMoved(&["low_shelf"])]
                Number { range: 30.0..=1000.0, default: 150.0, step: 1.0, skew: 0.4, scale: Scale::Hertz, off: None }; // 200 Hz
            high_shelf "high_shelf" "High shelf" Tone "Gain of the highs of the wet signal"
                Number { range: -18.0..=18.0, default: 0.0, step: 0.1, skew: 1.0, scale: Scale::Decibels, off: None };
            high_shelf_corner "high_shelf_corner" "High corner" Tone "Frequency at which half of the gain of the high shelf is reached"
                [AnyMoved(&["high_shelf"])]
                Number { range: 1000.0..=16_000.0, default: 5000.0, step: 10.0, skew: 0.5, scale: Scale::Hertz, off: None }; // 4.75 kHz

            trim_start "trim_start" "Trim start" Shape "Drop what comes before this time of the recording"
                [Is("trim_start_auto", "off")]
                Number { range: 0.0..=2000.0, default: 0.0, step: 0.1, skew: 0.5, scale: Scale::Milliseconds, off: Some(0.0) };
            trim_start_auto "trim_start_auto" "Auto trim start" Shape "Drop what comes before the room begins to sound"
                Switch { default: false };
            trim_end "trim_end" "Trim end" Shape "Drop what comes from this time of the recording on"
                [Is("trim_end_auto", "off")]
                Number { range: 10.0..=LONG, default: LONG, step: 1.0, skew: 0.159, scale: Scale::Milliseconds, off: Some(LONG) }; // 775 ms
            trim_end_auto "trim_end_auto" "Auto trim end" Shape "Drop what comes after the decay has sunk into the noise"
                Switch { default: false };
            size "size" "Size" Shape "Size of the room: its reflections and its decay stretch with it"
                Number { range: 50.0..=200.0, default: 100.0, step: 1.0, skew: 0.631, scale: Scale::Percent, off: None }; // 100 %
            late "late" "Early/late" Shape "Level of the late tail against the early reflections"
                Number { range: -24.0..=24.0, default: 0.0, step: 0.1, skew: 1.0, scale: Scale::Decibels, off: None };
            reverse "reverse" "Reverse" Shape "Play the impulse backwards"
                Switch { default: false };
            attack "attack" "Attack" Shape "Time in which the impulse rises, from its direct sound on"
                Number { range: 0.0..=5000.0, default: 0.0, step: 0.1, skew: 0.333, scale: Scale::Milliseconds, off: Some(0.0) };
            decay "decay" "Decay" Shape "Time in which an additional decay takes 60 dB away"
                Number { range: 10.0..=LONG, default: LONG, step: 1.0, skew: 0.159, scale: Scale::Milliseconds, off: Some(LONG) }; // 775 ms
            fade_in "fade_in" "Fade in" Shape "Time of the fade at the beginning of the impulse"
                Number { range: 0.0..=5000.0, default: 0.0, step: 0.1, skew: 0.333, scale: Scale::Milliseconds, off: Some(0.0) };
            fade_out "fade_out" "Fade out" Shape "Time of the fade at the end of the impulse"
                Number { range: 0.0..=10_000.0, default: 0.0, step: 0.1, skew: 0.333, scale: Scale::Milliseconds, off: Some(0.0) };
            keep_offset "keep_offset" "Keep offset" Shape "Leave a constant offset of the recording in it; off, one behind the decay is found and taken out"
                Switch { default: false };

            decay_low "decay_low" "Decay lows" Decay "Reverberation time of the lows, relative to that of the impulse"
                Number { range: 25.0..=400.0, default: 100.0, step: 1.0, skew: 0.431, scale: Scale::Percent, off: None }; // 100 %
            decay_middle "decay_middle" "Decay middle" Decay "Reverberation time of the middle, relative to that of the impulse"
                Number { range: 25.0..=400.0, default: 100.0, step: 1.0, skew: 0.431, scale: Scale::Percent, off: None }; // 100 %
            decay_high "decay_high" "Decay highs" Decay "Reverberation time of the highs, relative to that of the impulse"
                Number { range: 25.0..=400.0, default: 100.0, step: 1.0, skew: 0.431, scale: Scale::Percent, off: None }; // 100 %
            low_crossover "low_crossover" "Low crossover" Decay "Frequency between lows and middle"
                [AnyMoved(&["decay_low", "decay_middle", "decay_high"])]
                Number { range: 50.0..=1000.0, default: 250.0, step: 1.0, skew: 0.408, scale: Scale::Hertz, off: None }; // 224 Hz
            high_crossover "high_crossover" "High crossover" Decay "Frequency between middle and highs"
                [AnyMoved(&["decay_low", "decay_middle", "decay_high"])]
                Number { range: 1000.0..=12_000.0, default: 4000.0, step: 10.0, skew: 0.463, scale: Scale::Hertz, off: None }; // 3.46 kHz
            decay_all "decay_all" "Decay all" Decay "Reverberation time at all frequencies, relative to that of the impulse; multiplies lows, middle and highs"
                Number { range: 25.0..=400.0, default: 100.0, step: 1.0, skew: 0.431, scale: Scale::Percent, off: None }; // 100 %
            clean_tail "clean_tail" "Clean tail" Decay "At each frequency, put the decay in place of the recording's noise where it comes to it"
                Switch { default: false };

            combine "combine" "Impulse 2" Blend "What the second impulse does: nothing, morph with the first, follow it in series, or be added to it as a blend"
                Choice { options: &[&["off"], &["morph"], &["series"], &["blend"]], default: 0 };
            morph "morph" "Morph" Blend "Position between the first impulse, 0, and the second, 100"
                [IsEither("combine", ["morph", "blend"])]
                Number { range: 0.0..=100.0, default: 50.0, step: 1.0, skew: 1.0, scale: Scale::Percent, off: None };
            invert "invert" "Invert 1" Blend "Turn the polarity of the impulse over; of two, that of the first one"
                Switch { default: false };
            second_invert "second_invert" "Invert 2" Blend "Turn the polarity of the second impulse over"
                [AnyMoved(&["combine"])]
                Switch { default: false };
            path_order "path_order" "Path order 1" Blend "How the four paths of true stereo come in a file that does not say it: by their source (left in, right in), or by the ear that hears them; of two impulses, in the first one"
                Choice { options: &[&["by source", "source", "ll lr rl rr"], &["by ear", "ear", "ll rl lr rr"]], default: 0 };
            second_path_order "second_path_order" "Path order 2" Blend "How the four paths of true stereo come in the file of the second impulse"
                [AnyMoved(&["combine"])]
                Choice { options: &[&["by source", "source", "ll lr rl rr"], &["by ear", "ear", "ll rl lr rr"]], default: 0 };
        }
    };
}
pub(crate) use every_setting;

macro_rules! table {
    ($($field:ident $id:tt $name:tt $section:ident $about:tt $([$($condition:expr),*])? $kind:ident $values:tt;)*) => {
        /// Every setting, section by section.
        pub static TABLE: [Setting; COUNT] = [$(
            Setting {
                id: $id,
                name: $name,
                about: $about,
                section: Section::$section,
                conditions: &[$($($condition),*)?],
                kind: Kind::$kind($kind $values),
            }
        ),*];

        /// Number of settings.
        pub const COUNT: usize = [$($id),*].len();
    };
}

every_setting!(table);
