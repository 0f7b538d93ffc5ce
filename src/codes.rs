//! Every code, gathered for `explain`. The words stand beside the checks; here is only the way to them.

use crate::component::KINDS;
use crate::diag::Code;
use crate::{
    bootstrap, compile, component, cost, diff, dns, guard_rules, import, link, live_secret, lower, model, overlay,
    part, policy, project, reference, release, schema, secrets, site, survey, sweep, verify, yaml,
};

/// The codes of the phases; each kind names its own, and each rule of a policy.
const PHASES: &[&[Code]] = &[
    yaml::CODES,
    project::CODES,
    live_secret::CODES,
    overlay::CODES,
    reference::CODES,
    schema::CODES,
    model::CODES,
    component::CODES,
    part::build::CODES,
    part::cache_control::CODES,
    part::certificate::CODES,
    part::cloudfront::CODES,
    part::code::CODES,
    part::cors::CODES,
    part::dead_letters::CODES,
    part::edge::CODES,
    part::event_source::CODES,
    part::event_source::filters::CODES,
    part::folder::CODES,
    part::policy::CODES,
    part::host::CODES,
    part::runtime::CODES,
    part::schedule::CODES,
    part::server::CODES,
    part::site::CODES,
    part::target::CODES,
    lower::CODES,
    dns::check::CODES,
    link::CODES,
    dns::resolve::CODES,
    dns::emit::CODES,
    verify::CODES,
    verify::SPECIAL_CODES,
    policy::CODES,
    cost::CODES,
    dns::diff::CODES,
    dns::claims::CODES,
    compile::CODES,
    bootstrap::CODES,
    diff::CODES,
    survey::CODES,
    secrets::CODES,
    import::CODES,
    sweep::CODES,
    site::CODES,
    release::CODES,
    guard_rules::CODES,
];

/// Every code.
pub fn all() -> impl Iterator<Item = &'static Code> {
    let kinds = KINDS.iter().flat_map(|kind| kind.codes.iter());
    let rules = policy::rules().map(|rule| &rule.code);
    PHASES.iter().chain(kinds).flat_map(|codes| codes.iter()).chain(rules)
}

/// The code of that name, in any case.
#[must_use]
pub fn find(id: &str) -> Option<&'static Code> {
    all().find(|code| code.id.eq_ignore_ascii_case(id))
}
