//! The clock: no file depends on it, and one list for people does.
#![allow(clippy::disallowed_types, reason = "the one place that asks what day it is")]

use std::time::{SystemTime, UNIX_EPOCH};

use crate::sweep::Moment;

/// Now.
pub(super) fn now() -> Moment {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    Moment(i64::try_from(since).unwrap_or(i64::MAX))
}
