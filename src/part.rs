//! Parts that several kinds need: decisions that are the same wherever they are taken.

pub mod code;
pub mod cors;
pub mod host;
pub mod retention;
