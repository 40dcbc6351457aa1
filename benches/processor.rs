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
