//! Closing a window without a warning of the framework about itself.
//!
//! The framework asks the thread of a window for a last answer after it has told it to end. Most often the thread has
//! ended by then, and the framework warns that something is wrong where nothing is. All else that is logged meanwhile
//! passes.

use std::fmt::{Debug, Write};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Dispatch, Event, Metadata, Subscriber, dispatcher};

/// Words of the warning.
const NOTHING_WRONG: &str = "Could not receive response (X11 thread disconnected)";

/// Runs `close`, which closes a window on this thread. \[main\]
pub fn quietly(close: impl FnOnce()) {
    let log = dispatcher::get_default(Clone::clone);
    dispatcher::with_default(&Dispatch::new(Quiet(log)), close);
}

/// Stands before a log.
struct Quiet(Dispatch);

impl Subscriber for Quiet {
    fn enabled(&self, metadata: &Metadata) -> bool {
        self.0.enabled(metadata)
    }
    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::current())
    }
    fn new_span(&self, span: &Attributes) -> Id {
        self.0.new_span(span)
    }
    fn record(&self, span: &Id, values: &Record) {
        self.0.record(span, values);
    }
    fn record_follows_from(&self, span: &Id, follows: &Id) {
        self.0.record_follows_from(span, follows);
    }
    fn event(&self, event: &Event) {
        let mut message = Message::default();
        event.record(&mut message);
        if !message.0.contains(NOTHING_WRONG) {
            self.0.event(event);
        }
    }
    fn enter(&self, span: &Id) {
        self.0.enter(span);
    }
    fn exit(&self, span: &Id) {
        self.0.exit(span);
    }
}

/// The text of an event.
#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        if field.name() == "message" {
            // A text takes all that is written to it.
            let _ = write!(self.0, "{value:?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use parking_lot::Mutex;
    use std::sync::Arc;

    /// A log that keeps the texts.
    #[derive(Default, Clone)]
    struct Kept(Arc<Mutex<Vec<String>>>);

    impl Subscriber for Kept {
        fn enabled(&self, _metadata: &Metadata) -> bool {
            true
        }
        fn new_span(&self, _span: &Attributes) -> Id {
            Id::from_u64(1)
        }
        fn record(&self, _span: &Id, _values: &Record) {}
        fn record_follows_from(&self, _span: &Id, _follows: &Id) {}
        fn event(&self, event: &Event) {
            let mut message = Message::default();
            event.record(&mut message);
            self.0.lock().push(message.0);
        }
        fn enter(&self, _span: &Id) {}
        fn exit(&self, _span: &Id) {}
    }

    #[test]
    fn only_the_warning_about_nothing_is_left_out() {
        let kept = Kept::default();
        let warn = |why: &str| tracing::warn!("Error while closing window: {}", why);
        dispatcher::with_default(&Dispatch::new(kept.clone()), || {
            quietly(|| {
                warn("Request to X11 thread failed: Could not receive response (X11 thread disconnected)");
                warn("the display is gone");
            });
            warn("later");
        });
        let said = ["the display is gone", "later"].map(|why| format!("Error while closing window: {why}"));
        assert_eq!(*kept.0.lock(), said);
    }
}
