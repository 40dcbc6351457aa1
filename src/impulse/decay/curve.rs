//! A smooth curve through a few points, without overshoot.

/// Monotone cubic interpolation (Fritsch, Butland: *A method for constructing local monotone piecewise cubic
/// interpolants*, SIAM J. Sci. Stat. Comput. 5, 1984); constant before the first point and behind the last.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Curve {
    /// Place, value and slope, in order of the places.
    points: Vec<(f64, f64, f64)>,
}

impl Curve {
    /// Through one point at least, in order of their places.
    pub(super) fn through(points: &[(f64, f64)]) -> Self {
        let chord = |index: usize| {
            let (from, to) = (points[index], points[index + 1]);
            (to.1 - from.1) / (to.0 - from.0)
        };
        let slope = |index: usize| {
            if index == 0 || index + 1 == points.len() {
                return 0.0; // What follows is constant.
            }
            let (before, after) = (chord(index - 1), chord(index));
            if before * after > 0.0 { 2.0 / (1.0 / before + 1.0 / after) } else { 0.0 }
        };
        Self { points: points.iter().enumerate().map(|(index, (x, y))| (*x, *y, slope(index))).collect() }
    }

    /// The value at a place.
    pub(super) fn at(&self, x: f64) -> f64 {
        let above = self.points.partition_point(|point| point.0 <= x);
        let Some(before) = above.checked_sub(1) else { return self.points[0].1 };
        let Some((x1, y1, m1)) = self.points.get(above) else { return self.points[before].1 };
        let (x0, y0, m0) = self.points[before];
        let h = x1 - x0;
        let t = (x - x0) / h;
        let (t2, t3) = (t * t, t * t * t);
        y0 * (2.0 * t3 - 3.0 * t2 + 1.0)
            + h * m0 * (t3 - 2.0 * t2 + t)
            + y1 * (3.0 * t2 - 2.0 * t3)
            + h * m1 * (t3 - t2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_goes_through_its_points_and_never_beyond_them() {
        let points = [(0.0, 1.0), (1.0, 2.0), (2.0, 2.0), (3.0, -4.0), (4.0, -3.0)];
        let curve = Curve::through(&points);
        for pair in points.windows(2) {
            let ((from, a), (_, b)) = (pair[0], pair[1]);
            assert!((curve.at(from) - a).abs() < 1e-12);
            let values = (0..=20).map(|n| curve.at(from + f64::from(n) / 20.0));
            assert!({ values }.all(|value| value >= a.min(b) - 1e-12 && value <= a.max(b) + 1e-12), "{pair:?}");
        }
        assert_eq!((curve.at(-5.0), curve.at(9.0), Curve::through(&[(3.0, 7.0)]).at(1.0)), (1.0, -3.0, 7.0));
    }
}
