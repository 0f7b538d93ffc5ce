//! What a stage costs a month: charges that follow from its linked resources, at prices that were read.
//!
//! A rule for each type of resource ([`rules`]) says what is charged and how much of it the template says; what only those who run
//! the stage know is declared under `usage`, or is no part of any sum. Nothing is assumed in silence: a price of another region says
//! so, and what no rule knows is listed.

mod change;
mod charge;
mod check;
mod estimate;
pub mod page;
pub mod price;
pub mod render;
pub mod rules;
mod seen;
mod usage;

pub use change::CostChange;
pub use charge::{HOURS, Quantity, Range, Rule, Usage};
pub use check::{CODES, estimated, limit, of};
pub use estimate::{Bill, Estimate, Line, NotEstimated, Priced, Subtotal};
pub use seen::{Said, Seen, SeenResource, SeenStack};
pub use usage::Declared;

#[cfg(test)]
mod tests;
