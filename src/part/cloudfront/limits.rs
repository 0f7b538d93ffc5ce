//! What one distribution can hold. Source: CloudFront Developer Guide, "Quotas", and the schema of
//! AWS::CloudFront::Distribution, 2026-10.

use super::path::is_written;
use super::{Distribution, GRACE};
use crate::component::{Context, Reached};
use crate::diag::{Code, Diagnostic, Severity};
use crate::origin::OriginId;
use crate::part::shared;
use crate::setting::Setting;

/// `CFN313`: too many paths.
pub const CFN313: Code = Code {
    id: "CFN313",
    explanation: "a distribution has more paths than CloudFront takes\n\n\
        One distribution has 75 cache behaviors, in older accounts 25; both are quotas that AWS raises on request (\"Cache behaviors \
        per distribution\"). Each pattern of `static`, `servers` and `routes` is one, and a site of Next.js brings about five of \
        its own. Put files into one folder of `public/`, such as `static/*`, rather than naming each.",
};

/// `CFN316`: a wait that CloudFront does not have.
pub const CFN316: Code = Code {
    id: "CFN316",
    explanation: "a function may take longer than CloudFront waits\n\n\
        CloudFront waits for an origin's answer for 1 to 120 seconds; above 60 the quota \"Response timeout per origin\" of the account \
        may have to be raised first. As far as that allows, it waits five seconds longer than the function may take, so that \
        the function's own answer arrives, whatever it is. What takes longer belongs into a queue.",
};

/// `CFN317`: too many names.
pub const CFN317: Code = Code {
    id: "CFN317",
    explanation: "a distribution has more names than CloudFront takes\n\n\
        One distribution answers to 100 names, `aliases` and `redirects` included; AWS raises this quota on request (\"Alternate domain \
        names (CNAMEs) per distribution\"). A wildcard alias, such as `*.getreggie.io`, is one name.",
};

/// `CFN318`: a region without what sites need.
pub const CFN318: Code = Code {
    id: "CFN318",
    explanation: "a site stands in a region that cannot make it\n\n\
        Distributions stand in the project's region, with the policies and origin access controls that all stages share. \
        CloudFormation in China knows no origin access controls, and in GovCloud no CloudFront (resource schemas by region, \
        2026-10-20). Let the project have another region.",
};

/// Cache behaviors of a distribution, besides the default one, in every account and in newer ones.
const BEHAVIOURS: [usize; 2] = [25, 75];
/// Names of a distribution.
const NAMES: usize = 100;
/// Seconds that CloudFront waits at most, without asking and at all.
const WAITS: [u32; 2] = [60, 120];

/// Reports what the distribution has too much of.
pub(super) fn check(on: &Context<'_>, distribution: &Distribution<'_>) {
    if !shared::stands_in(&on.region.value) {
        let title = format!("`{}` stands in {}, which cannot make it", on.name, on.region.value);
        on.report(
            on.at(Diagnostic::error(CFN318, title), on.origin, "served by CloudFront")
                .context_if_known(on.origins, Some(on.region.origin), "the region of its stack")
                .help("write another `region`"),
        );
    }
    let paths: Vec<_> = distribution.behaviours.iter().filter_map(|b| b.path.as_ref()).collect();
    let [old, most] = BEHAVIOURS;
    if paths.len() > old {
        let severity = if paths.len() > most { Severity::Error } else { Severity::Warning };
        let of = if paths.len() > most { most } else { old };
        let in_what = if of == most { "a distribution" } else { "a distribution of an older account" };
        let title = format!("`{}` has {} paths; {in_what} has {of}", on.name, paths.len());
        // The last that a layer says: some come with the kind.
        let written = paths.iter().rev().find(|path| is_written(on, path.origin));
        let at = written.map_or(on.origin, |path| path.origin);
        on.report(
            on.at(Diagnostic::new(severity, CFN313, title), at, "one of them")
                .note("quota: Cache behaviors per distribution, 75; 25 in older accounts")
                .help("put files that are served as they are into one folder, and name that"),
        );
    }
    if distribution.names.len() > NAMES {
        let title = format!("`{}` has {} names; a distribution has {NAMES}", on.name, distribution.names.len());
        let at = distribution.names.last().map_or(on.origin, |name| name.origin);
        let diagnostic = on.at(Diagnostic::error(CFN317, title), at, "one too many");
        on.report(diagnostic.help("write a wildcard alias, such as `*.getreggie.io`, in the place of some"));
    }
    for origin in &distribution.origins {
        match &origin.reached {
            Reached::Function { timeout, .. } => waits(on, *timeout, wait(timeout.value)),
            Reached::Https { timeout } => waits(on, *timeout, timeout.value),
            Reached::Bucket => {}
        }
    }
}

/// How long CloudFront waits for a function that may take so long.
pub(super) fn wait(timeout: u32) -> u32 {
    timeout.saturating_add(GRACE).min(WAITS[1])
}

/// Reports a time that CloudFront does not wait, or only in accounts that asked for it. `waited` is how long it waits.
fn waits(on: &Context<'_>, timeout: Setting<u32>, waited: u32) {
    let [unasked, most] = WAITS;
    if timeout.value > most {
        let title = format!("`timeout` is {} seconds, but CloudFront waits for {most}", timeout.value);
        let diagnostic = on
            .at(Diagnostic::error(CFN316, title), timeout.origin, "longer than CloudFront waits")
            .context_if_known(on.origins, other(on, timeout.origin), "served here")
            .note(format!("limit: OriginReadTimeout, {most} seconds"))
            .help(format!("write `{most}` or less; what takes longer belongs into a queue"));
        on.report(on.repair(diagnostic, timeout.origin, &most.to_string()));
    } else if waited > unasked {
        let unasked_timeout = unasked.saturating_sub(waited - timeout.value);
        let title = format!("`{}` lets CloudFront wait for up to {waited} seconds", on.name);
        on.report(
            on.at(Diagnostic::new(Severity::Note, CFN316, title), timeout.origin, "above 60 seconds")
                .note("quota: Response timeout per origin; AWS may have to raise it in this account first")
                .help("`aws service-quotas list-service-quotas --service-code cloudfront --region us-east-1` shows it")
                .help(format!("or write `{unasked_timeout}` or less")),
        );
    }
}

/// The component, where the value does not stand within it anyway.
fn other(on: &Context<'_>, origin: OriginId) -> Option<OriginId> {
    (on.origins.spans(origin).first() != on.origins.spans(on.origin).first()).then_some(on.origin)
}
