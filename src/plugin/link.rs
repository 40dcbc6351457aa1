//! What an instance tells the shell that stands before it.
//!
//! A shell holds the framework's wrapper, which keeps the instance to itself. But the framework asks an instance for
//! its window while it makes the wrapper, and on this occasion the instance registers, so that its shell gets to know
//! it.

use super::Transept;
use super::layouts::Asked;
use super::mode::Mode;
#[cfg(feature = "editor")]
use crate::editor::host_requests::HostRequests;
use crate::monitor::Monitor;
use crate::parameters::TranseptParams;
use nice_plug::prelude::AsyncExecutor;
use std::cell::RefCell;
use std::sync::Arc;

/// What an instance tells about itself while the framework makes it.
pub(super) struct Link {
    /// The way to the framework's thread.
    pub executor: AsyncExecutor<Transept>,
    /// The parameters that the instance shares with its window.
    pub params: Arc<TranseptParams>,
    /// What the host says about real time.
    pub mode: Arc<Mode>,
    /// Measures blocks, for a shell that knows the host's.
    pub monitor: Arc<Monitor>,
    /// The layout that the host has asked for, for a shell that is told more of it than the framework.
    pub asked: Arc<Asked>,
    /// The way from the window to the host, for a shell to set.
    #[cfg(feature = "editor")]
    pub requests: HostRequests,
}

thread_local! {
    /// Where [`linked`] waits for a link. Instances without a shell (the standalone's) find nobody waiting.
    static WAITING: RefCell<Option<Option<Link>>> = const { RefCell::new(None) };
}

/// An instance says who it is; called while the framework makes it. \[main\]
pub(super) fn register(link: Link) {
    WAITING.with_borrow_mut(|waiting| {
        if let Some(place) = waiting {
            *place = Some(link);
        }
    });
}

/// Has the framework make a wrapper of one instance, and gives it with the instance's link. \[main\]
pub(super) fn linked<W>(make: impl FnOnce() -> W) -> (W, Option<Link>) {
    WAITING.set(Some(None));
    let wrapper = make();
    (wrapper, WAITING.take().flatten())
}
