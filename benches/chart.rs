//! Cost against impulse length, as a picture.

use std::fmt::Write;

const WIDTH: f64 = 760.0;
const HEIGHT: f64 = 420.0;
/// Where the axes end.
const LEFT: f64 = 70.0;
const RIGHT: f64 = 570.0;
const TOP: f64 = 56.0;
const BOTTOM: f64 = 360.0;
/// Least distance between the names at the lines' ends.
const LEADING: f64 = 16.0;

/// Both for a light and for a dark page: the picture has a ground of its own, and follows the reader's choice.
const STYLE: &str = "\
<style>
  text { font: 13px system-ui, sans-serif; fill: #24292f }
  .title { font-weight: 600; font-size: 15px }
  .ground { fill: #ffffff }
  .grid { stroke: #d0d7de; stroke-width: 1 }
  .line { fill: none; stroke-width: 2.5; stroke-linejoin: round }
  .a { stroke: #0969da } .b { stroke: #8250df } .c { stroke: #6e7781 } .d { stroke: #1a7f37 } .e { stroke: #bc4c00 }
  .f { stroke: #9a6700 }
  circle.a { fill: #0969da } circle.b { fill: #8250df } circle.c { fill: #6e7781 } circle.d { fill: #1a7f37 }
  circle.e { fill: #bc4c00 } circle.f { fill: #9a6700 }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .ground { fill: #0d1117 }
    .grid { stroke: #30363d }
    .a { stroke: #58a6ff } .b { stroke: #a371f7 } .c { stroke: #8b949e } .d { stroke: #3fb950 } .e { stroke: #f0883e }
    .f { stroke: #d29922 }
    circle.a { fill: #58a6ff } circle.b { fill: #a371f7 } circle.c { fill: #8b949e } circle.d { fill: #3fb950 }
    circle.e { fill: #f0883e } circle.f { fill: #d29922 }
  }
</style>
";

/// One engine's line: seconds and nanoseconds per frame.
#[derive(Debug)]
pub struct Line {
    /// Whose.
    pub name: String,
    /// From the shortest impulse to the longest.
    pub points: Vec<(f64, f64)>,
}

/// The picture as the text of an SVG file. Both axes are logarithmic.
#[must_use]
pub fn draw(title: &str, lines: &[Line]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\">\n\
         {STYLE}<rect class=\"ground\" width=\"{WIDTH}\" height=\"{HEIGHT}\" rx=\"6\"/>\n\
         <text class=\"title\" x=\"{LEFT}\" y=\"28\">{title}</text>\n"
    );
    let axes = Axes::around(lines);
    // Writing to a string cannot fail.
    let _ = axes.draw(&mut svg).and_then(|()| curves(&mut svg, &axes, lines));
    svg + "</svg>\n"
}

struct Axes {
    seconds: Vec<f64>,
    low: f64,
    high: f64,
}

impl Axes {
    fn around(lines: &[Line]) -> Self {
        let points = || lines.iter().flat_map(|line| &line.points);
        let mut seconds: Vec<f64> = points().map(|point| point.0).collect();
        seconds.sort_by(f64::total_cmp);
        seconds.dedup();
        let least = points().map(|point| point.1).fold(f64::INFINITY, f64::min);
        let most = points().map(|point| point.1).fold(1.0, f64::max);
        let low = ticks().filter(|tick| *tick <= least).fold(1.0, f64::max);
        let high = ticks().filter(|tick| *tick >= most).fold(f64::INFINITY, f64::min);
        Self { seconds, low, high }
    }

    fn x(&self, seconds: f64) -> f64 {
        let (first, last) = (self.seconds[0], self.seconds[self.seconds.len() - 1]);
        LEFT + (RIGHT - LEFT) * (seconds / first).ln() / (last / first).ln()
    }

    fn y(&self, cost: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (cost / self.low).ln() / (self.high / self.low).ln()
    }

    fn draw(&self, svg: &mut String) -> std::fmt::Result {
        for tick in ticks().filter(|tick| (self.low..=self.high).contains(tick)) {
            let y = self.y(tick);
            writeln!(svg, "<path class=\"grid\" d=\"M{LEFT} {y:.1}H{RIGHT}\"/>")?;
            writeln!(svg, "<text x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{tick}</text>", LEFT - 8.0, y + 4.5)?;
        }
        for &seconds in &self.seconds {
            let x = self.x(seconds);
            writeln!(svg, "<path class=\"grid\" d=\"M{x:.1} {TOP}V{BOTTOM}\"/>")?;
            writeln!(svg, "<text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{seconds}</text>", BOTTOM + 20.0)?;
        }
        let (middle, below) = (f64::midpoint(LEFT, RIGHT), BOTTOM + 44.0);
        writeln!(svg, "<text x=\"{middle}\" y=\"{below}\" text-anchor=\"middle\">impulse response, seconds</text>")?;
        writeln!(svg, "<text x=\"{LEFT}\" y=\"46\">processor time per stereo frame, nanoseconds</text>")
    }
}

fn curves(svg: &mut String, axes: &Axes, lines: &[Line]) -> std::fmt::Result {
    let mut names = Vec::new();
    for (line, class) in lines.iter().zip(["a", "b", "c", "d", "e", "f"]) {
        let points: Vec<_> = line.points.iter().map(|(seconds, cost)| (axes.x(*seconds), axes.y(*cost))).collect();
        let path: Vec<_> = points.iter().map(|(x, y)| format!("{x:.1} {y:.1}")).collect();
        writeln!(svg, "<path class=\"line {class}\" d=\"M{}\"/>", path.join("L"))?;
        for (x, y) in &points {
            writeln!(svg, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3.5\"/>")?;
        }
        if let (Some(end), Some((_, cost))) = (points.last(), line.points.last()) {
            names.push((end.1, format!("{} {cost:.0}", line.name)));
        }
    }
    names.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut least = f64::NEG_INFINITY;
    for (y, name) in names {
        let y = y.max(least);
        writeln!(svg, "<text x=\"{}\" y=\"{:.1}\">{name}</text>", RIGHT + 10.0, y + 4.5)?;
        least = y + LEADING;
    }
    Ok(())
}

/// 1, 2, 5, 10, 20, 50, …
fn ticks() -> impl Iterator<Item = f64> {
    (0..6).flat_map(|decade| [1.0, 2.0, 5.0].map(|first| first * 10f64.powi(decade)))
}
