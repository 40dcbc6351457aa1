//! The `transept` program.
fn main() {}
