//! The layouts that a host may choose, in the framework's form, and the chain's format in each.
use crate::chain::Format;
use crate::channels::ChannelLayout;
use nice_plug::prelude::{AudioIOLayout, NonZeroU32, PortNames};
use parking_lot::Mutex;

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

/// The layout that a host has asked for, where a shell is told more of it than numbers of channels. \[main\]
#[derive(Debug, Default)]
pub struct Asked(Mutex<Option<ChannelLayout>>);

impl Asked {
    /// The host has asked for a layout, or for one of which only the numbers are known.
    pub fn put(&self, layout: Option<ChannelLayout>) {
        *self.0.lock() = layout;
    }

    /// A format in the layout that was asked for, if that has the same numbers of channels.
    #[must_use]
    pub fn refine(&self, format: Format) -> Format {
        let counts = |layout: &ChannelLayout| (layout.inputs(), layout.outputs());
        let asked = self.0.lock().filter(|asked| counts(asked) == counts(&format.layout));
        Format { layout: asked.unwrap_or(format.layout), ..format }
    }
}

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
    let channels = |count: Option<NonZeroU32>| count.map_or(0, |n| n.get() as usize);
    // Speakers and harmonics may be as many: the name tells them apart.
    let layout =
        layout.names.layout.and_then(ChannelLayout::named).or_else(|| {
            ChannelLayout::of(channels(layout.main_input_channels), channels(layout.main_output_channels))
        })?;
    RATES.contains(&sample_rate).then(|| Format { sample_rate: sample_rate.round() as u32, layout })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_layout_has_its_format_and_stereo_comes_first() {
        let formats: Vec<_> = LAYOUTS.iter().filter_map(|layout| format(layout, 44_100.0)).collect();
        let first = formats[..4].iter().map(|format| (format.inputs(), format.outputs())).collect::<Vec<_>>();
        assert_eq!((formats.len(), first), (LAYOUTS.len(), vec![(2, 2), (1, 1), (1, 2), (4, 4)]));
        assert!(formats.iter().zip(ChannelLayout::ALL).all(|(format, layout)| format.layout == layout));
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
