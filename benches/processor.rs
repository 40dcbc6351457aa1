//! Processor time, as Linux counts it.

use std::fs::{read_dir, read_to_string};
use std::path::PathBuf;
use std::time::Duration;

/// Processor time of all threads of this process so far.
#[must_use]
pub fn processor_time() -> Duration {
    let threads = read_dir("/proc/self/task").into_iter().flatten().flatten();
    let of_thread = |path: PathBuf| {
        let text = read_to_string(path.join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok().map(Duration::from_nanos)
    };
    threads.filter_map(|thread| of_thread(thread.path())).sum()
}

/// Processor time of this process so far, with that of threads that have ended, to a hundredth of a second.
#[must_use]
pub fn all_processor_time() -> Duration {
    let text = read_to_string("/proc/self/stat").unwrap_or_default();
    // The name may hold anything but ends with the last parenthesis; then come state and numbers.
    let numbers = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u64 = numbers.skip(11).take(2).filter_map(|number| number.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}
