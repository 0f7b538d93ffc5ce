//! Estimates for programs: one document.

use serde_json::json;

use super::WITHOUT;
use crate::cost::estimate::Estimate;

/// An estimate as one JSON document.
#[must_use]
pub fn json(stage: &str, estimate: &Estimate) -> String {
    let document = json!({"stage": stage, "currency": "USD", "per": "month", "without": WITHOUT, "estimate": estimate});
    format!("{document:#}\n")
}
