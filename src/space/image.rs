//! Mirror images of a source in the walls of a rectangular room (Allen, Berkley: *Image method for efficiently
//! simulating small-room acoustics*, J. Acoust. Soc. Am. 65, 1979).

use super::text::{Point, distance};

/// One image.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Image {
    /// From the receiver, in metres.
    pub(super) distance: f64,
    /// Where it is, seen from the receiver, in metres.
    pub(super) offset: Point,
    /// How often its sound met each wall: front, back, left, right, floor, ceiling.
    pub(super) hits: [u32; 6],
}

impl Image {
    /// How often its sound met a wall; 0 is the source itself.
    pub(super) fn order(&self) -> u32 {
        self.hits.iter().sum()
    }
}

/// All images no farther than `reach` metres from the receiver, the source itself among them.
pub(super) fn images(size: Point, source: Point, receiver: Point, reach: f64) -> Vec<Image> {
    // Along one axis: where the image is, and how often the near and the far wall were met.
    let axes: [Vec<(f64, u32, u32)>; 3] = std::array::from_fn(|axis| {
        let cells = (reach / (2.0 * size[axis])).ceil() as i64 + 1;
        let places = (-cells..=cells).flat_map(|cell| [(cell, 0), (cell, 1)]);
        let image = |(cell, mirrored): (i64, i64)| {
            let place = (1 - 2 * mirrored) as f64 * source[axis] + 2.0 * cell as f64 * size[axis];
            (place, (cell - mirrored).unsigned_abs() as u32, cell.unsigned_abs() as u32)
        };
        places.map(image).filter(|(place, ..)| (place - receiver[axis]).abs() <= reach).collect()
    });
    let mut found = Vec::new();
    for &(x, front, back) in &axes[0] {
        for &(y, left, right) in &axes[1] {
            for &(z, floor, ceiling) in &axes[2] {
                let distance = distance([x, y, z], receiver);
                if distance <= reach {
                    let offset = [x - receiver[0], y - receiver[1], z - receiver[2]];
                    found.push(Image { distance, offset, hits: [front, back, left, right, floor, ceiling] });
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::images;

    #[test]
    fn six_images_of_first_order_each_in_its_wall() {
        let (size, source, receiver) = ([5.0, 4.0, 3.0], [1.0, 1.5, 1.2], [3.0, 2.5, 1.6]);
        let first: Vec<_> = images(size, source, receiver, 20.0).into_iter().filter(|i| i.order() == 1).collect();
        assert_eq!(first.len(), 6);
        // The front wall mirrors x to -1: 4 m away in x, 1 m in y, 0.4 m in z.
        let front = first.iter().find(|i| i.hits[0] == 1).expect("one in the front wall");
        assert!((front.distance - (16.0_f64 + 1.0 + 0.16).sqrt()).abs() < 1e-12);
        // The ceiling mirrors z to 4.8.
        let ceiling = first.iter().find(|i| i.hits[5] == 1).expect("one in the ceiling");
        assert!((ceiling.distance - (4.0_f64 + 1.0 + 3.2 * 3.2).sqrt()).abs() < 1e-12);
    }

    #[test]
    fn their_number_fills_space() {
        // One image per room volume: 4/3 π r³ / V of them, give or take those at the sphere's surface.
        let found = images([5.0, 4.0, 3.0], [1.0, 1.5, 1.2], [3.0, 2.5, 1.6], 40.0).len() as f64;
        let expected = 4.0 / 3.0 * std::f64::consts::PI * 64_000.0 / 60.0;
        assert!((found / expected - 1.0).abs() < 0.02, "{found} of {expected}");
    }
}
