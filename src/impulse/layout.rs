//! Which channel of an impulse joins which input to which output.
//!
//! | impulse | 1→1 | 1→2 | 2→2 |
//! |---|---|---|---|
//! | 1 channel | it | it on both sides | each side through it |
//! | 2 channels | their mean | left out, right out | left by the first, right by the second |
//! | 4 channels `LL LR RL RR` | the mean of what 1→2 gives | ½(LL+RL), ½(LR+RR) | all four |

use super::Impulse;
use crate::cancel::{Cancelled, Token};

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
    /// An impulse of this many channels cannot be used, or not in this layout.
    #[error("an impulse of {channels} channels cannot be used from {inputs} to {outputs} channels")]
    Unsupported {
        /// Channels of the impulse.
        channels: usize,
        /// Input channels.
        inputs: usize,
        /// Output channels.
        outputs: usize,
    },
    /// Cancelled by the caller.
    #[error(transparent)]
    Cancelled(#[from] Cancelled),
}

/// The paths of an impulse of 1, 2 or 4 channels in a layout of 1→1, 1→2 or 2→2, ordered by input, then output. A path
/// that is all zeros is left out, because it costs the engine work; of silence the first one is kept.
///
/// # Errors
/// [`LayoutError::Unsupported`] for any other combination; [`LayoutError::Cancelled`], for which `cancel` is checked
/// before each path.
pub fn routes(impulse: &Impulse, inputs: usize, outputs: usize, cancel: &Token) -> Result<Vec<Route>, LayoutError> {
    let route = |input, output, channels: &[&Vec<f32>]| -> Result<Route, Cancelled> {
        cancel.check()?;
        Ok(Route { input, output, taps: mean(channels) })
    };
    let mut routes = match (impulse.channels(), inputs, outputs) {
        ([it], 1, 1) => vec![route(0, 0, &[it])?],
        ([it], 1, 2) => vec![route(0, 0, &[it])?, route(0, 1, &[it])?],
        ([it], 2, 2) => vec![route(0, 0, &[it])?, route(1, 1, &[it])?],
        ([left, right], 1, 1) => vec![route(0, 0, &[left, right])?],
        ([left, right], 1, 2) => vec![route(0, 0, &[left])?, route(0, 1, &[right])?],
        ([left, right], 2, 2) => vec![route(0, 0, &[left])?, route(1, 1, &[right])?],
        ([ll, lr, rl, rr], 1, 1) => vec![route(0, 0, &[ll, lr, rl, rr])?],
        ([ll, lr, rl, rr], 1, 2) => vec![route(0, 0, &[ll, rl])?, route(0, 1, &[lr, rr])?],
        ([ll, lr, rl, rr], 2, 2) => {
            vec![route(0, 0, &[ll])?, route(0, 1, &[lr])?, route(1, 0, &[rl])?, route(1, 1, &[rr])?]
        }
        (channels, _, _) => return Err(LayoutError::Unsupported { channels: channels.len(), inputs, outputs }),
    };
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

    /// Channels whose first sample tells them apart: 1, 2, 4, 8. A second, common sample makes the order of taps show.
    fn impulse(channels: usize) -> Impulse {
        Impulse::new((0..channels).map(|channel| vec![(1 << channel) as f32, 0.5]).collect(), 48_000).expect("valid")
    }

    /// (input, output, first tap) of each route.
    fn told(channels: usize, inputs: usize, outputs: usize) -> Vec<(usize, usize, f32)> {
        let routes = routes(&impulse(channels), inputs, outputs, &Token::never()).expect("a layout of the table");
        assert!(routes.iter().all(|route| route.taps.len() == 2 && route.taps[1] == 0.5));
        routes.iter().map(|route| (route.input, route.output, route.taps[0])).collect()
    }

    #[test]
    fn an_impulse_of_one_channel_is_the_same_everywhere() {
        assert_eq!(told(1, 1, 1), [(0, 0, 1.0)]);
        assert_eq!(told(1, 1, 2), [(0, 0, 1.0), (0, 1, 1.0)]);
        assert_eq!(told(1, 2, 2), [(0, 0, 1.0), (1, 1, 1.0)]);
    }

    #[test]
    fn an_impulse_of_two_channels_has_sides() {
        assert_eq!(told(2, 1, 1), [(0, 0, 1.5)]);
        assert_eq!(told(2, 1, 2), [(0, 0, 1.0), (0, 1, 2.0)]);
        assert_eq!(told(2, 2, 2), [(0, 0, 1.0), (1, 1, 2.0)]);
    }

    #[test]
    fn an_impulse_of_four_channels_is_true_stereo() {
        // LL LR RL RR are 1, 2, 4, 8.
        assert_eq!(told(4, 1, 1), [(0, 0, 15.0 / 4.0)]);
        assert_eq!(told(4, 1, 2), [(0, 0, 2.5), (0, 1, 5.0)]);
        assert_eq!(told(4, 2, 2), [(0, 0, 1.0), (0, 1, 2.0), (1, 0, 4.0), (1, 1, 8.0)]);
    }

    #[test]
    fn mono_is_the_mean_of_what_mono_to_stereo_gives() {
        for channels in [1, 2, 4] {
            let (mono, stereo) = (told(channels, 1, 1), told(channels, 1, 2));
            assert_eq!(mono[0].2, (stereo[0].2 + stereo[1].2) / 2.0);
        }
    }

    #[test]
    fn silent_paths_are_left_out_but_never_all() {
        let diagonal = vec![vec![1.0], vec![0.0], vec![0.0], vec![2.0]];
        let impulse = |channels| Impulse::new(channels, 48_000).expect("valid");
        let routes_of = |channels| routes(&impulse(channels), 2, 2, &Token::never()).expect("a layout");
        let route = |input, output, tap| Route { input, output, taps: vec![tap] };
        assert_eq!(routes_of(diagonal), [route(0, 0, 1.0), route(1, 1, 2.0)]);
        assert_eq!(routes_of(vec![vec![0.0]; 4]), [route(0, 0, 0.0)]);
    }

    #[test]
    fn what_the_table_does_not_have_is_refused() {
        for (channels, inputs, outputs) in [(3, 2, 2), (5, 1, 1), (2, 2, 1), (1, 3, 3), (1, 0, 2), (4, 4, 4)] {
            let error = routes(&impulse(channels), inputs, outputs, &Token::never()).expect_err("refused");
            assert_eq!(error, LayoutError::Unsupported { channels, inputs, outputs });
        }
    }
}
