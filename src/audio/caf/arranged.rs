//! Samples whose channels come in another order, or weighted, than they are in the file.

use super::super::AudioError;
use super::super::opened::Samples;

/// Samples of a file with its channels arranged.
pub struct Arranged<'a> {
    pub samples: Box<dyn Samples + 'a>,
    /// For each channel its place in the file and a factor; each place once.
    pub order: Vec<(usize, f32)>,
}

/// Where symphonia puts the channels of ALAC, from their order in the file, by their number from 3 on: it takes them
/// for the layouts C L R, C L R Cs, C L R Ls Rs, C L R Ls Rs LFE, C L R Ls Rs Cs LFE and C Lc Rc L R Ls Rs LFE.
const OF_ALAC: [&[usize]; 6] = [
    &[2, 0, 1],
    &[2, 0, 1, 3],
    &[2, 0, 1, 3, 4],
    &[2, 0, 1, 4, 5, 3],
    &[2, 0, 1, 5, 6, 4, 3],
    &[2, 4, 5, 0, 1, 6, 7, 3],
];

/// The order of so many channels of ALAC as symphonia gives them, of their order in the file.
pub fn as_stored(order: Vec<(usize, f32)>, channels: usize) -> Vec<(usize, f32)> {
    let Some(places) = channels.checked_sub(3).and_then(|more| OF_ALAC.get(more)) else { return order };
    let order = if order.is_empty() { (0..channels).map(|place| (place, 1.0)).collect() } else { order };
    order.into_iter().map(|(place, factor)| (places[place], factor)).collect()
}

impl Samples for Arranged<'_> {
    fn next(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<(), AudioError> {
        self.samples.next(planes)?;
        if planes.len() == self.order.len() {
            let mut of_file: Vec<Vec<f32>> = planes.iter_mut().map(std::mem::take).collect();
            for (plane, (place, factor)) in planes.iter_mut().zip(&self.order) {
                *plane = std::mem::take(&mut of_file[*place]);
                if *factor != 1.0 {
                    plane.iter_mut().for_each(|sample| *sample *= factor);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alac_comes_in_the_order_that_its_layout_says() {
        let places = |order: &[usize]| {
            let order = order.iter().map(|place| (*place, 1.0)).collect();
            as_stored(order, 6).iter().map(|(place, _)| *place).collect::<Vec<_>>()
        };
        // C L R Ls Rs LFE is what symphonia takes it for, and brings to L R C LFE Ls Rs.
        assert_eq!(places(&[1, 2, 0, 5, 3, 4]), [0, 1, 2, 3, 4, 5]);
        // Of channels that are none of these, the first is where it puts C.
        assert_eq!(places(&[]), [2, 0, 1, 4, 5, 3]);
        assert_eq!(as_stored(vec![], 2), []);
    }
}
