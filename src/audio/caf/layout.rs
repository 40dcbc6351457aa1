//! What a CAF file says its channels are: the chunk `chan`.
//!
//! The chunk is a tag, which names a layout or refers to a mask of speakers or to a list of labels (*Apple Core Audio
//! Format Specification 1.0*, and the numbers of *Core Audio Types*). The lower half of a tag that names a layout is
//! the number of channels.

use super::super::mark::Mark;

/// What the channels are, and where each of them is in the file.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Layout {
    pub mark: Mark,
    /// For each channel its place in the file and a factor. Empty where all are as they are to be.
    pub order: Vec<(usize, f32)>,
}

/// Bytes of the chunk that come before the labels, and of each label with its coordinates.
const HEADER: usize = 12;
const DESCRIPTION: usize = 20;

/// Bytes of the chunk that are read: of more labels than channels that are used.
pub const MOST_BYTES: u64 = (HEADER + 300 * DESCRIPTION) as u64;

/// Tags that leave what the channels are to the labels, or to the mask.
const USE_LABELS: u32 = 0;
const USE_MASK: u32 = 1 << 16;

// Upper halves of tags.
const MID_SIDE: u32 = 104;
const B_FORMAT: u32 = 107;
const DISCRETE: u32 = 147;
const ACN_SN3D: u32 = 190;
const ACN_N3D: u32 = 191;
const UNKNOWN: u32 = 0xffff;

// Labels. Those up to 18 come in the order of the bits of a mask.
const L: u32 = 1;
const R: u32 = 2;
const C: u32 = 3;
const LFE: u32 = 4;
/// Surround speakers; at the sides where there are rear ones.
const LS: u32 = 5;
const RS: u32 = 6;
const LC: u32 = 7;
const RC: u32 = 8;
const CS: u32 = 9;
const SIDE_LEFT: u32 = 10;
const SIDE_RIGHT: u32 = 11;
const LAST_OF_MASK: u32 = 18;
const REAR_LEFT: u32 = 33;
const REAR_RIGHT: u32 = 34;
/// W X Y Z.
const B_FORMAT_LABELS: [u32; 4] = [200, 201, 202, 203];
/// Upper halves of labels: a number without a meaning, and a harmonic in ACN with the weights SN3D and N3D.
const DISCRETE_LABEL: u32 = 1;
const SN3D_LABEL: u32 = 2;
const N3D_LABEL: u32 = 3;

/// Layouts of speakers by the upper half of their tags, in the order of the file.
const NAMED: [(u32, &[u32]); 42] = [
    (108, &[L, R, LS, RS]),
    (109, &[L, R, LS, RS, C]),
    (110, &[L, R, LS, RS, C, CS]),
    (111, &[L, R, LS, RS, C, CS, SIDE_LEFT, SIDE_RIGHT]),
    (113, &[L, R, C]),
    (114, &[C, L, R]),
    (115, &[L, R, C, CS]),
    (116, &[C, L, R, CS]),
    (117, &[L, R, C, LS, RS]),
    (118, &[L, R, LS, RS, C]),
    (119, &[L, C, R, LS, RS]),
    (120, &[C, L, R, LS, RS]),
    (121, &[L, R, C, LFE, LS, RS]),
    (122, &[L, R, LS, RS, C, LFE]),
    (123, &[L, C, R, LS, RS, LFE]),
    (124, &[C, L, R, LS, RS, LFE]),
    (125, &[L, R, C, LFE, LS, RS, CS]),
    (126, &[L, R, C, LFE, LS, RS, LC, RC]),
    (127, &[C, LC, RC, L, R, LS, RS, LFE]),
    (128, &[L, R, C, LFE, LS, RS, REAR_LEFT, REAR_RIGHT]),
    (129, &[L, R, LS, RS, C, LFE, LC, RC]),
    (131, &[L, R, CS]),
    (132, &[L, R, LS, RS]),
    (133, &[L, R, LFE]),
    (134, &[L, R, LFE, CS]),
    (135, &[L, R, LFE, LS, RS]),
    (136, &[L, R, C, LFE]),
    (137, &[L, R, C, LFE, CS]),
    (138, &[L, R, LS, RS, LFE]),
    (139, &[L, R, LS, RS, C, CS]),
    (140, &[L, R, LS, RS, C, REAR_LEFT, REAR_RIGHT]),
    (141, &[C, L, R, LS, RS, CS]),
    (142, &[C, L, R, LS, RS, CS, LFE]),
    (143, &[C, L, R, LS, RS, REAR_LEFT, REAR_RIGHT]),
    (144, &[C, L, R, LS, RS, REAR_LEFT, REAR_RIGHT, CS]),
    (148, &[L, R, LS, RS, C, LC, RC]),
    (183, &[C, L, R, LS, RS, REAR_LEFT, REAR_RIGHT, LFE]),
    (185, &[L, R, REAR_LEFT, REAR_RIGHT]),
    (186, &[L, R, C, REAR_LEFT, REAR_RIGHT]),
    (187, &[L, R, C, LFE, REAR_LEFT, REAR_RIGHT]),
    (188, &[L, R, C, LFE, CS, LS, RS]),
    (189, &[L, R, C, LFE, REAR_LEFT, REAR_RIGHT, LS, RS]),
];

/// Layouts of ALAC by the number of channels, from 3 to 8. The format has one order for each number, and no other.
const OF_ALAC: [u32; 6] = [114, 116, 120, 124, 142, 127];

impl Layout {
    /// The layout of channels in ALAC. Where the speakers are those of ALAC for as many channels, they come in its order,
    /// whatever order the chunk names: programs name there that of their own decoder.
    pub fn in_alac(self, channels: usize) -> Self {
        let kind = channels.checked_sub(3).and_then(|more| OF_ALAC.get(more));
        let labels = NAMED.iter().find(|(named, _)| Some(named) == kind).map(|(_, labels)| *labels);
        let own = labels.and_then(|labels| Self::of_speakers(labels).ok());
        own.filter(|own| own.mark == self.mark).unwrap_or(self)
    }

    /// What the chunk says of so many channels. The error is the name of what it says, where that is not understood.
    pub fn read(chunk: &[u8], channels: usize) -> Result<Self, String> {
        let Some(tag) = field(chunk, 0) else { return Ok(Self::default()) };
        match (tag, tag >> 16) {
            (USE_LABELS, _) => Self::of_labels(&labels(chunk), channels),
            (USE_MASK, _) => Ok(Mark::of_mask(field(chunk, 4).unwrap_or(0), channels).into()),
            (_, MID_SIDE) => Err("CAF of mid and side".to_owned()),
            (_, DISCRETE | UNKNOWN) => Ok(Self::default()),
            (_, B_FORMAT) => Ok(Mark::FuMa.into()),
            (_, ACN_SN3D) => Ok(Mark::AmbiX.into()),
            (_, ACN_N3D) => Ok(Self::of_n3d(channels)),
            (_, kind) => match NAMED.into_iter().find(|(named, _)| *named == kind) {
                Some((_, labels)) if labels.len() == channels => Self::of_speakers(labels),
                // Two channels are left and right, however they were recorded.
                None if channels <= 2 => Ok(Self::default()),
                _ => Err(format!("CAF of {channels} channels with the layout {kind} of {}", tag & 0xffff)),
            },
        }
    }

    fn of_labels(labels: &[u32], channels: usize) -> Result<Self, String> {
        let are = |upper: u32| (upper << 16..).zip(labels).all(|(expected, label)| *label == expected);
        let is_plain = |label: &u32| matches!(*label, 0 | 100 | 400 | u32::MAX) || *label >> 16 == DISCRETE_LABEL;
        match labels {
            _ if channels <= 2 || labels.iter().all(is_plain) => Ok(Self::default()),
            _ if labels.len() != channels => Err(format!("CAF of {channels} channels with {} labels", labels.len())),
            _ if *labels == B_FORMAT_LABELS => Ok(Mark::FuMa.into()),
            _ if are(SN3D_LABEL) => Ok(Mark::AmbiX.into()),
            _ if are(N3D_LABEL) => Ok(Self::of_n3d(channels)),
            _ => Self::of_speakers(labels),
        }
    }

    /// Speakers, brought into the order of the bits of their mask.
    fn of_speakers(labels: &[u32]) -> Result<Self, String> {
        let has_rear = labels.iter().any(|label| matches!(*label, REAR_LEFT | REAR_RIGHT));
        let bit = |label: u32| match label {
            LS | RS if has_rear => Some(0x200 << (label - LS)),
            L..=LAST_OF_MASK => Some(1 << (label - L)),
            REAR_LEFT | REAR_RIGHT => Some(0x10 << (label - REAR_LEFT)),
            _ => None,
        };
        let (mut mask, mut places) = (0_u32, Vec::new());
        for (place, label) in labels.iter().enumerate() {
            let Some(bit) = bit(*label).filter(|bit| mask & bit == 0) else {
                return Err(format!("CAF whose channel {} has the label {label}", place + 1));
            };
            mask |= bit;
            places.push((bit, place));
        }
        let is_in_order = places.is_sorted();
        places.sort_unstable();
        let order = if is_in_order { Vec::new() } else { places.iter().map(|(_, place)| (*place, 1.0)).collect() };
        Ok(Self { mark: Mark::Speakers(mask), order })
    }

    /// Harmonics in the order ACN with the weights N3D, which are √(2l+1) times those of SN3D in the order l.
    fn of_n3d(channels: usize) -> Self {
        let factor = |acn: usize| 1.0 / ((2 * acn.isqrt() + 1) as f32).sqrt();
        Self { mark: Mark::AmbiX, order: (0..channels).map(|acn| (acn, factor(acn))).collect() }
    }
}

impl From<Mark> for Layout {
    fn from(mark: Mark) -> Self {
        Self { mark, order: Vec::new() }
    }
}

fn field(chunk: &[u8], at: usize) -> Option<u32> {
    chunk.get(at..)?.first_chunk().copied().map(u32::from_be_bytes)
}

/// The labels of the channels, as many as the chunk says and holds.
fn labels(chunk: &[u8]) -> Vec<u32> {
    let count = field(chunk, 8).unwrap_or(0) as usize;
    (HEADER..).step_by(DESCRIPTION).map_while(|at| field(chunk, at)).take(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(tag: u32, mask: u32, labels: &[u32], channels: usize) -> Result<Layout, String> {
        let mut chunk: Vec<u8> = [tag, mask, labels.len() as u32].into_iter().flat_map(u32::to_be_bytes).collect();
        for label in labels {
            chunk.extend(label.to_be_bytes());
            chunk.extend([0; DESCRIPTION - 4]);
        }
        Layout::read(&chunk, channels)
    }

    fn places(layout: &Layout) -> Vec<usize> {
        layout.order.iter().map(|(place, _)| *place).collect()
    }

    #[test]
    fn the_speakers_of_alac_come_in_its_order_whatever_is_named() {
        let order = |tag: u32, channels| places(&of(tag << 16 | channels as u32, 0, &[], channels).expect("known"));
        let in_alac = |tag: u32, channels| {
            places(&of(tag << 16 | channels as u32, 0, &[], channels).expect("known").in_alac(channels))
        };
        for (others, own, channels) in
            [(&[113][..], 114, 3), (&[115], 116, 4), (&[117, 118, 119], 120, 5), (&[121, 122, 123], 124, 6)]
        {
            others.iter().for_each(|other| assert_eq!(in_alac(*other, channels), order(own, channels), "{other}"));
            assert_eq!(in_alac(own, channels), order(own, channels));
        }
        // C L R Ls Rs Cs LFE and C Lc Rc L R Ls Rs LFE.
        assert_eq!((in_alac(125, 7), in_alac(126, 8)), (order(142, 7), order(127, 8)));
        // Other speakers, and harmonics, come as they are stored.
        assert_eq!((in_alac(128, 8), in_alac(108, 4)), (order(128, 8), order(108, 4)));
        assert_eq!(of(190 << 16 | 4, 0, &[], 4).map(|layout| layout.in_alac(4)), of(190 << 16 | 4, 0, &[], 4));
    }

    #[test]
    fn named_layouts_come_in_the_order_of_their_speakers() {
        // L R C LFE Ls Rs, and at the back and the sides of 7.1.
        for (tag, mask, expected) in [
            (121 << 16 | 6, 0x3f, &[][..]),
            (122 << 16 | 6, 0x3f, &[0, 1, 4, 5, 2, 3]),
            (123 << 16 | 6, 0x3f, &[0, 2, 1, 5, 3, 4]),
            (124 << 16 | 6, 0x3f, &[1, 2, 0, 5, 3, 4]),
            (125 << 16 | 7, 0x13f, &[]),
            (126 << 16 | 8, 0xff, &[]),
            (127 << 16 | 8, 0xff, &[3, 4, 0, 7, 5, 6, 1, 2]),
            (128 << 16 | 8, 0x63f, &[0, 1, 2, 3, 6, 7, 4, 5]),
            (189 << 16 | 8, 0x63f, &[]),
            (108 << 16 | 4, 0x33, &[]),
            (116 << 16 | 4, 0x107, &[1, 2, 0, 3]),
        ] {
            let layout = of(tag, 0, &[], tag as usize & 0xffff).expect("known");
            assert_eq!((layout.mark, &places(&layout)[..]), (Mark::Speakers(mask), expected), "{}", tag >> 16);
            assert!(layout.order.iter().all(|(_, factor)| *factor == 1.0));
        }
        for (kind, labels) in NAMED {
            let layout = of(kind << 16 | labels.len() as u32, 0, &[], labels.len()).expect("known");
            assert!(
                matches!(layout.mark, Mark::Speakers(mask) if mask.count_ones() as usize == labels.len()),
                "{kind}"
            );
        }
    }

    #[test]
    fn labels_say_as_much_as_a_name() {
        let wide = of(0, 0, &[C, L, R, LS, RS, LFE], 6).expect("known");
        assert_eq!((wide.mark, places(&wide)), (Mark::Speakers(0x3f), vec![1, 2, 0, 5, 3, 4]));
        assert_eq!(of(0, 0, &B_FORMAT_LABELS, 4), Ok(Mark::FuMa.into()));
        assert_eq!(of(0, 0, &[2 << 16, 2 << 16 | 1, 2 << 16 | 2, 2 << 16 | 3], 4), Ok(Mark::AmbiX.into()));
        for plain in [&[][..], &[0; 4], &[1 << 16, 1 << 16 | 1, 1 << 16 | 2, 1 << 16 | 3]] {
            assert_eq!(of(0, 0, plain, 4), Ok(Layout::default()));
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        let refused = |tag, labels: &[u32], channels| of(tag, 0, labels, channels).expect_err("not understood");
        assert_eq!(refused(130 << 16 | 8, &[], 8), "CAF of 8 channels with the layout 130 of 8");
        assert_eq!(refused(121 << 16 | 6, &[], 8), "CAF of 8 channels with the layout 121 of 6");
        assert_eq!(refused(104 << 16 | 2, &[], 2), "CAF of mid and side");
        assert_eq!(refused(0, &[L, R, 37], 3), "CAF whose channel 3 has the label 37");
        assert_eq!(refused(0, &[L, R, L], 3), "CAF whose channel 3 has the label 1");
        assert_eq!(refused(0, &[L, R, C], 4), "CAF of 4 channels with 3 labels");
        for plain in [101 << 16 | 2, 147 << 16 | 2, 106 << 16 | 2] {
            assert_eq!(of(plain, 0, &[], 2), Ok(Layout::default()));
        }
        assert_eq!(Layout::read(b"\0\x79", 6), Ok(Layout::default()), "cut off");
    }

    #[test]
    fn harmonics_in_n3d_become_sn3d() {
        let layout = of(191 << 16 | 9, 0, &[], 9).expect("known");
        let expected = [1.0, 3.0, 3.0, 3.0, 5.0, 5.0, 5.0, 5.0, 5.0].map(|share: f32| 1.0 / share.sqrt());
        assert_eq!(layout.mark, Mark::AmbiX);
        assert_eq!(layout.order, expected.into_iter().enumerate().collect::<Vec<_>>());
        assert_eq!(of(190 << 16 | 9, 0, &[], 9), Ok(Mark::AmbiX.into()));
    }
}
