//! The paths of an impulse in a layout.

use super::bus::Place;
use super::{Bus, ChannelLayout, Marking};

/// One path from an input to an output, and what is heard on it.
#[derive(Debug, Clone, PartialEq)]
pub struct ChannelPath {
    /// Input, from 0.
    pub input: usize,
    /// Output, from 0.
    pub output: usize,
    /// Channels of the impulse, from 0, whose mean is the response on this path.
    pub channels: Vec<usize>,
    /// Factor of that response: ½ where two inputs meet in the middle, otherwise 1.
    pub gain: f32,
}

impl ChannelPath {
    /// Input and output.
    pub(super) fn ends(&self) -> (usize, usize) {
        (self.input, self.output)
    }
}

fn path(input: usize, output: usize, channels: &[usize]) -> ChannelPath {
    ChannelPath { input, output, channels: channels.to_vec(), gain: 1.0 }
}

/// What an impulse is between sources and outputs.
#[derive(Clone, Copy)]
enum Use {
    /// One channel for all.
    Mono,
    /// Left and right of one source.
    Sides,
    /// LL LR RL RR.
    TrueStereo,
    /// One channel for each output, but for the one that is left out.
    PerOutput(Option<usize>),
    /// One channel for each pair of source and output, source by source, without the channel that is left out.
    Matrix(Option<usize>),
}

impl ChannelLayout {
    /// The paths of an impulse of so many channels, ordered by input, then output; `None` if no such impulse fits.
    #[must_use]
    pub fn paths(self, channels: usize, marking: Marking) -> Option<Vec<ChannelPath>> {
        let how = usage(self, channels, marking)?;
        let Some(bus) = self.bus() else { return Some(small(self, how)) };
        let mut paths = match self {
            Self::Through(_) => through(bus, how),
            Self::MonoTo(_) => from_one(bus, how),
            _ => from_two(bus, how),
        };
        paths.sort_by_key(ChannelPath::ends);
        Some(paths)
    }
}

impl ChannelLayout {
    /// What the channels of an impulse are taken for that does not say it, if it has more than two; `None` if it says
    /// it, or does not fit.
    #[must_use]
    pub fn taken_as(self, channels: usize, marking: Marking) -> Option<String> {
        if marking != Marking::Unmarked || channels <= 2 {
            return None;
        }
        let named = |left_out| -> Option<String> {
            let bus = self.bus()?;
            let names: Vec<_> = outputs(bus, left_out).map(|(_, output)| bus.channel_name(output)).collect();
            Some(if bus.is_ambisonic() { "AmbiX (ACN, SN3D)".to_owned() } else { names.join(" ") })
        };
        match usage(self, channels, marking)? {
            Use::Mono | Use::Sides => None,
            Use::TrueStereo => Some("LL LR RL RR".to_owned()),
            Use::PerOutput(_) if matches!(self.bus(), Some(Bus::Discrete(_))) => None,
            Use::PerOutput(left_out) => named(left_out),
            Use::Matrix(left_out) => {
                let outputs = outputs(self.bus()?, left_out).count();
                Some(format!("a matrix of {} sources and {outputs} outputs, source by source", channels / outputs))
            }
        }
    }
}

/// What an impulse is in a layout; `None` if it does not fit.
fn usage(layout: ChannelLayout, channels: usize, marking: Marking) -> Option<Use> {
    let simple = match channels {
        1 => Some(Use::Mono),
        2 => Some(Use::Sides),
        4 if matches!(marking, Marking::Unmarked | Marking::TrueStereo) => Some(Use::TrueStereo),
        _ => None,
    };
    let Some(bus) = layout.bus() else { return simple };
    if marking == Marking::TrueStereo {
        return simple;
    }
    let suits = match marking {
        Marking::Ambisonic | Marking::FromFuma => bus.is_ambisonic() || matches!(bus, Bus::Discrete(_)),
        Marking::Speakers(mask) => mask.count_ones() as usize != channels || bus.has_speakers(mask),
        Marking::Matrix(_) => !bus.is_ambisonic(),
        Marking::Unmarked | Marking::TrueStereo => true,
    };
    let (may_be_per_output, may_be_matrix) = match marking {
        Marking::Matrix(_) => (false, true),
        Marking::Speakers(mask) => (true, mask.count_ones() as usize != channels),
        _ => (true, !marking.is_ambisonic()),
    };
    let whole = bus.channels();
    let sources = match layout {
        ChannelLayout::Through(_) => None,
        ChannelLayout::MonoTo(_) => Some(1),
        _ => Some(2),
    };
    // Without low-frequency effects, too, because few measure them.
    let without_lfe = bus.lfe().map(|lfe| (whole - 1, Some(lfe)));
    let fits = std::iter::once((whole, None)).chain(without_lfe).find_map(|(outputs, left_out)| {
        let sources = sources.unwrap_or(outputs);
        let has_sources = !matches!(marking, Marking::Matrix(told) if usize::from(told) != sources);
        match channels {
            count if may_be_per_output && count == outputs => Some(Use::PerOutput(left_out)),
            count if may_be_matrix && has_sources && count == outputs * sources => Some(Use::Matrix(left_out)),
            _ => None,
        }
    });
    fits.filter(|_| suits).or(simple)
}

/// Layouts of at most two channels.
fn small(layout: ChannelLayout, how: Use) -> Vec<ChannelPath> {
    match (layout, how) {
        (ChannelLayout::Mono, Use::Mono) => vec![path(0, 0, &[0])],
        (ChannelLayout::Mono, Use::Sides) => vec![path(0, 0, &[0, 1])],
        (ChannelLayout::Mono, _) => vec![path(0, 0, &[0, 1, 2, 3])],
        (ChannelLayout::MonoToStereo, Use::Mono) => vec![path(0, 0, &[0]), path(0, 1, &[0])],
        (ChannelLayout::MonoToStereo, Use::Sides) => vec![path(0, 0, &[0]), path(0, 1, &[1])],
        (ChannelLayout::MonoToStereo, _) => vec![path(0, 0, &[0, 2]), path(0, 1, &[1, 3])],
        (_, Use::Mono) => vec![path(0, 0, &[0]), path(1, 1, &[0])],
        (_, Use::Sides) => vec![path(0, 0, &[0]), path(1, 1, &[1])],
        _ => vec![path(0, 0, &[0]), path(0, 1, &[1]), path(1, 0, &[2]), path(1, 1, &[3])],
    }
}

/// The outputs of a signal without the one that is left out; an impulse has a channel for each, in this order.
fn outputs(bus: Bus, left_out: Option<usize>) -> impl Iterator<Item = (usize, usize)> + Clone {
    (0..bus.channels()).filter(move |output| Some(*output) != left_out).enumerate()
}

/// The outputs in which a room is heard that was not recorded for this signal.
fn full_range(bus: Bus) -> impl Iterator<Item = usize> {
    (0..bus.channels()).filter(move |output| bus.lfe() != Some(*output))
}

/// As many channels out as in.
fn through(bus: Bus, how: Use) -> Vec<ChannelPath> {
    let channel = |output: usize, left: &[usize], right: &[usize], middle: &[usize]| match bus.place(output) {
        Place::Left => path(output, output, left),
        Place::Right => path(output, output, right),
        _ => path(output, output, middle),
    };
    match how {
        Use::Mono => full_range(bus).map(|output| path(output, output, &[0])).collect(),
        Use::Sides => full_range(bus).map(|output| channel(output, &[0], &[1], &[0, 1])).collect(),
        Use::TrueStereo => {
            let alone = full_range(bus).map(|output| channel(output, &[0], &[3], &[0, 1, 2, 3]));
            let across =
                bus.pairs().iter().flat_map(|(left, right)| [path(*left, *right, &[1]), path(*right, *left, &[2])]);
            alone.chain(across).collect()
        }
        Use::PerOutput(left_out) => {
            outputs(bus, left_out).map(|(channel, output)| path(output, output, &[channel])).collect()
        }
        Use::Matrix(left_out) => {
            let count = outputs(bus, left_out).count();
            let row = |(source, input): (usize, usize)| {
                outputs(bus, left_out).map(move |(to, output)| path(input, output, &[source * count + to]))
            };
            outputs(bus, left_out).flat_map(row).collect()
        }
    }
}

/// From one source. A room that was not recorded in harmonics is heard without direction: in the first of them.
fn from_one(bus: Bus, how: Use) -> Vec<ChannelPath> {
    let [left, right, middle]: [&[usize]; 3] = match how {
        Use::PerOutput(left_out) | Use::Matrix(left_out) => {
            return outputs(bus, left_out).map(|(channel, output)| path(0, output, &[channel])).collect();
        }
        Use::Mono => [&[0]; 3],
        Use::Sides => [&[0], &[1], &[0, 1]],
        Use::TrueStereo => [&[0, 2], &[1, 3], &[0, 1, 2, 3]],
    };
    if bus.is_ambisonic() {
        return vec![path(0, 0, middle)];
    }
    let to = |output| match bus.place(output) {
        Place::Left => path(0, output, left),
        Place::Right => path(0, output, right),
        _ => path(0, output, middle),
    };
    full_range(bus).map(to).collect()
}

/// From a left and a right source to speakers: those of a side hear the source of that side, those in the middle both,
/// each by half.
fn from_two(bus: Bus, how: Use) -> Vec<ChannelPath> {
    let half = |input, output, channels: &[usize]| ChannelPath { gain: 0.5, ..path(input, output, channels) };
    let by_side = |output: usize, left: &[usize], right: &[usize]| match bus.place(output) {
        Place::Left => vec![path(0, output, left)],
        Place::Right => vec![path(1, output, right)],
        _ => vec![half(0, output, left), half(1, output, right)],
    };
    match how {
        Use::Mono => full_range(bus).flat_map(|output| by_side(output, &[0], &[0])).collect(),
        Use::Sides => full_range(bus).flat_map(|output| by_side(output, &[0], &[1])).collect(),
        Use::TrueStereo => {
            let to = |output| match bus.place(output) {
                Place::Left => [path(0, output, &[0]), path(1, output, &[2])],
                Place::Right => [path(0, output, &[1]), path(1, output, &[3])],
                _ => [path(0, output, &[0, 1]), path(1, output, &[2, 3])],
            };
            full_range(bus).flat_map(to).collect()
        }
        Use::PerOutput(left_out) => {
            outputs(bus, left_out).flat_map(|(channel, output)| by_side(output, &[channel], &[channel])).collect()
        }
        Use::Matrix(left_out) => {
            let count = outputs(bus, left_out).count();
            let row = |input: usize| {
                outputs(bus, left_out).map(move |(to, output)| path(input, output, &[input * count + to]))
            };
            [0, 1].into_iter().flat_map(row).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Input, output and channels of each path of whole gain.
    fn of(layout: ChannelLayout, channels: usize, marking: Marking) -> Vec<(usize, usize, Vec<usize>)> {
        let paths = layout.paths(channels, marking).expect("it fits");
        paths.into_iter().map(|ChannelPath { input, output, channels, .. }| (input, output, channels)).collect()
    }

    fn plain(paths: &[(usize, usize, &[usize])]) -> Vec<(usize, usize, Vec<usize>)> {
        paths.iter().map(|(input, output, channels)| (*input, *output, channels.to_vec())).collect()
    }

    const SURROUND: ChannelLayout = ChannelLayout::Through(Bus::Surround51);

    #[test]
    fn one_channel_is_for_all_but_low_frequency_effects() {
        let paths = of(SURROUND, 1, Marking::Unmarked);
        assert_eq!(paths, plain(&[(0, 0, &[0]), (1, 1, &[0]), (2, 2, &[0]), (4, 4, &[0]), (5, 5, &[0])]));
        assert_eq!(of(ChannelLayout::Through(Bus::Ambisonic3), 1, Marking::Unmarked).len(), 16);
        assert_eq!(of(ChannelLayout::MonoTo(Bus::Ambisonic1), 1, Marking::Unmarked), plain(&[(0, 0, &[0])]));
    }

    #[test]
    fn one_channel_per_output_may_leave_low_frequency_effects_out() {
        let whole: Vec<_> = (0..6).map(|channel| (channel, channel, vec![channel])).collect();
        assert_eq!(of(SURROUND, 6, Marking::Unmarked), whole);
        let without = [(0, 0, &[0][..]), (1, 1, &[1]), (2, 2, &[2]), (4, 4, &[3]), (5, 5, &[4])];
        assert_eq!(of(SURROUND, 5, Marking::Unmarked), plain(&without));
        assert_eq!(of(ChannelLayout::MonoTo(Bus::Ambisonic1), 4, Marking::Ambisonic).len(), 4);
    }

    #[test]
    fn a_matrix_is_ordered_as_true_stereo_source_by_source() {
        let paths = of(ChannelLayout::Through(Bus::Quad), 16, Marking::Unmarked);
        let expected = |index: usize| (index / 4, index % 4, vec![index]);
        assert!(paths.into_iter().eq((0..16).map(expected)));
        let left_out = of(SURROUND, 25, Marking::Unmarked);
        assert_eq!((left_out.len(), &left_out[5], &left_out[18]), (25, &(1, 0, vec![5]), &(4, 4, vec![18])));
        let to_quad = of(ChannelLayout::StereoTo(Bus::Quad), 8, Marking::Unmarked);
        assert_eq!((to_quad.len(), &to_quad[5]), (8, &(1, 1, vec![5])));
        assert_eq!(of(ChannelLayout::Through(Bus::Ambisonic3), 256, Marking::Unmarked).len(), 256);
    }

    #[test]
    fn stereo_and_true_stereo_are_for_the_sides_and_their_mean_is_in_the_middle() {
        let sides = [(0, 0, &[0][..]), (1, 1, &[1]), (2, 2, &[0, 1]), (4, 4, &[0]), (5, 5, &[1])];
        assert_eq!(of(SURROUND, 2, Marking::Unmarked), plain(&sides));
        let across = of(SURROUND, 4, Marking::Unmarked);
        for expected in [(0, 0, vec![0]), (0, 1, vec![1]), (1, 0, vec![2]), (1, 1, vec![3]), (5, 4, vec![2])] {
            assert!(across.contains(&expected), "{expected:?}");
        }
        assert_eq!(across.len(), 9);
        let centre = ChannelPath { gain: 0.5, ..path(0, 2, &[0]) };
        let from_two = ChannelLayout::StereoTo(Bus::Surround51).paths(2, Marking::Unmarked).expect("it fits");
        assert!(from_two.contains(&centre), "{from_two:?}");
    }

    #[test]
    fn four_channels_on_four_are_one_each_unless_they_are_known_to_be_true_stereo() {
        let quad = ChannelLayout::Through(Bus::Quad);
        let each: Vec<_> = (0..4).map(|channel| (channel, channel, vec![channel])).collect();
        assert_eq!(of(quad, 4, Marking::Unmarked), each);
        assert_eq!(of(quad, 4, Marking::TrueStereo).len(), 8);
        assert_eq!(of(ChannelLayout::Through(Bus::Ambisonic1), 4, Marking::Ambisonic), each);
    }

    #[test]
    fn a_matrix_that_says_its_sources_fits_only_as_many_inputs_and_outputs() {
        let fitting = |channels, sources| ChannelLayout::fitting(channels, Marking::Matrix(sources));
        // 3 × 2, 2 × 3 and 4 × 2: as many channels as 5.1 and 7.1 have, and none of them.
        assert_eq!([(6, 3), (6, 2), (8, 4)].map(|(channels, sources)| fitting(channels, sources)), ["", "", ""]);
        assert_eq!((fitting(8, 2).as_str(), fitting(10, 2).as_str()), ("Stereo to quad", "Stereo to 5.1"));
        assert_eq!((fitting(16, 4).as_str(), fitting(25, 5).as_str()), ("Quad", "5.1 or 5 channels"));
        assert_eq!(fitting(9, 3), "3 channels");
        let quad = ChannelLayout::Through(Bus::Quad);
        assert_eq!(of(quad, 16, Marking::Matrix(4)), of(quad, 16, Marking::Unmarked));
        let to_surround = of(ChannelLayout::StereoTo(Bus::Surround51), 10, Marking::Matrix(2));
        assert_eq!((to_surround.len(), &to_surround[8]), (10, &(1, 4, vec![8])));
    }

    #[test]
    fn what_nothing_says_is_told() {
        let told = |layout: ChannelLayout, channels| layout.taken_as(channels, Marking::Unmarked);
        assert_eq!(told(ChannelLayout::Stereo, 4).as_deref(), Some("LL LR RL RR"));
        assert_eq!(told(SURROUND, 5).as_deref(), Some("L R C Ls Rs"));
        assert_eq!(told(SURROUND, 4).as_deref(), Some("LL LR RL RR"));
        assert_eq!(told(ChannelLayout::Through(Bus::Ambisonic2), 9).as_deref(), Some("AmbiX (ACN, SN3D)"));
        let matrix = "a matrix of 4 sources and 4 outputs, source by source";
        assert_eq!(told(ChannelLayout::Through(Bus::Quad), 16).as_deref(), Some(matrix));
        assert_eq!((told(SURROUND, 2), told(ChannelLayout::Through(Bus::Discrete(3)), 3)), (None, None));
        assert_eq!(SURROUND.taken_as(6, Marking::Speakers(0x3f)), None);
    }

    #[test]
    fn what_is_marked_fits_only_what_it_is() {
        let fits = |layout: ChannelLayout, channels, marking| layout.paths(channels, marking).is_some();
        for layout in [ChannelLayout::Stereo, ChannelLayout::Mono, ChannelLayout::Through(Bus::Quad), SURROUND] {
            assert!(!fits(layout, 4, Marking::Ambisonic), "{layout:?}");
        }
        // As many channels as a matrix has are none if they are harmonics or speakers.
        for marking in [Marking::Ambisonic, Marking::FromFuma] {
            assert!(!fits(ChannelLayout::Through(Bus::Ambisonic1), 16, marking));
            assert!(!fits(ChannelLayout::Through(Bus::Discrete(3)), 9, marking));
            assert!(!fits(ChannelLayout::Through(Bus::Discrete(4)), 16, marking));
            assert!(fits(ChannelLayout::Through(Bus::Ambisonic3), 16, marking));
        }
        assert!(!fits(ChannelLayout::Through(Bus::Discrete(3)), 9, Marking::Speakers(0x73f)));
        // 6.0 and 7.1 with speakers in front.
        assert!(!fits(SURROUND, 6, Marking::Speakers(0x707)) && fits(SURROUND, 6, Marking::Speakers(0x60f)));
        assert!(!fits(ChannelLayout::Through(Bus::Surround71), 8, Marking::Speakers(0xff)));
        assert!(fits(ChannelLayout::Through(Bus::Discrete(8)), 8, Marking::Speakers(0xff)));
        assert!(!fits(ChannelLayout::Stereo, 6, Marking::Unmarked) && !fits(SURROUND, 3, Marking::Unmarked));
    }
}
