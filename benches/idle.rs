//! What instances cost that are active and have nothing to do: their workers sleep, and one watcher looks after all.
//!
//! `cargo bench --package transept-bench --bench idle` measures; `-- --test` only shows that it runs. The audio path of
//! a silent instance is not in here: `callbacks` measures it.

use std::sync::Arc;
use std::time::{Duration, Instant};
use transept::chain::Format;
use transept::channels::ChannelLayout;
use transept::handover::Revision;
use transept::impulse::recipe::Recipe;
use transept::prepare::worker::{Client, OnFailure, Wanted, Worker};
use transept_bench::extent::{Extent, is_given};
use transept_bench::machine;
use transept_bench::processor::{processor_time, threads};

/// How many instances there are.
const INSTANCES: usize = 30;

/// A client that always requests the hall.
struct Hall(Arc<Revision>);

impl Client for Hall {
    fn poll(&self) -> Option<Wanted> {
        let format = Format { sample_rate: 48_000, layout: ChannelLayout::Stereo };
        let recipe = Recipe::default();
        Some(Wanted { recipe, format, editions: [0; 2], on_failure: OnFailure::default() })
    }
    fn revision(&self) -> Arc<Revision> {
        self.0.clone()
    }
}

fn main() {
    println!("{}", machine::describe());
    let is_brief = is_given("--test") || Extent::from_arguments() == Extent::Smoke;
    let time = Duration::from_millis(if is_brief { 100 } else { 20_000 });
    let revisions: Vec<Arc<Revision>> = (0..INSTANCES).map(|_| Arc::default()).collect();
    let workers: Vec<_> = revisions.iter().map(|revision| Worker::spawn(Hall(revision.clone()))).collect();
    let watches: Vec<_> = workers.iter().map(|(worker, _)| worker.handle().watch()).collect();
    for (worker, _) in &workers {
        assert!(worker.handle().settle(Duration::MAX), "the hall can be built");
    }
    for (what, changes) in [("silent", 0), ("each told 20 times a second that something may have changed", 20)] {
        let (began, before) = (Instant::now(), processor_time(threads()));
        while began.elapsed() < time {
            std::thread::park_timeout(if changes == 0 { time } else { Duration::from_secs(1) / changes });
            if changes > 0 {
                revisions.iter().for_each(|revision| revision.raise());
            }
        }
        let share = (processor_time(threads()) - before).as_secs_f64() / began.elapsed().as_secs_f64();
        println!("{INSTANCES} active instances, {what}: {:.3} % of a core", 100.0 * share);
    }
    drop(watches);
}
