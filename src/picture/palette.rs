//! Colours of what is drawn, on a dark or a light ground.
//!
//! Sand and blue are told apart with every kind of colour blindness, and so are all steps of the map of levels, which
//! grow lighter from the first to the last.

use super::sheet::Tone;

/// Red, green, blue.
pub type Colour = [u8; 3];

/// The colours of all tones on one ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Palette {
    ground: Colour,
    grid: Colour,
    scale: Colour,
    mark: Colour,
    shadow: Colour,
    channels: [Colour; 4],
    fits: [Colour; 3],
}

/// Nine steps of *viridis* (Smith, van der Walt, Firing: the default map of Matplotlib 2.0, 2015), in equal distances.
const VIRIDIS: [Colour; 9] = [
    [68, 1, 84],
    [71, 44, 122],
    [59, 81, 139],
    [44, 113, 142],
    [33, 144, 141],
    [39, 173, 129],
    [92, 200, 99],
    [170, 220, 50],
    [253, 231, 37],
];

impl Palette {
    /// On a dark ground.
    pub const DARK: Self = Self {
        ground: [0x10, 0x12, 0x14],
        grid: [0x5e, 0x64, 0x6d],
        scale: [0xa0, 0xa8, 0xb3],
        mark: [0xe2, 0xe5, 0xe9],
        shadow: [0x3a, 0x40, 0x49],
        channels: [[0xd9, 0xb3, 0x82], [0x7f, 0xb4, 0xd8], [0x9c, 0xc9, 0x8a], [0xc9, 0x9b, 0xc9]],
        fits: [[0xe0, 0x7b, 0x6e], [0xe5, 0xd0, 0x6c], [0xe2, 0xe5, 0xe9]],
    };

    /// On a light ground.
    pub const LIGHT: Self = Self {
        ground: [0xff, 0xff, 0xff],
        grid: [0x8a, 0x90, 0x99],
        scale: [0x4a, 0x50, 0x59],
        mark: [0x1a, 0x1d, 0x21],
        shadow: [0xc9, 0xcd, 0xd3],
        channels: [[0x8a, 0x5a, 0x14], [0x1f, 0x6f, 0xa8], [0x3c, 0x7a, 0x2c], [0x8a, 0x4a, 0x8a]],
        fits: [[0xb3, 0x36, 0x2a], [0x7a, 0x64, 0x00], [0x1a, 0x1d, 0x21]],
    };

    /// The colour of a tone.
    #[must_use]
    pub fn colour(&self, tone: Tone) -> Colour {
        let channel = |channel: usize| self.channels[channel % self.channels.len()];
        match tone {
            Tone::Ground => self.ground,
            Tone::Grid => self.grid,
            Tone::Scale => self.scale,
            Tone::Mark => self.mark,
            Tone::Shadow => self.shadow,
            Tone::Channel(index) => channel(index),
            // Nearly halfway from the ground.
            Tone::Unsmoothed(index) => mix(self.ground, channel(index), 0.4),
            Tone::Fit(index) => self.fits[index % self.fits.len()],
        }
    }
}

/// The colour of a level, from 0 to 255.
#[must_use]
pub fn of_level(level: u8) -> Colour {
    let place = f32::from(level) / 255.0 * (VIRIDIS.len() - 1) as f32;
    let below = (place as usize).min(VIRIDIS.len() - 2);
    mix(VIRIDIS[below], VIRIDIS[below + 1], place - below as f32)
}

fn mix(from: Colour, to: Colour, share: f32) -> Colour {
    std::array::from_fn(|part| {
        let [from, to] = [from[part], to[part]].map(f32::from);
        (from + share * (to - from)).round() as u8
    })
}

/// Contrast of two colours, 1 to 21, by WCAG 2.1.
#[must_use]
pub fn contrast(a: Colour, b: Colour) -> f32 {
    let [a, b] = [a, b].map(luminance);
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// Relative luminance by WCAG 2.1.
fn luminance(colour: Colour) -> f32 {
    let linear = colour.map(|part| {
        let share = f32::from(part) / 255.0;
        if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_stands_out_of_its_ground() {
        let texts = [Tone::Scale, Tone::Mark, Tone::Fit(0), Tone::Fit(1), Tone::Fit(2)];
        for palette in [Palette::DARK, Palette::LIGHT] {
            let contrast = |tone: Tone| contrast(palette.colour(tone), palette.colour(Tone::Ground));
            for tone in texts.into_iter().chain((0..4).map(Tone::Channel)) {
                assert!(contrast(tone) >= 4.5, "{tone:?}: {}", contrast(tone));
            }
            assert!(contrast(Tone::Grid) >= 3.0, "{}", contrast(Tone::Grid));
        }
    }

    #[test]
    fn a_louder_level_is_lighter() {
        let light: Vec<f32> = (0..=255).map(|level| luminance(of_level(level))).collect();
        // Eight bits of a colour leave steps of less than one.
        assert!(light.windows(2).all(|pair| pair[1] >= pair[0] - 0.002));
        assert!(light[255] > light[0] + 0.7);
    }
}
