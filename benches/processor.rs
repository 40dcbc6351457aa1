//! Processor time, as Linux counts it.

use nix::sys::resource::{UsageWho, getrusage};
use nix::time::{ClockId, clock_gettime};
use std::fs::{read_dir, read_to_string};
use std::time::Duration;

/// A thread of this process.
#[derive(Debug)]
pub struct Thread {
    /// Its number.
    pub number: u32,
    /// Its name, of which Linux keeps [`Self::LONGEST_NAME`] bytes. One that was given none has that of the program.
    pub name: String,
    /// Processor time so far.
    pub time: Duration,
}

impl Thread {
    /// As many bytes of a name are kept.
    pub const LONGEST_NAME: usize = 15;

    /// True of the thread in which the process began.
    #[must_use]
    pub fn is_main(&self) -> bool {
        self.number == std::process::id()
    }

    /// True if nobody has given it a name of its own.
    #[must_use]
    pub fn has_name_of_program(&self) -> bool {
        read_to_string("/proc/self/comm").is_ok_and(|name| name.trim_end() == self.name)
    }
}

/// The threads of this process.
pub fn threads() -> impl Iterator<Item = Thread> {
    let folders = read_dir("/proc/self/task").into_iter().flatten().flatten();
    folders.filter_map(|folder| {
        let read = |file: &str| read_to_string(folder.path().join(file)).ok();
        let time = read("schedstat")?.split(' ').next()?.parse().ok().map(Duration::from_nanos)?;
        let number = folder.file_name().to_str()?.parse().ok()?;
        Some(Thread { number, name: read("comm")?.trim_end().to_owned(), time })
    })
}

/// Processor time of threads so far.
#[must_use]
pub fn processor_time(threads: impl Iterator<Item = Thread>) -> Duration {
    threads.map(|thread| thread.time).sum()
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

/// Processor time of the calling thread so far.
///
/// # Panics
/// If the system does not count it.
#[must_use]
pub fn thread_time() -> Duration {
    clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("Linux counts it").into()
}

/// Processor time so far of all programs that this one started and that have ended, with all their threads.
///
/// # Panics
/// If the system does not count it.
#[must_use]
pub fn time_of_children() -> Duration {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("Linux counts it");
    let microseconds = [usage.user_time(), usage.system_time()].map(|time| time.tv_sec() * 1_000_000 + time.tv_usec());
    Duration::from_micros(microseconds.iter().sum::<i64>().unsigned_abs())
}
