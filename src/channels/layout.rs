//! A layout of inputs and outputs, and the paths of an impulse in it.

use super::ImpulseForm;

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
}

/// One path from an input to an output, and what is heard on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChannelPath {
    /// Input, from 0.
    pub input: usize,
    /// Output, from 0.
    pub output: usize,
    /// Channels of the impulse, from 0, whose mean is the response on this path.
    pub channels: &'static [usize],
}

/// Paths of one form of impulse, ordered by input, then output.
type Paths = &'static [ChannelPath];

struct Row {
    name: &'static str,
    inputs: usize,
    outputs: usize,
    /// The forms of impulse that fit, and their paths.
    impulses: &'static [(ImpulseForm, Paths)],
}

const fn path(input: usize, output: usize, channels: &'static [usize]) -> ChannelPath {
    ChannelPath { input, output, channels }
}

const STEREO: Row = Row {
    name: "Stereo",
    inputs: 2,
    outputs: 2,
    impulses: &[
        (ImpulseForm::Mono, &[path(0, 0, &[0]), path(1, 1, &[0])]),
        (ImpulseForm::Stereo, &[path(0, 0, &[0]), path(1, 1, &[1])]),
        (ImpulseForm::TrueStereo, &[path(0, 0, &[0]), path(0, 1, &[1]), path(1, 0, &[2]), path(1, 1, &[3])]),
    ],
};

const MONO: Row = Row {
    name: "Mono",
    inputs: 1,
    outputs: 1,
    impulses: &[
        (ImpulseForm::Mono, &[path(0, 0, &[0])]),
        (ImpulseForm::Stereo, &[path(0, 0, &[0, 1])]),
        (ImpulseForm::TrueStereo, &[path(0, 0, &[0, 1, 2, 3])]),
    ],
};

const MONO_TO_STEREO: Row = Row {
    name: "Mono to stereo",
    inputs: 1,
    outputs: 2,
    impulses: &[
        (ImpulseForm::Mono, &[path(0, 0, &[0]), path(0, 1, &[0])]),
        (ImpulseForm::Stereo, &[path(0, 0, &[0]), path(0, 1, &[1])]),
        (ImpulseForm::TrueStereo, &[path(0, 0, &[0, 2]), path(0, 1, &[1, 3])]),
    ],
};

impl ChannelLayout {
    /// All layouts, the preferred one first: a host that does not choose gets that.
    pub const ALL: [Self; 3] = [Self::Stereo, Self::Mono, Self::MonoToStereo];

    /// Most channels that any layout has on one side.
    pub const MOST_CHANNELS: usize = {
        let (mut most, mut at) = (0, 0);
        while at < Self::ALL.len() {
            let row = Self::ALL[at].row();
            let side = if row.inputs > row.outputs { row.inputs } else { row.outputs };
            most = if side > most { side } else { most };
            at += 1;
        }
        most
    };

    const fn row(self) -> &'static Row {
        match self {
            Self::Stereo => &STEREO,
            Self::Mono => &MONO,
            Self::MonoToStereo => &MONO_TO_STEREO,
        }
    }

    /// The layout of so many inputs and outputs, if there is one.
    #[must_use]
    pub fn of(inputs: usize, outputs: usize) -> Option<Self> {
        Self::ALL.into_iter().find(|layout| (layout.inputs(), layout.outputs()) == (inputs, outputs))
    }

    /// The layout in which a file of so many channels is played: that with the most outputs. `None` if there is no
    /// layout with as many inputs.
    #[must_use]
    pub fn of_file(channels: usize) -> Option<Self> {
        Self::ALL.into_iter().filter(|layout| layout.inputs() == channels).max_by_key(|layout| layout.outputs())
    }

    /// Name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// Number of inputs.
    #[must_use]
    pub const fn inputs(self) -> usize {
        self.row().inputs
    }

    /// Number of outputs; at least as many as inputs.
    #[must_use]
    pub const fn outputs(self) -> usize {
        self.row().outputs
    }

    /// The paths of an impulse of so many channels, ordered by input, then output; `None` if no such impulse fits.
    #[must_use]
    pub fn paths(self, channels: usize) -> Option<&'static [ChannelPath]> {
        let fits = |(form, _): &&(ImpulseForm, Paths)| form.channels() == channels;
        self.row().impulses.iter().find(fits).map(|(_, paths)| *paths)
    }

    /// For each channel of an impulse, the input and the output of the first path that plays this channel alone. If the
    /// impulse has more channels than the layout has pairs of input and output, the places are those of an impulse with
    /// one channel per pair. Empty if no such impulse fits.
    #[must_use]
    pub fn places(self, channels: usize) -> Vec<(usize, usize)> {
        let channels = channels.min(self.inputs() * self.outputs());
        let paths = self.paths(channels).unwrap_or_default();
        let alone = |channel| paths.iter().find(|path| *path.channels == [channel]);
        (0..channels).filter_map(alone).map(|path| (path.input, path.output)).collect()
    }

    /// The layout of a second impulse in series with a first one in this layout: its inputs are the outputs of the
    /// first.
    #[must_use]
    pub const fn behind(self) -> Self {
        match self {
            Self::Stereo | Self::MonoToStereo => Self::Stereo,
            Self::Mono => Self::Mono,
        }
    }

    /// The layout with one output, if through an impulse of so many channels all outputs of this layout sound alike and
    /// there is such a layout; otherwise this layout.
    #[must_use]
    pub fn without_copies(self, channels: usize) -> Self {
        let paths = self.paths(channels).unwrap_or_default();
        let heard = |output| {
            let heard = paths.iter().filter(move |path| path.output == output);
            heard.map(|path| (path.input, path.channels))
        };
        let are_alike = (1..self.outputs()).all(|output| heard(output).eq(heard(0)));
        if are_alike { Self::of(self.inputs(), 1).unwrap_or(self) } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_is_found_by_its_channels_and_no_other_is() {
        for layout in ChannelLayout::ALL {
            assert_eq!(ChannelLayout::of(layout.inputs(), layout.outputs()), Some(layout));
            assert!(layout.inputs() <= layout.outputs(), "the dry signal of each input has an output");
        }
        assert_eq!((ChannelLayout::ALL[0], ChannelLayout::MOST_CHANNELS), (ChannelLayout::default(), 2));
        for (inputs, outputs) in [(2, 1), (3, 3), (0, 2), (4, 4), (0, 0)] {
            assert_eq!(ChannelLayout::of(inputs, outputs), None);
        }
    }

    #[test]
    fn every_form_fits_into_every_layout_and_nothing_else_does() {
        for layout in ChannelLayout::ALL {
            for channels in 0..10 {
                let Some(paths) = layout.paths(channels) else {
                    assert_eq!(ImpulseForm::of(channels), None, "{layout:?}");
                    continue;
                };
                assert!(ImpulseForm::of(channels).is_some(), "{layout:?}");
                assert!(paths.is_sorted_by_key(|path| (path.input, path.output)));
                assert!((0..layout.outputs()).all(|output| paths.iter().any(|path| path.output == output)));
                assert!((0..layout.inputs()).all(|input| paths.iter().any(|path| path.input == input)));
                let heard = |channel| paths.iter().any(|path| path.channels.contains(&channel));
                assert!((0..channels).all(heard) && !heard(channels), "{layout:?}, {channels} channels");
                // A mean of a power of two channels is exact.
                assert!(paths.iter().all(|path| path.channels.len().is_power_of_two()));
            }
        }
    }

    #[test]
    fn a_file_is_played_to_as_many_outputs_as_there_can_be() {
        assert_eq!(ChannelLayout::of_file(1), Some(ChannelLayout::MonoToStereo));
        assert_eq!(ChannelLayout::of_file(2), Some(ChannelLayout::Stereo));
        assert!([0, 3, 4].into_iter().all(|channels| ChannelLayout::of_file(channels).is_none()));
    }

    #[test]
    fn only_mono_through_mono_has_outputs_that_are_copies() {
        assert_eq!(ChannelLayout::MonoToStereo.without_copies(1), ChannelLayout::Mono);
        for (layout, channels) in [(ChannelLayout::MonoToStereo, 2), (ChannelLayout::MonoToStereo, 4)] {
            assert_eq!(layout.without_copies(channels), layout);
        }
        for layout in [ChannelLayout::Stereo, ChannelLayout::Mono] {
            assert!([1, 2, 4].into_iter().all(|channels| layout.without_copies(channels) == layout));
        }
    }

    #[test]
    fn what_follows_a_layout_takes_all_that_it_puts_out() {
        for layout in ChannelLayout::ALL {
            assert_eq!((layout.behind().inputs(), layout.behind().outputs()), (layout.outputs(), layout.outputs()));
        }
    }

    #[test]
    fn every_channel_has_a_place_where_there_are_enough_paths() {
        let stereo = [vec![(0, 0)], vec![(0, 0), (1, 1)], vec![(0, 0), (0, 1), (1, 0), (1, 1)]];
        assert_eq!([1, 2, 4].map(|channels| ChannelLayout::Stereo.places(channels)), stereo);
        let to_stereo = [vec![(0, 0)], vec![(0, 0), (0, 1)], vec![(0, 0), (0, 1)]];
        assert_eq!([1, 2, 4].map(|channels| ChannelLayout::MonoToStereo.places(channels)), to_stereo);
        assert!([1, 2, 4].iter().all(|channels| ChannelLayout::Mono.places(*channels) == [(0, 0)]));
    }
}
