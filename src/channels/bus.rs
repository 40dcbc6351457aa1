//! Signals of more than two channels.

/// A signal of more than two channels: what each of them is, and in which order they come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Bus {
    /// L R Ls Rs.
    Quad,
    /// L R C LFE Ls Rs.
    Surround51,
    /// L R C LFE Ls Rs Sl Sr: the surround speakers are at the back, as in WAV and VST3.
    Surround71,
    /// Ambisonics of first order in AmbiX: order ACN, weights SN3D.
    Ambisonic1,
    /// Ambisonics of second order in AmbiX.
    Ambisonic2,
    /// Ambisonics of third order in AmbiX.
    Ambisonic3,
    /// So many channels, from 3 to 16, of which nothing more is known.
    Discrete(u8),
}

/// Where a channel of a [`Bus`] is heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Left,
    Right,
    Centre,
    /// Low-frequency effects: a channel for rumble, in which no room is heard.
    Lfe,
    /// Nowhere alone, as a spherical harmonic, or nobody knows.
    Anywhere,
}

/// One channel of speakers: its name, where it is, and its bit among the speakers of WAV.
type Speaker = (&'static str, Place, u32);

const FRONT: [Speaker; 2] = [("L", Place::Left, 0x1), ("R", Place::Right, 0x2)];
const CENTRE: Speaker = ("C", Place::Centre, 0x4);
const LFE: Speaker = ("LFE", Place::Lfe, 0x8);
const BACK: [Speaker; 2] = [("Ls", Place::Left, 0x10), ("Rs", Place::Right, 0x20)];
const SIDE: [Speaker; 2] = [("Sl", Place::Left, 0x200), ("Sr", Place::Right, 0x400)];

const QUAD: [Speaker; 4] = [FRONT[0], FRONT[1], BACK[0], BACK[1]];
const SURROUND_51: [Speaker; 6] = [FRONT[0], FRONT[1], CENTRE, LFE, BACK[0], BACK[1]];
const SURROUND_71: [Speaker; 8] = [FRONT[0], FRONT[1], CENTRE, LFE, BACK[0], BACK[1], SIDE[0], SIDE[1]];

impl Bus {
    /// The signals that have a name.
    pub const NAMED: [Self; 6] =
        [Self::Quad, Self::Surround51, Self::Surround71, Self::Ambisonic1, Self::Ambisonic2, Self::Ambisonic3];

    /// The signal that so many channels are if nothing more is known of them: one with a name where there is one, and
    /// speakers before ambisonics. `None` below 3 and above 16.
    #[must_use]
    pub fn of(channels: usize) -> Option<Self> {
        let named = Self::NAMED.into_iter().find(|bus| bus.channels() == channels);
        named.or_else(|| (3..=16).contains(&channels).then_some(Self::Discrete(channels as u8)))
    }

    /// The ambisonic signal of so many channels.
    #[must_use]
    pub fn of_ambisonics(channels: usize) -> Option<Self> {
        Self::NAMED.into_iter().find(|bus| bus.is_ambisonic() && bus.channels() == channels)
    }

    /// The signal of the speakers of a WAV file, given as its mask; so many discrete channels for others.
    #[must_use]
    pub fn of_speakers(mask: u32) -> Option<Self> {
        let bus = Self::NAMED.into_iter().find(|bus| !bus.is_ambisonic() && bus.mask() == at_the_back(mask));
        let count = mask.count_ones();
        bus.or_else(|| (3..=16).contains(&count).then_some(Self::Discrete(count as u8)))
    }

    /// Number of channels.
    #[must_use]
    pub const fn channels(self) -> usize {
        match self {
            Self::Quad | Self::Ambisonic1 => 4,
            Self::Surround51 => 6,
            Self::Surround71 => 8,
            Self::Ambisonic2 => 9,
            Self::Ambisonic3 => 16,
            Self::Discrete(channels) => channels as usize,
        }
    }

    /// Name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Quad => "Quad",
            Self::Surround51 => "5.1",
            Self::Surround71 => "7.1",
            Self::Ambisonic1 => "Ambisonics, 1st order",
            Self::Ambisonic2 => "Ambisonics, 2nd order",
            Self::Ambisonic3 => "Ambisonics, 3rd order",
            Self::Discrete(channels) => match channels {
                3 => "3 channels",
                4 => "4 channels",
                5 => "5 channels",
                6 => "6 channels",
                7 => "7 channels",
                8 => "8 channels",
                9 => "9 channels",
                10 => "10 channels",
                11 => "11 channels",
                12 => "12 channels",
                13 => "13 channels",
                14 => "14 channels",
                15 => "15 channels",
                _ => "16 channels",
            },
        }
    }

    /// True for spherical harmonics.
    #[must_use]
    pub const fn is_ambisonic(self) -> bool {
        matches!(self, Self::Ambisonic1 | Self::Ambisonic2 | Self::Ambisonic3)
    }

    /// The speakers as a WAV file's mask; 0 for other signals.
    #[must_use]
    pub fn mask(self) -> u32 {
        self.speakers().iter().map(|(.., bit)| bit).sum()
    }

    /// Name of a channel for people: that of a speaker, otherwise its number, which counts from 1, or from 0 in
    /// ambisonics.
    #[must_use]
    pub fn channel_name(self, channel: usize) -> String {
        match self.speakers().get(channel) {
            Some((name, ..)) => (*name).to_owned(),
            None if self.is_ambisonic() => format!("ACN {channel}"),
            None => (channel + 1).to_string(),
        }
    }

    const fn speakers(self) -> &'static [Speaker] {
        match self {
            Self::Quad => &QUAD,
            Self::Surround51 => &SURROUND_51,
            Self::Surround71 => &SURROUND_71,
            _ => &[],
        }
    }

    /// Where a channel is heard.
    pub(super) fn place(self, channel: usize) -> Place {
        self.speakers().get(channel).map_or(Place::Anywhere, |(_, place, _)| *place)
    }

    /// The channel for low-frequency effects, if there is one.
    #[must_use]
    pub fn lfe(self) -> Option<usize> {
        self.speakers().iter().position(|(_, place, _)| *place == Place::Lfe)
    }

    /// The channel in the middle, if there is one.
    #[must_use]
    pub fn centre(self) -> Option<usize> {
        self.speakers().iter().position(|(_, place, _)| *place == Place::Centre)
    }

    /// Channels that are left and right of each other.
    #[must_use]
    pub const fn pairs(self) -> &'static [(usize, usize)] {
        match self {
            Self::Quad => &[(0, 1), (2, 3)],
            Self::Surround51 => &[(0, 1), (4, 5)],
            Self::Surround71 => &[(0, 1), (4, 5), (6, 7)],
            _ => &[],
        }
    }

    /// True if an impulse whose channels are the speakers of this mask has one channel for each of this signal's, with
    /// the LFE or without. Speakers at the sides count as those at the back where a signal has only one kind.
    pub(super) fn has_speakers(self, mask: u32) -> bool {
        let lfe = LFE.2;
        let found = [mask, at_the_back(mask)];
        matches!(self, Self::Discrete(_)) || found.iter().any(|mask| [self.mask(), self.mask() & !lfe].contains(mask))
    }
}

/// A mask with the speakers at the back in the place of those at the sides, if it has only these.
fn at_the_back(mask: u32) -> u32 {
    let [sides, backs] = [SIDE, BACK].map(|[left, right]| left.2 | right.2);
    if mask & sides == sides && mask & backs == 0 { mask & !sides | backs } else { mask }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_of_channels_from_3_to_16_is_a_signal() {
        for channels in 0..20 {
            let bus = Bus::of(channels);
            assert_eq!(bus.map(Bus::channels), (3..=16).contains(&channels).then_some(channels));
        }
        let named = [4, 6, 8, 9, 16].map(|channels| Bus::of(channels).expect("one").name());
        assert_eq!(named, ["Quad", "5.1", "7.1", "Ambisonics, 2nd order", "Ambisonics, 3rd order"]);
        assert_eq!(Bus::of_ambisonics(4), Some(Bus::Ambisonic1));
        assert_eq!(Bus::of_ambisonics(6), None);
    }

    #[test]
    fn names_say_the_number_of_channels() {
        for channels in 3..=16 {
            let bus = Bus::Discrete(channels);
            assert_eq!(bus.name(), format!("{} channels", bus.channels()));
        }
        let names = |bus: Bus| (0..bus.channels()).map(|channel| bus.channel_name(channel)).collect::<Vec<_>>();
        assert_eq!(names(Bus::Surround71), ["L", "R", "C", "LFE", "Ls", "Rs", "Sl", "Sr"]);
        assert_eq!(names(Bus::Ambisonic1), ["ACN 0", "ACN 1", "ACN 2", "ACN 3"]);
        assert_eq!(names(Bus::Discrete(3)), ["1", "2", "3"]);
    }

    #[test]
    fn pairs_are_left_and_right_and_every_speaker_of_a_side_is_in_one() {
        for bus in Bus::NAMED {
            let paired: Vec<usize> = bus.pairs().iter().flat_map(|(left, right)| [*left, *right]).collect();
            for channel in 0..bus.channels() {
                let is_at_a_side = matches!(bus.place(channel), Place::Left | Place::Right);
                assert_eq!(paired.contains(&channel), is_at_a_side, "{bus:?} {channel}");
            }
            assert!(bus.pairs().iter().all(|(l, r)| (bus.place(*l), bus.place(*r)) == (Place::Left, Place::Right)));
        }
    }

    #[test]
    fn speakers_are_known_by_the_mask_of_a_wav_file() {
        for bus in [Bus::Quad, Bus::Surround51, Bus::Surround71] {
            assert_eq!(bus.mask().count_ones() as usize, bus.channels());
            assert_eq!(Bus::of_speakers(bus.mask()), Some(bus));
            assert!(bus.has_speakers(bus.mask()) && bus.has_speakers(bus.mask() & !8));
        }
        // With the surround speakers at the sides, as most programs write 5.1 today.
        assert_eq!((Bus::of_speakers(0x60f), Bus::of_speakers(0x603)), (Some(Bus::Surround51), Some(Bus::Quad)));
        // L R C LFE Ls Rs with two more in front, and 6.0 with one at the back.
        assert_eq!(Bus::of_speakers(0xff), Some(Bus::Discrete(8)));
        assert!(!Bus::Surround71.has_speakers(0xff) && !Bus::Surround51.has_speakers(0x707));
        assert_eq!((Bus::of_speakers(0x3), Bus::of_speakers(0)), (None, None));
    }
}
