//! Lays an impulse out: the taps of each path of a [`ChannelLayout`].

use super::Impulse;
use crate::cancel::{Cancelled, Token};
use crate::channels::ChannelLayout;

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
    #[error(
        "an impulse of {channels} channels cannot be used from {} to {} channels",
        layout.inputs(),
        layout.outputs()
    )]
    Unsupported {
        /// Number of channels of the impulse.
        channels: usize,
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
    let channels = impulse.channels().len();
    let paths = layout.paths(channels).ok_or(LayoutError::Unsupported { channels, layout })?;
    let mut routes = Vec::with_capacity(paths.len());
    for path in paths {
        cancel.check()?;
        let channels: Vec<_> = path.channels.iter().map(|channel| &impulse.channels()[*channel]).collect();
        routes.push(Route { input: path.input, output: path.output, taps: mean(&channels) });
    }
    let sounds = |route: &Route| route.taps.iter().any(|tap| *tap != 0.0);
    if routes.iter().any(sounds) {
        routes.retain(sounds);
    } else {
        routes.truncate(1);
    }
    Ok(routes)
}

/// The mean of some channels.
fn mean(channels: &[&Vec<f32>]) -> Vec<f32> {
    match channels {
        [one] => one.to_vec(),
        several => {
            // A power of two, so that no rounding comes from it.
            let share = 1.0 / several.len() as f32;
            (0..several[0].len())
                .map(|index| several.iter().map(|channel| channel[index]).sum::<f32>() * share)
                .collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::ChannelLayout::{Mono, MonoToStereo, Stereo};

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
            assert_eq!(error, LayoutError::Unsupported { channels, layout });
        }
    }
}
