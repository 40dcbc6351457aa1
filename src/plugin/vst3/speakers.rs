//! Layouts from speaker arrangements.
use crate::channels::{Bus, ChannelLayout};
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{SpeakerArr, SpeakerArrangement};

/// The layout of two arrangements that a host asks for; `None` where nothing more than the numbers of channels is known.
pub(super) fn layout(inputs: SpeakerArrangement, outputs: SpeakerArrangement) -> Option<ChannelLayout> {
    let bus = bus(outputs)?;
    match inputs.count_ones() {
        1 => Some(ChannelLayout::MonoTo(bus)).filter(|layout| ChannelLayout::ALL.contains(layout)),
        2 => Some(ChannelLayout::StereoTo(bus)).filter(|layout| ChannelLayout::ALL.contains(layout)),
        _ => Some(ChannelLayout::Through(bus)),
    }
}

/// True for one or two sources of which nobody knows where they are in what goes out: two in harmonics, and any among
/// speakers that no layout has. They are refused, although there is a layout with as many channels.
pub(super) fn lacks_places(inputs: SpeakerArrangement, outputs: SpeakerArrangement) -> bool {
    let sources = inputs.count_ones() as usize;
    sources <= 2 && bus(outputs).is_some_and(|bus| ChannelLayout::to(sources, bus).is_none())
}

/// The signal of an arrangement of more than two channels: harmonics have bits of their own, and those of the speakers
/// are the same as in WAV.
fn bus(arrangement: SpeakerArrangement) -> Option<Bus> {
    match arrangement {
        SpeakerArr::kAmbi1stOrderACN => Some(Bus::Ambisonic1),
        SpeakerArr::kAmbi2cdOrderACN => Some(Bus::Ambisonic2),
        SpeakerArr::kAmbi3rdOrderACN => Some(Bus::Ambisonic3),
        other => match u32::try_from(other) {
            Ok(mask) => Bus::of_speakers(mask),
            // Speakers above and below.
            Err(_) => Some(other.count_ones()).filter(|count| (3..=16).contains(count)).map(|n| Bus::Discrete(n as u8)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ChannelLayout::{MonoTo, StereoTo, Through};

    #[test]
    fn arrangements_of_one_number_of_channels_are_told_apart() {
        let same = |arrangement| layout(arrangement, arrangement);
        assert_eq!(same(SpeakerArr::k40Music), Some(Through(Bus::Quad)));
        assert_eq!(same(SpeakerArr::kAmbi1stOrderACN), Some(Through(Bus::Ambisonic1)));
        assert_eq!(same(SpeakerArr::k40Cine), Some(Through(Bus::Discrete(4))), "L R C S");
        assert_eq!(same(SpeakerArr::k51), Some(Through(Bus::Surround51)));
        assert_eq!(same(SpeakerArr::k71Music), Some(Through(Bus::Surround71)));
        assert_eq!(same(SpeakerArr::k71Cine), Some(Through(Bus::Discrete(8))), "with Lc and Rc");
        assert_eq!(same(SpeakerArr::kAmbi3rdOrderACN), Some(Through(Bus::Ambisonic3)));
        assert_eq!((same(SpeakerArr::kStereo), same(SpeakerArr::kMono)), (None, None));
    }

    #[test]
    fn one_and_two_inputs_lead_to_larger_signals() {
        assert_eq!(layout(SpeakerArr::kMono, SpeakerArr::k51), Some(MonoTo(Bus::Surround51)));
        assert_eq!(layout(SpeakerArr::kStereo, SpeakerArr::k71Music), Some(StereoTo(Bus::Surround71)));
        assert_eq!(layout(SpeakerArr::kMono, SpeakerArr::kAmbi1stOrderACN), Some(MonoTo(Bus::Ambisonic1)));
        assert!(lacks_places(SpeakerArr::kStereo, SpeakerArr::kAmbi1stOrderACN));
        assert!(!lacks_places(SpeakerArr::kStereo, SpeakerArr::k40Music));
    }

    #[test]
    fn one_and_two_inputs_do_not_lead_to_speakers_that_no_layout_has() {
        for inputs in [SpeakerArr::kMono, SpeakerArr::kStereo] {
            for outputs in [SpeakerArr::k60Cine, SpeakerArr::k40Cine, SpeakerArr::k71Cine, SpeakerArr::k30Cine] {
                assert!(lacks_places(inputs, outputs), "{inputs:#x} to {outputs:#x}");
                assert!(!lacks_places(outputs, outputs), "{outputs:#x}");
            }
            for outputs in [SpeakerArr::kStereo, SpeakerArr::k40Music, SpeakerArr::k51, SpeakerArr::k71Music] {
                assert!(!lacks_places(inputs, outputs), "{inputs:#x} to {outputs:#x}");
            }
        }
        assert!(lacks_places(SpeakerArr::kStereo, SpeakerArr::kAmbi3rdOrderACN));
        assert!(!lacks_places(SpeakerArr::kMono, SpeakerArr::kAmbi3rdOrderACN));
    }
}
