//! Progress bars on a terminal, nothing in a pipe.

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::io::IsTerminal;

/// Steps of a bar: finer than any terminal is wide.
const STEPS: u64 = 1000;

/// The bars of all files under way, on stderr.
pub(super) struct Progress(MultiProgress);

/// The bar of one file.
pub(super) struct Bar(ProgressBar);

impl Progress {
    /// Bars that are drawn, if they are wanted, where stderr is a terminal.
    pub fn new(are_wanted: bool) -> Self {
        let bars = MultiProgress::new();
        if !are_wanted || !std::io::stderr().is_terminal() {
            bars.set_draw_target(indicatif::ProgressDrawTarget::hidden());
        }
        Self(bars)
    }

    /// Adds a bar with a name at the bottom.
    pub fn start(&self, name: String) -> Bar {
        let style = ProgressStyle::with_template("{prefix:24!} {bar:40} {percent:>3} %  {eta:>4} left")
            .expect("the template is valid")
            .progress_chars("━╸─");
        Bar(self.0.add(ProgressBar::new(STEPS).with_style(style).with_prefix(name)))
    }

    /// Lets `words` print lines while no bar is in the way.
    pub fn say<R>(&self, words: impl FnOnce() -> R) -> R {
        self.0.suspend(words)
    }
}

impl Bar {
    /// Shows which fraction, 0 to 1, is done.
    pub fn set(&self, done: f64) {
        self.0.set_position((done * STEPS as f64) as u64);
    }

    /// Takes the bar away.
    pub fn finish(self) {
        self.0.finish_and_clear();
    }
}
