//! Memory while impulses are requested faster than they can be built.

use super::unwrapped::{Session, Unwrapped};
use crate::promises::room;
use crate::promises::state::{FOR_EVER, stereo};
use std::sync::Arc;
use transept::engine::{Convolver, Kernel};
use transept_support::signal::{Seeded, noise};

/// Says to the test below that it is the child.
const CHILD: &str = "TRANSEPT_TEST_MEMORY";

/// In a process of its own, because what counts is what the system gave it. How many kernels that are, the worker's own
/// tests count.
#[test]
fn memory_is_bounded() {
    if std::env::var_os(CHILD).is_some() {
        storm();
        return;
    }
    let mut child = std::process::Command::new(std::env::current_exe().expect("this program"));
    child.args(["--exact", "faults::memory::memory_is_bounded", "--nocapture"]).env(CHILD, "1");
    let output = child.output().expect("the child ran");
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success() && text.contains("at most"), "{}: {text}", output.status);
    println!("{text}");
}

/// Some requests are given up, some built but replaced before they are heard, some heard and replaced.
fn storm() {
    /// Rounds until all that is remembered has been made once, and in all; in each one kernel at least is built.
    const SETTLED: usize = 20;
    const ROUNDS: usize = 120;
    let rooms = [81, 82, 83].map(|seed| room(4, 2.0, seed));
    let mut instance = Unwrapped::open(&Session::new());
    instance.activate(stereo());
    let mut seeded = Seeded(84);
    let (mut settled, mut most) = (0, 0);
    for round in 0..ROUNDS {
        for request in 0..=seeded.below(4) {
            instance.choose(rooms[(round + request) % 3].recipe.clone());
            instance.process(&mut [noise(64, 85), noise(64, 86)]);
        }
        assert!(instance.plugin.worker().settle(FOR_EVER), "hung");
        if round % 2 == 0 {
            // Longer than both fades and the room.
            (0..120).for_each(|_| instance.process(&mut [noise(1024, 87), noise(1024, 88)]));
        }
        match round {
            ..SETTLED => settled = resident().max(settled),
            _ => most = resident().max(most),
        }
    }
    // Four paths of 2 s at 48 kHz: the taps of each, the kernel, and a convolver of it. There are seven deliveries at
    // most (H8, with two on the return path), so it cannot be that many more than there were before; one left behind in
    // every round would be a hundred.
    let taps = vec![0.5; 96_000];
    let builder = Kernel::builder(2, 2, 48_000).path(0, 0, &taps).path(0, 1, &taps);
    let kernel = Arc::new(builder.path(1, 0, &taps).path(1, 1, &taps).build().expect("built"));
    let delivery = 4 * size_of_val(&taps[..]) + kernel.bytes() + Convolver::new(kernel).bytes();
    println!("{settled} bytes, then at most {most}; a delivery has {delivery}");
    assert!(instance.plugin.worker().status().generation >= ROUNDS as u64, "they were built");
    assert!(most < settled + 7 * delivery, "from {settled} to {most} bytes");
}

/// Bytes of memory that this process has.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux says");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("the resident set");
    line.trim().trim_end_matches(" kB").parse::<usize>().expect("a number") * 1024
}
