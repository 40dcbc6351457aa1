//! The whole grid, for `docs/acoustics.md`.

use super::signals::Recording;

const TIMES: [f64; 6] = [0.2, 0.5, 1.0, 2.0, 5.0, 10.0];
const FLOORS: [f64; 6] = [-30.0, -40.0, -50.0, -60.0, -75.0, -90.0];
const FADES: [f64; 4] = [0.0, 0.1, 0.2, 0.4];
const RATES: [u32; 3] = [44_100, 48_000, 96_000];

/// How many figures there could be, how many are given, and the largest error: of times relative, of levels in dB.
#[derive(Debug, Default, Clone, Copy)]
struct Tally {
    all: usize,
    given: usize,
    worst: f64,
}

impl Tally {
    fn count(&mut self, error: Option<f64>) {
        self.all += 1;
        self.given += usize::from(error.is_some());
        self.worst = self.worst.max(error.unwrap_or(0.0));
    }

    fn text(self, factor: f64, unit: &str) -> String {
        let share = 100.0 * self.given as f64 / self.all.max(1) as f64;
        if self.given == 0 { "–".to_owned() } else { format!("{share:.0} % ({:.1} {unit})", factor * self.worst) }
    }
}

/// One figure a column: EDT, T20, T30, C50, C80.
fn row(name: &str, tallies: [Tally; 5]) {
    let cells = tallies.iter().enumerate().map(|(column, tally)| match column {
        0..3 => tally.text(100.0, "%"),
        _ => tally.text(1.0, "dB"),
    });
    println!("| {name} | {} |", cells.collect::<Vec<_>>().join(" | "));
}

#[test]
#[ignore = "takes minutes; prints the tables of docs/acoustics.md"]
fn the_whole_grid() {
    let mut tallies = [[[[Tally::default(); 5]; 2]; FLOORS.len()]; TIMES.len()];
    let (mut number, mut wrong) = (0, 0);
    for (times, time) in tallies.iter_mut().zip(TIMES) {
        for (tallies, floor) in times.iter_mut().zip(FLOORS) {
            for (fade, second, click) in FADES.into_iter().flat_map(|fade| {
                [None, Some((3.0 * time, -20.0))]
                    .into_iter()
                    .flat_map(move |second| [None, Some(0.55)].map(move |click| (fade, second, click)))
            }) {
                number += 1;
                let length = 1.6 * time * if second.is_some() { 2.0 } else { 1.0 };
                let recording = Recording {
                    rate: RATES[number % 3],
                    seed: number as u64,
                    time,
                    second,
                    length,
                    floor: Some(floor),
                    fade,
                    click: click.map(|share| (share * length, 0.5)),
                    ..Recording::default()
                };
                let measured = recording.measured();
                // Four octaves tell what nine would, in half the time.
                let octaves =
                    measured.octaves.into_iter().filter(|(hz, _)| [125.0, 500.0, 2000.0, 8000.0].contains(hz));
                let octaves = octaves.map(|(centre, figures)| (Some(centre), figures));
                for (band, figures) in std::iter::once((None, measured.broadband)).chain(octaves) {
                    let truth = recording.truth(band);
                    let tally = &mut tallies[usize::from(band.is_some())];
                    let times = [figures.early_decay_time, figures.t20, figures.t30].into_iter().zip(truth.times);
                    let times = times.map(|(told, truth)| told.ok().map(|told| (told / truth - 1.0).abs()));
                    let levels = [figures.c50, figures.c80].into_iter().zip(truth.clarities);
                    let levels = levels.map(|(told, truth)| told.ok().map(|told| (told - truth).abs()));
                    let errors = times.chain(levels).zip([0.05, 0.05, 0.05, 1.0, 1.0]);
                    for (tally, (error, most)) in tally.iter_mut().zip(errors) {
                        tally.count(error);
                        if error.is_some_and(|error| error > most) {
                            println!("wrong: {error:?} at {band:?} Hz, {recording:?}");
                            wrong += 1;
                        }
                    }
                }
            }
        }
    }
    let sum = |of: &[[Tally; 5]]| {
        let add = |sum: Tally, one: &Tally| Tally {
            all: sum.all + one.all,
            given: sum.given + one.given,
            worst: sum.worst.max(one.worst),
        };
        std::array::from_fn(|column| of.iter().map(|row| &row[column]).fold(Tally::default(), add))
    };
    for (band, name) in ["over all frequencies", "octaves at 125, 500, 2000 and 8000 Hz"].into_iter().enumerate() {
        println!("\n| {name} | EDT | T20 | T30 | C50 | C80 |\n|---|---|---|---|---|---|");
        for (index, floor) in FLOORS.iter().enumerate() {
            let rows: Vec<[Tally; 5]> = tallies.iter().map(|times| times[index][band]).collect();
            row(&format!("floor {floor} dB"), sum(&rows));
        }
        for (times, time) in tallies.iter().zip(TIMES) {
            let rows: Vec<[Tally; 5]> = times.iter().map(|floors| floors[band]).collect();
            row(&format!("T {time} s"), sum(&rows));
        }
    }
    assert_eq!(wrong, 0, "more than 5 % or 1 dB");
}
