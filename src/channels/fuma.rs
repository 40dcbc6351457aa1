//! Spherical harmonics in the order of Furse and Malham, brought into AmbiX.
//!
//! FuMa orders them `W X Y Z R S T U V K L M N O P Q` and scales each so that its largest value is 1, but for W, which
//! is 3 dB softer (Malham, *Higher order Ambisonic systems*, 2003). AmbiX has the order ACN and the weights SN3D
//! (Nachbar, Zotter, Deleflie, Sontacchi: *AmbiX – a suggested ambisonics format*, 2011).

use std::f32::consts::SQRT_2;

/// For each harmonic of ACN its place in FuMa, and the factor from FuMa's weight to SN3D.
const HARMONICS: [(usize, f32); 16] = [
    (0, SQRT_2),
    (2, 1.0),
    (3, 1.0),
    (1, 1.0),
    (8, 0.866_025_4), // √3/2
    (6, 0.866_025_4),
    (4, 1.0),
    (5, 0.866_025_4),
    (7, 0.866_025_4),
    (15, 0.790_569_4), // √(5/8)
    (13, 0.745_356),   // √5/3
    (11, 0.843_274),   // √(32/45)
    (9, 1.0),
    (10, 0.843_274),
    (12, 0.745_356),
    (14, 0.790_569_4),
];

/// For each channel in AmbiX its place among as many channels in FuMa, and its factor. `None` for numbers of channels
/// that are no whole order up to the third: FuMa also has mixed ones.
#[must_use]
pub fn to_ambix(channels: usize) -> Option<&'static [(usize, f32)]> {
    matches!(channels, 4 | 9 | 16).then(|| &HARMONICS[..channels])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The harmonics up to third order at an azimuth and an elevation, in ACN and SN3D, by their formulas.
    fn sn3d(azimuth: f64, elevation: f64) -> [f64; 16] {
        let (a, (s, c)) = (azimuth, elevation.sin_cos());
        let root = f64::sqrt;
        [
            1.0,
            a.sin() * c,
            s,
            a.cos() * c,
            root(3.0) / 2.0 * (2.0 * a).sin() * c * c,
            root(3.0) * a.sin() * s * c,
            (3.0 * s * s - 1.0) / 2.0,
            root(3.0) * a.cos() * s * c,
            root(3.0) / 2.0 * (2.0 * a).cos() * c * c,
            root(5.0 / 8.0) * (3.0 * a).sin() * c.powi(3),
            root(15.0) / 2.0 * (2.0 * a).sin() * s * c * c,
            root(3.0 / 8.0) * a.sin() * c * (5.0 * s * s - 1.0),
            s * (5.0 * s * s - 3.0) / 2.0,
            root(3.0 / 8.0) * a.cos() * c * (5.0 * s * s - 1.0),
            root(15.0) / 2.0 * (2.0 * a).cos() * s * c * c,
            root(5.0 / 8.0) * (3.0 * a).cos() * c.powi(3),
        ]
    }

    /// Names of FuMa's harmonics in their order, by the number of each in ACN.
    const ACN_OF_FUMA: [usize; 16] = [0, 3, 1, 2, 6, 7, 5, 8, 4, 12, 13, 11, 14, 10, 15, 9];

    #[test]
    fn every_harmonic_has_its_place_and_the_weight_that_makes_its_largest_value_one() {
        // A step of half a degree misses the largest value by the square of a quarter of a degree and the order: 2e-4.
        let mut largest = [0.0_f64; 16];
        for azimuth in 0..720 {
            for elevation in -180..=180 {
                let [azimuth, elevation] = [azimuth, elevation].map(|half: i32| f64::from(half).to_radians() / 2.0);
                for (largest, value) in largest.iter_mut().zip(sn3d(azimuth, elevation)) {
                    *largest = largest.max(value.abs());
                }
            }
        }
        for (acn, (place, factor)) in to_ambix(16).expect("third order").iter().enumerate() {
            assert_eq!(ACN_OF_FUMA[*place], acn);
            let expected = if acn == 0 { 2.0_f64.sqrt() } else { largest[acn] };
            assert!((f64::from(*factor) - expected).abs() < 2e-4, "{acn}: {factor}, {expected}");
        }
    }

    #[test]
    fn whole_orders_are_known_and_mixed_ones_are_not() {
        let known: Vec<usize> = (0..20).filter(|channels| to_ambix(*channels).is_some()).collect();
        assert_eq!(known, [4, 9, 16]);
    }
}
