//! The framework trait.
