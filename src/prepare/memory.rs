//! Memory that is asked for before it is needed: an allocation that fails ends the whole program, and with it all other
//! files of a batch.

/// Bytes below which nothing is asked: so much is always there, or nothing can go on.
const LITTLE: usize = 1 << 20;

/// Bytes that an impulse and its kernel may take together: 16 channels of a minute at 96 kHz do, and true stereo of a
/// minute at 384 kHz.
pub const MOST_BYTES: usize = 2 << 30;

/// True if the system would give so many bytes now. Another thread may have them before the caller.
#[must_use]
pub fn is_there(bytes: usize) -> bool {
    bytes < LITTLE || Vec::<u8>::new().try_reserve_exact(bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_machine_has_is_not_there() {
        assert!(is_there(0) && is_there(LITTLE + 1));
        assert!(!is_there(usize::MAX / 2) && !is_there(1 << 60));
    }
}
