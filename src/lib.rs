//! The compiler behind `reggie-cfn`: small declarative YAML in, plain CloudFormation out.
//!
//! [`compile::compile`] is the whole of it, pure from end to end; `ARCHITECTURE.md` shows its phases. Only `cli` touches
//! disk, terminal, environment or clock.
#![forbid(unsafe_code)]

pub mod aws;
pub mod bootstrap;
pub mod built;
pub mod cfn;
pub mod ci;
pub mod claim;
pub mod cli;
pub mod codes;
pub mod compile;
pub mod component;
pub mod cost;
pub mod defaults;
pub mod diag;
pub mod diff;
pub mod digest;
pub mod dns;
pub mod docs;
pub mod dotenv;
pub mod emit;
pub mod explain;
pub mod graph;
pub mod guard_rules;
pub mod import;
pub mod init;
pub mod json;
pub mod link;
pub mod live_secret;
pub mod lower;
pub mod manifest;
pub mod markdown;
pub mod model;
pub mod origin;
pub mod overlay;
pub mod part;
pub mod plan;
pub mod policy;
pub mod project;
pub mod quota;
pub mod reference;
pub mod release;
pub mod render;
pub mod report;
pub mod schema;
pub mod secrets;
pub mod setting;
pub mod sheet;
pub mod site;
pub mod source;
pub mod stage;
pub mod survey;
pub mod sweep;
pub mod value;
pub mod verify;
pub mod yaml;
