//! Numbers that a service takes only between two bounds.

use std::ops::RangeInclusive;

use crate::component::Context;
use crate::diag::{Code, Diagnostic};
use crate::setting::Setting;

/// Who bounds numbers, and where it says so.
#[derive(Debug, Clone, Copy)]
pub struct Bounds {
    /// The code of findings.
    pub code: Code,
    /// The service, as the subject of a sentence: `Lambda`.
    pub taker: &'static str,
    /// Where the bounds are written down: `Lambda quotas`.
    pub source: &'static str,
}

impl Bounds {
    /// Reports a number out of its range.
    pub fn check(&self, on: &Context<'_>, setting: &str, found: Setting<u32>, range: RangeInclusive<u32>, unit: &str) {
        if range.contains(&found.value) {
            return;
        }
        let (least, most) = range.into_inner();
        let bounds = format!("{least} to {most} {unit}");
        let bounds = bounds.trim_end();
        let title = format!("`{setting}` of `{}` is {}, but {} takes {bounds}", on.name, found.value, self.taker);
        let repair = found.value.clamp(least, most).to_string();
        let diagnostic = on
            .at(Diagnostic::error(self.code, title), found.origin, "out of range")
            .note(format!("limit: {}, {bounds}", self.source))
            .help(format!("write `{repair}`"));
        on.report(on.repair(diagnostic, found.origin, &repair));
    }
}
