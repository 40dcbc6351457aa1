//! Impulses that fit a layout, and layouts that fit an impulse.

use super::{ChannelLayout, ChannelPath, MOST_IMPULSE_CHANNELS, Marking};
use std::fmt::Write;

impl ChannelLayout {
    /// For each channel of an impulse, the input and the output of the first path that plays this channel alone. If the
    /// impulse has more channels than the layout has pairs of input and output, the places are those of an impulse with
    /// one channel per pair. Where a channel is never heard alone, they are those of all paths. Empty if no such
    /// impulse fits.
    #[must_use]
    pub fn places(self, channels: usize, marking: Marking) -> Vec<(usize, usize)> {
        let channels = channels.min(self.inputs() * self.outputs());
        let paths = self.paths(channels, marking).unwrap_or_default();
        let alone = |channel| paths.iter().find(|path| *path.channels == [channel]);
        let found: Vec<_> = (0..channels).filter_map(alone).map(ChannelPath::ends).collect();
        if found.len() == channels { found } else { paths.iter().map(ChannelPath::ends).collect() }
    }

    /// The numbers of channels of unmarked impulses that fit, as text: "1, 2 or 4".
    #[must_use]
    pub fn counts(self) -> String {
        let fits = |channels: &usize| self.paths(*channels, Marking::Unmarked).is_some();
        listed((1..=MOST_IMPULSE_CHANNELS).filter(fits).map(|channels| channels.to_string()))
    }

    /// The names of all layouts that an impulse of so many channels fits, as text; empty if there is none.
    #[must_use]
    pub fn fitting(channels: usize, marking: Marking) -> String {
        let fits = |layout: &Self| layout.paths(channels, marking).is_some();
        listed(Self::ALL.into_iter().filter(fits).map(|layout| layout.name().to_owned()))
    }
}

/// Words with commas between them, and "or" before the last.
fn listed(words: impl Iterator<Item = String>) -> String {
    let mut words = words.peekable();
    let mut text = words.next().unwrap_or_default();
    while let Some(word) = words.next() {
        let _ = write!(text, "{} {word}", if words.peek().is_some() { "," } else { " or" });
    }
    text
}

#[cfg(test)]
mod tests {
    use super::super::{Bus, ImpulseForm};
    use super::*;

    const UNMARKED: Marking = Marking::Unmarked;

    #[test]
    fn every_path_has_ends_and_every_channel_that_fits_is_heard() {
        for layout in ChannelLayout::ALL {
            for channels in 0..=MOST_IMPULSE_CHANNELS + 1 {
                let Some(paths) = layout.paths(channels, UNMARKED) else { continue };
                assert!(ImpulseForm::of(channels).is_some(), "{layout:?}");
                assert!(paths.is_sorted_by_key(|path| path.ends()), "{layout:?} {channels}");
                assert!(paths.windows(2).all(|two| two[0].ends() != two[1].ends()), "{layout:?} {channels}");
                let within = |path: &ChannelPath| path.input < layout.inputs() && path.output < layout.outputs();
                assert!(paths.iter().all(within), "{layout:?} {channels}");
                let heard = |channel| paths.iter().any(|path| path.channels.contains(&channel));
                assert!((0..channels).all(heard) && !heard(channels), "{layout:?}, {channels} channels");
            }
        }
    }

    #[test]
    fn the_built_in_spaces_and_what_everybody_has_fit_everywhere() {
        for layout in ChannelLayout::ALL {
            for (channels, marking) in [(1, UNMARKED), (2, UNMARKED), (4, UNMARKED), (4, Marking::TrueStereo)] {
                let paths = layout.paths(channels, marking).unwrap_or_else(|| panic!("{layout:?} {channels}"));
                // Every speaker but that for low-frequency effects, or at least the first harmonic, puts out sound.
                let is_heard = |output| paths.iter().any(|path| path.output == output);
                assert!((0..layout.outputs()).all(|output| is_heard(output) || !layout.is_judged(output)));
            }
        }
    }

    #[test]
    fn every_channel_has_a_place_where_there_are_enough_paths() {
        let places = |layout: ChannelLayout, channels| layout.places(channels, UNMARKED);
        let stereo = [vec![(0, 0)], vec![(0, 0), (1, 1)], vec![(0, 0), (0, 1), (1, 0), (1, 1)]];
        assert_eq!([1, 2, 4].map(|channels| places(ChannelLayout::Stereo, channels)), stereo);
        let to_stereo = [vec![(0, 0)], vec![(0, 0), (0, 1)], vec![(0, 0), (0, 1)]];
        assert_eq!([1, 2, 4].map(|channels| places(ChannelLayout::MonoToStereo, channels)), to_stereo);
        assert!([1, 2, 4].iter().all(|channels| places(ChannelLayout::Mono, *channels) == [(0, 0)]));
        let quad = ChannelLayout::Through(Bus::Quad);
        assert_eq!(places(quad, 4), [(0, 0), (1, 1), (2, 2), (3, 3)]);
        assert_eq!((places(quad, 16).len(), places(quad, 16)[6]), (16, (1, 2)));
        for layout in ChannelLayout::ALL {
            assert!([1, 2, 4].iter().all(|channels| !places(layout, *channels).is_empty()), "{layout:?}");
        }
    }

    #[test]
    fn what_fits_is_told() {
        assert_eq!(ChannelLayout::Stereo.counts(), "1, 2 or 4");
        assert_eq!(ChannelLayout::Through(Bus::Surround51).counts(), "1, 2, 4, 5, 6, 25 or 36");
        assert_eq!(ChannelLayout::StereoTo(Bus::Quad).counts(), "1, 2, 4 or 8");
        assert_eq!(ChannelLayout::fitting(3, UNMARKED), "3 channels");
        assert_eq!(ChannelLayout::fitting(6, UNMARKED), "5.1, Mono to 5.1 or Stereo to 5.1");
        assert_eq!(ChannelLayout::fitting(17, UNMARKED), "");
        assert_eq!(
            ChannelLayout::fitting(4, Marking::Ambisonic),
            "Ambisonics, 1st order or Mono to ambisonics, 1st order"
        );
    }
}
