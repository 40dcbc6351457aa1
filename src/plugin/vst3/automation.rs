//! Parameter changes of a block, in order of time.
//!
//! VST3 gives one queue of points for each parameter. The framework reads them well, but then tells the window from the
//! audio thread (D1); so they are read here, and the block is cut where values change. Nothing is sorted or stored:
//! each queue has a cursor, and the next point of all is looked for.
use crate::parameters::PARAMETERS;
use nice_plug::wrapper::vst3::vst3::ComRef;
use nice_plug::wrapper::vst3::vst3::Steinberg::Vst::{
    IParamValueQueue, IParamValueQueueTrait, IParameterChanges, IParameterChangesTrait,
};
use nice_plug::wrapper::vst3::vst3::Steinberg::kResultOk;

/// Most queues that are read point by point: there is one for each parameter. More than that sends only a host that
/// does not keep to the interface.
const QUEUES: usize = PARAMETERS;

/// One change.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// In samples from the start of the block; of two points of a queue the later one never comes earlier.
    pub frame: usize,
    /// Of the parameter.
    pub number: u32,
    /// From 0 to 1.
    pub value: f64,
}

/// All changes of a block. Real-time safe.
pub(super) struct Points<'a> {
    cursors: [Option<Cursor<'a>>; QUEUES],
}

struct Cursor<'a> {
    queue: ComRef<'a, IParamValueQueue>,
    number: u32,
    next: i32,
    count: i32,
    /// The point at `next`.
    point: Point,
}

impl Points<'_> {
    /// The changes of a block of `frames` samples; none if `changes` is null.
    ///
    /// # Safety
    /// `changes` is null or a list of the host's that lives, with its queues, as long as this.
    pub unsafe fn of(changes: *mut IParameterChanges, frames: usize) -> Self {
        let mut cursors = [const { None }; QUEUES];
        // SAFETY: the caller says so.
        if let Some(changes) = unsafe { ComRef::from_raw(changes) } {
            // SAFETY: a call of the host's interface, valid as said.
            let count = unsafe { changes.getParameterCount() };
            for (index, cursor) in (0..count).zip(&mut cursors) {
                // SAFETY: likewise; the index is below the count, and null is looked for.
                let queue = unsafe { ComRef::from_raw(changes.getParameterData(index)) };
                *cursor = queue.and_then(|queue| Cursor::start(queue, frames));
            }
        }
        Self { cursors }
    }

    /// The frame of the next change.
    pub fn next_frame(&self) -> Option<usize> {
        self.cursors.iter().flatten().map(|cursor| cursor.point.frame).min()
    }

    /// The next change up to and at a frame; of several queues' changes at one frame, in the order of the queues.
    pub fn take(&mut self, frame: usize, frames: usize) -> Option<Point> {
        let next = self.next_frame().filter(|next| *next <= frame)?;
        let slot = self.cursors.iter_mut().find(|slot| slot.as_ref().is_some_and(|c| c.point.frame == next))?;
        let cursor = slot.as_mut()?;
        let point = cursor.point;
        if !cursor.advance(frames) {
            *slot = None;
        }
        Some(point)
    }
}

impl<'a> Cursor<'a> {
    /// At the first point; `None` if there is none.
    fn start(queue: ComRef<'a, IParamValueQueue>, frames: usize) -> Option<Self> {
        // SAFETY: calls of the host's interface on a queue that lives, by the type.
        let (number, count) = unsafe { (queue.getParameterId(), queue.getPointCount()) };
        let mut cursor = Self { queue, number, next: -1, count, point: Point { frame: 0, number, value: 0.0 } };
        cursor.advance(frames).then_some(cursor)
    }

    /// To the next point that can be read. False behind the last.
    fn advance(&mut self, frames: usize) -> bool {
        loop {
            self.next += 1;
            if self.next >= self.count {
                return false;
            }
            let (mut offset, mut value) = (0, 0.0);
            // SAFETY: the index is below the count, and both pointers are to locals.
            if unsafe { self.queue.getPoint(self.next, &mut offset, &mut value) } == kResultOk {
                // Hosts were seen to send offsets behind the block, and in no order.
                let frame = usize::try_from(offset).unwrap_or(0).min(frames.saturating_sub(1)).max(self.point.frame);
                self.point = Point { frame, number: self.number, value };
                return true;
            }
        }
    }
}
