//! Offline: file in -> the same chain -> file out.
