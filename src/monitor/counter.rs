//! The processor's counter: time for the audio thread, which may not ask the system for it.
//!
//! The crates that read it were looked at, and none fits: they fall back to the system's clock without saying so, spin
//! for up to 200 ms when they begin, know one system alone, or declare less than their instructions overwrite.
#![allow(unsafe_code)] // one instruction for each processor, which reads a register

/// A counter of constant rate that a program reads without entering the system. There is none of this type where the
/// processor has no such counter.
#[derive(Debug, Clone, Copy)]
pub struct Counter(());

impl Counter {
    /// The counter of this processor, if there is one. It asks the processor what it is, which takes its time in a
    /// virtual machine. \[any but audio\]
    #[must_use]
    pub fn find() -> Option<Self> {
        is_constant().then_some(Self(()))
    }

    /// Ticks since the machine has started. Instructions near by may be done before or after, which are nanoseconds.
    /// Real-time safe. \[any\]
    #[must_use]
    pub fn now(self) -> u64 {
        read()
    }
}

/// True if the time-stamp counter runs at one rate, whatever the processor does (CPUID 8000_0007h, EDX bit 8).
#[cfg(target_arch = "x86_64")]
fn is_constant() -> bool {
    use std::arch::x86_64::__cpuid;
    __cpuid(0x8000_0000).eax >= 0x8000_0007 && __cpuid(0x8000_0007).edx & 1 << 8 != 0
}

#[cfg(target_arch = "x86_64")]
fn read() -> u64 {
    // SAFETY: reads a register, touches no memory, and every processor of this architecture has the instruction.
    unsafe { std::arch::x86_64::_rdtsc() }
}

/// The virtual count of the generic timer is part of the architecture, and its rate is constant.
#[cfg(target_arch = "aarch64")]
fn is_constant() -> bool {
    true
}

#[cfg(target_arch = "aarch64")]
fn read() -> u64 {
    let ticks: u64;
    // SAFETY: reads a register that systems open to programs, because their own clocks read it there.
    unsafe { std::arch::asm!("mrs {}, cntvct_el0", out(reg) ticks, options(nomem, nostack, preserves_flags)) };
    ticks
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn is_constant() -> bool {
    false
}

#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
fn read() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_counts_on() {
        let Some(counter) = Counter::find() else { return };
        let before = counter.now();
        while counter.now() == before {}
        assert!(counter.now() > before);
    }
}
