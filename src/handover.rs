//! The lock-free exchange between worker and audio thread; generic, knows no audio.
