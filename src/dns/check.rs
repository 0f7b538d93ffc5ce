//! Checks of one stage: what no zone would take, or would make something else of than was meant.

mod zones;

use crate::diag::Code;

pub use zones::zones;

/// Codes of these checks.
pub const CODES: &[Code] = &[zones::DNS003];
