//! The `transept` program.
