//! An impulse as a picture: its waveform, how its energy decays, and what is measured of that.

use super::canvas::{Canvas, Colour, TEXT_HEIGHT};
use crate::cancel::Token;
use crate::impulse::Impulse;
use crate::impulse::acoustics::DecayCurve;

const BACKGROUND: Colour = [0x14, 0x17, 0x1c];
const PANEL: Colour = [0x1b, 0x1f, 0x26];
const GRID: Colour = [0x38, 0x40, 0x4c];
const LEVEL: Colour = [0x2c, 0x34, 0x40];
const TEXT: Colour = [0x8d, 0x97, 0xa5];
const CHANNELS: [Colour; 4] = [[0x4f, 0xc3, 0xc7], [0xf2, 0xa6, 0x5a], [0xa5, 0x8b, 0xf0], [0x8b, 0xd1, 0x7c]];

/// The lines whose slopes are the decay times: names, from which level to which, in dB, and colours.
const FITTED: [(&str, f64, f64, Colour); 3] = [
    ("EDT", 0.0, -10.0, [0xe0, 0x6c, 0x75]),
    ("T20", -5.0, -25.0, [0xe5, 0xd0, 0x6c]),
    ("T30", -5.0, -35.0, [0xe8, 0xec, 0xf2]),
];

const WIDTH: usize = 1200;
const LEFT: f32 = 76.0;
const RIGHT: f32 = WIDTH as f32 - 24.0;
const MARGIN: f32 = 20.0;
/// Between two panels.
const GAP: f32 = 12.0;
/// Of a channel's waveform.
const LANE: f32 = 130.0;
/// Of the decay.
const DECAY: f32 = 320.0;
/// Lowest level of the decay in dB below its beginning.
const FLOOR: f32 = 80.0;

/// Draws each channel's waveform against the impulse's peak, and below them, in dB, the energy decay curves over the
/// level of the waveform. A curve ends where the noise begins. Of all channels together there are, in their colours,
/// the straight lines of the decay times that can be told, and the knee, where the decay probably meets the noise.
pub(super) fn draw(impulse: &Impulse) -> Canvas {
    let lanes = impulse.channels().len() as f32;
    let decay_top = MARGIN + lanes * (LANE + GAP);
    let height = decay_top + DECAY + 2.0 * MARGIN + TEXT_HEIGHT;
    let mut canvas = Canvas::new(WIDTH, height as usize, BACKGROUND);
    let columns: Vec<Vec<(f32, f32)>> = impulse.channels().iter().map(|channel| extremes(channel)).collect();
    let peak = columns.iter().flatten().fold(f32::MIN_POSITIVE, |peak, (low, high)| peak.max(-low).max(*high));

    for (number, column) in columns.iter().enumerate() {
        let top = MARGIN + number as f32 * (LANE + GAP);
        canvas.rectangle(LEFT, top, RIGHT, top + LANE, PANEL, 1.0);
        grid_of_time(&mut canvas, impulse.seconds(), top, top + LANE, None);
        waveform(&mut canvas, column, peak, top, colour(number));
        canvas.text(MARGIN, top + (LANE - TEXT_HEIGHT) / 2.0, &label(impulse, number), colour(number));
    }

    let bottom = decay_top + DECAY;
    canvas.rectangle(LEFT, decay_top, RIGHT, bottom, PANEL, 1.0);
    level(&mut canvas, &columns, peak, decay_top);
    grid_of_time(&mut canvas, impulse.seconds(), decay_top, bottom, Some(bottom + MARGIN / 2.0));
    grid_of_level(&mut canvas, decay_top);
    measured(&mut canvas, impulse, decay_top);
    for (number, channel) in impulse.channels().iter().enumerate() {
        canvas.line(&decay(channel, impulse.sample_rate(), decay_top), 2.5, colour(number));
    }
    canvas
}

fn colour(channel: usize) -> Colour {
    CHANNELS[channel % CHANNELS.len()]
}

fn label(impulse: &Impulse, number: usize) -> String {
    impulse.form().map(|form| form.channel_name(number)).unwrap_or_default()
}

/// Smallest and largest sample in each column of pixels; a short impulse repeats its samples.
fn extremes(channel: &[f32]) -> Vec<(f32, f32)> {
    let columns = (RIGHT - LEFT) as usize;
    let at = |column: usize| column * channel.len() / columns;
    (0..columns)
        .map(|column| {
            let span = &channel[at(column)..at(column + 1).max(at(column) + 1).min(channel.len())];
            span.iter().fold((f32::MAX, f32::MIN), |(low, high), sample| (low.min(*sample), high.max(*sample)))
        })
        .collect()
}

fn waveform(canvas: &mut Canvas, column: &[(f32, f32)], peak: f32, top: f32, colour: Colour) {
    let (middle, half) = (top + LANE / 2.0, LANE / 2.0 - 4.0);
    let mut before = column[0];
    for (x, now) in column.iter().enumerate() {
        let x = LEFT + x as f32;
        // Each column reaches to where the one before ended, and is a thin line at least: no gaps.
        let (low, high) = (now.0.min(before.1), now.1.max(before.0));
        before = *now;
        let (above, below) = (middle - high / peak * half - 0.5, middle - low / peak * half + 0.5);
        canvas.rectangle(x, above, x + 1.0, below, colour, 1.0);
    }
}

/// The larger of the channels, in each column.
fn level(canvas: &mut Canvas, columns: &[Vec<(f32, f32)>], peak: f32, top: f32) {
    for x in 0..columns[0].len() {
        let sample = columns.iter().map(|column| column[x].1.max(-column[x].0)).fold(0.0, f32::max);
        let left = LEFT + x as f32;
        canvas.rectangle(left, height_of(20.0 * (sample / peak).log10(), top), left + 1.0, top + DECAY, LEVEL, 1.0);
    }
}

/// A channel's energy decay curve in pixels; none where it does not die away.
fn decay(channel: &Vec<f32>, sample_rate: u32, top: f32) -> Vec<(f32, f32)> {
    let curve = DecayCurve::new(std::slice::from_ref(channel), sample_rate, &Token::never());
    let Ok(Some(curve)) = curve else { return Vec::new() };
    let columns = (RIGHT - LEFT) as usize;
    (0..columns)
        .map_while(|column| curve.probable(column * channel.len() / columns).map(|level| (column, level)))
        .take_while(|(_, decibels)| *decibels > -f64::from(FLOOR))
        .map(|(column, decibels)| (LEFT + column as f32 + 0.5, height_of(decibels as f32, top)))
        .collect()
}

/// Knee, lines and decay times of all channels together.
fn measured(canvas: &mut Canvas, impulse: &Impulse, top: f32) {
    let curve = DecayCurve::new(impulse.channels(), impulse.sample_rate(), &Token::never());
    let Ok(Some(curve)) = curve else { return };
    let across = |sample: f64| LEFT + (sample / impulse.len() as f64) as f32 * (RIGHT - LEFT);
    let knee = across(curve.knee() as f64);
    if curve.noise() > 0.0 {
        canvas.rectangle(knee - 0.5, top, knee + 0.5, top + DECAY, TEXT, 1.0);
        let width = Canvas::text_width("knee");
        let left = if knee + width + 6.0 < RIGHT { knee + 6.0 } else { knee - width - 6.0 };
        canvas.text(left, top + DECAY - 2.0 * TEXT_HEIGHT, "knee", TEXT);
    }
    for (row, (name, upper, lower, colour)) in FITTED.into_iter().enumerate() {
        let Ok((start, fall)) = curve.line(upper, lower) else { continue };
        canvas.line(&fitted(start, fall, impulse.len(), top), 1.5, colour);
        let seconds = 60.0 / (fall * f64::from(impulse.sample_rate()));
        let text = format!("{name} {seconds:.2} s");
        let left = RIGHT - Canvas::text_width(&text) - 8.0;
        canvas.text(left, top + 8.0 + row as f32 * 1.8 * TEXT_HEIGHT, &text, colour);
    }
}

/// From where a line of a level at the first sample and a fall in dB from sample to sample comes into the panel, to
/// where it leaves it.
fn fitted(start: f64, fall: f64, length: usize, top: f32) -> Vec<(f32, f32)> {
    let ends = [start / fall, (start + f64::from(FLOOR)) / fall].map(|sample| sample.clamp(0.0, length as f64));
    let point = |sample: f64| {
        let x = LEFT + (sample / length as f64) as f32 * (RIGHT - LEFT);
        (x, height_of((start - fall * sample) as f32, top))
    };
    ends.map(point).to_vec()
}

fn height_of(decibels: f32, top: f32) -> f32 {
    let below = if decibels.is_finite() { (-decibels).clamp(0.0, FLOOR) } else { FLOOR };
    top + 6.0 + below / FLOOR * (DECAY - 6.0)
}

fn grid_of_level(canvas: &mut Canvas, top: f32) {
    for tens in 0..=(FLOOR / 10.0) as u32 {
        let y = height_of(-10.0 * tens as f32, top).round();
        canvas.rectangle(LEFT, y, RIGHT, y + 1.0, GRID, 1.0);
        if tens % 2 == 0 {
            let text = if tens == 0 { "0 dB".to_owned() } else { format!("-{}", 10 * tens) };
            let left = LEFT - 10.0 - Canvas::text_width(&text);
            canvas.text(left, (y - TEXT_HEIGHT / 2.0).clamp(top, top + DECAY - TEXT_HEIGHT), &text, TEXT);
        }
    }
}

/// Lines at round times, five to ten of them, and their numbers where a place for them is given.
fn grid_of_time(canvas: &mut Canvas, seconds: f64, top: f32, bottom: f32, numbers: Option<f32>) {
    let magnitude = 10_f64.powf((seconds / 5.0).log10().floor());
    let step = [5.0, 2.0, 1.0].map(|round| round * magnitude).into_iter().find(|step| step * 5.0 <= seconds);
    let step = step.unwrap_or(magnitude);
    let in_milliseconds = step < 0.01;
    for number in 0.. {
        let time = f64::from(number) * step;
        if time > seconds {
            break;
        }
        let x = (LEFT + (time / seconds) as f32 * (RIGHT - LEFT)).round();
        if number > 0 {
            canvas.rectangle(x, top, x + 1.0, bottom, GRID, 1.0);
        }
        if let Some(y) = numbers {
            let text = match (in_milliseconds, number) {
                (_, 0) => "0".to_owned(),
                (true, _) => format!("{} ms", rounded(time * 1000.0)),
                (false, _) => format!("{} s", rounded(time)),
            };
            let left = (x - Canvas::text_width(&text) / 2.0).min(RIGHT - Canvas::text_width(&text));
            canvas.text(left, y, &text, TEXT);
        }
    }
}

/// Without the digits that sums of tenths leave behind.
fn rounded(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn impulses_of_any_length_and_channel_count_can_be_drawn() {
        // The panels are 1100 pixels wide.
        for (length, channels, value) in
            [(1, 1, 1.0), (2, 2, 0.0), (1099, 4, f32::MAX), (1100, 3, -1.0), (1101, 6, 1.0)]
        {
            let impulse = Impulse::new(vec![vec![value; length]; channels], 48_000).expect("valid");
            assert!(draw(&impulse).png().expect("encoded").starts_with(b"\x89PNG"));
        }
    }

    #[test]
    fn an_exponential_decay_is_drawn_as_a_straight_line_of_its_slope() {
        // 60 dB in one second, drawn over one second: of a tone, because what lies below 88 Hz does not count.
        let tone = |i: usize| (std::f32::consts::TAU * (i % 12) as f32 / 12.0).sin();
        let channel: Vec<f32> = (0..48_000).map(|i| tone(i) * 10_f32.powf(-3.0 * i as f32 / 48_000.0)).collect();
        let points = decay(&channel, 48_000, 0.0);
        for tenths in 1..=6 {
            let at = tenths * 110;
            let wanted = height_of(-6.0 * tenths as f32, 0.0);
            assert!((points[at].1 - wanted).abs() < 1.0, "{} where {wanted} is right", points[at].1);
        }
        let curve = DecayCurve::new(&[channel], 48_000, &Token::never()).expect("not cancelled").expect("it decays");
        for (name, upper, lower, _) in FITTED {
            let (start, fall) = curve.line(upper, lower).expect("seen to its end");
            // 60 dB of the 80 that the panel shows, over its whole width.
            let [from, to] = fitted(start, fall, 48_000, 0.0)[..] else { panic!("{name}: no line") };
            assert!((from.0 - LEFT).abs() < 1.5 && (to.0 - RIGHT).abs() < 1.5, "{name}: {from:?} to {to:?}");
            assert!((from.1 - height_of(0.0, 0.0)).abs() < 1.0 && (to.1 - height_of(-60.0, 0.0)).abs() < 1.0, "{name}");
        }
    }
}
