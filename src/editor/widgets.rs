//! Widgets that several views share.

pub mod button;
pub mod context;
pub mod field;
pub mod menu;
pub mod slider;
pub mod switch;
pub mod tabs;
