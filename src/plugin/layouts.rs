//! The layouts that a host may choose, in the framework's form, and the chain's format in each.
use crate::chain::Format;
use crate::channels::ChannelLayout;
use nice_plug::prelude::{AudioIOLayout, NonZeroU32, PortNames};

/// All layouts, the preferred one first: a host that does not choose gets that.
pub const LAYOUTS: &[AudioIOLayout] = &{
    let mut layouts = [AudioIOLayout::const_default(); ChannelLayout::ALL.len()];
    let mut at = 0;
    while at < layouts.len() {
        layouts[at] = offered(ChannelLayout::ALL[at]);
        at += 1;
    }
    layouts
};

/// Sample rates in Hz that are taken: up to the highest that impulses are brought to, since validators try rates that
/// no converter has. Outside of them no host means what it says.
const RATES: std::ops::RangeInclusive<f32> = 1_000.0..=1_536_000.0;

const fn offered(layout: ChannelLayout) -> AudioIOLayout {
    AudioIOLayout {
        main_input_channels: NonZeroU32::new(layout.inputs() as u32),
        main_output_channels: NonZeroU32::new(layout.outputs() as u32),
        names: PortNames { layout: Some(layout.name()), ..PortNames::const_default() },
        ..AudioIOLayout::const_default()
    }
}

/// The chain's format in a layout at a host's sample rate in Hz; `None` for a layout or a rate that is not taken.
#[must_use]
pub fn format(layout: &AudioIOLayout, sample_rate: f32) -> Option<Format> {
    let channels = |count: Option<NonZeroU32>| count.map(|n| n.get() as usize);
    let layout = ChannelLayout::of(channels(layout.main_input_channels)?, channels(layout.main_output_channels)?)?;
    RATES.contains(&sample_rate).then(|| Format { sample_rate: sample_rate.round() as u32, layout })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_has_its_format_and_stereo_comes_first() {
        let formats: Vec<_> = LAYOUTS.iter().filter_map(|layout| format(layout, 44_100.0)).collect();
        assert_eq!(formats.iter().map(|f| (f.inputs(), f.outputs())).collect::<Vec<_>>(), [(2, 2), (1, 1), (1, 2)]);
        assert!(formats.iter().all(|f| f.sample_rate == 44_100));
    }

    #[test]
    fn strange_rates_are_taken_too() {
        for (rate, rounded) in [(1_234.567_8, 1235), (384_000.0, 384_000), (1_234_567.8, 1_234_568)] {
            assert_eq!(format(&LAYOUTS[0], rate).map(|format| format.sample_rate), Some(rounded));
        }
    }

    #[test]
    fn a_rate_that_is_none_is_refused() {
        for rate in [0.0, -48_000.0, f32::NAN, f32::INFINITY] {
            assert_eq!(format(&LAYOUTS[0], rate), None, "{rate}");
        }
    }
}
