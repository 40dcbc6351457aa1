//! Continuity of packets that are numbered by their samples: each follows the one before, and nothing else was read.

use super::lost::Lost;
use symphonia::core::packet::Packet;

/// The packets up to now.
#[derive(Debug)]
pub struct Continuity {
    /// The sample at which the first packet begins, and the one at which the next is to begin.
    samples: Option<(u64, u64)>,
    /// Bytes of all packets, and of what lies before them.
    bytes: u64,
}

impl Continuity {
    /// For a source with so many bytes before its first packet.
    pub fn new(before: u64) -> Self {
        Self { samples: None, bytes: before }
    }

    /// Enters the next packet.
    ///
    /// # Errors
    /// Samples are missing before it.
    pub fn follow(&mut self, packet: &Packet) -> Result<(), Lost> {
        let begin = packet.pts.get().unsigned_abs();
        let (first, next) = self.samples.unwrap_or((begin, begin));
        if begin > next {
            return Err(Lost::middle(format!("{} samples from sample {next} on are missing", begin - next)));
        }
        if begin < next {
            return Err(Lost::middle(format!("its frames are not in order from sample {next} on")));
        }
        self.samples = Some((first, next + packet.dur.get()));
        self.bytes += packet.data.len() as u64;
        Ok(())
    }

    /// Judges the end of a source that has given so many bytes.
    ///
    /// # Errors
    /// Some of its bytes were in no packet.
    pub fn end(&self, bytes: u64) -> Result<(), Lost> {
        match (bytes.saturating_sub(self.bytes), self.samples) {
            (0, _) => Ok(()),
            (_, Some((first @ 1.., _))) => Err(Lost::middle(format!("its first {first} samples are missing"))),
            (rest, _) => Err(Lost::end(format!("its last {rest} bytes are no whole frame"))),
        }
    }
}
