//! The newest picture of each view.

use super::portrait::Portrait;
use super::view::View;
use std::sync::Arc;

/// For each view the newest portrait that has what the view shows. A portrait takes longer than the eye waits, so its
/// views come one after the other: until a view of a new impulse has come, the gallery keeps that of the impulse
/// before, as a whole. So no view shows anything of one impulse beside anything of another.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Gallery {
    /// In the order of [`View::ALL`].
    portraits: [Option<Arc<Portrait>>; View::ALL.len()],
}

impl Gallery {
    /// The portrait to draw a view of, if there is any yet.
    #[must_use]
    pub fn of(&self, view: View) -> Option<&Arc<Portrait>> {
        self.portraits[view as usize].as_ref()
    }

    /// Takes a newer portrait for all views that it has.
    pub fn hang(&mut self, portrait: &Arc<Portrait>) {
        for view in View::ALL.into_iter().filter(|view| portrait.has(*view)) {
            self.portraits[view as usize] = Some(portrait.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::Token;
    use crate::impulse::Impulse;
    use crate::picture::Timing;

    #[test]
    fn a_view_is_of_the_impulse_before_until_it_is_wholly_of_the_new_one() {
        let room = |seconds: f32| {
            let sample = |n: usize| (n as f32).sin() * 10_f32.powf(-3.0 * n as f32 / (48_000.0 * seconds));
            Impulse::new(vec![(0..48_000).map(sample).collect()], 48_000).expect("valid")
        };
        let (before, after) = (room(0.5), room(0.25));
        let whole = |of| Arc::new(Portrait::new(of, None, Timing::default(), &Token::never()).expect("not cancelled"));
        let (old, new) = (whole(&before), whole(&after));
        let mut gallery = Gallery::default();
        assert_eq!(View::ALL.map(|view| gallery.of(view)), [None; 4]);
        gallery.hang(&old);
        let begun = Portrait::begin(&after, None, Timing::default(), &Token::never()).expect("not cancelled");
        let mut portrait = Arc::new(begun);
        let mut views = vec![View::Wave];
        loop {
            gallery.hang(&portrait);
            for view in View::ALL {
                let shown = gallery.of(view).expect("never without one");
                let of = if views.contains(&view) { &new } else { &old };
                assert!(shown.has(view));
                assert_eq!(shown.waves, of.waves, "{view:?} after {views:?}");
                match view {
                    View::Wave => {}
                    View::Decay => assert_eq!(shown.decay(), of.decay(), "after {views:?}"),
                    View::Spectrogram => assert_eq!(shown.spectrograms(), of.spectrograms(), "after {views:?}"),
                    View::Response => assert_eq!(shown.responses(), of.responses(), "after {views:?}"),
                }
            }
            let Some(next) = portrait.next(View::Response) else { break };
            views.push(next);
            portrait = Arc::new(portrait.with(next, &after, &Token::never()).expect("not cancelled"));
        }
        assert_eq!(views, [View::Wave, View::Response, View::Decay, View::Spectrogram], "what is open comes first");
        assert_eq!((&*portrait, old == new), (&*new, false));
    }
}
