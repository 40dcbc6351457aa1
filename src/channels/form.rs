//! The form of an impulse, by its number of channels.

use super::{Bus, MOST_IMPULSE_CHANNELS, Marking};

/// Form of an impulse, by its number of channels and by what is known of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ImpulseForm {
    /// One channel for every input and output.
    Mono,
    /// One channel for each output.
    Stereo,
    /// Four channels. Between two inputs and two outputs there is one for each pair of source and output: `LL LR RL
    /// RR`, where LR is *left in, right out*.
    TrueStereo,
    /// So many channels, from 3 on: one for each output, or for each pair of source and output, as the layout says.
    Several(usize),
    /// One channel for each of a signal that has a name: speakers or harmonics that are known to be these.
    Signal(Bus),
}

impl ImpulseForm {
    /// The form of an impulse of so many channels; `None` if no layout takes such an impulse.
    #[must_use]
    pub const fn of(channels: usize) -> Option<Self> {
        match channels {
            0 => None,
            1 => Some(Self::Mono),
            2 => Some(Self::Stereo),
            4 => Some(Self::TrueStereo),
            more if more <= MOST_IMPULSE_CHANNELS => Some(Self::Several(more)),
            _ => None,
        }
    }

    /// The form of an impulse of so many channels that are known to be something: speakers and harmonics are no true
    /// stereo, however many they are.
    #[must_use]
    pub fn of_marked(channels: usize, marking: Marking) -> Option<Self> {
        let bus = match marking {
            Marking::Ambisonic | Marking::FromFuma => Bus::of_ambisonics(channels),
            Marking::Speakers(mask) => Bus::of_speakers(mask).filter(|bus| bus.channels() == channels),
            Marking::Unmarked | Marking::TrueStereo | Marking::Matrix(_) => return Self::of(channels),
        };
        match bus {
            None | Some(Bus::Discrete(_)) if channels == 4 => Some(Self::Several(4)),
            None | Some(Bus::Discrete(_)) => Self::of(channels),
            Some(bus) => Some(Self::Signal(bus)),
        }
    }

    /// The form of an impulse made of two, one of the left and one of the right source; `None` if they do not go
    /// together.
    #[must_use]
    pub fn of_pair(left_channels: usize, right_channels: usize) -> Option<Self> {
        match (left_channels, right_channels) {
            (1, 1) => Some(Self::Stereo),
            (2, 2) => Some(Self::TrueStereo),
            _ => None,
        }
    }

    /// Number of channels.
    #[must_use]
    pub const fn channels(self) -> usize {
        match self {
            Self::Mono => 1,
            Self::Stereo => 2,
            Self::TrueStereo => 4,
            Self::Several(channels) => channels,
            Self::Signal(bus) => bus.channels(),
        }
    }

    /// Number of sources that the impulse tells apart, if every layout takes it alike; otherwise 1.
    #[must_use]
    pub const fn sources(self) -> usize {
        match self {
            Self::Mono | Self::Stereo | Self::Several(_) | Self::Signal(_) => 1,
            Self::TrueStereo => 2,
        }
    }

    /// Number of outputs that the impulse tells apart.
    #[must_use]
    pub const fn outputs(self) -> usize {
        self.channels() / self.sources()
    }

    /// Name for people.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Mono => "mono".to_owned(),
            Self::Stereo => "stereo".to_owned(),
            Self::TrueStereo => "true stereo".to_owned(),
            Self::Several(channels) => format!("{channels} channels"),
            Self::Signal(bus) => bus.name().to_owned(),
        }
    }

    /// Name of a channel for people; that of an only channel is empty.
    #[must_use]
    pub fn channel_name(self, channel: usize) -> String {
        let names: &[&str] = match self {
            Self::Mono => &[""],
            Self::Stereo => &["L", "R"],
            Self::TrueStereo => &["LL", "LR", "RL", "RR"],
            Self::Several(_) => &[],
            Self::Signal(bus) => return bus.channel_name(channel),
        };
        names.get(channel).map_or_else(|| (channel + 1).to_string(), |name| (*name).to_owned())
    }

    /// Names of all channels, in their order.
    pub fn channel_names(self) -> impl Iterator<Item = String> {
        (0..self.channels()).map(move |channel| self.channel_name(channel))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_known_by_its_number_of_channels() {
        for channels in 1..=MOST_IMPULSE_CHANNELS {
            assert_eq!(ImpulseForm::of(channels).map(ImpulseForm::channels), Some(channels));
        }
        assert_eq!((ImpulseForm::of(0), ImpulseForm::of(MOST_IMPULSE_CHANNELS + 1)), (None, None));
    }

    #[test]
    fn four_channels_that_are_known_to_be_something_are_no_true_stereo() {
        let form = |channels, marking| ImpulseForm::of_marked(channels, marking).expect("a form");
        for marking in [Marking::Unmarked, Marking::TrueStereo, Marking::Matrix(2)] {
            assert_eq!(form(4, marking), ImpulseForm::TrueStereo);
        }
        assert_eq!(form(4, Marking::FromFuma), ImpulseForm::Signal(Bus::Ambisonic1));
        assert_eq!(form(4, Marking::Speakers(0x33)), ImpulseForm::Signal(Bus::Quad));
        assert_eq!(form(4, Marking::Speakers(0x107)), ImpulseForm::Several(4), "L R C S");
        let surround = form(6, Marking::Speakers(0x60f));
        let names = surround.channel_names().collect::<Vec<_>>().join(" ");
        assert_eq!((surround.name().as_str(), names.as_str()), ("5.1", "L R C LFE Ls Rs"));
        assert_eq!((surround.channels(), surround.sources(), surround.outputs()), (6, 1, 6));
        // Speakers of one file, and as many channels as its matrix has.
        assert_eq!(form(36, Marking::Speakers(0x3f)), ImpulseForm::Several(36));
        assert_eq!(form(1, Marking::Ambisonic), ImpulseForm::Mono);
        assert_eq!(ImpulseForm::of_marked(0, Marking::Ambisonic), None);
    }

    #[test]
    fn two_of_one_channel_are_stereo_and_two_of_two_true_stereo() {
        assert_eq!(ImpulseForm::of_pair(1, 1), Some(ImpulseForm::Stereo));
        assert_eq!(ImpulseForm::of_pair(2, 2), Some(ImpulseForm::TrueStereo));
        assert!([(1, 2), (2, 1), (4, 4), (1, 4)].into_iter().all(|(l, r)| ImpulseForm::of_pair(l, r).is_none()));
    }

    #[test]
    fn a_form_has_a_channel_for_each_source_and_output_it_tells_apart() {
        let counts = [1, 2, 4, 6].map(|channels| {
            let form = ImpulseForm::of(channels).expect("a form");
            (form.sources(), form.outputs())
        });
        assert_eq!(counts, [(1, 1), (1, 2), (2, 2), (1, 6)]);
    }

    #[test]
    fn channels_have_names_or_numbers() {
        let names = |channels| ImpulseForm::of(channels).expect("a form").channel_names().collect::<Vec<_>>();
        assert_eq!((names(1), names(2)), (vec![String::new()], vec!["L".to_owned(), "R".to_owned()]));
        assert_eq!((names(4).join(" "), names(3).join(" ")), ("LL LR RL RR".to_owned(), "1 2 3".to_owned()));
    }
}
