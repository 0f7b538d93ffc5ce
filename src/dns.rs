//! DNS: which records a stage needs, and how they come into its zones.
//!
//! The compiler plans symbolically ([`plan`]): a record leads to an output of a stack, or validates a certificate; nothing that AWS
//! gives stands in it. Once stacks are deployed, their outputs make concrete records of a plan ([`record::Resolved`]); compared with
//! what the zone holds ([`record::Live`]) they become [`record::Changes`], which is the gate: nothing that is not ours is ever
//! changed. Those are written for whoever applies them. All of it is pure; the network belongs to the `aws` CLI, `curl` and octoDNS.

pub mod check;
pub mod claims;
pub mod diff;
pub mod emit;
pub mod live;
pub mod plan;
pub mod record;
pub mod resolve;
mod served;

pub use served::{Host, hosts, zone_of};
