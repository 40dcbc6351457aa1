//! What the audio thread runs: the convolver, changes between kernels, the chain, and the exchange with the worker.
//!
//! The allocator aborts every test in which code inside `assert_no_alloc` allocates or frees. It belongs to the whole
//! binary, so tests whose build has another allocator (`--features guard`) are not in here.

#[cfg(all(feature = "plugin", not(loom)))]
mod audition;
#[cfg(not(loom))]
mod chain;
#[cfg(not(loom))]
mod convolver;
#[cfg(not(loom))]
mod examples;
#[cfg(all(feature = "worker", not(loom)))]
mod handover;
#[cfg(loom)]
mod loom_exchange;
#[cfg(all(feature = "plugin", not(loom)))]
mod monitor;
#[cfg(not(loom))]
mod silence;
#[cfg(all(feature = "worker", not(loom)))]
mod storm;
#[cfg(not(loom))]
mod swaps;
#[cfg(not(loom))]
mod tone;

#[cfg(not(loom))]
#[global_allocator]
static ALLOCATOR: assert_no_alloc::AllocDisabler = assert_no_alloc::AllocDisabler;
