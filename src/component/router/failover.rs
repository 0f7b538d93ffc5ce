//! Second targets, for when the first fails.

use super::Context;
use super::front::Entry;
use super::settings::Failover;
use super::target::{self, Target};
use crate::component::{Origin, Reached};
use crate::diag::{Code, Diagnostic, Severity};

/// Codes of second targets.
pub const CODES: &[Code] = &[CFN345, CFN352];

/// `CFN345`: methods that are no longer taken.
pub const CFN345: Code = Code {
    id: "CFN345",
    explanation: "a route with a second target takes no requests that change something\n\n\
        CloudFront asks a second target for GET, HEAD and OPTIONS only, and refuses a route with one that takes other methods \
        (CloudFront Developer Guide, \"Optimize high availability with CloudFront origin failover\"). A POST to it is answered 403. \
        Give what changes something a path, and a route, of its own.",
};

/// `CFN352`: a second target that cannot stand in.
pub const CFN352: Code = Code {
    id: "CFN352",
    explanation: "what `failover` leads to cannot stand in\n\n\
        The second target is something else than the first; a bucket stands in for a bucket only, because requests to a bucket \
        carry less. A site is several targets, and stands in for none. Statuses that count as failing are 400, 403, 404, 416, \
        429, 500, 502, 503 and 504 (CloudFront Developer Guide, \"Optimize high availability with CloudFront origin failover\").",
};

/// Statuses that a second target can be asked after.
const FAILING: &[u32] = &[400, 403, 404, 416, 429, 500, 502, 503, 504];

/// The origin that stands in for `first`; reports one that cannot.
pub(super) fn second(on: &Context<'_>, entry: Entry<'_>, failover: &Failover, first: &Origin) -> Option<Origin> {
    let to = failover.to.as_ref()?;
    let setting = format!("{}.failover", entry.setting());
    for status in failover.on.iter().filter(|status| !FAILING.contains(&status.value)) {
        let title = format!("`{setting}.on` of `{}` has {}, which never counts as failing", on.name, status.value);
        on.report(
            on.at(Diagnostic::error(CFN352, title), status.origin, "CloudFront does not take it")
                .note("it takes 400, 403, 404, 416, 429, 500, 502, 503 and 504")
                .help("remove it"),
        );
    }
    let refused = |why: &str, label: &str| {
        let title = format!("`{setting}` of `{}` leads to {why}", on.name);
        on.at(Diagnostic::error(CFN352, title), to.origin, label).context_if_known(
            on.origins,
            Some(entry.to.origin),
            "stands in for this",
        )
    };
    let second = match target::of(on, entry, &setting, to)? {
        Target::One { origin, .. } => origin,
        Target::Site(_) => {
            on.report(
                refused("a site", "is more than one target")
                    .help("name a function, an API or an address, or a bucket in the place of a bucket"),
            );
            return None;
        }
    };
    let is_bucket = |origin: &Origin| matches!(origin.reached, Reached::Bucket);
    if to.value == entry.to.value {
        let diagnostic = refused("the target that has failed", "the same again");
        on.report(diagnostic.help("name another one, or write `failover: none`"));
        return None;
    }
    if is_bucket(&second) != is_bucket(first) {
        let why = if is_bucket(&second) { "a bucket" } else { "something else than a bucket" };
        on.report(refused(why, "another sort of target").help("let a bucket stand in for a bucket only"));
        return None;
    }
    if !is_bucket(first) {
        let title = format!("`{}` of `{}` takes GET, HEAD and OPTIONS only", entry.setting(), on.name);
        on.report(
            on.at(Diagnostic::new(Severity::Note, CFN345, title), to.origin, "because of this")
                .help("give requests that change something a route of their own, without `failover`"),
        );
    }
    let id = if second.id == first.id { format!("{}-second", second.id) } else { second.id };
    Some(Origin { id, path: second.path.or_else(|| first.path.clone()), ..second })
}
