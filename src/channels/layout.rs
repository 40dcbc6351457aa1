//! A layout of inputs and outputs.

use super::Bus;

/// Inputs and outputs of the effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ChannelLayout {
    /// Two inputs, two outputs.
    #[default]
    Stereo,
    /// One input, one output.
    Mono,
    /// One input, two outputs.
    MonoToStereo,
    /// A signal through, with as many outputs as inputs.
    Through(Bus),
    /// One input.
    MonoTo(Bus),
    /// Two inputs; out go speakers.
    StereoTo(Bus),
}

/// Numbers of channels of which no signal has a name.
const DISCRETE: [u8; 9] = [3, 5, 7, 10, 11, 12, 13, 14, 15];

impl ChannelLayout {
    /// All layouts, the preferred one first: a host that does not choose gets that. Of two with the same numbers of
    /// channels the first is taken where only the numbers are known.
    pub const ALL: [Self; 27] = {
        let mut all = [Self::Stereo; 27];
        (all[1], all[2]) = (Self::Mono, Self::MonoToStereo);
        let (mut count, mut at) = (3, 0);
        while at < Bus::NAMED.len() {
            let bus = Bus::NAMED[at];
            (all[count], all[count + 1]) = (Self::Through(bus), Self::MonoTo(bus));
            count += 2;
            if !bus.is_ambisonic() {
                all[count] = Self::StereoTo(bus);
                count += 1;
            }
            at += 1;
        }
        at = 0;
        while at < DISCRETE.len() {
            all[count] = Self::Through(Bus::Discrete(DISCRETE[at]));
            count += 1;
            at += 1;
        }
        assert!(count == all.len());
        all
    };

    /// Most channels that any layout has on one side.
    pub const MOST_CHANNELS: usize = 16;

    /// The layout of so many inputs and outputs, if there is one.
    #[must_use]
    pub fn of(inputs: usize, outputs: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| (layout.inputs(), layout.outputs()) == (inputs, outputs))
    }

    /// The layout with this [name](Self::name), if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| layout.name() == name)
    }

    /// The layout in which a file of so many channels is played: one channel to two, more to as many. `None` if there
    /// is no layout with as many inputs.
    #[must_use]
    pub fn of_file(channels: usize) -> Option<Self> {
        match channels {
            1 => Some(Self::MonoToStereo),
            2 => Some(Self::Stereo),
            _ => Bus::of(channels).map(Self::Through),
        }
    }

    /// The layout from so many inputs to a signal: from one, from two, or from as many as the signal has. `None` if
    /// there is none.
    #[must_use]
    pub fn to(inputs: usize, bus: Bus) -> Option<Self> {
        let layout = match inputs {
            1 => Self::MonoTo(bus),
            2 => Self::StereoTo(bus),
            _ => Self::Through(bus),
        };
        (layout.inputs() == inputs && Self::ALL.contains(&layout)).then_some(layout)
    }

    /// Name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Stereo => "Stereo",
            Self::Mono => "Mono",
            Self::MonoToStereo => "Mono to stereo",
            Self::Through(bus) => bus.name(),
            Self::MonoTo(bus) => match bus {
                Bus::Quad => "Mono to quad",
                Bus::Surround51 => "Mono to 5.1",
                Bus::Surround71 => "Mono to 7.1",
                Bus::Ambisonic1 => "Mono to ambisonics, 1st order",
                Bus::Ambisonic2 => "Mono to ambisonics, 2nd order",
                Bus::Ambisonic3 => "Mono to ambisonics, 3rd order",
                Bus::Discrete(_) => "Mono to several channels",
            },
            Self::StereoTo(bus) => match bus {
                Bus::Quad => "Stereo to quad",
                Bus::Surround51 => "Stereo to 5.1",
                Bus::Surround71 => "Stereo to 7.1",
                _ => "Stereo to several channels",
            },
        }
    }

    /// Name of an input for people, as [`Bus::channel_name`].
    #[must_use]
    pub fn input_name(self, input: usize) -> String {
        match self {
            Self::Through(bus) => bus.channel_name(input),
            _ => side(input, self.inputs()),
        }
    }

    /// Name of an output, likewise.
    #[must_use]
    pub fn output_name(self, output: usize) -> String {
        self.bus().map_or_else(|| side(output, self.outputs()), |bus| bus.channel_name(output))
    }

    /// Number of inputs.
    #[must_use]
    pub const fn inputs(self) -> usize {
        match self {
            Self::Stereo | Self::StereoTo(_) => 2,
            Self::Mono | Self::MonoToStereo | Self::MonoTo(_) => 1,
            Self::Through(bus) => bus.channels(),
        }
    }

    /// Number of outputs; at least as many as inputs.
    #[must_use]
    pub const fn outputs(self) -> usize {
        match self {
            Self::Stereo | Self::MonoToStereo => 2,
            Self::Mono => 1,
            Self::Through(bus) | Self::MonoTo(bus) | Self::StereoTo(bus) => bus.channels(),
        }
    }

    /// The signal that comes out, if it has more than two channels.
    #[must_use]
    pub const fn bus(self) -> Option<Bus> {
        match self {
            Self::Stereo | Self::Mono | Self::MonoToStereo => None,
            Self::Through(bus) | Self::MonoTo(bus) | Self::StereoTo(bus) => Some(bus),
        }
    }

    /// The input whose dry signal is heard at an output, if any is: of one input, the middle or both sides in front; in
    /// ambisonics the first harmonic, which comes from everywhere.
    #[must_use]
    pub fn dry(self, output: usize) -> Option<usize> {
        match self {
            Self::Stereo | Self::Mono | Self::Through(_) => Some(output),
            Self::MonoToStereo => Some(0),
            Self::MonoTo(bus) => {
                let in_front = match bus.centre() {
                    Some(centre) => output == centre,
                    None if bus.is_ambisonic() => output == 0,
                    None => output < 2,
                };
                in_front.then_some(0)
            }
            Self::StereoTo(_) => (output < 2).then_some(output),
        }
    }

    /// Outputs that are left and right of each other.
    #[must_use]
    pub const fn pairs(self) -> &'static [(usize, usize)] {
        match self {
            Self::Mono => &[],
            Self::Stereo | Self::MonoToStereo => &[(0, 1)],
            Self::Through(bus) | Self::MonoTo(bus) | Self::StereoTo(bus) => bus.pairs(),
        }
    }

    /// True for an output by which the loudness of an impulse is judged: every one but low-frequency effects, and of
    /// ambisonics the first harmonic, which is the sound without its directions.
    #[must_use]
    pub fn is_judged(self, output: usize) -> bool {
        match self.bus() {
            Some(bus) if bus.is_ambisonic() => output == 0,
            Some(bus) => bus.lfe() != Some(output),
            None => true,
        }
    }

    /// True for an input that a signal from nowhere in particular goes into: every one but low-frequency effects, and of
    /// ambisonics the first harmonic.
    #[must_use]
    pub fn is_main(self, input: usize) -> bool {
        match self {
            // As many inputs as outputs, and the same ones.
            Self::Through(_) => self.is_judged(input),
            _ => input < self.inputs(),
        }
    }

    /// The layout of a second impulse in series with a first one in this layout: its inputs are the outputs of the
    /// first.
    #[must_use]
    pub const fn behind(self) -> Self {
        match self {
            Self::Stereo | Self::MonoToStereo => Self::Stereo,
            Self::Mono => Self::Mono,
            Self::Through(bus) | Self::MonoTo(bus) | Self::StereoTo(bus) => Self::Through(bus),
        }
    }

    /// The layout with one output, if this is one of two outputs that sound alike through an impulse of so many
    /// channels; otherwise this layout.
    #[must_use]
    pub fn without_copies(self, channels: usize) -> Self {
        if self == Self::MonoToStereo && channels == 1 { Self::Mono } else { self }
    }
}

/// Name of one of at most two channels.
fn side(channel: usize, count: usize) -> String {
    if count == 1 { "Mono" } else { ["L", "R"][channel.min(1)] }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_is_found_by_its_channels_and_no_other_is() {
        for layout in ChannelLayout::ALL {
            let found = ChannelLayout::of(layout.inputs(), layout.outputs()).expect("a layout");
            assert_eq!((found.inputs(), found.outputs()), (layout.inputs(), layout.outputs()));
            assert_eq!(ChannelLayout::named(layout.name()), Some(layout), "names tell layouts apart");
            assert!(layout.inputs() <= layout.outputs(), "the dry signal of each input has an output");
            assert!(layout.outputs() <= ChannelLayout::MOST_CHANNELS);
        }
        assert_eq!(ChannelLayout::ALL[0], ChannelLayout::default());
        assert_eq!(ChannelLayout::of(4, 4), Some(ChannelLayout::Through(Bus::Quad)), "speakers before harmonics");
        let surround = Bus::Surround51;
        let to = [1, 2, 6, 4].map(|inputs| ChannelLayout::to(inputs, surround));
        let (one, two) = (ChannelLayout::MonoTo(surround), ChannelLayout::StereoTo(surround));
        assert_eq!(to, [Some(one), Some(two), Some(ChannelLayout::Through(surround)), None]);
        assert_eq!(ChannelLayout::to(2, Bus::Ambisonic1), None, "a place in space needs an encoder");
        for (inputs, outputs) in [(2, 1), (3, 2), (0, 2), (2, 9), (3, 4), (0, 0), (17, 17)] {
            assert_eq!(ChannelLayout::of(inputs, outputs), None);
        }
    }

    #[test]
    fn channels_have_the_names_of_their_speakers() {
        let names = |layout: ChannelLayout| {
            let inputs = (0..layout.inputs()).map(|input| layout.input_name(input));
            inputs.chain((0..layout.outputs()).map(|output| layout.output_name(output))).collect::<Vec<_>>().join(" ")
        };
        assert_eq!(names(ChannelLayout::Stereo), "L R L R");
        assert_eq!(names(ChannelLayout::MonoToStereo), "Mono L R");
        assert_eq!(names(ChannelLayout::StereoTo(Bus::Surround51)), "L R L R C LFE Ls Rs");
        assert_eq!(names(ChannelLayout::MonoTo(Bus::Ambisonic1)), "Mono ACN 0 ACN 1 ACN 2 ACN 3");
        for layout in ChannelLayout::ALL {
            let mut outputs: Vec<_> = (0..layout.outputs()).map(|output| layout.output_name(output)).collect();
            outputs.sort_unstable();
            outputs.dedup();
            assert_eq!(outputs.len(), layout.outputs(), "{layout:?}");
        }
    }

    #[test]
    fn a_file_is_played_to_as_many_outputs_as_it_has_channels_and_mono_to_two() {
        assert_eq!(ChannelLayout::of_file(1), Some(ChannelLayout::MonoToStereo));
        assert_eq!(ChannelLayout::of_file(2), Some(ChannelLayout::Stereo));
        for channels in 3..=16 {
            let layout = ChannelLayout::of_file(channels).expect("a layout");
            assert_eq!((layout.inputs(), layout.outputs()), (channels, channels));
        }
        assert!([0, 17].into_iter().all(|channels| ChannelLayout::of_file(channels).is_none()));
    }

    #[test]
    fn only_mono_through_mono_has_outputs_that_are_copies() {
        assert_eq!(ChannelLayout::MonoToStereo.without_copies(1), ChannelLayout::Mono);
        for layout in ChannelLayout::ALL {
            for channels in
                [1, 2, 4].into_iter().filter(|channels| (layout, *channels) != (ChannelLayout::MonoToStereo, 1))
            {
                assert_eq!(layout.without_copies(channels), layout);
            }
        }
    }

    #[test]
    fn what_follows_a_layout_takes_all_that_it_puts_out() {
        for layout in ChannelLayout::ALL {
            assert_eq!((layout.behind().inputs(), layout.behind().outputs()), (layout.outputs(), layout.outputs()));
        }
    }

    #[test]
    fn the_dry_signal_of_every_input_is_heard_and_in_front() {
        for layout in ChannelLayout::ALL {
            let dry: Vec<_> = (0..layout.outputs()).map(|output| layout.dry(output)).collect();
            assert!((0..layout.inputs()).all(|input| dry.contains(&Some(input))), "{layout:?}");
            assert!(dry.iter().flatten().all(|input| *input < layout.inputs()), "{layout:?}");
        }
        let to = |bus| (0..4).map(|output| ChannelLayout::MonoTo(bus).dry(output)).collect::<Vec<_>>();
        assert_eq!(to(Bus::Surround51), [None, None, Some(0), None]);
        assert_eq!(to(Bus::Quad), [Some(0), Some(0), None, None]);
        assert_eq!(to(Bus::Ambisonic1), [Some(0), None, None, None]);
    }
}
