//! The receivers' directivity: each hears more of the sound from its own side.

use super::RECEIVERS;
use super::image::Image;
use super::text::{Point, distance};

/// Two receivers of first order, each of which faces away from the other: `p + (1 - p)·cos θ` (Eargle: *The Microphone
/// Book*, chapter 5). Diffuse sound is as loud as at receivers that hear all directions alike.
pub(super) struct Pattern {
    /// `p`.
    even: f64,
    /// Direction from the left receiver to the right one, of length 1.
    axis: Point,
}

impl Pattern {
    pub(super) fn new(even: f64, left: Point, right: Point) -> Self {
        // Two receivers in one place face nowhere.
        let spacing = distance(left, right).max(f64::MIN_POSITIVE);
        Self { even, axis: std::array::from_fn(|n| (right[n] - left[n]) / spacing) }
    }

    /// Gain of each receiver for an image.
    pub(super) fn gain(&self, receiver: usize, image: &Image) -> f64 {
        (self.even + (1.0 - self.even) * Self::faced(receiver, self.aside(image))) / self.of_diffuse().sqrt()
    }

    /// Energy that a receiver hears of sound whose directions lie to the right by `aside` on the average, over that of
    /// sound from everywhere alike: if `1 + 3·aside·cos θ` comes from each direction.
    pub(super) fn energy(&self, receiver: usize, aside: f64) -> f64 {
        1.0 + 2.0 * self.even * (1.0 - self.even) * Self::faced(receiver, aside) / self.of_diffuse()
    }

    /// How far to the right an image lies: the cosine of its angle to the axis, 1 at the right and -1 at the left.
    pub(super) fn aside(&self, image: &Image) -> f64 {
        image.offset.iter().zip(self.axis).map(|(offset, axis)| offset * axis).sum::<f64>() / image.distance
    }

    /// A cosine as the receiver has it: the left one faces left.
    fn faced(receiver: usize, aside: f64) -> f64 {
        if receiver + 1 < RECEIVERS { -aside } else { aside }
    }

    /// Energy that it hears of diffuse sound, over that of a receiver that hears all directions alike.
    fn of_diffuse(&self) -> f64 {
        self.even * self.even + (1.0 - self.even) * (1.0 - self.even) / 3.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(offset: Point) -> Image {
        Image { distance: distance(offset, [0.0; 3]), offset, hits: [0; 6] }
    }

    #[test]
    fn a_cardioid_hears_nothing_from_behind_and_all_directions_alike_are_as_loud_as_without_it() {
        let cardioid = Pattern::new(0.5, [5.0, 4.0, 2.0], [5.0, 4.2, 2.0]);
        let [from_left, from_front] = [image([0.0, -3.0, 0.0]), image([-3.0, 0.0, 0.0])];
        assert!(cardioid.gain(1, &from_left).abs() < 1e-12);
        // Diffuse sound has a third of the energy of sound from the side that the cardioid faces.
        assert!((cardioid.gain(0, &from_left) - 3_f64.sqrt()).abs() < 1e-12);
        assert!((cardioid.gain(0, &from_front) / cardioid.gain(1, &from_front) - 1.0).abs() < 1e-12);
        assert!((cardioid.energy(0, -0.2) - 1.3).abs() < 1e-12 && (cardioid.energy(1, -0.2) - 0.7).abs() < 1e-12);
        let even = Pattern::new(1.0, [5.0, 4.0, 2.0], [5.0, 4.2, 2.0]);
        assert!([0, 1].iter().all(|receiver| (even.gain(*receiver, &from_left) - 1.0).abs() < 1e-12));
        assert!([0, 1].iter().all(|receiver| (even.energy(*receiver, 0.5) - 1.0).abs() < 1e-12));
    }
}
