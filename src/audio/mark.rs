//! What a file says its channels are.

use super::chunk::Chunk;

/// What a file says its channels are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mark {
    /// Nothing.
    #[default]
    None,
    /// Speakers, as a mask that has one bit for each, those of `WAVE_FORMAT_EXTENSIBLE`. The channels come in the order
    /// of the bits.
    Speakers(u32),
    /// Spherical harmonics in the order and with the weights of Furse and Malham: W X Y Z and on.
    FuMa,
    /// Spherical harmonics in AmbiX: order ACN, weights SN3D.
    AmbiX,
}

impl Mark {
    /// What a mask says of so many channels. Nothing where it has another number of bits; nor of up to four channels,
    /// because programs write some mask for these, whatever they are; nor where it has simply the lowest bits, as
    /// programs write it that know no speakers, unless these are the six of 5.1.
    pub fn of_mask(mask: u32, channels: usize) -> Self {
        let is_lowest = mask & mask.wrapping_add(1) == 0 && channels != 6;
        let says = channels > 4 && mask.count_ones() as usize == channels && !is_lowest;
        if says { Self::Speakers(mask) } else { Self::None }
    }

    /// What the texts beside the sound say of the harmonics, where recorders name their order: "AmbiX" or "FuMa" in
    /// `iXML` or `bext`, if only one of them is there.
    pub fn of_texts(chunks: &[Chunk]) -> Option<Self> {
        let says = |word| chunks.iter().any(|chunk| chunk.says(word));
        match (says("AmbiX"), says("FuMa")) {
            (true, false) => Some(Self::AmbiX),
            (false, true) => Some(Self::FuMa),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_counts_where_somebody_has_chosen_it_for_as_many_channels() {
        for (mask, channels) in [(0x3f, 6), (0x60f, 6), (0x63f, 8), (0x37, 5)] {
            assert_eq!(Mark::of_mask(mask, channels), Mark::Speakers(mask));
        }
        for (mask, channels) in [(0x3f, 5), (0, 4), (0, 0), (0x33, 4), (0x107, 4), (0xff, 8), (0x1ff, 9)] {
            assert_eq!(Mark::of_mask(mask, channels), Mark::None, "{mask:#x}");
        }
    }

    #[test]
    fn texts_say_the_order_of_harmonics_if_they_say_one() {
        let of = |texts: &[(&[u8; 4], &str)]| {
            let chunks: Vec<_> =
                texts.iter().map(|(id, text)| Chunk { id: **id, bytes: text.as_bytes().to_vec() }).collect();
            Mark::of_texts(&chunks)
        };
        assert_eq!(of(&[(b"iXML", "<NOTE>Ambisonics AmbiX</NOTE>")]), Some(Mark::AmbiX));
        assert_eq!(of(&[(b"bext", "zAMBISONIC=FUMA")]), Some(Mark::FuMa));
        assert_eq!(of(&[(b"iXML", "ambix"), (b"bext", "was FuMa")]), None);
        assert_eq!((of(&[(b"LIST", "ambix")]), of(&[])), (None, None));
    }

    #[test]
    fn a_part_of_a_word_says_nothing() {
        let of = |text: &str| Mark::of_texts(&[Chunk { id: *b"bext", bytes: text.as_bytes().to_vec() }]);
        for text in ["recorded by Fumagalli", "fumant", "Parfuma", "écfuma", "fumaé", "ambixer"] {
            assert_eq!(of(text), None, "{text}");
        }
        for text in ["FuMa", "in_fuma_2", "FuMa\0\0", "(fuma)", "fuma1"] {
            assert_eq!(of(text), Some(Mark::FuMa), "{text}");
        }
    }
}
