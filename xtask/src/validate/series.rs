//! What each validator is told to do, run by run.

use std::path::Path;
use std::time::Duration;

use super::counts::{self, Reader};

/// How often, and how long, the user wants it.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Wish {
    /// Runs of each series.
    pub runs: usize,
    /// Minutes of clap-validator's fuzzer, if any.
    pub fuzz: Option<u64>,
}

/// Runs that differ in nothing but their seed, if they have one.
pub struct Series {
    /// Name of the series, in the progress lines.
    pub name: &'static str,
    /// Its options, as the table shows them.
    pub options: String,
    /// The words behind the program's name, for each run.
    pub runs: Vec<Vec<String>>,
    /// What reads the output.
    pub read: Reader,
    /// How long a run may take, so that a hang ends.
    pub patience: Duration,
}

/// Far more than a run takes.
const PATIENCE: Duration = Duration::from_secs(30 * 60);

/// Orders in which pluginval once found a value that was not restored.
const SEEDS: [u64; 3] = [0x69e_ef48, 0x1, 0xdead_beef];

/// Blocks and rates that no default has: one frame, primes, and rates far from each other.
const ODD: [&str; 4] = ["--block-sizes", "1,7,31,127,509,1021", "--sample-rates", "22050,44100,48000,88200,192000"];

/// How many chunks that go wrong end the fuzzer before its time.
const CHUNKS: &str = "100";

/// Those above and `further` ones, the same in each call.
fn seeds(further: usize) -> impl Iterator<Item = u64> {
    // Multiples of 2^32 divided by the golden ratio: spread over 32 bits, and none twice.
    SEEDS.into_iter().chain((1..=further as u64).map(|number| (number * 0x9e37_79b9) & 0xffff_ffff))
}

fn words(words: &[&str], bundle: &Path) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).chain([bundle.display().to_string()]).collect()
}

/// Repeats the same words `runs` times.
fn again(name: &'static str, options: &[&str], words: Vec<String>, runs: usize, read: Reader) -> Series {
    Series { name, options: options.join(" "), runs: vec![words; runs], read, patience: PATIENCE }
}

/// Its tests in a process each and in one, chunks of its fuzzer by seeds, and the fuzzer at its own pace.
pub fn clap_validator(bundle: &Path, wish: &Wish) -> Vec<Series> {
    let tests = |name, options: &[&str]| {
        again(name, options, words(&[&["validate"], options].concat(), bundle), wish.runs, counts::clap_tests)
    };
    let chunk = |seed: u64| words(&["fuzz", "--reproduce", &seed.to_string()], bundle);
    let mut all = vec![
        tests("default", &[]),
        tests("one process", &["--in-process"]),
        Series {
            name: "seeds",
            options: "fuzz --reproduce SEED".to_owned(),
            runs: seeds(wish.runs).map(chunk).collect(),
            read: counts::clap_chunks,
            patience: PATIENCE,
        },
    ];
    if let Some(minutes) = wish.fuzz {
        let duration = format!("{minutes}m");
        // Chunks that go well are told in the log of this level only.
        let fuzz = words(&["--verbosity", "debug", "fuzz", "--limit", CHUNKS, "--duration", &duration], bundle);
        let series = again("fuzzer", &["fuzz --duration", &duration], fuzz, 1, counts::clap_chunks);
        all.push(Series { patience: PATIENCE + Duration::from_secs(60 * minutes), ..series });
    }
    all
}

/// Its tests as they are, with an instance for each, and the many arrangements and automations of its extensive ones.
pub fn vst3_validator(bundle: &Path, wish: &Wish) -> Vec<Series> {
    let tests = |name, options: &[&str]| again(name, options, words(options, bundle), wish.runs, counts::vst3);
    vec![tests("default", &[]), tests("an instance per test", &["-l"]), tests("extensive", &["-e"])]
}

/// Its strictest tests as they are, with odd blocks and rates, and in orders by seeds.
pub fn pluginval(bundle: &Path, wish: &Wish) -> Vec<Series> {
    const STRICT: [&str; 2] = ["--strictness-level", "10"];
    let run = |options: &[&str]| words(&[options, &["--validate"]].concat(), bundle);
    let tests = |name, options: &[&str]| again(name, options, run(options), wish.runs, counts::pluginval);
    let order = |seed: u64| run(&[&STRICT[..], &["--randomise", "--random-seed", &format!("{seed:#x}")]].concat());
    vec![
        tests("default", &STRICT),
        tests("odd blocks", &[&STRICT[..], &ODD].concat()),
        Series {
            name: "random order",
            options: [&STRICT[..], &["--randomise --random-seed SEED"]].concat().join(" "),
            runs: seeds(wish.runs).map(order).collect(),
            read: counts::pluginval,
            patience: PATIENCE,
        },
    ]
}

/// The seeds that `SEED` stands for, as the table's foot names them.
pub fn seeds_shown(further: usize) -> String {
    seeds(further).map(|seed| format!("{seed:#x}")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const WISH: Wish = Wish { runs: 10, fuzz: Some(3) };

    #[test]
    fn each_series_has_the_runs_that_are_wanted_and_seeds_come_on_top() {
        let bundle = Path::new("x");
        let runs = |series: Vec<Series>| series.iter().map(|series| series.runs.len()).collect::<Vec<_>>();
        assert_eq!(runs(pluginval(bundle, &WISH)), [10, 10, 13]);
        assert_eq!(runs(vst3_validator(bundle, &WISH)), [10, 10, 10]);
        assert_eq!(runs(clap_validator(bundle, &WISH)), [10, 10, 13, 1]);
        assert_eq!(runs(clap_validator(bundle, &Wish { runs: 1, fuzz: None })), [1, 1, 4]);
    }

    #[test]
    fn no_seed_comes_twice() {
        let all: std::collections::BTreeSet<u64> = seeds(1000).collect();
        assert_eq!(all.len(), 1003);
    }

    #[test]
    fn the_bundle_is_the_last_word_and_a_seed_is_written_as_its_validator_reads_it() {
        let bundle = Path::new("a bundle");
        let last = |series: &[Series]| series.last().and_then(|series| series.runs.first().cloned()).expect("a run");
        let orders = last(&pluginval(bundle, &WISH));
        assert_eq!(orders[3..], ["--random-seed", "0x69eef48", "--validate", "a bundle"]);
        let chunks = last(&clap_validator(bundle, &Wish { fuzz: None, ..WISH }));
        assert_eq!(chunks, ["fuzz", "--reproduce", "111079240", "a bundle"]);
    }
}
