//! Parts that several kinds need: decisions that are the same wherever they are taken.

pub mod bucket;
pub mod build;
pub mod cache_control;
pub mod certificate;
pub mod cloudfront;
pub mod code;
pub mod cors;
pub mod dead_letters;
pub mod edge;
pub mod event_source;
pub mod fifo;
pub mod folder;
pub mod host;
pub mod json;
pub mod lambda;
pub mod pattern;
pub mod policy;
pub mod range;
pub mod retention;
pub mod runtime;
pub mod schedule;
pub mod secret;
pub mod server;
pub mod shared;
pub mod site;
pub mod target;
