//! How alike both sides of a room are.

use super::reason::{Figure, NotMeasurable};
use crate::channels::ImpulseForm;
use std::ops::Range;

/// What a source in the middle gives left and right; `None` of one channel, and of forms that have no sides.
pub(super) fn sides(form: Option<ImpulseForm>, channels: &[Vec<f32>]) -> Option<[Vec<f32>; 2]> {
    let sum = |one: &[f32], other: &[f32]| one.iter().zip(other).map(|(a, b)| a + b).collect();
    match (form?, channels) {
        (ImpulseForm::Stereo, [left, right]) => Some([left.clone(), right.clone()]),
        (ImpulseForm::TrueStereo, [ll, lr, rl, rr]) => Some([sum(ll, rl), sum(lr, rr)]),
        _ => None,
    }
}

/// Correlation of two sides in a stretch, -1 to 1: Pearson's coefficient without lag.
pub(super) fn correlation([left, right]: &[Vec<f32>; 2], stretch: Range<usize>) -> Figure {
    let (mut product, mut squares) = (0.0, [0.0, 0.0]);
    for at in stretch.start.min(left.len())..stretch.end.min(left.len()) {
        let (left, right) = (f64::from(left[at]), f64::from(right[at]));
        product += left * right;
        squares[0] += left * left;
        squares[1] += right * right;
    }
    let both = (squares[0] * squares[1]).sqrt();
    if both > 0.0 { Ok((product / both).clamp(-1.0, 1.0)) } else { Err(NotMeasurable::OneSide) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::channels::Bus;

    #[test]
    fn sides_are_those_of_a_source_in_the_middle_and_as_alike_as_they_are() {
        let [a, b] = [vec![1.0, 0.0, 2.0], vec![0.0, 3.0, 0.0]];
        let sides = |channels: &[Vec<f32>]| sides(ImpulseForm::of(channels.len()), channels);
        let of = |channels: &[Vec<f32>]| sides(channels).map(|both| correlation(&both, 0..3));
        assert_eq!(of(&[a.clone(), a.clone()]), Some(Ok(1.0)));
        assert_eq!(of(&[a.clone(), a.iter().map(|s| -2.0 * s).collect()]), Some(Ok(-1.0)));
        assert_eq!(of(&[a.clone(), b.clone()]), Some(Ok(0.0)));
        // LL + RL is left, LR + RR right.
        assert_eq!(of(&[a.clone(), b.clone(), b.clone(), a.clone()]), Some(Ok(1.0)));
        assert_eq!(of(&[a.clone(), b.clone(), a.clone(), b.clone()]), Some(Ok(0.0)));
        assert_eq!(of(&[a.clone(), vec![0.0; 3]]), Some(Err(NotMeasurable::OneSide)));
        assert_eq!((of(std::slice::from_ref(&a)), of(&[])), (None, None));
        let harmonics = [a.clone(), b.clone(), a.clone(), b];
        assert_eq!(super::sides(Some(ImpulseForm::Signal(Bus::Ambisonic1)), &harmonics), None);
        let both = sides(&[a.clone(), a]).expect("two");
        assert_eq!(correlation(&both, 2..2), Err(NotMeasurable::OneSide));
        assert_eq!(correlation(&both, 5..9), Err(NotMeasurable::OneSide));
    }
}
