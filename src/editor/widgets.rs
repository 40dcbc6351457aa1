//! Widgets that several views share.

pub mod button;
pub mod columns;
pub mod context;
pub mod field;
pub mod keys;
pub mod menu;
pub mod padlock;
pub mod slider;
pub mod switch;
pub mod tabs;
pub mod trailing;
pub mod wheel;
