//! What is kept between calls: which pages are old, by tag, and which are to be made anew.

use serde::Serialize;

use super::{Context, Nextjs};
use crate::component::{Fragment, Policies};
use crate::value::Value;

#[derive(Serialize)]
struct Plan {
    revalidates: bool,
    has_tags: bool,
    policies: Policies,
    tags: Option<Value>,
}

impl Nextjs {
    /// The table of tags, and the queue of pages to be made anew with what reads it.
    pub(super) fn lower_cache(&self, on: &Context<'_>) -> Option<Fragment> {
        let plan = Plan {
            revalidates: self.incremental_cache.value,
            has_tags: self.tag_cache.value,
            policies: on.policies(false),
            tags: on.tags(),
        };
        (plan.revalidates || plan.has_tags).then(|| on.fragment("nextjs_cache", &plan))
    }
}
