//! What air does to sound on its way.

/// Air at rest and at sea-level pressure.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Air {
    /// In degrees Celsius.
    pub(super) temperature: f64,
    /// Relative humidity in per cent.
    pub(super) humidity: f64,
}

impl Air {
    /// Speed of sound in m/s.
    pub(super) fn speed(self) -> f64 {
        331.3 * (1.0 + self.temperature / 273.15).sqrt()
    }

    /// Attenuation in dB per metre at `frequency` in Hz: ISO 9613-1:1993, equations (3) to (5) and (B.2), (B.3).
    pub(super) fn attenuation(self, frequency: f64) -> f64 {
        let kelvin = self.temperature + 273.15;
        let warmth = kelvin / 293.15;
        let saturation = 10_f64.powf(-6.8346 * (273.16 / kelvin).powf(1.261) + 4.6151);
        let vapour = self.humidity * saturation; // molar concentration in per cent
        let oxygen = 24.0 + 4.04e4 * vapour * (0.02 + vapour) / (0.391 + vapour);
        let nitrogen = warmth.powf(-0.5) * (9.0 + 280.0 * vapour * (-4.170 * (warmth.powf(-1.0 / 3.0) - 1.0)).exp());
        let square = frequency * frequency;
        let relaxation = 0.01275 * (-2239.1 / kelvin).exp() / (oxygen + square / oxygen)
            + 0.1068 * (-3352.0 / kelvin).exp() / (nitrogen + square / nitrogen);
        8.686 * square * (1.84e-11 * warmth.sqrt() + warmth.powf(-2.5) * relaxation)
    }
}

#[cfg(test)]
mod tests {
    use super::Air;

    #[test]
    fn attenuation_agrees_with_the_standards_table() {
        // ISO 9613-1, table 1, 20 °C and 50 %, in dB/km. The table uses exact mid-band frequencies.
        let air = Air { temperature: 20.0, humidity: 50.0 };
        for (frequency, expected) in [(125.89, 0.445), (1000.0, 4.66), (3981.1, 29.4), (7943.3, 104.0)] {
            let found = 1000.0 * air.attenuation(frequency);
            assert!((found / expected - 1.0).abs() < 0.02, "{frequency} Hz: {found} dB/km, table {expected}");
        }
    }

    #[test]
    fn speed_at_twenty_degrees() {
        assert!((Air { temperature: 20.0, humidity: 50.0 }.speed() - 343.2).abs() < 0.1);
    }
}
