//! Lays an impulse out: the taps of each path of a [`ChannelLayout`].

use super::Impulse;
use crate::cancel::{Cancelled, Token};
use crate::channels::{ChannelLayout, ChannelPath, Marking, signal_name};

/// The taps from one input to one output.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// Input channel.
    pub input: usize,
    /// Output channel.
    pub output: usize,
    /// The impulse response.
    pub taps: Vec<f32>,
}

/// Why an impulse was not laid out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LayoutError {
    /// An impulse of so many channels does not fit into the layout.
    #[error("{}", unsupported(*channels, *marking, *layout))]
    Unsupported {
        /// Number of channels of the impulse.
        channels: usize,
        /// What else is known of them.
        marking: Marking,
        /// Layout of the effect.
        layout: ChannelLayout,
    },
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// The paths of an impulse in a layout, ordered by input, then output. A path that is all zeros is left out, because it
/// costs the engine work; of silence the first path is kept.
///
/// # Errors
/// [`LayoutError::Unsupported`] if the impulse does not fit; [`LayoutError::Cancelled`], for which `cancel` is checked
/// before each path.
pub fn routes(impulse: &Impulse, layout: ChannelLayout, cancel: &Token) -> Result<Vec<Route>, LayoutError> {
    let (channels, marking) = (impulse.channels().len(), impulse.marking());
    let paths = layout.paths(channels, marking).ok_or(LayoutError::Unsupported { channels, marking, layout })?;
    let mut routes = Vec::with_capacity(paths.len());
    for path in paths {
        cancel.check()?;
        routes.push(Route { input: path.input, output: path.output, taps: taps(impulse, &path) });
    }
    let sounds = |route: &Route| route.taps.iter().any(|tap| *tap != 0.0);
    if routes.iter().any(sounds) {
        routes.retain(sounds);
    } else {
        routes.truncate(1);
    }
    Ok(routes)
}

/// What is heard on a path: the mean of its channels, by its gain.
fn taps(impulse: &Impulse, path: &ChannelPath) -> Vec<f32> {
    let channels: Vec<_> = path.channels.iter().map(|channel| &impulse.channels()[*channel]).collect();
    // Powers of two, so that no rounding comes from it.
    let share = path.gain / channels.len() as f32;
    match channels[..] {
        [one] if share == 1.0 => one.clone(),
        _ => {
            let sum = |index| channels.iter().map(|channel: &&Vec<f32>| channel[index]).sum::<f32>();
            (0..impulse.len()).map(|index| sum(index) * share).collect()
        }
    }
}

/// Why an impulse does not fit, and what does.
fn unsupported(channels: usize, marking: Marking, layout: ChannelLayout) -> String {
    let what = match marking {
        Marking::Ambisonic | Marking::FromFuma => format!("an ambisonic impulse of {channels} channels"),
        Marking::Speakers(mask) => format!("an impulse of {channels} channels for the speakers {mask:#x}"),
        Marking::Matrix(sources) => {
            format!("an impulse of {sources} sources with {} channels each", channels / usize::from(sources).max(1))
        }
        Marking::Unmarked | Marking::TrueStereo => format!("an impulse of {}", signal_name(channels)),
    };
    let where_else = match ChannelLayout::fitting(channels, marking) {
        none if none.is_empty() => "no layout".to_owned(),
        layouts => layouts,
    };
    format!("{what} does not fit {}, which takes {} channels; it fits {where_else}", layout.name(), layout.counts())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::Bus;
    use crate::channels::ChannelLayout::{Mono, MonoToStereo, Stereo, Through};

    /// Channels whose first sample tells them apart: 1, 2, 4, 8. A second, common sample makes the order of taps show.
    fn impulse(channels: usize) -> Impulse {
        Impulse::new((0..channels).map(|channel| vec![(1 << channel) as f32, 0.5]).collect(), 48_000).expect("valid")
    }

    /// (input, output, first tap) of each route.
    fn told(channels: usize, layout: ChannelLayout) -> Vec<(usize, usize, f32)> {
        let routes = routes(&impulse(channels), layout, &Token::never()).expect("a layout of the table");
        assert!(routes.iter().all(|route| route.taps.len() == 2 && route.taps[1] == 0.5));
        routes.iter().map(|route| (route.input, route.output, route.taps[0])).collect()
    }

    #[test]
    fn an_impulse_of_one_channel_is_the_same_everywhere() {
        assert_eq!(told(1, Mono), [(0, 0, 1.0)]);
        assert_eq!(told(1, MonoToStereo), [(0, 0, 1.0), (0, 1, 1.0)]);
        assert_eq!(told(1, Stereo), [(0, 0, 1.0), (1, 1, 1.0)]);
    }

    #[test]
    fn an_impulse_of_two_channels_has_sides() {
        assert_eq!(told(2, Mono), [(0, 0, 1.5)]);
        assert_eq!(told(2, MonoToStereo), [(0, 0, 1.0), (0, 1, 2.0)]);
        assert_eq!(told(2, Stereo), [(0, 0, 1.0), (1, 1, 2.0)]);
    }

    #[test]
    fn an_impulse_of_four_channels_is_true_stereo() {
        // LL LR RL RR are 1, 2, 4, 8.
        assert_eq!(told(4, Mono), [(0, 0, 15.0 / 4.0)]);
        assert_eq!(told(4, MonoToStereo), [(0, 0, 2.5), (0, 1, 5.0)]);
        assert_eq!(told(4, Stereo), [(0, 0, 1.0), (0, 1, 2.0), (1, 0, 4.0), (1, 1, 8.0)]);
    }

    #[test]
    fn mono_is_the_mean_of_what_mono_to_stereo_gives() {
        for channels in [1, 2, 4] {
            let (mono, stereo) = (told(channels, Mono), told(channels, MonoToStereo));
            assert_eq!(mono[0].2, (stereo[0].2 + stereo[1].2) / 2.0);
        }
    }

    #[test]
    fn silent_paths_are_left_out_but_never_all() {
        let diagonal = vec![vec![1.0], vec![0.0], vec![0.0], vec![2.0]];
        let impulse = |channels| Impulse::new(channels, 48_000).expect("valid");
        let routes_of = |channels| routes(&impulse(channels), Stereo, &Token::never()).expect("a layout");
        let route = |input, output, tap| Route { input, output, taps: vec![tap] };
        assert_eq!(routes_of(diagonal), [route(0, 0, 1.0), route(1, 1, 2.0)]);
        assert_eq!(routes_of(vec![vec![0.0]; 4]), [route(0, 0, 0.0)]);
    }

    #[test]
    fn what_the_table_does_not_have_is_refused() {
        for (channels, layout) in [(3, Stereo), (5, Mono), (8, MonoToStereo)] {
            let error = routes(&impulse(channels), layout, &Token::never()).expect_err("refused");
            assert_eq!(error, LayoutError::Unsupported { channels, marking: Marking::Unmarked, layout });
        }
        let error = routes(&impulse(6), Stereo, &Token::never()).expect_err("refused").to_string();
        let expected = "an impulse of 6 channels does not fit Stereo, which takes 1, 2 or 4 channels; it fits 5.1, Mono to \
                        5.1 or Stereo to 5.1";
        assert_eq!(error, expected);
        let refused = |channels, marking, layout| {
            routes(&impulse(channels).marked(marking), layout, &Token::never()).expect_err("refused").to_string()
        };
        let error = refused(6, Marking::Matrix(3), Through(Bus::Surround51));
        let expected = "an impulse of 3 sources with 2 channels each does not fit 5.1, which takes 1, 2, 4, 5, 6, 25 or \
                        36 channels; it fits no layout";
        assert_eq!(error, expected);
        let error = refused(16, Marking::FromFuma, Through(Bus::Ambisonic1));
        let fits = "it fits Ambisonics, 3rd order or Mono to ambisonics, 3rd order";
        assert!(error.starts_with("an ambisonic impulse of 16 channels") && error.ends_with(fits), "{error}");
        assert!(routes(&impulse(6), Through(Bus::Surround51), &Token::never()).is_ok());
    }
}
